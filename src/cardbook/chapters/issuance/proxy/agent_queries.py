"""Who fetches for others in a county, and whom of them somebody should ask about it (Art. 10, 31).

Nobody is refused for standing here. The thresholds are parameters; `sql/agents.sql` counts.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.db import connection
from django.db.models import Q

from cardbook.law.parameters import parameter, quoted, whole_number
from cardbook.lib.masking import mask_number
from cardbook.lib.rows import named_rows
from cardbook.lifecycle.facts import Relation
from cardbook.orgs.actors import Actor
from cardbook.orgs.models import User
from cardbook.people import vault
from cardbook.people.holders import holder_of
from cardbook.people.models import PickUp

_QUERY = (Path(__file__).parent / "sql" / "agents.sql").read_text(encoding="utf-8")
_STRANGERS = frozenset({Relation.UNIT, Relation.COMMITTEE, Relation.OTHER})
_RULES = (
    "agent_unrelated_alert",
    "agent_max_cards_per_day",
    "agent_max_cards_per_year",
    "agent_near_limit_percent",
    "agent_phone_shared_alert",
    "guardian_wards_alert",
)
# What a row may be looked at for; the codes are the filter of the page.
LOOKS: Mapping[str, str] = {
    "any": "需要核实的",
    "staff": "与工作人员同名",
    "handler": "领卡单位经办人",
    "strangers": "为多名非亲属代领",
    "phone": "电话多人共用",
    "wards": "为多名被监护人领卡",
    "limit": "接近、达到张数限制",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentRow:
    """One person who fetched cards for others, as the county's manager looks at him.

    `looks` are the reasons to ask, by their code.
    """

    id: int
    name: str
    masked_number: str
    month: int
    unrelated: int
    year: int
    holders: int
    wards: int
    sharing: int
    most_a_day: int
    relations: str
    last_on: date
    looks: Mapping[str, str]

    @property
    def look(self) -> str:
        """All reasons to ask, in one line."""
        return "；".join(self.looks.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One threshold of the list, with the city's word on it or without."""

    title: str
    value: str
    is_confirmed: bool


AGENT_SORTS: dict[str, tuple[str, Callable[[AgentRow], Any]]] = {
    "looks": (
        "需要核实的在前",
        lambda row: (-len(row.looks), -row.unrelated, -row.month, row.name),
    ),
    "unrelated": ("本月非亲属多的在前", lambda row: (-row.unrelated, -row.month, row.name)),
    "month": ("本月多的在前", lambda row: (-row.month, -row.year, row.name)),
    "year": ("本年多的在前", lambda row: (-row.year, row.name)),
    "last": ("最近代领的在前", lambda row: (-row.last_on.toordinal(), row.name)),
}  # fmt: skip


def rules(*, on: date) -> list[Rule]:
    """This function will list the thresholds in force, and which of them nobody confirmed."""
    found = []
    for key in _RULES:
        known = parameter(key)
        value = known.on(on)
        found.append(
            Rule(
                title=known.title, value=f"{value.value} {known.unit}",
                is_confirmed=value.confirmed,
            )
        )  # fmt: skip
    return found


def agents(*, by: Actor, today: date, sort: str, text: str, look: str = "") -> list[AgentRow]:
    """This function will list who fetched for others in a county this year, in two queries."""
    values: dict[str, Any] = {
        "month": today.replace(day=1), "year": date(today.year, 1, 1), "today": today,
        "county": f"{by.county_path}%",
        "kin": [str(one) for one in Relation if one not in _STRANGERS],
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_QUERY, values)
        found = named_rows(cursor)
    staff = _staff_names(by=by, today=today)
    rows = [_agent(row, staff=staff, today=today) for row in found]
    wanted = [row for row in rows if text in row.name or text == row.masked_number[-4:]]
    if look in LOOKS:
        wanted = [row for row in wanted if (row.looks if look == "any" else look in row.looks)]
    return sorted(wanted, key=AGENT_SORTS.get(sort, AGENT_SORTS["looks"])[1])


def _staff_names(*, by: Actor, today: date) -> frozenset[str]:
    """Who works in the county today: an account knows a name and no number, so names are met."""
    in_post = Q(posts__until=None) | Q(posts__until__gt=today)
    here = Q(posts__organization__path__startswith=by.county_path)
    return frozenset(User.objects.filter(in_post & here).values_list("name", flat=True))


def _agent(row: Mapping[str, Any], *, staff: Collection[str], today: date) -> AgentRow:
    name = vault.open_text(row["name_sealed"], context=vault.NAME)
    number = vault.open_text(row["number_sealed"], context=vault.NUMBER)
    return AgentRow(
        id=row["agent_id"], name=name, masked_number=mask_number(number),
        month=row["month"], unrelated=row["unrelated"], year=row["year"], holders=row["holders"],
        wards=row["wards"], sharing=row["sharing"], most_a_day=row["most_a_day"],
        relations="、".join(Relation(one).label for one in row["relations"]),
        last_on=row["last_on"],
        looks=dict(_looks(row, is_staff=name in staff, today=today)),
    )  # fmt: skip


def _looks(row: Mapping[str, Any], *, is_staff: bool, today: date) -> Iterator[tuple[str, str]]:
    """Why the manager should ask; nobody is refused for it."""
    if is_staff and row["charged"]:
        yield "staff", "与本县区工作人员同名"
    if row["is_handler"] and row["charged"]:
        yield "handler", "是领卡单位（村）的经办人"
    if row["unrelated"] >= whole_number("agent_unrelated_alert", on=today):
        yield "strangers", f"本月为 {row['unrelated']} 名非亲属代领"
    if row["sharing"] >= whole_number("agent_phone_shared_alert", on=today):
        yield "phone", f"电话与共 {row['sharing']} 人相同"
    if row["wards"] >= whole_number("guardian_wards_alert", on=today):
        yield "wards", f"本年为 {row['wards']} 名被监护人领卡"
    limit = "，".join(_near_limits(row, today=today))
    if limit:
        yield "limit", limit


def _near_limits(row: Mapping[str, Any], *, today: date) -> Iterator[str]:
    """What a guardian fetches for his own is no proxy's work and does not count (Art. 11)."""
    percent = whole_number("agent_near_limit_percent", on=today)
    for key, count, words in (
        ("agent_max_cards_per_day", row["most_a_day"], "一天最多代领"),
        ("agent_max_cards_per_year", row["charged"], "本年已代领"),
    ):
        most = whole_number(key, on=today)
        if count * 100 >= most * percent:
            yield f"{words} {count} 张，限 {quoted(key, on=today)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchedRow:
    """One card an agent fetched: when, for whom, as what."""

    id: int
    on: date
    holder: str
    holder_number: str
    relation: str
    as_guardian: bool
    mandate: int | None

    @property
    def came_as(self) -> str:
        """As what he came."""
        return "监护人" if self.as_guardian else "代领人"

    @property
    def mandate_number(self) -> str:
        """The number of the mandate, where there was one."""
        return f"{self.mandate} 号" if self.mandate else "—"


FETCHED_SORTS: Mapping[str, tuple[str, Callable[[FetchedRow], Any] | None]] = {
    "new": ("最近的在前", None),
    "old": ("最早的在前", lambda row: (row.on, row.id)),
    "holder": ("按持卡人", lambda row: (row.holder, row.id)),
    "relation": ("按关系", lambda row: (row.relation, row.id)),
}


def fetched_by(*, person_id: int, by: Actor, today: date) -> tuple[str, list[FetchedRow]]:
    """This function will name an agent and list what he fetched in the county this year.

    Nobody who fetched nothing here has a name here.
    """
    found = list(
        PickUp.objects.filter(
            agent_id=person_id,
            county__path__startswith=by.county_path,
            on__gte=date(today.year, 1, 1),
            on__lte=today,
        )
        .select_related("agent", "holder")
        .order_by("-on", "-id")
    )
    name = holder_of(found[0].agent).name if found else ""
    return name, [_fetched(one) for one in found]


def _fetched(one: PickUp) -> FetchedRow:
    holder = holder_of(one.holder)
    return FetchedRow(
        id=one.pk,
        on=one.on,
        holder=holder.name,
        holder_number=holder.masked_number,
        relation=Relation(one.relation).label,
        as_guardian=one.as_guardian,
        mandate=one.mandate_id,
    )
