"""Lists of bundles: which wait for whom, how urgent each is (Art. 8 para. 3, 20)."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from cardbook.chapters.issuance.collective.queries import NUMBER, bundles_of
from cardbook.chapters.issuance.models import Bundle, Result
from cardbook.custody.places import Place
from cardbook.law.parameters import parameter, whole_number
from cardbook.orgs.actors import Actor

MOST_LISTED = 5000
SORTS = {
    "due": ("due_on", "id"),
    "unit": ("unit__name", "-id"),
    "cards": ("-cards", "-id"),
    "new": ("-id",),
    "open": ("filed_at", "due_on", "id"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleLine:
    """One bundle in the list: how far it is and how urgent."""

    id: int
    number: str
    unit: str
    office: str
    cards: int
    state: str
    badge: str
    handed_at: Any
    due_on: date | None
    days_left: int | None
    ticked: int
    late: int


STATES = {
    "all": ("全部", Q()),
    "prepared": ("待交付", Q(batch=None)),
    "sent": ("单位已报送", Q(sent_at__isnull=False)),
    "todo": ("待报送", Q(batch__isnull=False, filed_at=None, sent_at=None)),
    "out": ("在外未备案", Q(batch__isnull=False, filed_at=None)),
    "soon": ("将到期", None),
    "overdue": ("逾期未备案", None),
    "late": ("有补签或未领", Q(filed_at__isnull=False, late__gt=0)),
    "filed": ("已备案", Q(filed_at__isnull=False)),
}


def _soon_days(on: date) -> int:
    return whole_number("sheet_remind_days_before", on=on)


def soon_title(*, on: date) -> str:
    """This function will say how near its day a sheet is named, and that nobody confirmed it."""
    doubt = "" if parameter("sheet_remind_days_before").on(on).confirmed else "（天数待确认）"
    return f"{_soon_days(on)} 天内到期{doubt}"


def titles(states: Iterable[str], *, on: date) -> list[tuple[str, str]]:
    """This function will give states the titles they have on a day."""
    return [(code, soon_title(on=on) if code == "soon" else STATES[code][0]) for code in states]


def listed(*, by: Actor, state: str, text: str, sort: str, on: date) -> QuerySet[Bundle]:
    """This function will list bundles of a state, searched by number or unit, sorted."""
    # A card that was sent back upstream meanwhile is nobody's late signature any more.
    waits = Q(rows__filed__in=("", Result.OPEN), rows__card__position__account__kind=Place.UNIT)
    late = Count("rows", filter=waits)
    found = (
        bundles_of(by)
        .select_related("unit", "office")
        .annotate(total=Count("rows"), ticked=Count("rows", filter=~Q(rows__result="")), late=late)
    )
    found = found.filter(_in(state, on=on))
    if text:
        number = NUMBER.fullmatch(text.upper())
        wanted = Q(pk=int(number[1])) if number else Q(unit__name__icontains=text)
        found = found.filter(wanted | Q(unit__code__iexact=text))
    first, *more = SORTS[sort]
    if first == "filed_at":
        return found.order_by(F("filed_at").desc(nulls_first=True), *more)
    if first == "due_on":
        return found.order_by(F("due_on").asc(nulls_first=True), *more)
    return found.order_by(first, *more)


def line_of(bundle: Any, *, on: date) -> BundleLine:
    """This function will say of one listed bundle how far it is and how urgent."""
    left = (bundle.due_on - on).days if bundle.due_on else None
    state, badge = "待交付", "wait"
    if bundle.sent_at:
        state, badge = ("已报送，待备案", "wait")
    elif bundle.filed_at:
        state, badge = ("已备案", "good")
    elif bundle.batch and left is not None and left < 0:
        state, badge = f"逾期 {-left} 天", "bad"
    elif bundle.batch and left is not None and left <= _soon_days(on):
        state, badge = ("今天到期" if left == 0 else f"{left} 天后到期"), "wait"
    elif bundle.batch:
        state, badge = "在外", ""
    return BundleLine(
        id=bundle.pk, number=bundle.number, unit=bundle.unit.name, office=bundle.office.name,
        cards=bundle.total, state=state, badge=badge, handed_at=bundle.handed_at,
        due_on=bundle.due_on, days_left=left, ticked=bundle.ticked,
        late=bundle.late if bundle.filed_at else 0,
    )  # fmt: skip


def _in(state: str, *, on: date) -> Q:
    """What puts a sheet into a state; what is due is asked of the day."""
    condition = STATES[state][1]
    if condition is not None:
        return condition
    out = Q(batch__isnull=False, filed_at=None)
    if state == "overdue":
        return out & Q(due_on__lt=on)
    return out & Q(due_on__gte=on, due_on__lte=on + timedelta(days=_soon_days(on)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """How many sheets wait: overdue, due soon, reported and not filed, unreported."""

    overdue: int
    soon: int
    sent: int
    todo: int


def owed(*, by: Actor, on: date) -> Owed:
    """This function will count the sheets that wait for somebody, in one query."""
    names = [field.name for field in fields(Owed)]
    counts = {name: Count("pk", filter=_in(name, on=on)) for name in names}
    return Owed(**bundles_of(by).aggregate(**counts))
