"""What somebody holds in his hand while he counts it in, although the book has it on its way.

A wrong card is taken back at once, also from counting (Art. 13); elsewhere nobody can take back
what has not arrived (Art. 6).
"""

from collections.abc import Iterable, Iterator

from cardbook.chapters.intake.models import CountScan, HandDownScan
from cardbook.custody.places import Place
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.cases import Case
from cardbook.lifecycle.refusals import Refusal
from cardbook.orgs.actors import Actor


def may_call_wrong(by: Actor) -> bool:
    """This function will say whether who counts may take a card back whose face is wrong."""
    return by.role in act("error.record").who


def not_in_hand(cases: Iterable[Case], *, by: Actor) -> Iterator[Refusal]:
    """This function will refuse each card on its way that no running count has scanned."""
    for case in cases:
        if case.place is Place.TRANSIT and not _is_scanned(case.number, by=by):
            yield Refusal(no.NOT_RECEIVED, {"custodian": case.custodian_name}, case.id)


def _is_scanned(number: str, *, by: Actor) -> bool:
    """Whether a count of the county's delivery, or of what was sent to the office, has it."""
    delivered = CountScan.objects.filter(
        number=number, count__closed_at=None,
        count__box__delivery__organization__path__startswith=by.county_path,
    )  # fmt: skip
    sent = HandDownScan.objects.filter(
        number=number, count__closed_at=None, count__shipment__receiver=by.org_id
    )
    return delivered.exists() or sent.exists()
