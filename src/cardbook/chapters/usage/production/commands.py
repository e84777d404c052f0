"""Takes, mends, confirms and submits applications, and enters what banks answer (Art. 4, 25).

Each is one `perform`; `replacement/commands.py` takes a card in place of another.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from cardbook.cards.models import Application
from cardbook.cards.states import Hold, Subject
from cardbook.chapters.open_application import naming_the_first
from cardbook.chapters.representatives import remembered
from cardbook.chapters.row_by_row import Outcome, row_by_row
from cardbook.chapters.usage.applying import (
    Signed,
    Wanted,
    captured_step,
    confirmed_step,
    detail_of,
    dying_with,
    keep_photo,
    note_signed,
    refuse_living_card,
    sent_digest,
    voided_step,
)
from cardbook.chapters.usage.captured import (
    Captured,
    encoding_on,
    misfits,
    open_captured,
    seal_captured,
    sent_record,
)
from cardbook.chapters.usage.made import seal_made
from cardbook.chapters.usage.models import ApplicationDetail
from cardbook.chapters.usage.province_checks import (
    asked_of_province,
    note_check,
    owe_check,
)
from cardbook.chapters.usage.values import Delivery
from cardbook.law.fees import charge_for
from cardbook.lib.clock import local_day
from cardbook.lib.masking import leave_out
from cardbook.lifecycle import guards
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.cases import Case
from cardbook.lifecycle.facts import (
    ApplicationCorrected,
    ApplicationSubmitted,
    ApplicationWithdrawn,
    ApplyReason,
    BankAnswered,
)
from cardbook.lifecycle.perform import Deferred, Done, Step, perform
from cardbook.lifecycle.refusals import Refusal, Refused
from cardbook.orgs.actors import Actor
from cardbook.papers.storage import keep_images
from cardbook.people.holders import holder_of
from cardbook.ports.messages import MadeCard


def capture_application(
    *, wanted: Wanted, signed: Signed | None = None, by: Actor, at: datetime, key: str
) -> Done:
    """This function will take a first card down; with a signature it is confirmed at once.

    Whoever the book does not know is entered in the same transaction.

    :raises Refused: when he has a card or an application, here or in the province, is dead, or no
        ground is given.
    :raises cardbook.lib.plain.InputError: when number or name cannot be anybody's.
    """
    if not wanted.ground or not wanted.ground_source.strip():
        raise Refused([Refusal(no.GROUND_MISSING)])
    said = asked_of_province(
        name=wanted.captured.name, number=wanted.captured.number,
        county_id=by.county_id or by.org_id, reason=wanted.reason, at=at, key=key,
    )  # fmt: skip
    people: list[int] = []
    steps: list[Step | Deferred] = [lambda: _first_card(wanted, people, by=by, on=local_day(at))]
    if signed is not None:
        steps.append(confirmed_step(wanted.captured, signed, photo=wanted.photo.digest))

    def keep(done: Done) -> None:
        refuse_living_card(people[0])
        images = [*(signed.kept if signed else ()), wanted.photo.image]
        keep_images([image for image in images if image is not None], by=by)
        detail = detail_of(done.subject_ids[0], wanted, by=by, at=at, signed=signed)
        detail.save(force_insert=True)
        note_check(done.subject_ids[0], said)
        if signed is not None:
            keep_photo(people[0], wanted.photo.digest)

    with naming_the_first(lambda: people[0] if people else None):
        return perform(*steps, by=by, at=at, key=key, also=keep)


def _first_card(wanted: Wanted, people: list[int], *, by: Actor, on: date) -> Step:
    """The person found or entered, noted in `people`, and the application for him."""
    captured = wanted.captured
    person = remembered(number=captured.number, name=captured.name, phone=captured.phone, today=on)
    if dead := guards.dead_or_said_dead(person, dead=no.APPLICANT_DEAD):
        raise Refused([dead])
    people[:] = [person.pk]
    return captured_step(
        "application.capture", wanted, person_id=person.pk, county_id=by.county_id or by.org_id,
        old_card_id=None, charge=charge_for(wanted.reason, on=on), by=by, on=on,
    )  # fmt: skip


def correct_application(
    *,
    application_id: int,
    wanted: Wanted,
    fields: Sequence[str],
    by: Actor,
    at: datetime,
    key: str,
) -> Done:
    """This function will mend or complete what was captured; it has to be confirmed again.

    An application that was opened elsewhere (Art. 9, 15) gets its contents here.

    :raises Refused: when it is at the bank, or out of reach.
    """
    step = Step(
        act=act("application.correct"),
        facts=ApplicationCorrected(
            fields=tuple(fields),
            bank_id=wanted.bank_id,
            words=wanted.words,
            photo_compared=wanted.photo.compared,
        ),
        subject_ids=[application_id],
    )

    def keep(done: Done) -> None:
        keep_images([wanted.photo.image] if wanted.photo.image else [], by=by)
        known = ApplicationDetail.objects.filter(pk=application_id)
        changed = known.update(
            delivery=wanted.delivery, photo=wanted.photo.digest,
            photo_source=wanted.photo.source, captured_sealed=seal_captured(wanted.captured),
            old_plastic=wanted.old_plastic, confirmed_digest="", signing="", signature="",
            signer="",
        )  # fmt: skip
        if not changed:
            detail_of(application_id, wanted, by=by, at=at).save(force_insert=True)
            owe_check(application_id, at=at)

    return perform(step, by=by, at=at, key=key, also=keep)


def confirm_application(
    *, application_id: int, signed: Signed, by: Actor, at: datetime, key: str
) -> Done:
    """This function will record that the holder read what was captured and signed for it.

    :raises Refused: when nobody signed, a guardian has to, or nothing was captured yet.
    :raises ApplicationDetail.DoesNotExist: when nothing was captured of it yet.
    """
    detail = ApplicationDetail.objects.get(pk=application_id)
    captured = open_captured(detail.captured_sealed)
    step = confirmed_step(captured, signed, photo=detail.photo, application_id=application_id)

    def keep(done: Done) -> None:
        keep_images(signed.kept, by=by)
        note_signed(detail, signed, captured=captured)
        detail.save(update_fields=["signer", "signing", "signature", "confirmed_digest"])
        keep_photo(detail.application.person_id, detail.photo)

    return perform(step, by=by, at=at, key=key, also=keep)


def submit_applications(ids: Sequence[int], *, by: Actor, at: datetime, key: str) -> Outcome:
    """This function will submit applications to their banks, with a result for each row.

    Every text is measured as the bank's file encodes it. Lost cards die with the submission.

    :raises Refused: when a reason is about no single row.
    """

    def work(left: Sequence[int], part: str) -> Done:
        return _submit(left, by=by, at=at, key=part)

    found = row_by_row(ids, key=key, work=work, subject=Subject.APPLICATION)
    done = tuple(id_ for id_ in dict.fromkeys(ids) if id_ not in found.refused)
    return Outcome(done=done if found.done else (), refused=found.refused)


def submit_application(application_id: int, *, by: Actor, at: datetime, key: str) -> Done:
    """This function will submit one application to its bank.

    :raises Refused: with every reason.
    """
    return _submit([application_id], by=by, at=at, key=key)


def _submit(ids: Sequence[int], *, by: Actor, at: datetime, key: str) -> Done:
    on = local_day(at)
    applications = list(
        Application.objects.filter(pk__in=ids).select_related("detail", "old_card").order_by("pk")
    )
    texts = {
        one.pk: open_captured(one.detail.captured_sealed)
        for one in applications
        if hasattr(one, "detail")
    }

    def objections(cases: Sequence[Case]) -> Iterator[Refusal]:
        for one in applications:
            # One that was opened elsewhere and never captured is refused by its progress.
            if one.pk in texts:
                yield from misfits(texts[one.pk], encoding=encoding_on(on), application_id=one.pk)
            old = one.old_card if dying_with([one]) else None
            if old is not None and old.hold != Hold.FORMAL_LOSS:
                yield Refusal(no.OLD_CARD_NOT_ON_LOSS, {"number": old.number}, one.pk)

    facts = {one.pk: _submitted(one, texts.get(one.pk), on=on) for one in applications}
    steps = [
        Step(
            act=act("application.submit"), facts=facts, subject_ids=list(ids),
            objections=objections,
        )
    ]  # fmt: skip
    dying = dying_with(applications)
    steps += [voided_step(dying)] if dying else []

    def keep(done: Done) -> None:
        details = ApplicationDetail.objects.in_bulk(texts)
        for id_, detail in details.items():
            detail.submitted_digest = sent_digest(texts[id_], on=on)
        ApplicationDetail.objects.bulk_update(details.values(), ["submitted_digest"])

    return perform(*steps, by=by, at=at, key=key, also=keep)


def _submitted(
    application: Application, captured: Captured | None, *, on: date
) -> ApplicationSubmitted:
    encoding = encoding_on(on)
    fits = captured is not None and not any(misfits(captured, encoding=encoding))
    size = len(sent_record(captured, encoding=encoding)) if captured and fits else 0
    return ApplicationSubmitted(
        bank=application.bank_id or 0, encoded_bytes=size,
        reason=ApplyReason(application.reason),
        by_post=captured is not None and application.detail.delivery == Delivery.POST,
    )  # fmt: skip


class AnswerKind(StrEnum):
    """What a bank may say of an application."""

    ACCEPT = "accept"
    PRODUCE = "produce"
    MADE = "made"
    REFUSE = "refuse"

    @property
    def label(self) -> str:
        """The word on the answer sheet."""
        return {"accept": "受理", "produce": "制卡中", "made": "已制成", "refuse": "退回修改"}[
            self
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the bank said of one application; a refusal says why.

    `answered_on` is for answers that did not come on one day; `made` is the card as its maker
    returned it.
    """

    application_id: int
    kind: AnswerKind
    words: str = ""
    reference: str = ""
    answered_on: date | None = None
    made: MadeCard | None = None


def answer_applications(
    answers: Sequence[Answer], *, source: str, answered_on: date, by: Actor, at: datetime, key: str
) -> Done:
    """This function will enter what a bank answered, row by row, all of one sheet or nothing.

    :raises Refused: with every row that is another bank's, was answered before, or is refused
        without a reason.
    """
    answers = _without_holders(answers)
    by_kind: dict[AnswerKind, dict[int, Answer]] = {}
    for answer in answers:
        by_kind.setdefault(answer.kind, {})[answer.application_id] = answer
    steps = [
        _answered(kind, rows, source=source, answered_on=answered_on)
        for kind in AnswerKind
        if (rows := by_kind.get(kind))
    ]

    def keep(done: Done) -> None:
        details = ApplicationDetail.objects.in_bulk([one.application_id for one in answers])
        for answer in answers:
            detail = details[answer.application_id]
            detail.answer, detail.reference = answer.words or answer.kind.label, answer.reference
            if answer.made is not None:
                detail.made_sealed = seal_made(answer.made)
        ApplicationDetail.objects.bulk_update(
            details.values(), ["answer", "reference", "made_sealed"]
        )

    return perform(*steps, by=by, at=at, key=key, also=keep)


def _without_holders(answers: Sequence[Answer]) -> list[Answer]:
    """What banks say of somebody is kept for good; their words name him now and then (Art. 32)."""
    spoken = [one.application_id for one in answers if one.words]
    found = Application.objects.filter(pk__in=spoken).select_related("person", "detail")
    names = {one.pk: _names_of(one) for one in found}
    return [
        replace(one, words=leave_out(one.words, names.get(one.application_id, ())))
        for one in answers
    ]


def _names_of(application: Application) -> tuple[str, ...]:
    """What names the person and the guardian: in our book, and as it was sent to the bank."""
    holder = holder_of(application.person)
    sent = open_captured(application.detail.captured_sealed)
    numbers = holder.number, holder.phone, sent.number, sent.phone, sent.guardian_number
    return *numbers, holder.name, sent.name, sent.sent_name, sent.guardian_name


def _answered(
    kind: AnswerKind, rows: Mapping[int, Answer], *, source: str, answered_on: date
) -> Step:
    facts = {
        id_: BankAnswered(
            source=source, answered_on=answer.answered_on or answered_on, code=str(kind),
            words=answer.words, reference=answer.reference,
            new_card=answer.made.number if answer.made else "",
        )
        for id_, answer in rows.items()
    }  # fmt: skip
    return Step(act=act(f"application.{kind}"), facts=facts, subject_ids=sorted(rows))


def withdraw_application(
    *, application_id: int, words: str, by: Actor, at: datetime, key: str
) -> Done:
    """This function will take an application back while nobody else works on it.

    :raises Refused: when it went to the bank already or no reason is given.
    """
    step = Step(
        act=act("application.withdraw"),
        facts=ApplicationWithdrawn(words=words),
        subject_ids=[application_id],
    )
    return perform(step, by=by, at=at, key=key)
