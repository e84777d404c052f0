"""Takes down what is said of a bank's promise, its answer and how it ended (Art. 24).

Each step is taken once, and what was written is not changed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from cardbook.chapters.usage.bank_offers.queries import own_banks
from cardbook.chapters.usage.models import BankComplaint, BankOffer
from cardbook.chapters.usage.reaching import outlets
from cardbook.law.roles import Role
from cardbook.lib.ids import id_of
from cardbook.orgs.actors import Actor
from cardbook.orgs.models import Kind, Organization
from cardbook.orgs.reach import bank_of

RECEIVERS = frozenset(
    {Role.WINDOW_CLERK, Role.HOTLINE_OPERATOR, Role.COUNTY_MANAGER, Role.CITY_MANAGER}
)
READERS = RECEIVERS | {Role.BANK_TELLER, Role.AUDITOR}
STATES = {
    "unanswered": ("待银行答复", Q(answered_at=None)),
    "answered": ("已答复、待办结", Q(answered_at__isnull=False, closed_at=None)),
    "closed": ("已办结", Q(closed_at__isnull=False)),
}

SORTS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "new": ("新的在前", ("-received_at", "-id")),
    "old": ("早的在前", ("received_at", "id")),
    "bank": ("按银行", ("bank__code", "-received_at", "-id")),
}


class NotTaken(Exception):
    """The complaint was not taken down; the sentence says why and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """Which bank is meant, and which promise or outlet of it."""

    bank_id: int
    offer_id: int | None = None
    outlet_id: int | None = None


def take_complaint(*, about: About, words: str, by: Actor, at: datetime) -> BankComplaint:
    """This function will take down a complaint about a bank.

    :raises NotTaken: when the promise or outlet is another bank's, or the same waits already.
    """
    offer = BankOffer.objects.filter(pk=about.offer_id or 0, bank=about.bank_id)
    outlet = outlets().filter(pk=about.outlet_id or 0)
    if about.offer_id and not offer.exists():
        raise NotTaken("所选的承诺不是这家银行的，请重新选择。")
    bank = Organization.objects.get(pk=about.bank_id, kind=Kind.BANK)
    if about.outlet_id and not outlet.filter(path__startswith=bank.path).exists():
        raise NotTaken("所选的网点不是这家银行的，请重新选择。")
    try:
        with transaction.atomic():
            return BankComplaint.objects.create(
                bank=bank, offer_id=about.offer_id, outlet_id=about.outlet_id, words=words,
                office_id=by.org_id, received_by_id=by.user_id, received_at=at,
            )  # fmt: skip
    except IntegrityError as problem:
        raise NotTaken("同样的投诉已经登记、还没有办结，请在列表中核对。") from problem


def answer_complaint(*, complaint_id: int, answer: str, by: Actor, at: datetime) -> bool:
    """This function will keep a bank's answer; False when there is one or it is another's."""
    open_ = BankComplaint.objects.filter(pk=complaint_id, answered_at=None, bank__in=own_banks(by))
    return bool(open_.update(answer=answer, answered_by_id=by.user_id, answered_at=at))


def close_complaint(*, complaint_id: int, outcome: str, by: Actor, at: datetime) -> bool:
    """This function will close one that was answered; False when it is not, or closed already."""
    open_ = complaints_within(by).filter(pk=complaint_id).filter(STATES["answered"][1])
    return bool(open_.update(outcome=outcome, closed_by_id=by.user_id, closed_at=at))


def complaints_within(by: Actor) -> QuerySet[BankComplaint]:
    """This function will list what an actor may read: his bank's, or those of his county."""
    if by.role is Role.BANK_TELLER:
        return BankComplaint.objects.filter(bank__path=bank_of(by.org_path))
    return BankComplaint.objects.filter(office__path__startswith=by.county_path)


def complaints(
    *, by: Actor, state: str = "", text: str = "", sort: str = "new"
) -> QuerySet[BankComplaint]:
    """This function will list complaints, the newest first unless told."""
    found = complaints_within(by).select_related(
        "bank", "offer", "outlet", "office", "received_by", "answered_by", "closed_by"
    )
    if state in STATES:
        found = found.filter(STATES[state][1])
    if text:
        found = found.filter(
            Q(words__contains=text) | Q(answer__contains=text) | Q(bank__name__contains=text)
            | Q(offer__title__contains=text) | Q(outlet__name__contains=text)
        )  # fmt: skip
    return found.order_by(*SORTS[sort][1])


def complaint_numbered(complaint_id: int, *, by: Actor) -> BankComplaint | None:
    """This function will find one within reach, or return None."""
    return complaints(by=by).filter(pk=complaint_id).first()


def offers_to_name(today: date) -> list[tuple[int, str]]:
    """This function will list the promises a complaint may be about: those not taken back."""
    found = BankOffer.objects.filter(
        withdrawn_at=None, confirmed_at__isnull=False, since__lte=today
    ).select_related("bank")
    return [
        (one.pk, f"{one.bank.name}：{one.title}{f'（{one.place}）' if one.place else ''}")
        for one in found.order_by("bank__code", "title", "id")
    ]


def begin_about(number: str) -> dict[str, object]:
    """This function will say what an entry begins with when a promise was pointed at."""
    offer = BankOffer.objects.filter(pk=id_of(number) or 0).first()
    return {"bank": offer.bank_id, "offer": offer.pk} if offer else {}
