"""Who looked at a holder, who looked at whom, who looked at very many (Art. 32 item 3)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from cardbook.chapters.liability.models import Look, LookAlarm
from cardbook.chapters.looking import How
from cardbook.law.roles import Role
from cardbook.lib.clock import LOCAL
from cardbook.lifecycle.acts import ACTS
from cardbook.orgs.actors import Actor

# Who supervises looking; who answers for the offices that look.
READERS = frozenset({Role.AUDITOR, Role.SECURITY_ADMIN, Role.CITY_MANAGER, Role.COUNTY_MANAGER})
# Who tells a holder, who asks, by his name.
TELLERS = READERS - {Role.SECURITY_ADMIN}
# Pages that are no act's; whatever is not here is a list that was searched.
PAGES: Mapping[str, str] = {
    "search": "查卡查人",
    "card.show": "看卡的页面",
    "card.photo": "看照片",
    "card.issue.photo": "看照片",
    "replacement.photo": "看照片",
    "application.photo": "看照片",
    "card.status": "打印状态查询单",
    "card.issue.slip": "打印领卡回执",
    "card.issue.ticket": "打印领卡凭条",
    "bank.slip": "打印到银行办理的便条",
    "application.show": "看制卡申请",
    "application.slip": "打印申请受理凭条",
    "fee.receipt": "打印收费收据",
    "temporary.show": "看临时卡",
    "error.show": "看错卡处理",
    "error.letter": "打印更正函",
    "agent.show": "看代领人",
    "elsewhere.find": "登记换地点领取",
    "error.start": "登记错卡",
    "look.of_card": "看谁看过",
    "look.paper": "打印查看记录",
}  # fmt: skip
SEARCHED = "在名单里查找"
SORTS = {
    "new": ("新的在前", ("-looked_at", "-id")),
    "old": ("旧的在前", ("looked_at", "id")),
    "user": ("按经办人", ("user__name", "-looked_at", "-id")),
}
MOST = 5_000
_FIELDS = (
    "id", "looked_at", "user__name", "organization__name", "page", "how", "card_id",
    "card__number", "person_id", "device",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One look in words."""

    id: int
    at: datetime
    user: str
    office: str
    purpose: str
    how: str
    card_id: int | None
    subject: str
    device: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked of the list."""

    text: str = ""
    since: date | None = None
    until: date | None = None
    device: str = ""
    sort: str = "new"


def purpose_of(page: str) -> str:
    """This function will say what a page is for: its act's title, or its own."""
    return ACTS[page].title if page in ACTS else PAGES.get(page, SEARCHED)


def looks_at(*, person_id: int) -> list[Line]:
    """This function will list who looked at a holder, by whichever of his cards; newest first."""
    found = Look.objects.filter(person_id=person_id).order_by("-looked_at", "-id")
    return lines(found[:MOST])


def looks(what: Asked, *, by: Actor) -> QuerySet[Look]:
    """This function will list the looks of the offices an actor answers for."""
    found = Look.objects.filter(organization__path__startswith=by.county_path)
    if what.text:
        found = found.filter(
            Q(user__name__icontains=what.text)
            | Q(user__username=what.text)
            | Q(organization__name__icontains=what.text)
        )
    if what.device:
        found = found.filter(device=what.device)
    if what.since:
        found = found.filter(looked_at__gte=_begins(what.since))
    if what.until:
        found = found.filter(looked_at__lt=_begins(what.until + timedelta(days=1)))
    return found.order_by(*SORTS[what.sort][1])


def lines(found: QuerySet[Look]) -> list[Line]:
    """This function will make the lines of a page of looks."""
    return [_line(row) for row in found.values_list(*_FIELDS)]


def alarms(*, by: Actor, since: datetime) -> QuerySet[LookAlarm]:
    """This function will list who looked at very many since a moment, and what he said to it."""
    return (
        LookAlarm.objects.filter(
            organization__path__startswith=by.county_path, raised_at__gte=since
        )
        .select_related("user", "organization")
        .order_by("-raised_at", "-id")
    )


def _line(row: tuple[Any, ...]) -> Line:
    id_, at, user, office, page, how, card_id, number, person_id, device = row
    whom = f"人员 {person_id} 号" if person_id else "没有找到人，或名单"
    return Line(
        id=id_, at=at, user=user, office=office, purpose=purpose_of(page),
        how=How(how).label, card_id=card_id, subject=number or whom, device=device,
    )  # fmt: skip


def _begins(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=LOCAL)
