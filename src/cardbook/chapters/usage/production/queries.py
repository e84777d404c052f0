"""Reads applications: the list, one of them with its life and its clock (Art. 4, 25, 26).

Nothing here writes; what is personal is opened for the length of one request.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, TypeAlias

from django.db.models import QuerySet

from cardbook.cards.models import Application
from cardbook.cards.states import CLOSED_APPLICATIONS, Fee, Progress, Subject
from cardbook.chapters.usage.captured import Captured, Fit, captured_of, fit_of, open_captured
from cardbook.chapters.usage.captured_photos import open_photo
from cardbook.chapters.usage.fee_words import due_yuan, faults_of, fee_state
from cardbook.chapters.usage.models import ApplicationDetail, ProvinceCheck
from cardbook.chapters.usage.photos import photo_remarks
from cardbook.chapters.usage.production.buttons import Button, buttons_for
from cardbook.chapters.usage.promises import soon_until
from cardbook.chapters.usage.province_asking import NO_PHOTO
from cardbook.chapters.usage.reaching import application_named, applications_within
from cardbook.chapters.usage.slips import FEE_PAPERS
from cardbook.chapters.usage.stages import Clock, Spent, clocks
from cardbook.chapters.usage.values import PhotoSource
from cardbook.law.grounds import GROUNDS
from cardbook.law.working_days import national_calendar
from cardbook.ledger.models import Event
from cardbook.lib.clock import local_day
from cardbook.lifecycle.acts import ACTS, act
from cardbook.lifecycle.facts import ApplyKind, ApplyReason, Fault
from cardbook.lifecycle.refusals import Refusal
from cardbook.orgs.actors import Actor
from cardbook.orgs.models import Organization, User
from cardbook.people.holders import holder_of

FoundApplication: TypeAlias = Application
ROWS = 50
MOST_EXPORTED = 20_000
MOST_WAITING = 500
ORDERS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "old": ("先开的在前", ("pk",)),
    "new": ("新开的在前", ("-pk",)),
    "promised": ("承诺日期近的在前", ("detail__promised_on", "pk")),
}
ANSWER_SORTS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    **ORDERS,
    "bank": ("按银行", ("bank__code", "pk")),
    "progress": ("按进度", ("progress", "pk")),
}
STATES: Mapping[str, str] = {
    "open": "办理中", "soon": "快到承诺日期", "late": "超过承诺",
    "refund": "已收费、已撤回，待退费", "all": "全部",
}  # fmt: skip


LATE, SOON, IN_TIME = "late", "soon", "in_time"
MENDABLE = (act("application.withdraw").on or {})["progress"]
_PHOTO_MATTERS = frozenset({*MENDABLE, Progress.SUBMITTED, Progress.ACCEPTED})


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationsWanted:
    """What a list is to show. `text` is an application's number or a document number."""

    state: str = "open"
    progress: str = ""
    fee: str = ""
    bank: int | None = None
    text: str = ""
    order: str = "old"
    only: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationRow:
    """One application in words."""

    id: int
    name: str
    masked_number: str
    kind: str
    reason: str
    old_card: int | None
    old_number: str
    bank: str
    fee: str
    due: str
    fee_state: str
    progress: str
    turn: str
    late: tuple[Spent, ...]
    promised_on: date | None
    is_late: bool
    light: str
    answer: str
    office: str
    captured_on: date | None
    has_detail: bool
    is_mendable: bool
    unfit: tuple[Refusal, ...] = ()

    @property
    def over(self) -> int:
        """By how many working days the party whose turn it is has passed its time."""
        return sum(one.over for one in self.late if one.now)


def applications(
    wanted: ApplicationsWanted, *, by: Actor, today: date, limit: int = ROWS, offset: int = 0
) -> list[ApplicationRow]:
    """This function will list applications within reach, clocks and all, in two queries."""
    found = found_applications(wanted, by=by, today=today).order_by(*ORDERS[wanted.order][1])
    page = list(found.select_related("detail__office")[offset : offset + limit])
    times = clocks([one.pk for one in page], on=today)
    return [row_of(one, times.get(one.pk), today=today) for one in page]


def found_applications(
    wanted: ApplicationsWanted, *, by: Actor, today: date
) -> QuerySet[Application]:
    """This function will find what a list is to show."""
    found = applications_within(by)
    if wanted.state in ("open", "soon", "late"):
        found = found.exclude(progress__in=CLOSED_APPLICATIONS)
    if wanted.state == "refund":
        found = found.filter(progress=Progress.WITHDRAWN, fee=Fee.PAID)
    if wanted.state == "soon":
        found = found.filter(detail__promised_on__range=(today, soon_until(today)))
    if wanted.state == "late":
        found = found.filter(detail__promised_on__lt=today)
    if wanted.progress:
        found = found.filter(progress=wanted.progress)
    if wanted.fee:
        found = found.filter(fee=wanted.fee)
    if wanted.bank:
        found = found.filter(bank=wanted.bank)
    if wanted.only:
        found = found.filter(pk__in=wanted.only)
    if wanted.text:
        found = found.filter(application_named(wanted.text, today=today))
    return found


def row_of(application: Application, clock: Clock | None, *, today: date) -> ApplicationRow:
    """This function will put an application into words."""
    holder, old = holder_of(application.person), application.old_card
    detail = detail_or_none(application)
    is_open = application.progress not in CLOSED_APPLICATIONS
    return ApplicationRow(
        id=application.pk,
        name=holder.name,
        masked_number=holder.masked_number,
        kind=ApplyKind(application.kind).label,
        reason=ApplyReason(application.reason).label,
        old_card=old.pk if old else None,
        old_number=old.number if old else "",
        bank=application.bank.name if application.bank else "",
        fee=f"{application.fee_fen / 100:.2f}",
        due=due_yuan(application),
        fee_state=fee_state(application),
        progress=application.get_progress_display(),
        turn=clock.turn.label if clock and clock.turn else "",
        late=clock.late if clock else (),
        promised_on=detail.promised_on if detail else None,
        is_late=bool(detail and is_open and detail.promised_on < today),
        light=_light(detail, clock, today=today) if is_open else "",
        answer=_answer(application, detail),
        office=detail.office.name if detail else "",
        captured_on=detail.captured_on if detail else None,
        has_detail=detail is not None,
        is_mendable=application.progress in MENDABLE,
    )


def _answer(application: Application, detail: ApplicationDetail | None) -> str:
    """What the bank said beyond the progress itself; nothing once the holder signed again."""
    said = detail.answer if detail else ""
    settled = application.progress in (Progress.CONFIRMED, Progress.SUBMITTED)
    return "" if settled or said in application.get_progress_display() else said


def _light(detail: ApplicationDetail | None, clock: Clock | None, *, today: date) -> str:
    """How an open application stands against its promise and whose turn it is (Art. 25)."""
    now = next((one for one in clock.parties if one.now), None) if clock else None
    promised = detail.promised_on if detail else None
    if (promised and promised < today) or (now and now.late):
        return LATE
    if (promised and promised <= soon_until(today)) or (now and now.days == now.limit):
        return SOON
    return IN_TIME if promised else ""


def detail_or_none(application: Application) -> ApplicationDetail | None:
    """This function will return what was captured, or None when it was opened elsewhere."""
    detail: ApplicationDetail | None = getattr(application, "detail", None)
    return detail


@dataclass(frozen=True, slots=True, kw_only=True)
class LifeLine:
    """One event of an application in words."""

    title: str
    basis: str
    happened_at: datetime
    office: str
    actor: str
    second: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationSheet:
    """One application with everything the page shows."""

    row: ApplicationRow
    captured: Captured | None
    masked_phone: str
    ground: str
    ground_source: str
    delivery: str
    photo: str
    photo_source: str
    photo_remarks: tuple[str, ...]
    old_plastic: str
    signer: str
    reference: str
    clock: Clock | None
    doubts: tuple[str, ...]
    life: tuple[LifeLine, ...]
    buttons: tuple[Button, ...]
    fault: str
    fee_paper: str
    county_code: str
    is_replacement: bool
    check: ProvinceCheck | None
    fit: Fit | None


# No maker prints a card without a photo: better said here than when the bank has taken the order.
_BRING_ONE = "省系统没有他的照片，制卡时会缺，请在提交前“修改采集信息”补采"


def application_sheet(*, application_id: int, by: Actor, at: datetime) -> ApplicationSheet | None:
    """This function will show one application within reach, or return None."""
    today = local_day(at)
    application = application_of(application_id=application_id, by=by)
    if application is None:
        return None
    detail = detail_or_none(application)
    clock = clocks([application.pk], on=today).get(application.pk)
    captured = open_captured(detail.captured_sealed) if detail else None
    promised = detail.promised_on if detail else today
    doubts = national_calendar().working_days_between(today, promised)[1] if detail else ()
    holder = holder_of(application.person)
    check = ProvinceCheck.objects.filter(pk=application.pk).first()
    return ApplicationSheet(
        row=row_of(application, clock, today=today),
        captured=captured,
        masked_phone=holder.masked_phone,
        ground=GROUNDS.get(detail.ground, "") if detail else "",
        ground_source=detail.ground_source if detail else "",
        delivery=detail.get_delivery_display() if detail else "",
        photo=detail.photo if detail else "",
        photo_source=detail.get_photo_source_display() if detail else "",
        photo_remarks=_remarks(application, detail, check, on=today),
        old_plastic=detail.get_old_plastic_display() if detail and application.old_card else "",
        signer=detail.get_signer_display() if detail and detail.signer else "",
        reference=detail.reference if detail else "",
        clock=clock,
        doubts=doubts,
        life=_life(application.pk),
        buttons=buttons_for(application, by=by, at=at),
        fault=_fault(application),
        fee_paper=FEE_PAPERS.get(application.fee, ""),
        county_code=application.county.code,
        is_replacement=application.kind == ApplyKind.REPLACEMENT,
        check=check,
        fit=fit_of(captured, on=today) if captured and application.progress in MENDABLE else None,
    )


def _fault(application: Application) -> str:
    """Whose doing made the face wrong: that decides who pays (Art. 15)."""
    found = faults_of([application]).get(application.pk)
    return found.label if found else ""


def _remarks(
    application: Application,
    detail: ApplicationDetail | None,
    check: ProvinceCheck | None,
    *,
    on: date,
) -> tuple[str, ...]:
    """Of a photo somebody brought, or the police's, while it may still be another one."""
    if detail is None or application.progress not in _PHOTO_MATTERS:
        return ()
    if detail.photo_source == PhotoSource.POLICE:
        said = check.words if check and application.progress in MENDABLE else ""
        return (_BRING_ONE,) if said.endswith(NO_PHOTO) else ()
    if detail.photo_source != PhotoSource.BROUGHT:
        return ()
    content = open_photo(detail.photo)
    return photo_remarks(content, on=on) if content else ()


def application_of(*, application_id: int, by: Actor) -> Application | None:
    """This function will return one application within reach, or None."""
    found = applications_within(by).select_related("detail__office")
    return found.filter(pk=application_id).first()


def known_captured(application: Application) -> Captured:
    """This function will open what was captured, or take over what the book knows."""
    detail = detail_or_none(application)
    return open_captured(detail.captured_sealed) if detail else captured_of(application.person)


def _life(application_id: int) -> tuple[LifeLine, ...]:
    events = Event.objects.filter(
        subject_kind=Subject.APPLICATION, subject_id=application_id
    ).order_by("-seq")
    names = _names(list(events))
    return tuple(
        LifeLine(
            title=ACTS[event.act].title if event.act in ACTS else event.act,
            basis=event.basis,
            happened_at=event.happened_at,
            office=names["org"].get(event.org_id, ""),
            actor=names["user"].get(event.actor_id, ""),
            second=names["user"].get(event.second_id or 0, ""),
            words=_words(json.loads(event.facts)),
        )
        for event in events
    )


def _names(events: Sequence[Event]) -> dict[str, dict[int, str]]:
    orgs = {event.org_id for event in events}
    users = {id_ for one in events for id_ in (one.actor_id, one.second_id) if id_ is not None}
    return {
        "org": dict(Organization.objects.filter(pk__in=orgs).values_list("pk", "name")),
        "user": dict(User.objects.filter(pk__in=users).values_list("pk", "name")),
    }


def _words(facts: Mapping[str, Any]) -> str:
    """What of an event's facts a reader wants in one line."""
    parts = [
        str(facts.get("words") or ""),
        f"责任归属 {Fault(facts['fault']).label}" if facts.get("fault") else "",
        f"票据 {facts['receipt']}" if facts.get("receipt") else "",
        f"来源 {facts['source']}" if facts.get("source") else "",
        f"回执 {facts['reference']}" if facts.get("reference") else "",
        "新照片已按框线比对" if facts.get("photo_compared") else "",
        f"报盘 {facts['encoded_bytes']} 字节" if facts.get("encoded_bytes") else "",
    ]
    return "，".join(part for part in parts if part)


def waiting_for_submission(
    *, by: Actor, today: date, text: str = "", sort: str = "old"
) -> list[ApplicationRow]:
    """This function will list what is confirmed and may go to its bank, by bank."""
    found = applications_within(by).filter(progress=Progress.CONFIRMED)
    rows = _in_order(found, "bank__code", *ORDERS[sort][1], text=text, on=today)
    details = ApplicationDetail.objects.filter(pk__in=[row.id for row in rows])
    texts = dict(details.values_list("pk", "captured_sealed"))
    return [
        replace(row, unfit=fit_of(open_captured(texts[row.id]), on=today).unfit)
        if row.id in texts else row
        for row in rows
    ]  # fmt: skip


def _in_order(
    found: QuerySet[Application], *order: str, text: str, on: date
) -> list[ApplicationRow]:
    if text:
        found = found.filter(application_named(text, today=on))
    page = list(found.select_related("detail__office").order_by(*order)[:MOST_WAITING])
    times = clocks([one.pk for one in page], on=on)
    return [row_of(one, times.get(one.pk), today=on) for one in page]


AT_THE_BANK = (Progress.SUBMITTED, Progress.ACCEPTED, Progress.IN_PRODUCTION)


def waiting_for_answers(
    *, by: Actor, bank_id: int | None, today: date, text: str = "", sort: str = "old"
) -> list[ApplicationRow]:
    """This function will list what lies at banks, oldest first unless told."""
    found = applications_within(by).filter(progress__in=AT_THE_BANK)
    if bank_id:
        found = found.filter(bank=bank_id)
    return _in_order(found, *ANSWER_SORTS[sort][1], text=text, on=today)
