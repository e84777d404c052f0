"""Stranded cards go up the line, are counted in, passed on, put back (Art. 17).

One `perform()` each. `lists.py` scans what goes, `cancelling.py` cancels what came, `form.py`
prints the form of the act.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from cardbook.chapters.row_by_row import Outcome, row_by_row
from cardbook.chapters.stranded import arrivals
from cardbook.chapters.stranded.contacts import contacts_of
from cardbook.chapters.stranded.models import ReturnLine, ReturnList
from cardbook.chapters.stranded.scope import offices_above, offices_of, only_office_of
from cardbook.chapters.stranded.send_back.form import stranded_sheet
from cardbook.chapters.stranded.send_back.telling_first import contact_rule
from cardbook.custody.models import Account, Purpose, Shipment
from cardbook.custody.places import Place
from cardbook.custody.postings import Destination, account_of
from cardbook.custody.shipments import record_shipment
from cardbook.law.papers import STRANDED_FORM
from cardbook.lib.canonical import digest
from cardbook.lib.clock import local_day
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.cases import Case
from cardbook.lifecycle.facts import (
    PassedOn,
    PutBackForIssue,
    ReturnAcknowledged,
)
from cardbook.lifecycle.judge import Presented, refuse_other_roles
from cardbook.lifecycle.perform import Done, Step, perform
from cardbook.lifecycle.refusals import Refusal, Refused
from cardbook.orgs.actors import Actor
from cardbook.orgs.models import Organization
from cardbook.registers.issue import issue_document
from cardbook.registers.models import IssuedDocument


def send_back(*, list_id: int, receiver_id: int, by: Actor, at: datetime, key: str) -> Done:
    """This function will freeze the 滞留原因统计表 of a list and send its cards with it.

    :raises Refused: naming every card that may not go and why; no card was moved.
    """
    refuse_other_roles(act("stranded.send_back"), by=by)
    returned = ReturnList.objects.select_related("sender", "document").get(
        pk=list_id, opened_by=by.user_id
    )
    lines = list(returned.lines.select_related("card").order_by("row"))
    if not lines or returned.sender is None:
        raise Refused([Refusal(no.NOTHING_CHOSEN)])
    receiver = _fit_receiver(returned.sender, receiver_id)
    ids = [line.card_id for line in lines]
    if returned.shipment_id is None:
        # A refusal known beforehand costs no number of the form; perform() asks again, locked.
        against = [*_unproved(lines, at=at), *_too_few(lines, ids, at=at)]
        if against:
            raise Refused(against)
    document = returned.document or _print(returned, lines, receiver, by=by, at=at)

    def also(done: Done) -> None:
        shipment = _record(done, ids, returned.sender_id, receiver.pk, at=at)
        ReturnList.objects.filter(pk=returned.pk).update(
            shipment=shipment, receiver=receiver, document=document
        )

    step = _sending(returned, lines, document, receiver, at=at)
    return perform(step, by=by, at=at, key=key, also=also)


def _sending(
    returned: ReturnList,
    lines: Sequence[ReturnLine],
    document: IssuedDocument,
    receiver: Organization,
    *,
    at: datetime,
) -> Step:
    facts = {line.card_id: line.facts for line in lines}
    return Step(
        act=act("stranded.send_back"),
        facts=facts,
        subject_ids=tuple(facts),
        papers=[Presented(kind=STRANDED_FORM.code, digest=document.pdf_digest)],
        destination=Destination(account_of(organization_id=receiver.pk, kind=Place.TRANSIT).pk),
        objections=lambda cases: _objections(returned.pk, lines, document, cases, at=at),
    )


def _fit_receiver(sender: Organization, receiver_id: int) -> Organization:
    for one in offices_above(sender):
        if one.pk == receiver_id:
            return one
    found = Organization.objects.filter(pk=receiver_id).first()
    raise Refused([Refusal(no.RECEIVER_UNFIT, {"receiver": found.name if found else ""})])


def _print(
    returned: ReturnList,
    lines: Sequence[ReturnLine],
    receiver: Organization,
    *,
    by: Actor,
    at: datetime,
) -> IssuedDocument:
    """The form of exactly these lines; the same lines give the same document."""
    said = [(line.card_id, line.facts) for line in lines]
    key = f"stranded-{returned.pk}-{digest([receiver.pk, said]).hex()[:32]}"
    sheet = stranded_sheet(
        lines=lines, sender=returned.sender, receiver=receiver, number=returned.number,
        checker=by.name, masked=False, printed_by=f"{by.org_name} {by.name}", printed_at=at,
    )  # fmt: skip
    return issue_document(sheet=sheet, by=by, at=at, key=key)


def _unproved(lines: Sequence[ReturnLine], *, at: datetime) -> Iterable[Refusal]:
    """The table asks again for what a proof lacks; only a day can be too late meanwhile."""
    for line in lines:
        if line.facts.missing:
            values = {"number": line.card.number, **line.facts.unproved}
            yield Refusal(no.STRANDING_UNPROVED, values, line.card_id)
        elif line.proof_on and line.proof_on > local_day(at):
            values = {"number": line.card.number, "given": f"{line.proof_on}"}
            yield Refusal(no.PROOF_FROM_LATER, values, line.card_id)


def _too_few(
    lines: Sequence[ReturnLine], ids: Sequence[int], *, at: datetime
) -> Iterable[Refusal]:
    rule, contacts = contact_rule(lines, on=local_day(at)), contacts_of(ids)
    for line in lines:
        tried = contacts[line.card_id]
        if rule.met_by(line, tried):
            continue
        values = {
            "number": line.card.number, "attempts": tried.attempts,
            "channels": len(tried.channels), "rule": rule.words,
        }  # fmt: skip
        yield Refusal(no.TOO_FEW_CONTACTS, values, line.card_id)


def _objections(
    list_id: int,
    lines: Sequence[ReturnLine],
    document: IssuedDocument,
    cases: Sequence[Case],
    *,
    at: datetime,
) -> Iterable[Refusal]:
    """The form is of this very list, its cards lie with its sender, its holders were told."""
    returned = ReturnList.objects.select_for_update(no_key=True).get(pk=list_id)
    if document.form != STRANDED_FORM.code or returned.number not in document.covers:
        yield Refusal(no.STRANDED_FORM_MISSING)
    places = Account.objects.in_bulk([case.account_id for case in cases if case.account_id])
    assert returned.sender_id is not None
    sender = Organization.objects.get(pk=returned.sender_id)
    for case in cases:
        place = places.get(case.account_id or 0)
        if place is not None and place.organization_id != sender.pk:
            values = {
                "number": case.number, "custodian": case.custodian_name, "sender": sender.name,
            }  # fmt: skip
            yield Refusal(no.OTHER_OFFICE, values, case.id)
    yield from _too_few(lines, [case.id for case in cases] or [0], at=at)


def _record(
    done: Done, ids: Sequence[int], sender_id: int | None, receiver_id: int, *, at: datetime,
    words: str = "",
) -> Shipment:  # fmt: skip
    assert sender_id is not None
    return record_shipment(
        purpose=Purpose.RETURN, sender_id=sender_id, receiver_id=receiver_id, batch=done.batch,
        card_ids=ids, at=at, words=words,
    )  # fmt: skip


def receive_back(*, shipment_id: int, by: Actor, at: datetime, key: str) -> Done:
    """This function will take in the scanned cards of a return; the others stay under way.

    :raises Refused: when nothing was scanned, or a card is no longer under way with it.
    """
    shipment = Shipment.objects.get(pk=shipment_id, purpose=Purpose.RETURN)
    ids = arrivals.cards_ready(shipment)
    step = Step(
        act=act("stranded.receive_back"),
        facts=ReturnAcknowledged(shipment=shipment.pk, scanned=True),
        subject_ids=ids,
        destination=Destination(
            account_of(organization_id=shipment.receiver_id, kind=Place.RETURNED).pk
        ),
        objections=lambda cases: arrivals.objections_to_arrival(shipment.pk, cases),
    )
    return perform(
        step, by=by, at=at, key=key,
        also=lambda done: arrivals.mark_taken(
            shipment_id=shipment.pk, card_ids=done.subject_ids, batch=done.batch
        ),
    )  # fmt: skip


def pass_on(
    *, card_ids: Sequence[int], receiver_id: int, words: str, by: Actor, at: datetime, key: str
) -> Done:
    """This function will send returned cards of one office one step further up (Art. 17).

    :raises Refused: when nothing was chosen, the receiver does not stand above, or a card moved.
    """
    first = only_office_of(card_ids)
    receiver = _fit_receiver(first, receiver_id)
    if receiver.pk == first.pk:
        raise Refused([Refusal(no.RECEIVER_UNFIT, {"receiver": receiver.name})])
    step = Step(
        act=act("stranded.pass_on"),
        facts=PassedOn(words=words),
        subject_ids=card_ids,
        destination=Destination(account_of(organization_id=receiver.pk, kind=Place.TRANSIT).pk),
    )

    def also(done: Done) -> None:
        _record(done, done.subject_ids, first.pk, receiver.pk, at=at, words=words)

    return perform(step, by=by, at=at, key=key, also=also)


def put_back(
    *,
    card_ids: Sequence[int],
    words: str,
    by: Actor,
    second: Actor | None,
    at: datetime,
    key: str,
) -> Done:
    """This function will make returned cards ready for issue again: their holders turned up.

    :raises Refused: when a card is cancelled, its holder is dead, or nobody else signs.
    """
    steps = [
        Step(
            act=act("stranded.put_back"),
            facts=PutBackForIssue(words=words),
            subject_ids=ids,
            destination=Destination(account_of(organization_id=office, kind=Place.STORE).pk),
        )
        for office, ids in offices_of(card_ids).items()
    ]
    if not steps:
        raise Refused([Refusal(no.NOTHING_CHOSEN)])
    return perform(*steps, by=by, second=second, at=at, key=key)


def pass_on_those_that_may(
    *, card_ids: Sequence[int], receiver_id: int, words: str, by: Actor, at: datetime, key: str
) -> Outcome:
    """This function will send on in one shipment what may go; each other card is told why not.

    :raises Refused: when nothing was chosen, or the receiver does not stand above.
    """

    def work(ids: Sequence[int], attempt: str) -> Done:
        return pass_on(
            card_ids=ids, receiver_id=receiver_id, words=words, by=by, at=at, key=attempt
        )

    if not card_ids:
        raise Refused([Refusal(no.NOTHING_CHOSEN)])
    return row_by_row(card_ids, key=key, work=work)


def put_back_those_that_may(
    *,
    card_ids: Sequence[int],
    words: str,
    by: Actor,
    second: Actor | None,
    at: datetime,
    key: str,
) -> Outcome:
    """This function will make ready for issue what may be; each other card is told why not.

    :raises Refused: when nothing was chosen, or the second person is missing or may not.
    """

    def work(ids: Sequence[int], attempt: str) -> Done:
        return put_back(card_ids=ids, words=words, by=by, second=second, at=at, key=attempt)

    if not card_ids:
        raise Refused([Refusal(no.NOTHING_CHOSEN)])
    return row_by_row(card_ids, key=key, work=work)
