"""The poster of a county: what banks promise today, and where their outlets are (Art. 24)."""

from datetime import datetime
from pathlib import Path

from cardbook.chapters.usage.bank_offers.queries import offers, outlets_in
from cardbook.chapters.usage.values import OfferKind
from cardbook.lib.clock import local_day
from cardbook.orgs.models import Organization
from cardbook.registers.typesetting import typeset

_LAYOUT = Path(__file__).parents[1] / "layouts" / "offers.typ"


def poster_pdf(*, county: Organization | None, at: datetime) -> bytes:
    """This function will set the poster of a county; without one it is the whole city's."""
    today = local_day(at)
    found = list(offers(today=today))
    data = {
        "office": county.name if county else "全市",
        "offers": [
            [
                one.bank.name, OfferKind(one.kind).label,
                "，".join(filter(None, (one.title, one.words))), one.place, f"{one.until}",
            ]
            for one in found
        ],
        "outlets": [
            [one.name, one.address, one.hours, one.phone]
            for one in outlets_in(county, banks=[one.bank_id for one in found])
        ],
        "printed": f"{today}",
    }  # fmt: skip
    return typeset(layout=_LAYOUT, data=data, at=at)
