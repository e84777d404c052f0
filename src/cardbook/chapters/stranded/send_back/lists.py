"""Scanning a list of cards to be returned (Art. 17): each card with its reason, kept at once."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from cardbook.cards.models import Card
from cardbook.cards.states import Subject
from cardbook.chapters.stranded.models import ReturnLine, ReturnList
from cardbook.chapters.stranded.send_back.queries import LineRow, card_in_hand
from cardbook.lib.identifiers import parse_card_number
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.facts import Stranding
from cardbook.lifecycle.judge import refuse_other_roles
from cardbook.lifecycle.load import load_cases
from cardbook.lifecycle.openacts import open_act
from cardbook.lifecycle.refusals import Refusal, Refused
from cardbook.orgs.actors import Actor
from cardbook.orgs.models import User
from cardbook.papers.pictures import KeptImage
from cardbook.papers.storage import keep_images
from cardbook.registers.lists import ordered

_ROW = act("stranded.send_back")
LINE_SORTS: Mapping[str, tuple[str, Callable[[LineRow], Any] | None]] = {
    "new": ("新扫的在前", None),
    "row": ("序号", lambda line: line.row),
    "name": ("姓名", lambda line: (line.name, line.row)),
    "number": ("卡号", lambda line: line.number),
    "reason": ("滞留原因", lambda line: (line.reason, line.row)),
    "problem": ("还不能退回的在前", lambda line: (not line.problem, -line.row)),
}


def lines_found(lines: Sequence[LineRow], *, text: str, sort: str) -> list[LineRow]:
    """This function will choose and order lines of a list by a card number or a part of a name."""
    found = [one for one in lines if text.upper() in one.number or text in one.name]
    return ordered(found, LINE_SORTS, sort)


@transaction.atomic
def scan_stranded(*, text: str, reason: Stranding | None, by: Actor, at: datetime) -> ReturnLine:
    """This function will put a scanned card on the actor's open list, or change its reason there.

    A proof stays where it shows the new reason as well.

    :raises cardbook.lib.plain.InputError: when it is no card number.
    :raises Refused: when the card is not here, lies with another office, or may not go back.
    """
    refuse_other_roles(_ROW, by=by)
    number = parse_card_number(text).value
    card = card_in_hand(by=by, number=number)
    if card is None:
        raise Refused([Refusal(no.CARD_NUMBER_UNKNOWN, {"number": number})])
    if reason is None:
        raise Refused([Refusal(no.REASON_TO_CHOOSE, {"number": number}, card.pk)])
    if reason is Stranding.WRONG_INFORMATION:
        values = {"number": number}
        raise Refused([Refusal(no.STRANDED_WRONG_INFORMATION, values, card.pk)])
    case = load_cases(subject=Subject.CARD, ids=[card.pk], lock=False)[card.pk]
    against = open_act(act=_ROW, case=case, by=by, at=at).reasons
    if against:
        raise Refused(list(against))
    User.objects.select_for_update(no_key=True).get(pk=by.user_id)  # one open list a person
    returned, _ = ReturnList.objects.get_or_create(opened_by_id=by.user_id, shipment=None)
    known = returned.lines.filter(card=card).first()
    if known is not None:
        return _with_reason(known, reason)
    office = card.position.account.organization
    if returned.sender_id is None or not returned.lines.exists():
        ReturnList.objects.filter(pk=returned.pk).update(sender=office)
    elif returned.sender_id != office.pk and returned.sender:
        values = {"number": number, "custodian": office.name, "sender": returned.sender.name}
        raise Refused([Refusal(no.OTHER_OFFICE, values, card.pk)])
    last = returned.lines.aggregate(last=Max("row"))["last"] or 0
    return ReturnLine.objects.create(
        returned=returned, row=last + 1, card=card, reason=str(reason)
    )


def is_of_county(text: str, *, by: Actor) -> bool:
    """This function will say whether a number is that of a card of the county, lying anywhere."""
    number = parse_card_number(text).value
    return Card.objects.filter(number=number, county__path__startswith=by.county_path).exists()


def _with_reason(line: ReturnLine, reason: Stranding) -> ReturnLine:
    changed: dict[str, Any] = {"reason": str(reason)}
    if line.proof not in {kind.code for kind in reason.proofs}:
        changed |= {"proof": "", "proof_number": "", "proof_on": None, "proof_image": ""}
    ReturnLine.objects.filter(pk=line.pk).update(**changed)
    line.refresh_from_db()
    return line


@transaction.atomic
def prove_line(
    *,
    line_id: int,
    kind: str,
    number: str,
    on: date | None,
    image: KeptImage | None,
    by: Actor,
) -> ReturnLine | None:
    """This function will write which paper shows why a card of the open list is stranded.

    What is not given yet may follow; a picture kept before stays until another one comes. None
    when the line is not one of the actor's open list.
    """
    lines = ReturnLine.objects.filter(returned__opened_by=by.user_id, returned__shipment=None)
    line = lines.select_for_update(of=("self",), no_key=True).filter(pk=line_id).first()
    if line is None:
        return None
    kept = line.proof_image if kind == line.proof else ""
    if image is not None:
        keep_images([image], by=by)
        kept = image.digest
    ReturnLine.objects.filter(pk=line.pk).update(
        proof=kind, proof_number=number.strip(), proof_on=on, proof_image=kept
    )
    line.refresh_from_db()
    return line


def remove_lines(*, line_ids: Collection[int], by: Actor) -> int:
    """This function will take cards off the open list and return how many were on it."""
    lines = ReturnLine.objects.filter(returned__opened_by=by.user_id, returned__shipment=None)
    return lines.filter(pk__in=line_ids).delete()[0]
