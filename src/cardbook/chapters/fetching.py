"""How many cards one person may fetch for others by mandate: on a day, in a year (Art. 10, 31).

The window counts one card, a signed sheet all its rows; both ask here, with the agents locked.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count

from cardbook.law.parameters import quoted, whole_number
from cardbook.law.roles import Role
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.acts import Act
from cardbook.lifecycle.refusals import Reason, Refusal
from cardbook.orgs.actors import Actor
from cardbook.people.models import Person, PickUp

_MOST_NAMED = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A card somebody fetches now by mandate, and on which day; `row` is its row on a sheet."""

    agent_id: int
    card_id: int | None
    on: date
    row: int = 0


def picked_up_by(agent_id: int, *, since: date, until: date) -> int:
    """This function will count the cards a person fetched by mandate, both days included.

    What a guardian fetches for his own is no proxy's work and does not count (Art. 11).
    """
    return sum(_counted({agent_id}, since=since, until=until).values())


def _counted(agent_ids: set[int], *, since: date, until: date) -> Counter[tuple[int, date]]:
    found = PickUp.objects.filter(
        agent_id__in=agent_ids, as_guardian=False, on__gte=since, on__lte=until
    )
    days = found.values_list("agent_id", "on").annotate(Count("pk")).order_by()
    return Counter({(agent_id, on): count for agent_id, on, count in days})


def lock_agents(ids: Sequence[int]) -> dict[int, Person]:
    """This function will lock people who come for others: two who count do so one by one."""
    found = Person.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk")
    return {person.pk: person for person in found}


def against_counts(
    fetched: Sequence[Fetched], *, of: Act, approver: Actor | None, by: Actor
) -> Iterator[Refusal]:
    """This function will yield whose day is full, and whose year is, unless somebody approves.

    Whoever approves may do so, even where nobody's year turns out to be full: he is on record.
    """
    if approver is not None:
        yield from _against_approver(approver, of=of, by=by)
    if not fetched:
        return
    days = sorted(one.on for one in fetched)
    before = _counted(
        {one.agent_id for one in fetched},
        since=date(days[0].year, 1, 1), until=date(days[-1].year, 12, 31),
    )  # fmt: skip
    by_day: dict[tuple[int, date], list[Fetched]] = defaultdict(list)
    by_year: dict[tuple[int, int], list[Fetched]] = defaultdict(list)
    for one in fetched:
        by_day[one.agent_id, one.on].append(one)
        by_year[one.agent_id, one.on.year].append(one)
    for (agent_id, on), now in by_day.items():
        yield from _beyond(
            "agent_max_cards_per_day", no.AGENT_LIMIT, now, before=before[agent_id, on],
            span=f"{on} ", this="今天",
        )  # fmt: skip
    if approver is not None:
        return
    for (agent_id, year), now in by_year.items():
        earlier = sum(n for (who, on), n in before.items() if (who, on.year) == (agent_id, year))
        yield from _beyond(
            "agent_max_cards_per_year", no.AGENT_APPROVAL_MISSING, now, before=earlier,
            span=f"{year} 年", this="今年",
        )  # fmt: skip


def _beyond(
    limit: str, reason: Reason, now: Sequence[Fetched], *, before: int, span: str, this: str
) -> Iterator[Refusal]:
    """More than the limit in one span: a sheet names its rows, the window has one card."""
    on = now[0].on
    if before + len(now) <= whole_number(limit, on=on):
        return
    rows = sorted(one.row for one in now if one.row)
    values = {
        "span": f" {span}连同本表第 {rows_named(rows)} 行" if rows else this,
        "count": before + len(rows), "limit": quoted(limit, on=on),
    }  # fmt: skip
    yield Refusal(reason, values, now[0].card_id)


def rows_named(rows: Sequence[int]) -> str:
    """This function will name rows of a sheet: the first of many, and how many there are."""
    more = f" 等 {len(rows)} " if len(rows) > _MOST_NAMED else ""
    return "、".join(map(str, rows[:_MOST_NAMED])) + more


def _against_approver(approver: Actor, *, of: Act, by: Actor) -> Iterator[Refusal]:
    """Only the county's manager approves, and never his own work (Art. 5)."""
    if approver.user_id == by.user_id:
        yield Refusal(no.SECOND_PERSON_SAME, {"act": of.title, "name": by.name})
    elif approver.role is not Role.COUNTY_MANAGER or approver.county_id != by.county_id:
        values = {
            "act": of.title, "roles": Role.COUNTY_MANAGER.label,
            "name": approver.name, "role": approver.role.label,
        }  # fmt: skip
        yield Refusal(no.SECOND_PERSON_MAY_NOT, values)
