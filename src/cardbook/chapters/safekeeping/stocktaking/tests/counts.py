"""Stock for tests: boxes with cards by the real acts, and a stock-take scanned in one line."""

from collections.abc import Sequence

from cardbook.cards.models import Card
from cardbook.chapters.intake.sort.commands import open_box, sort_cards
from cardbook.chapters.safekeeping.models import Finding, Stocktake
from cardbook.chapters.safekeeping.stocktaking.closing import Verdict
from cardbook.chapters.safekeeping.stocktaking.commands import (
    Kept,
    Reading,
    end_stocktake,
    scan_cards,
    start_stocktake,
)
from cardbook.custody.models import Account
from cardbook.testing import factories as make
from cardbook.testing.factories import NOON, City, County


def a_box(county: County, code: str = "01") -> Account:
    """An open box of the county's card body, `A-1-01` unless said otherwise."""
    return open_box(cabinet="A", shelf="1", box=code, capacity=100, label="", by=county.keeper)


def boxed(
    city: City, county: County, count: int, *, box: Account | None = None
) -> tuple[Account, list[Card]]:
    """Cards received and sorted into a box."""
    box = box or a_box(county)
    cards = make.received_cards(city, county, count=count)
    put(county, box, cards)
    return box, cards


def put(county: County, box: Account, cards: Sequence[Card]) -> None:
    """The keeper sorts cards into a box."""
    sort_cards(
        card_ids=[card.pk for card in cards], account_id=box.pk, order="town", by=county.keeper,
        at=NOON, key=make.key(),
    )  # fmt: skip


def begin(county: County, box: Account | None = None) -> Stocktake:
    """A running stock-take of a box, or of the whole card body."""
    if box is not None:
        return start_stocktake(scope="place", account_id=box.pk, by=county.keeper)
    return start_stocktake(scope="office", organization_id=county.card_body.pk, by=county.keeper)


def scan(take: Stocktake, county: County, place: Account | None, *texts: str) -> Kept:
    """What the scanner typed in a place, in one batch."""
    return scan_cards(
        take_id=take.pk, account_id=place.pk if place else None,
        readings=[Reading(text) for text in texts], by=county.keeper,
    )  # fmt: skip


def numbers(cards: Sequence[Card]) -> list[str]:
    """The numbers as on the cards' faces."""
    return [card.number for card in cards]


def ended(take: Stocktake, county: County) -> list[tuple[str, str]]:
    """The count is ended; its differences as kind and number, in order."""
    end_stocktake(take_id=take.pk, by=county.keeper, called_empty=True)
    return differences(take)


def differences(take: Stocktake) -> list[tuple[str, str]]:
    """Kind and number of every difference."""
    found = Finding.objects.filter(stocktake=take).order_by("kind", "number")
    return list(found.values_list("kind", "number"))


def verdict(county: County, outcome: str = "noted", **changes: object) -> Verdict:
    """What the keeper says, signed by the reviewer."""
    given = {
        "outcome": outcome,
        "words": "逐盒翻找后查明",
        "by": county.keeper,
        "second": county.reviewer,
        "at": NOON,
        "key": make.key(),
    }
    return Verdict(**(given | changes))  # type: ignore[arg-type]
