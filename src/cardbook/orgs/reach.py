"""How far an actor's hand goes over the tree of organisations (Art. 5: each level its own)."""

from enum import StrEnum


class Reach(StrEnum):
    """Which cards a row of the table of acts lays open, measured by who has the card now."""

    OWN = "own"
    SUBTREE = "subtree"
    COUNTY = "county"
    ANSWERED = "answered"
    CITY = "city"
    BANK = "bank"

    @property
    def label(self) -> str:
        """What a clerk calls it."""
        return {
            "own": "本机构保管的卡",
            "subtree": "本机构及下级保管的卡",
            "county": "本县区的卡",
            "answered": "本县区的卡，含合作银行网点领去的",
            "city": "全市的卡",
            "bank": "本行的卡",
        }[self]


def covers(
    *, reach: Reach, actor_path: str, county_path: str, custodian_path: str,
    bank_path: str = "", of_county: bool = False,
) -> bool:  # fmt: skip
    """This function will say whether an actor at `actor_path` reaches a card at `custodian_path`.

    Paths list ids of ancestors, each followed by a dot (`1.7.23.`), so that a prefix is an
    ancestor. `county_path` is the actor's own county, or his own path above the counties;
    `bank_path` leads to the bank whose card it is, empty when it is nobody's; `of_county` says
    that it is his county's, which answers for what an outlet of the bank has of it (Art. 6, 20).
    """
    match reach:
        case Reach.OWN:
            return custodian_path == actor_path
        case Reach.SUBTREE:
            return custodian_path.startswith(actor_path)
        case Reach.COUNTY:
            return custodian_path.startswith(county_path)
        case Reach.ANSWERED:
            lent = of_county and bank_path and custodian_path.startswith(bank_of(bank_path))
            return custodian_path.startswith(county_path) or bool(lent)
        case Reach.CITY:
            return True
        case Reach.BANK:
            return bool(bank_path) and bank_of(bank_path) == bank_of(actor_path)


def bank_of(path: str) -> str:
    """This function will tell the path of the bank an outlet belongs to: below the city's own."""
    return ".".join(path.split(".")[:2]) + "."
