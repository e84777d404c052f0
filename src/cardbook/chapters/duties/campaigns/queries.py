"""Reads campaigns, how far each office has come, and who hands out to whom (Art. 5, 8 para. 1).

Progress is counted from the book: cards their holders have, handed out since the campaign began.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet

from cardbook.chapters.duties.models import Campaign, CampaignTask, RoutingRule
from cardbook.law.groups import GROUPS, group_label
from cardbook.orgs.actors import Actor
from cardbook.orgs.models import Kind, Organization

VIEWS: Mapping[str, str] = {
    "open": "进行中",
    "due": "期限已过",
    "late": "逾期",
    "closed": "已结束",
    "all": "全部",
}
SORTS: Mapping[str, str] = {
    "due": "期限近的在前",
    "title": "按名称",
    "percent": "进度慢的在前",
    "late": "逾期机构多的在前",
}
ROUTED = (Kind.AGENCY, Kind.CARD_BODY, Kind.WINDOW)

# For whom an office answers: a county for all its cards and those of counties that went into it, a
# town for its people and those of towns that went into it, an agency for the groups routed to it
# on the day they were handed out - or for the one group the campaign is about. Cards at home are
# read once for all offices, by town, group and day.
_DONE = """
WITH RECURSIVE carried(office, part) AS (
    SELECT t.organization_id, t.organization_id FROM duties_campaigntask t
    WHERE t.id = ANY(%(tasks)s)
    UNION
    SELECT carried.office, s.predecessor_id FROM carried
    JOIN orgs_succession s ON s.successor_id = carried.part AND s.whole
), routed AS (
    SELECT r.county_id, r."group", r.organization_id,
           CASE WHEN lag(r.id) OVER days IS NULL THEN '-infinity' ELSE r.since END AS since,
           coalesce(lead(r.since) OVER days, 'infinity') AS until
    FROM duties_routingrule r WHERE r.since <= %(on)s
    WINDOW days AS (PARTITION BY r.county_id, r."group" ORDER BY r.since)
), asked AS (
    SELECT t.id, o.id AS office, o.kind, o.county_id, home.path, g.since, g."group"
    FROM duties_campaigntask t
    JOIN duties_campaign g ON g.id = t.campaign_id
    JOIN orgs_organization o ON o.id = t.organization_id
    JOIN orgs_organization home
      ON home.id = CASE o.kind WHEN 'county' THEN o.id ELSE o.county_id END
    WHERE t.id = ANY(%(tasks)s)
), handed AS MATERIALIZED (
    SELECT had.path, c.town_id, c."group", (p.since AT TIME ZONE 'Asia/Shanghai')::date AS "on",
           count(*) AS cards
    FROM orgs_organization had
    JOIN custody_account a ON a.organization_id = had.id AND a.kind = 'holder'
    JOIN custody_position p ON p.account_id = a.id
        AND p.since >= (SELECT min(since)::timestamp AT TIME ZONE 'Asia/Shanghai' FROM asked)
    JOIN cards_card c ON c.id = p.card_id
    WHERE had.kind = 'county' AND EXISTS (SELECT FROM asked WHERE starts_with(had.path, path))
    GROUP BY 1, 2, 3, 4
)
SELECT asked.id, coalesce(sum(handed.cards), 0)::bigint
FROM asked
LEFT JOIN handed ON starts_with(handed.path, asked.path) AND handed."on" >= asked.since
    AND asked."group" IN ('', handed."group")
    AND (asked.kind <> 'town'
         OR handed.town_id IN (SELECT part FROM carried WHERE office = asked.office))
    AND (asked.kind <> 'agency' OR asked."group" <> '' OR EXISTS (
        SELECT FROM routed JOIN carried ON carried.part = routed.organization_id
        WHERE carried.office = asked.office AND routed.county_id = asked.county_id
          AND routed."group" = handed."group"
          AND routed.since <= handed."on" AND handed."on" < routed.until))
GROUP BY asked.id
"""

_OPEN_GROUPS = """
SELECT count(*) FROM orgs_organization o CROSS JOIN unnest(%(groups)s::text[]) AS g(code)
WHERE o.kind = 'county' AND o.path LIKE %(within)s
  AND NOT EXISTS (SELECT FROM duties_routingrule r
                  WHERE r.county_id = o.id AND r."group" = g.code AND r.since <= %(on)s)
"""

_UNROUTED = """
WITH routed AS (
    SELECT DISTINCT county_id, "group" FROM duties_routingrule WHERE since <= %(on)s
)
SELECT o.name, c."group", count(*)
FROM custody_account a
JOIN custody_position p ON p.account_id = a.id
JOIN cards_card c ON c.id = p.card_id
JOIN orgs_organization o ON o.id = c.county_id AND o.path LIKE %(within)s
WHERE a.kind IN ('store', 'box')
  AND NOT EXISTS (SELECT FROM routed r WHERE r.county_id = o.id AND r."group" = c."group")
GROUP BY 1, 2 ORDER BY 1, 2
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One office's part of a campaign and how far it has come."""

    id: int
    office: str
    kind: str
    target: int
    done: int
    due_on: date
    is_late: bool

    @property
    def percent(self) -> int:
        """How much of the target is done; never more than all of it."""
        return min(self.done * 100 // self.target, 100)

    @property
    def left(self) -> int:
        """How many cards are still to be handed out."""
        return max(self.target - self.done, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One campaign with the sums of its offices."""

    id: int
    title: str
    document: str
    issuer: str
    group: str
    since: date
    due_on: date
    words: str
    closed_on: date | None
    tasks: tuple[Task, ...]

    @property
    def target(self) -> int:
        """All targets together."""
        return sum(task.target for task in self.tasks)

    @property
    def done(self) -> int:
        """All that was done, no office counted beyond its target."""
        return sum(min(task.done, task.target) for task in self.tasks)

    @property
    def percent(self) -> int:
        """How much of all targets is done."""
        return self.done * 100 // self.target if self.target else 0

    @property
    def late(self) -> int:
        """How many offices are overdue."""
        return sum(1 for task in self.tasks if task.is_late)


def visible(by: Actor) -> QuerySet[Campaign]:
    """This function will find the campaigns of the actor's county: ordered there, or to it."""
    return Campaign.objects.filter(
        Q(issuer__path__startswith=by.county_path)
        | Q(tasks__organization__path__startswith=by.county_path)
    ).distinct()


def past_due(by: Actor, *, on: date) -> QuerySet[Campaign]:
    """This function will find the campaigns whose day is over and which nobody has ended.

    Which of them lack cards (view `late`) is known only when the cards are counted.
    """
    return visible(by).filter(closed_on=None, due_on__lt=on)


def campaigns(by: Actor, *, view: str, wanted: str = "", sort: str = "due", on: date) -> list[Row]:
    """This function will list campaigns with their progress, the nearest end first or as asked."""
    found = visible(by)
    if view == "closed":
        found = found.filter(closed_on__isnull=False)
    elif view == "due":
        found = past_due(by, on=on)
    elif view in ("open", "late"):
        found = found.filter(closed_on=None)
    if wanted:
        found = found.filter(Q(title__contains=wanted) | Q(document__contains=wanted))
    rows = rows_of(by, found.select_related("issuer").order_by("due_on", "id")[:200], on=on)
    shown = [row for row in rows if row.late] if view == "late" else rows
    if sort == "title":
        return sorted(shown, key=lambda row: (row.title, row.id))
    if sort == "percent":
        return sorted(shown, key=lambda row: (row.percent, row.due_on, row.id))
    return sorted(shown, key=lambda row: -row.late) if sort == "late" else shown


def rows_of(by: Actor, found: Iterable[Campaign], *, on: date) -> list[Row]:
    """This function will make rows of campaigns in two queries more; own county's offices only."""
    listed = list(found)
    tasks = list(
        CampaignTask.objects.filter(
            campaign__in=listed, organization__path__startswith=by.county_path, target__gt=0
        )
        .select_related("organization", "campaign")
        .order_by("organization__code")
    )
    done = progress([task.pk for task in tasks], on=on)
    by_campaign: dict[int, list[Task]] = {}
    for task in tasks:
        made = _task(task, done=done.get(task.pk, 0), on=on)
        by_campaign.setdefault(task.campaign_id, []).append(made)
    return [_row(one, tuple(by_campaign.get(one.pk, ()))) for one in listed]


def _task(task: CampaignTask, *, done: int, on: date) -> Task:
    return Task(
        id=task.pk,
        office=task.organization.name,
        kind=Kind(task.organization.kind).label,
        target=task.target,
        done=done,
        due_on=task.due_on,
        is_late=task.due_on < on and done < task.target and task.campaign.closed_on is None,
    )


def _row(one: Campaign, tasks: tuple[Task, ...]) -> Row:
    return Row(
        id=one.pk,
        title=one.title,
        document=one.document,
        issuer=one.issuer.name,
        group=group_label(one.group) if one.group else "全部人群",
        since=one.since,
        due_on=one.due_on,
        words=one.words,
        closed_on=one.closed_on,
        tasks=tasks,
    )


def progress(task_ids: Sequence[int], *, on: date) -> dict[int, int]:
    """This function will count what each office handed out since its campaign began."""
    with connection.cursor() as cursor:
        cursor.execute(_DONE, {"tasks": list(task_ids), "on": on})
        return dict(cursor.fetchall())


def campaign_of(by: Actor, *, campaign_id: int) -> Campaign:
    """This function will return one campaign.

    :raises Campaign.DoesNotExist: when it does not concern the actor's county.
    """
    return visible(by).select_related("issuer").get(pk=campaign_id)


@dataclass(frozen=True, slots=True)
class Assignable:
    """An office that may get a part of a campaign."""

    id: int
    code: str
    name: str


def assignable(by: Actor) -> list[Assignable]:
    """This function will list the offices the actor may give a part: counties, or his own."""
    if by.county_id is None:
        kinds: tuple[Kind, ...] = (Kind.COUNTY,)
    else:
        kinds = (Kind.AGENCY, Kind.TOWN)
    found = Organization.objects.filter(
        kind__in=kinds, in_force=True, path__startswith=by.county_path
    )
    return [Assignable(one.pk, one.code, one.name) for one in found.order_by("kind", "code")]


# ---------------------------------------------------------------------------------------- routing
@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Who hands out to a group in a county, since when, on which paper."""

    id: int
    county: str
    group: str
    office: str
    since: date
    words: str
    recorded_by: str
    is_current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Unrouted:
    """Cards in store whose group has no office to hand them out."""

    county: str
    group: str
    count: int


RULE_STATES: Mapping[str, str] = {"": "全部", "current": "现行"}
RULE_SORTS: Mapping[str, str] = {
    "county": "按县区、人群",
    "group": "按人群",
    "office": "按发放机构",
    "new": "新登记的在前",
}


def rules(
    by: Actor, *, on: date, state: str = "", text: str = "", sort: str = "county"
) -> list[Rule]:
    """This function will list the rules of the actor's county, those in force first of each.

    `text` is part of a county, a group, an office or the paper a rule rests on.
    """
    found = (
        RoutingRule.objects.filter(county__path__startswith=by.county_path)
        .select_related("county", "organization", "recorded_by")
        .order_by("county__code", "group", "-since", "-id")
    )
    current: set[tuple[int, str]] = set()
    made = []
    for one in found:
        key = (one.county_id, one.group)
        is_current = one.since <= on and key not in current
        current |= {key} if is_current else set()
        made.append(
            Rule(
                id=one.pk, county=one.county.name, group=group_label(one.group),
                office=one.organization.name + ("" if one.organization.in_force else "（已撤销）"),
                since=one.since, words=one.words,
                recorded_by=one.recorded_by.get_full_name(), is_current=is_current,
            )
        )  # fmt: skip
    keys: Mapping[str, Callable[[Rule], Any]] = {
        "group": lambda one: one.group,
        "office": lambda one: one.office,
        "new": lambda one: -one.id,
    }
    shown = [
        one
        for one in made
        if (state != "current" or one.is_current)
        and text in f"{one.county} {one.group} {one.office} {one.words}"
    ]
    return sorted(shown, key=keys[sort]) if sort in keys else shown


def unrouted(by: Actor, *, on: date) -> list[Unrouted]:
    """This function will list cards in store whose group nobody is to hand out (未明确分工).

    Where each group has its office no card is read.
    """
    groups = [group.code for group in GROUPS]
    values: dict[str, Any] = {"on": on, "within": f"{by.county_path}%", "groups": groups}
    with connection.cursor() as cursor:
        cursor.execute(_OPEN_GROUPS, values)
        if cursor.fetchone() == (0,):
            return []
        cursor.execute(_UNROUTED, values)
        return [
            Unrouted(county=county, group=group_label(group), count=count)
            for county, group, count in cursor.fetchall()
        ]


def counties(by: Actor) -> list[tuple[str, str]]:
    """This function will list the counties the actor may set rules for, for a menu."""
    found = Organization.objects.filter(
        kind=Kind.COUNTY, in_force=True, path__startswith=by.county_path
    )
    return [(str(one.pk), one.name) for one in found.order_by("code")]


def routable(by: Actor) -> list[tuple[str, str]]:
    """This function will list the offices that may hand out to a group, for a menu."""
    city = Q(kind=Kind.AGENCY, county=None)
    own = Q(kind__in=ROUTED, path__startswith=by.county_path)
    found = Organization.objects.filter(own | city, in_force=True).order_by("code")
    return [(str(one.pk), f"{one.code} {one.name}") for one in found]


def groups() -> list[tuple[str, str]]:
    """This function will list the groups of people, for a menu."""
    return [(group.code, group.title) for group in GROUPS]
