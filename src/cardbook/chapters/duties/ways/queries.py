"""Reads what city and counties decided about ways of issuing, and what holds today (Art. 7)."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from django.db.models import Q

from cardbook.chapters.duties.models import WayRule
from cardbook.law.groups import GROUPS, group_label
from cardbook.law.ways import usual_ways, ways_label
from cardbook.orgs.actors import Actor
from cardbook.orgs.models import Kind, Organization


class Standing(StrEnum):
    """How a decision stands on a day."""

    NOW = "now"
    PLANNED = "planned"
    PAST = "past"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        """The word of the list."""
        return {
            "now": "现行", "planned": "计划中", "past": "已被取代", "withdrawn": "已收回",
        }[self]  # fmt: skip


VIEWS: Mapping[str, str] = {
    "": "全部",
    **{one.value: one.label for one in Standing},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One decision, as the list shows it."""

    id: int
    office: str
    group: str
    ways: str
    since: date
    words: str
    recorded_by: str
    recorded_at: datetime
    standing: Standing
    is_own: bool

    @property
    def may_be_withdrawn(self) -> bool:
        """Whether the reader may take it back."""
        return self.is_own and self.standing is not Standing.WITHDRAWN


# The usual order is that of `decisions`: the newest day first.
SORTS: Mapping[str, tuple[str, Callable[[Rule], Any] | None]] = {
    "since": ("新起始的在前", None),
    "office": ("按适用范围", lambda one: one.office),
    "group": ("按人群", lambda one: one.group),
    "standing": ("现行的在前", lambda one: list(Standing).index(one.standing)),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class InForce:
    """What a group has where the reader works: decided by whom since when, or nobody decided."""

    group: str
    ways: str
    closed: str
    source: str
    since: date | None
    office: str


def decisions(by: Actor) -> list[WayRule]:
    """This function will read the decisions that concern the actor's county, newest day first;
    of one day the nearer office's first.
    """
    above = [int(part) for part in by.county_path.split(".") if part]
    return list(
        WayRule.objects.filter(
            Q(organization__path__startswith=by.county_path) | Q(organization__in=above)
        )
        .select_related("organization", "recorded_by")
        .order_by("-since", "-organization__path", "-id")
    )


def rules(
    found: Sequence[WayRule], *, by: Actor, on: date, view: str = "", wanted: str = ""
) -> list[Rule]:
    """This function will list the decisions that were read, as they stand on a day."""
    now = {
        one.pk for one in _newest(found, on=on, of=lambda one: (one.organization_id, one.group))
    }
    made = [_rule(one, now=now, by=by, on=on) for one in found]
    return [
        one
        for one in made
        if (not view or one.standing == view)
        and (not wanted or any(wanted in text for text in (one.office, one.group, one.words)))
    ]


def in_force(found: Sequence[WayRule], *, by: Actor, on: date) -> list[InForce]:
    """This function will say what each group has where the actor works: in his county, or in the
    city as such.
    """
    own = [one for one in found if by.org_path.startswith(one.organization.path)]
    decided = {one.group: one for one in _newest(own, on=on, of=lambda one: one.group)}
    return [_held(group.code, decided.get(group.code)) for group in GROUPS]


def offices(by: Actor) -> list[tuple[str, str]]:
    """This function will list the offices the actor may decide for: his city or county, counties.

    A menu: ids and names.
    """
    found = Organization.objects.filter(
        kind__in=(Kind.CITY, Kind.COUNTY), in_force=True, path__startswith=by.county_path
    ).order_by("path")
    return [
        (str(one.pk), f"全市（{one.name}）" if one.kind == Kind.CITY else one.name)
        for one in found
    ]


def _newest(
    found: Sequence[WayRule], *, on: date, of: Callable[[WayRule], Hashable]
) -> list[WayRule]:
    """The first of each kind that has come and stands."""
    first: dict[Hashable, WayRule] = {}
    for one in found:
        if one.withdrawn_at is None and one.since <= on:
            first.setdefault(of(one), one)
    return list(first.values())


def _rule(one: WayRule, *, now: set[int], by: Actor, on: date) -> Rule:
    standing = Standing.PAST
    if one.withdrawn_at is not None:
        standing = Standing.WITHDRAWN
    elif one.pk in now:
        standing = Standing.NOW
    elif one.since > on:
        standing = Standing.PLANNED
    return Rule(
        id=one.pk,
        office=one.organization.name,
        group=group_label(one.group),
        ways=ways_label(one.ways),
        since=one.since,
        words=one.words,
        recorded_by=one.recorded_by.get_full_name(),
        recorded_at=one.recorded_at,
        standing=standing,
        is_own=one.organization.path.startswith(by.county_path),
    )


def _held(group: str, decided: WayRule | None) -> InForce:
    usual = usual_ways(group)
    ways = tuple(decided.ways) if decided else usual.ways
    return InForce(
        group=group_label(group),
        ways=ways_label(ways),
        closed=ways_label(code for code in usual.ways if code not in ways),
        source=decided.words if decided else usual.source,
        since=decided.since if decided else None,
        office=decided.organization.name if decided else "",
    )
