"""The notice a village puts up: who has a card waiting, masked, and where it is (Art. 16, 32).

A surname and the last four digits are enough for somebody to know himself and for nobody else.
"""

from datetime import datetime
from pathlib import Path

from cardbook.cards.models import Card
from cardbook.chapters.stranded.tracing.queries import waiting_ids
from cardbook.lib.clock import LOCAL
from cardbook.orgs.actors import Actor
from cardbook.orgs.models import Organization
from cardbook.people.holders import holder_of
from cardbook.registers.typesetting import typeset

MOST = 600
_LAYOUT = Path(__file__).parent / "layouts" / "poster.typ"


def masked_entry(name: str, number: str) -> tuple[str, str]:
    """This function will keep the surname and the last four digits."""
    return f"{name[:1]}**", number[-4:]


def poster_pdf(
    *, by: Actor, under: Organization | None, alone: bool, band: int | None, at: datetime
) -> bytes:
    """This function will set the notice for an office and all below it, at most 600 names."""
    ids = waiting_ids(by=by, under=under, alone=alone, band=band, at=at, limit=MOST)
    cards = Card.objects.filter(pk__in=ids).select_related("person")
    holders = sorted(
        masked_entry(holder.name, holder.number)
        for holder in (holder_of(card.person) for card in cards)
    )
    office = under or Organization.objects.get(pk=by.org_id)
    data = {
        "office": office.name,
        "entries": [list(entry) for entry in holders],
        "facts": [
            ["领取地点", office.address or office.name],
            ["办理时间", office.hours or "工作日"],
            ["联系电话", office.phone or "12333"],
        ],
        "printed": f"{at.astimezone(LOCAL):%Y-%m-%d}",
        "full": len(ids) == MOST,
    }
    return typeset(layout=_LAYOUT, data=data, at=at)
