"""Orders to the maker and accounts for the bank, written from the book (Art. 25; domain.md 3.2).

An order is a task of applications the bank took: its files are written first, then the
applications are in production, all of them or none. They can be written again while they are.
"""

import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.conf import settings
from django.db.models import QuerySet
from django.utils.module_loading import import_string

from cardbook.cards.models import Application
from cardbook.cards.states import Progress, Subject
from cardbook.chapters.usage.captured_photos import open_photo
from cardbook.chapters.usage.made import made_cards
from cardbook.chapters.usage.production.commands import Answer, AnswerKind, answer_applications
from cardbook.chapters.usage.province_asking import desk_of
from cardbook.chapters.usage.reaching import Bank, application_named, applications_within
from cardbook.chapters.usage.signed_for import signed_for
from cardbook.law.parameters import whole_number
from cardbook.lib.clock import local_day
from cardbook.lib.sm import sm3
from cardbook.lifecycle.facts import ApplyReason
from cardbook.lifecycle.perform import Done
from cardbook.orgs.actors import Actor
from cardbook.orgs.models import Organization
from cardbook.outbox.models import Message
from cardbook.people.holders import holder_of
from cardbook.ports.bank_sheets import order_detail
from cardbook.ports.maker_files import (
    AccountRow,
    MakerOrder,
    MakerRow,
    OrderRefused,
    WrittenFile,
)
from cardbook.ports.messages import Addressee, MessageKind, Unreachable

_PREFIX = "ZK"
MOST = 2_000
SORTS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "old": ("先受理的在前", ("pk",)),
    "new": ("后受理的在前", ("-pk",)),
    "promised": ("承诺日期近的在前", ("detail__promised_on", "pk")),
}


class NotWritten(ValueError):
    """No file was written; `sentences` name applications, fields and what to do."""

    def __init__(self, found: Sequence[Application], refused: OrderRefused) -> None:
        """Say which application each row was."""
        self.sentences = tuple(
            f"申请 {found[one.row - 1].pk}{one.words}" for one in refused.troubles
        )
        super().__init__("；".join(self.sentences[:3]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """An application the bank took, and what its order would have."""

    id: int
    name: str
    masked_number: str
    bank: str
    reason: str
    card_number: str
    photo: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """An order that was written and is in production."""

    code: str
    bank: str
    count: int


def waiting_for_the_maker(
    *, by: Actor, bank: Bank, today: date, text: str = "", sort: str = "old"
) -> list[Waiting]:
    """This function will list what a bank took and no maker has yet, oldest first unless told."""
    taken = _at(by, bank, Progress.ACCEPTED).order_by(*SORTS[sort][1])
    if text:
        taken = taken.filter(application_named(text, today=today))
    found = list(taken[:MOST])
    numbers = _numbers_of(found)
    return [
        Waiting(
            id=one.pk,
            name=holder_of(one.person).name,
            masked_number=holder_of(one.person).masked_number,
            bank=bank.name,
            reason=ApplyReason(one.reason).label,
            card_number=numbers.get(one.pk, ""),
            photo=one.detail.get_photo_source_display(),
        )
        for one in found
    ]


def first_waiting(*, by: Actor) -> int | None:
    """This function will find a bank whose applications wait for the maker, oldest first."""
    found = applications_within(by).filter(progress=Progress.ACCEPTED, detail__isnull=False)
    return found.order_by("pk").values_list("bank", flat=True).first()


def tasks(*, by: Actor, bank: Bank) -> list[Task]:
    """This function will list a bank's orders in production, newest first."""
    counts: dict[str, int] = {}
    found = _at(by, bank, Progress.IN_PRODUCTION).filter(detail__reference__startswith=_PREFIX)
    for code in found.values_list("detail__reference", flat=True):
        counts[code] = counts.get(code, 0) + 1
    return [
        Task(code=code, bank=bank.name, count=counts[code])
        for code in sorted(counts, reverse=True)
    ]


def order_cards(
    ids: Sequence[int], *, bank: Bank, by: Actor, at: datetime, key: str
) -> tuple[str, Done]:
    """This function will write an order's files and put its applications into production.

    :raises NotWritten: naming each application without a photo or with what does not fit.
    :raises Refused: when one is not the bank's, or not waiting for the maker any more.
    """
    on = local_day(at)
    code = _code(sorted(ids), on=on)
    found = list(applications_within(by).filter(pk__in=ids, bank__path__startswith=bank.path))
    _written(found, code=code, bank=bank, by=by, on=on)
    answers = [
        Answer(application_id=id_, kind=AnswerKind.PRODUCE, reference=code) for id_ in sorted(ids)
    ]
    done = answer_applications(
        answers, source=f"卡商制卡数据 {code}", answered_on=on, by=by, at=at, key=key
    )
    return code, done


def order_archive(code: str, *, bank: Bank, by: Actor) -> WrittenFile | None:
    """This function will write an order in production again, rows and photos in one archive.

    Written again it says the day on which it was ordered.

    :raises NotWritten: when a photo is not to be had any more.
    """
    found = list(_at(by, bank, Progress.IN_PRODUCTION).filter(detail__reference=code))
    if not found:
        return None
    files = _written(found, code=code, bank=bank, by=by, on=_day_of(code))
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as folder:
        for file in files:
            entry = zipfile.ZipInfo(file.name, date_time=(1980, 1, 1, 0, 0, 0))
            folder.writestr(entry, file.content)
    return WrittenFile(f"{code}.zip", archive.getvalue(), len(found))


def made_accounts(*, bank: Bank, by: Actor, at: datetime) -> WrittenFile | None:
    """This function will write the made cards of a bank beside their accounts; None without any.

    :raises NotWritten: naming each application and field that does not fit.
    """
    made = _at(by, bank, Progress.PRODUCED).filter(detail__made_sealed__isnull=False)[:MOST]
    cards = made_cards([one.pk for one in made])
    found = [one for one in made if one.pk in cards and cards[one.pk].account]
    if not found:
        return None
    about = _abouts(found)
    rows = [AccountRow(about=about[one.pk], made=cards[one.pk]) for one in found]
    write: Callable[..., WrittenFile] = import_string(settings.BANK_ACCOUNTS)
    try:
        file = write(rows, name=f"BK_{_code([one.pk for one in found], on=local_day(at))}.txt")
    except OrderRefused as refused:
        raise NotWritten(found, refused) from None
    return replace(file, rows=len(rows))


def _at(by: Actor, bank: Bank, progress: Progress) -> QuerySet[Application]:
    found = applications_within(by).filter(bank__path__startswith=bank.path, progress=progress)
    return found.filter(detail__isnull=False).order_by("pk")


def _code(ids: Sequence[int], *, on: date) -> str:
    """The same applications are the same task: asked twice, nothing is ordered twice."""
    return f"{_PREFIX}{on:%Y%m%d}{sm3(','.join(map(str, ids)).encode()).hex()[:8].upper()}"


def _day_of(code: str) -> date:
    """The day an order's code was made on."""
    year, month, day = code[2:6], code[6:8], code[8:10]
    return date(int(year), int(month), int(day))


def _written(
    found: Sequence[Application], *, code: str, bank: Bank, by: Actor, on: date
) -> tuple[WrittenFile, ...]:
    years = whole_number("card_validity_years", on=on)
    office = Organization.objects.get(pk=by.county_id or by.org_id)
    bank_code = Organization.objects.values_list("code", flat=True).get(pk=bank.id)
    numbers, details, about = _numbers_of(found), _details_of(found), _abouts(found)
    rows = tuple(
        MakerRow(
            order=details.get(one.pk, ""),
            about=about[one.pk],
            card_number=numbers.get(one.pk, ""),
            photo=_photo_of(one, about[one.pk]),
        )
        for one in found
    )
    leap_day = (on.month, on.day) == (2, 29)
    until = on.replace(year=on.year + years, day=28 if leap_day else on.day)
    order = MakerOrder(
        task=code, bank=bank_code, office=office.code, office_name=office.name, made_on=on,
        valid_until=until, rows=rows,
    )  # fmt: skip
    write: Callable[[MakerOrder], tuple[WrittenFile, ...]] = import_string(settings.MAKER_ORDER)
    try:
        return write(order)
    except OrderRefused as refused:
        raise NotWritten(found, refused) from None


def _abouts(found: Sequence[Application]) -> dict[int, Addressee]:
    """Whom each is for: as the book has him, with what he signed for over it."""
    signed = signed_for([one.pk for one in found])
    abouts = {}
    for one in found:
        holder = holder_of(one.person)
        known = Addressee(
            name=holder.name, number=holder.number, number_kind=one.person.number_kind,
            sex=one.person.sex, born_on=one.person.born_on,
        )  # fmt: skip
        given = signed.get(one.pk, {})
        abouts[one.pk] = replace(known, **given)  # type: ignore[arg-type] # texts only
    return abouts


def _photo_of(application: Application, about: Addressee) -> bytes | None:
    """The photo as kept here; the police's is the province's to give, where it answers."""
    if application.detail.photo:
        return open_photo(application.detail.photo)
    desk = desk_of(application.county_id)
    try:
        return desk.photo_of(name=about.name, number=about.number) if desk else None
    except Unreachable:
        return None


def _numbers_of(found: Sequence[Application]) -> Mapping[int, str]:
    """The card numbers the province gave, by application."""
    messages = _messages(found, MessageKind.PROVINCE_NUMBER).exclude(external_reference="")
    return dict(messages.order_by("id").values_list("subject_id", "external_reference"))


def _details_of(found: Sequence[Application]) -> Mapping[int, str]:
    """Under which number the bank knows each order, so that a maker's return can name it."""
    messages = _messages(found, MessageKind.BANK_PRODUCTION_ORDER).order_by("id")
    rows = messages.values_list("subject_id", "reference")
    return {id_: order_detail(reference) for id_, reference in rows}


def _messages(found: Sequence[Application], kind: MessageKind) -> QuerySet[Message]:
    threads = [
        f"card:{one.old_card_id}" if one.old_card_id else f"{Subject.APPLICATION}:{one.pk}"
        for one in found
    ]
    return Message.objects.filter(
        party=kind.party, thread__in=threads, kind=kind, subject_kind=Subject.APPLICATION,
        subject_id__in=[one.pk for one in found],
    )  # fmt: skip
