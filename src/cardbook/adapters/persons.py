"""A person in the fields of banks' and makers' files (domain.md 3.2), never more than fits."""

from cardbook.adapters.files.fixed import ENCODING, Row
from cardbook.ports.messages import Addressee

DOCUMENTS = {"citizen": "01", "hmt_resident": "10", "foreign_permanent": "10"}
_UNIT_CODE, _OUTLET = 20, 8
# His number names no place of birth, and his country by figures nobody agreed on here.
_FOREIGN = "foreign_permanent"


def person_row(about: Addressee) -> Row:
    """This function will write who it is, where he lives and works, where he fetches the card."""
    return {
        "name": about.bank_name or about.name,
        "sex": about.sex if about.sex in ("1", "2") else "9",
        "document": DOCUMENTS.get(about.number_kind, "10"),
        "number": about.number,
        "nation": about.nation,
        "country": country_of(about),
        "birthplace": "" if about.number_kind == _FOREIGN else about.number[:6],
        "born_on": f"{about.born_on:%Y%m%d}" if about.born_on else "",
        "mobile": about.phone if len(about.phone) <= 11 else "",
        "phone": about.phone,
        "address": about.address,
        "unit_code": _whole(about.unit_code, _UNIT_CODE),
        "unit": about.unit,
        "town": about.town,
        "village": about.village,
        "outlet": _whole(about.outlet, _OUTLET),
        "outlet_name": about.outlet_name,
    }


def country_of(about: Addressee) -> str:
    """This function will write the country of everybody whose number says it (domain.md 5.1)."""
    return "" if about.number_kind == _FOREIGN else "CHN"


def _whole(code: str, size: int) -> str:
    """A code that does not fit is no code: half of one would be another's."""
    return code if len(code.encode(ENCODING, "replace")) <= size else ""
