"""Lists of bundles: which wait for whom, how urgent each is (Art. 8 para. 3, 20)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from cardbook.chapters.issuance.collective.queries import NUMBER, bundles_of
from cardbook.chapters.issuance.models import Bundle, Result
from cardbook.chapters.reminding import Reminder, reminders
from cardbook.custody.places import Place
from cardbook.law.parameters import parameter, whole_number
from cardbook.law.working_days import national_calendar
from cardbook.orgs.actors import Actor

MOST_LISTED = 5000
# An event of the unit, one for each sheet it was told to bring back.
REMINDED = "sheet.remind"
SORTS = {
    "due": ("due_on", "id"),
    "unit": ("unit__name", "-id"),
    "cards": ("-cards", "-id"),
    "new": ("-id",),
    "open": ("filed_at", "due_on", "id"),
}
# After how many working days beyond its day a sheet is whose business, the nearest first.
ESCALATED = {
    "county": ("报县区负责人", "sheet_overdue_county_days"),
    "city": ("报市局", "sheet_overdue_city_days"),
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
    reported_to: str
    reminded_at: datetime | None


STATES = {
    "all": ("全部", Q()),
    "prepared": ("待交付", Q(batch=None)),
    "sent": ("单位已报送", Q(sent_at__isnull=False)),
    "todo": ("待报送", Q(batch__isnull=False, filed_at=None, sent_at=None)),
    "out": ("在外未备案", Q(batch__isnull=False, filed_at=None)),
    "soon": ("将到期", None),
    "overdue": ("逾期未备案", None),
    "county": (ESCALATED["county"][0], None),
    "city": (ESCALATED["city"][0], None),
    "late": ("有补签或未领", Q(filed_at__isnull=False, late__gt=0)),
    "filed": ("已备案", Q(filed_at__isnull=False)),
}


def _soon_days(on: date) -> int:
    return whole_number("sheet_remind_days_before", on=on)


def soon_title(*, on: date) -> str:
    """This function will say how near its day a sheet is named, and that nobody confirmed it."""
    doubt = "" if parameter("sheet_remind_days_before").on(on).confirmed else "（天数待确认）"
    return f"{_soon_days(on)} 天内到期{doubt}"


def escalated_before(level: str, *, on: date) -> date:
    """This function will say before which day a sheet was due that is `level`'s business now.

    As many working days as the parameter says have passed after its day, today among them.
    """
    days = whole_number(ESCALATED[level][1], on=on)
    first, _ = national_calendar().add_working_days(on + timedelta(days=1), -days)
    return min(first, on)


def overdue_title(level: str, *, on: date) -> str:
    """This function will say how long a sheet is overdue that is `level`'s business."""
    found = parameter(ESCALATED[level][1]).on(on)
    return f"逾期满 {found.value} 个工作日{'' if found.confirmed else '（天数待确认）'}"


def escalation_said(*, on: date) -> str:
    """This function will say after how many days whose business an overdue sheet is."""
    return "，".join(
        f"{overdue_title(level, on=on)}{title}" for level, (title, _) in ESCALATED.items()
    )


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
        named = Q(unit__name__icontains=text) | Q(office__name__icontains=text)
        wanted = Q(pk=int(number[1])) if number else named
        found = found.filter(wanted | Q(unit__code__iexact=text))
    first, *more = SORTS[sort]
    if first == "filed_at":
        return found.order_by(F("filed_at").desc(nulls_first=True), *more)
    if first == "due_on":
        return found.order_by(F("due_on").asc(nulls_first=True), *more)
    return found.order_by(first, *more)


def reminders_of(bundle: Bundle) -> list[Reminder]:
    """This function will list how often a sheet's unit was told to bring it back, newest first."""
    return reminders(REMINDED, of=[bundle.unit_id], fact="sheet").get(bundle.pk, [])


def lines_of(bundles: Iterable[Any], *, on: date) -> list[BundleLine]:
    """This function will say of listed bundles how far each is, how urgent; two more queries."""
    listed = list(bundles)
    told = reminders(REMINDED, of={one.unit_id for one in listed}, fact="sheet")
    reminded_at = {sheet: times[0].at for sheet, times in told.items()}
    limits = {level: escalated_before(level, on=on) for level in ESCALATED}
    return [
        _line(one, reminded_at=reminded_at.get(one.pk), limits=limits, on=on) for one in listed
    ]


def _line(
    bundle: Any, *, reminded_at: datetime | None, limits: Mapping[str, date], on: date
) -> BundleLine:
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
        reported_to=_reported_to(bundle, limits), reminded_at=reminded_at,
    )  # fmt: skip


def _reported_to(bundle: Any, limits: Mapping[str, date]) -> str:
    """Whose business an overdue sheet has become, the highest of them."""
    if bundle.filed_at or not bundle.due_on:
        return ""
    reached = [ESCALATED[level][0] for level, day in limits.items() if bundle.due_on < day]
    return reached[-1] if reached else ""


def _in(state: str, *, on: date) -> Q:
    """What puts a sheet into a state; what is due is asked of the day."""
    condition = STATES[state][1]
    if condition is not None:
        return condition
    out = Q(batch__isnull=False, filed_at=None)
    if state == "overdue":
        return out & Q(due_on__lt=on)
    if state in ESCALATED:
        return out & Q(due_on__lt=escalated_before(state, on=on))
    return out & Q(due_on__gte=on, due_on__lte=on + timedelta(days=_soon_days(on)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """How many sheets wait: overdue, so long that the county or the city looks after them, due
    soon, reported and not filed, unreported.
    """

    overdue: int
    county: int
    city: int
    soon: int
    sent: int
    todo: int


def owed(*, by: Actor, on: date) -> Owed:
    """This function will count the sheets that wait for somebody, in one query."""
    names = [field.name for field in fields(Owed)]
    counts = {name: Count("pk", filter=_in(name, on=on)) for name in names}
    return Owed(**bundles_of(by).aggregate(**counts))
