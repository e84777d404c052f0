"""What a unit reads out when it hands out cards, with the outlets of the banks (Art. 8, 12)."""

from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from cardbook.chapters.bank_outlets import outlets_of_banks
from cardbook.chapters.issuance.models import Bundle, BundleRow
from cardbook.law import notices
from cardbook.lib.clock import to_the_minute
from cardbook.orgs.actors import Actor
from cardbook.registers.typesetting import typeset

_LAYOUT = Path(__file__).parent / "layouts" / "notice.typ"


def notice_pdf(bundle: Bundle, *, by: Actor, at: datetime) -> bytes:
    """This function will set the notice that travels with a bundle: it names no holder."""
    cards = list(BundleRow.objects.filter(bundle=bundle).values_list("card", flat=True))
    outlets = outlets_of_banks(card_ids=cards, by=by)
    notice = notices.PICK_UP
    data = {
        "unit": bundle.unit.name,
        "number": bundle.number,
        "cards": len(cards),
        "lines": list(notice.lines),
        "outlets": [asdict(one) for one in outlets],
        "basis": f"第八条、{notice.basis_text}" + ("、第二十二条" if outlets else ""),
        "text": notice.text_id,
        "printed": to_the_minute(at),
    }
    return typeset(layout=_LAYOUT, data=data, at=at)
