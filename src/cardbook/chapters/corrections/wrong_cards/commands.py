"""Takes a wrong card back and leads its handling to the end, each step one `perform` (13-15).

The values are personal: they lie sealed in `CorrectionDetail`, written in the same transaction.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from cardbook.cards.models import Card, Correction
from cardbook.cards.states import Social, Subject
from cardbook.chapters.applications import replacement_of, to_be_replaced
from cardbook.chapters.corrections.models import CorrectionDetail
from cardbook.chapters.corrections.wrong_cards.fees import charge_of
from cardbook.chapters.corrections.wrong_cards.scope import not_begun_here
from cardbook.chapters.corrections.wrong_cards.values import (
    Values,
    labels_of,
    seal_agent,
    seal_face,
    seal_right,
)
from cardbook.chapters.counting_in import not_in_hand
from cardbook.law import notices
from cardbook.ledger.models import Event
from cardbook.lib.clock import local_day
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.births import GivenRows
from cardbook.lifecycle.cases import Case
from cardbook.lifecycle.facts import (
    CorrectionDropped,
    CorrectionOpened,
    CorrectionResumed,
    ErrorExplained,
    ErrorLifted,
    ErrorRechecked,
    ErrorRecorded,
    ErrorReplacementOpened,
    Fault,
    ProvinceAnswered,
    WrongField,
)
from cardbook.lifecycle.perform import Done, Objections, Step, perform
from cardbook.lifecycle.refusals import Refusal
from cardbook.orgs.actors import Actor

_CORRECTION = ("card_id", "person_id", "county_id")
TOLD = (notices.WRONG_CARD.code,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """What a comparison brought: the values by field, by whose doing, on which document."""

    face: Values
    right: Values
    fault: Fault
    proof: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """The explanation, and who the proxy was when it was not the holder who heard it."""

    facts: ErrorExplained
    agent: str = ""


def record_error(
    *,
    card_id: int,
    facts: ErrorRecorded,
    compared: Compared,
    telling: Telling | None,
    by: Actor,
    at: datetime,
    key: str,
) -> Done:
    """This function will take a wrong card back and open its handling, told or yet to be told.

    The done subjects are the card and its correction.

    :raises Refused: when the card is taken back already or has not arrived, or no field is named.
    :raises Card.DoesNotExist: when there is no such card.
    """
    card = Card.objects.get(pk=card_id)
    steps = [
        _taking_back(card_id, facts, by=by),
        _opening(card, facts, fault=compared.fault, by=by),
    ]
    if telling is not None:
        explain = act("error.explain")
        steps.append(Step(act=explain, facts=telling.facts, told=TOLD, of_born=True))

    def keep(done: Done) -> None:
        CorrectionDetail.objects.create(
            correction_id=done.subject_ids[1],
            found=facts.found,
            found_on=local_day(at),
            wrong_fields=[str(field) for field in facts.fields],
            agent_sealed=seal_agent(telling.agent) if telling else None,
            expected_on=telling.facts.expected_on if telling else None,
            **_sealed(compared),
        )

    return perform(*steps, by=by, at=at, key=key, also=keep)


def _taking_back(card_id: int, facts: ErrorRecorded, *, by: Actor) -> Step:
    def objections(cases: Sequence[Case]) -> Iterator[Refusal]:
        return not_in_hand(cases, by=by)

    return Step(act=act("error.record"), facts=facts, subject_ids=[card_id], objections=objections)


def _opening(card: Card, facts: ErrorRecorded, *, fault: Fault, by: Actor) -> Step:
    born = (card.pk, card.person_id, by.county_id or card.county_id)
    return Step(
        act=act("error.open"),
        facts=CorrectionOpened(card=card.pk, found=facts.found, fields=facts.fields, fault=fault),
        births=GivenRows(_CORRECTION, (born,)),
    )


def _sealed(compared: Compared) -> dict[str, object]:
    """What was compared, as it is kept."""
    return {
        "fault": compared.fault,
        "face_sealed": seal_face(compared.face),
        "right_sealed": seal_right(compared.right),
        "proof": compared.proof,
    }


def explain_error(
    *, correction_id: int, telling: Telling, told: Sequence[str], by: Actor, at: datetime, key: str
) -> Done:
    """This function will record that the holder or a proxy was told, by which way, in what words.

    :raises Refused: when nothing was said, the handling is closed, or an outlet did not begin it.
    """

    def objections(cases: Sequence[Case]) -> Iterator[Refusal]:
        return not_begun_here(cases, by=by)

    step = Step(
        act=act("error.explain"), facts=telling.facts, subject_ids=[correction_id], told=told,
        objections=objections,
    )  # fmt: skip

    def keep(done: Done) -> None:
        detail = CorrectionDetail.objects.filter(pk=correction_id)
        detail.update(
            agent_sealed=seal_agent(telling.agent), expected_on=telling.facts.expected_on
        )

    return perform(step, by=by, at=at, key=key, also=keep)


def recheck_error(
    *,
    correction_id: int,
    facts: ErrorRechecked,
    compared: Compared,
    by: Actor,
    at: datetime,
    key: str,
) -> Done:
    """This function will record that another person went through every field once more.

    What he completed or put right replaces what was entered first.

    :raises Refused: when he entered it himself, or a field has no right value yet.
    """

    def objections(cases: Sequence[Case]) -> Iterator[Refusal]:
        _locked(cases)
        unknown = [field for field in facts.fields if not _is_known(field, compared.right)]
        if unknown or not facts.fields:
            words = labels_of(unknown) or "错误项目"
            yield Refusal(no.VALUE_UNKNOWN, {"fields": words}, correction_id)

    def keep(done: Done) -> None:
        CorrectionDetail.objects.filter(pk=correction_id).update(
            wrong_fields=[str(field) for field in facts.fields], **_sealed(compared)
        )

    step = Step(
        act=act("error.recheck"), facts=facts, subject_ids=[correction_id], objections=objections
    )
    return perform(step, by=by, at=at, key=key, also=keep)


def _is_known(field: WrongField, right: Values) -> bool:
    # Another photograph is not written down; the right one is taken when the card is made anew.
    return field is WrongField.PHOTO or bool(right.get(field))


def _locked(cases: Iterable[Case]) -> dict[int, CorrectionDetail]:
    ids = [case.id for case in cases]
    found = CorrectionDetail.objects.select_for_update().filter(pk__in=ids)
    return {detail.pk: detail for detail in found.order_by("pk")}


def enter_province(
    *, correction_id: int, facts: ProvinceAnswered, by: Actor, at: datetime, key: str
) -> Done:
    """This function will keep the number under which the province's system has the wrong card.

    :raises Refused: when it was not checked again, or the number or the day cannot be right.
    """

    def keep(done: Done) -> None:
        CorrectionDetail.objects.filter(pk=correction_id).update(
            reference=facts.reference, entered_on=facts.answered_on
        )

    objections = _not_earlier(facts.answered_on, than="发现日期")
    step = Step(
        act=act("error.enter_province"),
        facts=facts,
        subject_ids=[correction_id],
        objections=objections,
    )
    return perform(step, by=by, at=at, key=key, also=keep)


def confirm_province(
    *, correction_id: int, facts: ProvinceAnswered, by: Actor, at: datetime, key: str
) -> Done:
    """This function will record that the province's system confirmed the entry.

    :raises Refused: when it was not entered there, or the number or the day cannot be right.
    """

    def keep(done: Done) -> None:
        CorrectionDetail.objects.filter(pk=correction_id).update(confirmed_on=facts.answered_on)

    step = Step(
        act=act("error.confirm_province"),
        facts=facts,
        subject_ids=[correction_id],
        objections=_not_earlier(facts.answered_on, than="省系统登记日期"),
    )
    return perform(step, by=by, at=at, key=key, also=keep)


def _not_earlier(day: date, *, than: str) -> Objections:
    def objections(cases: Sequence[Case]) -> Iterator[Refusal]:
        for detail in _locked(cases).values():
            since = detail.found_on if than == "发现日期" else detail.entered_on
            if since is not None and day < since:
                values = {"day": f"{day}", "before": than, "since": f"{since}"}
                yield Refusal(no.REFERENCE_TOO_EARLY, values, detail.pk)

    return objections


def resume_error(
    *,
    correction_id: int,
    corrected_on: date | None,
    words: str,
    by: Actor,
    at: datetime,
    key: str,
) -> Done:
    """This function will end the handling in a new application, its fee by whose doing it was.

    Where the holder has an application open already, that one goes on and none is added.

    :raises Refused: when the province has not confirmed, or the police have not mended its data.
    :raises Correction.DoesNotExist: when there is no such correction.
    """
    correction = Correction.objects.select_related("detail", "card").get(pk=correction_id)
    facts = CorrectionResumed(corrected_on=corrected_on, words=words)

    def objections(cases: Sequence[Case]) -> Iterator[Refusal]:
        yield from _police_unmended(cases, corrected_on=corrected_on)
        yield from _untold(cases)

    resume = Step(
        act=act("error.resume"), facts=facts, subject_ids=[correction_id], objections=objections
    )
    steps = [resume]
    if to_be_replaced([correction.card]):
        steps.append(_replacement(correction, on=local_day(at)))

    def keep(done: Done) -> None:
        opened = done.subject_ids[1] if len(done.subject_ids) > 1 else None
        CorrectionDetail.objects.filter(pk=correction_id).update(
            corrected_on=corrected_on, application_id=opened
        )

    return perform(*steps, by=by, at=at, key=key, also=keep)


def _police_unmended(cases: Sequence[Case], *, corrected_on: date | None) -> Iterator[Refusal]:
    for detail in _locked(cases).values():
        fault = Fault(detail.fault)
        if fault.needs_police and corrected_on is None:
            yield Refusal(no.POLICE_NOT_CORRECTED, {"fault": fault.label}, detail.pk)


def _untold(cases: Sequence[Case]) -> Iterator[Refusal]:
    """The holder or his proxy was told why the card is kept, in words on the record (Art. 13)."""
    told = Event.objects.filter(
        subject_kind=Subject.CORRECTION, subject_id__in=[case.id for case in cases],
        act="error.explain",
    ).values_list("subject_id", flat=True)  # fmt: skip
    for case_id in sorted({case.id for case in cases}.difference(told)):
        yield Refusal(no.ERROR_NOT_EXPLAINED, {}, case_id)


def _replacement(correction: Correction, *, on: date) -> Step:
    fault = Fault(correction.detail.fault)
    fee_fen = charge_of(fault, on=on).fee_fen
    return Step(
        act=act("replacement.open_changed" if fee_fen else "replacement.open_error"),
        facts=ErrorReplacementOpened(
            old_card=correction.card_id, correction=correction.pk, fault=fault, fee_fen=fee_fen
        ),
        births=replacement_of(
            correction.card, reason="error", fee_fen=fee_fen, county_id=correction.county_id
        ),
    )


def drop_error(
    *,
    correction_id: int,
    words: str,
    by: Actor,
    second: Actor | None,
    at: datetime,
    key: str,
) -> Done:
    """This function will take a mistaken entry back; two people sign, both entries stay.

    A card never used goes back to the store, one in use to its holder.

    :raises Refused: when it was entered in the province's system, or one person signs alone.
    :raises Correction.DoesNotExist: when there is no such correction.
    """
    correction = Correction.objects.select_related("card").get(pk=correction_id)
    lift = act("error.lift_in_use")
    if correction.card.social == Social.SEALED:
        lift = act("error.lift")
    return perform(
        Step(
            act=act("error.drop"),
            facts=CorrectionDropped(words=words),
            subject_ids=[correction_id],
        ),
        Step(
            act=lift,
            facts=ErrorLifted(correction=correction_id, words=words),
            subject_ids=[correction.card_id],
        ),
        by=by,
        second=second,
        at=at,
        key=key,
    )
