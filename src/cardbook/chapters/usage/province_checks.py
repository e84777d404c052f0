"""The duplicate check of an application in the province: refused, listed or open (Art. 4, 25).

Silence never forbids: the application goes on, and the check is open until the province answered
or somebody says how it was found out.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q, QuerySet

from cardbook.cards.models import Application
from cardbook.cards.states import CLOSED_APPLICATIONS
from cardbook.chapters.asked_before import was_asked
from cardbook.chapters.usage.captured import open_captured
from cardbook.chapters.usage.models import ProvinceCheck
from cardbook.chapters.usage.province_asking import Said, ask_province, in_hand_words
from cardbook.chapters.usage.reaching import application_named, applications_within
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.facts import ApplyReason
from cardbook.lifecycle.refusals import Refusal, Refused
from cardbook.orgs.actors import Actor
from cardbook.people.holders import holder_of

_Outcome = ProvinceCheck.Outcome
_OPEN = Q(outcome__in=[_Outcome.UNASKED, _Outcome.FOUND], settled_at=None)
# The worker asks again what nobody answered, a few at a time, no oftener than this.
AGAIN_AFTER = timedelta(minutes=10)
MOST_AGAIN = 50


def asked_of_province(
    *, name: str, number: str, county_id: int, reason: ApplyReason, at: datetime, key: str
) -> Said | None:
    """This function will ask before an application is taken; None for a request sent again.

    :raises Refused: when the province answered that he has a card or an application elsewhere.
    """
    if was_asked(key):
        return None
    said = ask_province(name=name, number=number, county_id=county_id, at=at)
    found = list(_duplicates(said, reason=reason))
    if found:
        raise Refused(found)
    return said


def _duplicates(said: Said, *, reason: ApplyReason) -> Iterator[Refusal]:
    """Who has a card elsewhere comes with his relation or not at all; two in hand are one many."""
    if reason is ApplyReason.FIRST:
        for card in said.cards:
            values = {"number": card.number, "state": card.standing.label, "at": said.moment}
            yield Refusal(no.PROVINCE_HAS_CARD, values)
    for one in said.in_hand:
        values = {"what": in_hand_words(one), "at": said.moment}
        yield Refusal(no.PROVINCE_HAS_APPLICATION, values)


def note_check(application_id: int, said: Said | None) -> None:
    """This function will write down what was said of a new application."""
    if said is not None:
        ProvinceCheck.objects.create(application_id=application_id, **_row(said))


def owe_check(application_id: int, *, at: datetime) -> None:
    """This function will leave the check of an application opened elsewhere to the worker."""
    said = Said(at=at, silence="在别处开出的申请")
    ProvinceCheck.objects.get_or_create(application_id=application_id, defaults=_row(said))


def _row(said: Said) -> dict[str, object]:
    outcome = (
        _Outcome.UNASKED if said.silence else _Outcome.CLEAR if said.is_clear else _Outcome.FOUND
    )
    return {"outcome": outcome, "asked_at": said.at, "words": said.words}


SORTS = {
    "old": ("先查的在前", ("asked_at", "pk")),
    "new": ("后查的在前", ("-asked_at", "-pk")),
    "number": ("申请号", ("pk",)),
}


def open_checks(
    *, by: Actor, today: date, text: str = "", sort: str = "old"
) -> QuerySet[ProvinceCheck]:
    """This function will find the checks within reach that are still open, oldest first.

    `text` is the number of an application or of a person's document.
    """
    mine = applications_within(by).exclude(progress__in=CLOSED_APPLICATIONS).order_by()
    if text:
        mine = mine.filter(application_named(text, today=today))
    found = ProvinceCheck.objects.filter(_OPEN, application__in=mine.values("pk"))
    return found.select_related(
        "application__person", "application__bank", "application__detail__office"
    ).order_by(*SORTS[sort][1])


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckRow:
    """One open check, as the list shows it."""

    check: ProvinceCheck
    name: str
    masked: str
    bank: str


def check_rows(found: Iterable[ProvinceCheck]) -> list[CheckRow]:
    """This function will put open checks into words."""
    return [
        CheckRow(
            check=one, name=holder.name, masked=holder.masked_number,
            bank=one.application.bank.name if one.application.bank else "未选",
        )
        for one in found
        for holder in [holder_of(one.application.person)]
    ]  # fmt: skip


def ask_again(*, application_id: int, by: Actor, at: datetime) -> ProvinceCheck | None:
    """This function will ask once more and write the answer down; None when out of reach."""
    check = (
        ProvinceCheck.objects.filter(pk=application_id, settled_at=None)
        .filter(application__in=applications_within(by).order_by().values("pk"))
        .first()
    )
    return None if check is None else _asked_again(check, at=at)


def ask_what_is_open(*, at: datetime) -> int:
    """This function will ask again what the province never answered; how many it answered now."""
    waiting = (
        ProvinceCheck.objects.filter(
            outcome=_Outcome.UNASKED, settled_at=None, asked_at__lte=at - AGAIN_AFTER
        )
        .exclude(application__progress__in=CLOSED_APPLICATIONS)
        .order_by("asked_at")[:MOST_AGAIN]
    )
    answered = 0
    for check in waiting:
        answered += _asked_again(check, at=at).outcome != _Outcome.UNASKED
    return answered


def _asked_again(check: ProvinceCheck, *, at: datetime) -> ProvinceCheck:
    application = Application.objects.select_related("detail").get(pk=check.pk)
    known = open_captured(application.detail.captured_sealed)
    said = ask_province(
        name=known.name, number=known.number, county_id=application.county_id, at=at
    )
    ProvinceCheck.objects.filter(pk=check.pk, settled_at=None).update(**_row(said))
    check.refresh_from_db()
    return check


def settle_check(*, application_id: int, words: str, by: Actor, at: datetime) -> bool:
    """This function will close a check with what was found out otherwise; False when it was."""
    mine = applications_within(by).order_by().values("pk")
    found = ProvinceCheck.objects.filter(_OPEN, pk=application_id, application__in=mine)
    return bool(found.update(settled_at=at, settled_by=by.user_id, settled_words=words))
