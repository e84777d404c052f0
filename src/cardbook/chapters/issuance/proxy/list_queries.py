"""Lists of mandates on file and of people who fetch for others, one county's (Art. 10, 31)."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Count, F, Q, QuerySet

from cardbook.cards.states import Standing
from cardbook.chapters.representatives import MandateNote, mandate_notes
from cardbook.law.parameters import whole_number
from cardbook.lib import citizen_number
from cardbook.lib.masking import mask_number
from cardbook.lib.plain import InputError
from cardbook.lib.rows import named_rows
from cardbook.lifecycle.facts import ProxyReason, Relation, Signing
from cardbook.orgs.actors import Actor
from cardbook.people import vault
from cardbook.people.holders import holder_of
from cardbook.people.models import Mandate, PickUp

REVOKED, DEAD, OVER, EARLY, VALID = "revoked", "dead", "over", "early", "valid"
STATUS = {
    VALID: "有效", EARLY: "未到起始日", OVER: "已到期", REVOKED: "已撤销", DEAD: "因去世失效",
}  # fmt: skip
_SIGNED = {str(Signing.PAPER): "签名", str(Signing.THUMB): "按手印"}
SORTS: dict[str, tuple[str, tuple[Any, ...]]] = {
    "newest": ("登记先后（新的在前）", ("-id",)),
    "until": ("到期先后", ("until", "id")),
    "uses": ("用过次数（多的在前）", (F("used").desc(), "-id")),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class MandateRow:
    """One mandate as the list shows it."""

    id: int
    principal: str
    principal_number: str
    agent: str
    agent_number: str
    relation: str
    reason: str
    matter: str
    scope: str
    since: date
    until: date
    signed_on: date
    signing: str
    witness: str
    status: str
    status_title: str
    used: int
    registered: str
    note: str

    @property
    def may_revoke(self) -> bool:
        """Whether there is anything left to revoke."""
        return self.status in (VALID, EARLY)


def _in_status(status: str, on: date) -> Q:
    dead = Q(principal__died_on__isnull=False) | Q(agent__died_on__isnull=False)
    kept = Q(standing=Standing.REGISTERED)
    return {
        REVOKED: ~kept,
        DEAD: kept & dead,
        OVER: kept & ~dead & Q(until__lt=on),
        EARLY: kept & ~dead & Q(since__gt=on),
        VALID: kept & ~dead & Q(since__lte=on, until__gte=on),
    }.get(status, Q())


def mandates(*, by: Actor, status: str, sort: str, text: str, on: date) -> QuerySet[Mandate]:
    """This function will find a county's mandates; `text` is a number, a name or initials."""
    found = Mandate.objects.filter(
        _in_status(status, on), county__path__startswith=by.county_path
    ).select_related("principal", "agent")
    if text:
        found = found.filter(_named(text, on))
    return found.annotate(used=Count("uses")).order_by(*SORTS.get(sort, SORTS["newest"])[1])


def _named(text: str, on: date) -> Q:
    try:
        index = vault.number_index(citizen_number.parse(text, today=on).number)
    except InputError:
        keys = vault.query_keys(text.split())
        return Q(principal__search_keys__contains=keys) | Q(agent__search_keys__contains=keys)
    return Q(principal__number_index=index) | Q(agent__number_index=index)


def mandate_rows(found: Iterable[Mandate], *, on: date) -> list[MandateRow]:
    """This function will open a page of mandates, with what the ledger says of each."""
    rows = list(found)
    notes = mandate_notes([one.pk for one in rows])
    return [_row(one, notes[one.pk], on=on) for one in rows]


def _row(one: Mandate, noted: Mapping[str, MandateNote], *, on: date) -> MandateRow:
    principal, agent = holder_of(one.principal), holder_of(one.agent)
    status = _status(one, on)
    registered, revoked = noted["mandate.register"], noted.get("mandate.revoke")
    notes = {
        REVOKED: f"{revoked.on} {revoked.who}：{revoked.words}" if revoked else "",
        DEAD: "委托人或代领人已去世",
    }
    return MandateRow(
        id=one.pk,
        principal=principal.name, principal_number=principal.masked_number,
        agent=agent.name, agent_number=agent.masked_number,
        relation=Relation(one.relation).label if one.relation else "",
        reason=ProxyReason(one.reason).label if one.reason else "",
        matter=one.get_matter_display(), scope=registered.facts.get("scope") or one.scope,
        since=one.since, until=one.until, signed_on=one.signed_on,
        signing=_SIGNED.get(registered.facts.get("holder_signing", ""), ""),
        witness=_opened(one.witness_sealed),
        status=status, status_title=STATUS[status], used=getattr(one, "used", 0),
        registered=f"{registered.on} {registered.who}",
        note=notes.get(status, ""),
    )  # fmt: skip


def _opened(sealed: bytes | None) -> str:
    return vault.open_text(sealed, context=vault.NAME) if sealed else ""


def _status(one: Mandate, on: date) -> str:
    if one.standing == Standing.REVOKED:
        return REVOKED
    if one.principal.died_on is not None or one.agent.died_on is not None:
        return DEAD
    if one.until < on:
        return OVER
    return EARLY if one.since > on else VALID


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentRow:
    """One person who fetched cards for others, as the county's manager looks at him."""

    id: int
    name: str
    masked_number: str
    month: int
    unrelated: int
    year: int
    holders: int
    relations: str
    last_on: date
    look: str


_AGENTS = """
SELECT a.id AS agent_id, a.name_sealed, a.number_sealed,
       count(*) FILTER (WHERE p."on" >= %(month)s) AS month,
       count(DISTINCT p.holder_id) FILTER (
           WHERE p."on" >= %(month)s AND NOT p.as_guardian AND p.relation <> ALL(%(kin)s)
       ) AS unrelated,
       count(*) AS year, count(DISTINCT p.holder_id) AS holders,
       array_agg(DISTINCT p.relation ORDER BY p.relation) AS relations, max(p."on") AS last_on
FROM people_pickup p
JOIN people_person a ON a.id = p.agent_id
JOIN orgs_organization o ON o.id = p.county_id
WHERE p."on" >= %(year)s AND p."on" <= %(today)s AND o.path LIKE %(county)s
GROUP BY a.id
"""

AGENT_SORTS: dict[str, tuple[str, Callable[[AgentRow], Any]]] = {
    "unrelated": ("本月非亲属多的在前", lambda row: (-row.unrelated, -row.month, row.name)),
    "month": ("本月多的在前", lambda row: (-row.month, -row.year, row.name)),
    "year": ("本年多的在前", lambda row: (-row.year, row.name)),
    "last": ("最近代领的在前", lambda row: (-row.last_on.toordinal(), row.name)),
}


def agents(*, by: Actor, today: date, sort: str, text: str) -> list[AgentRow]:
    """This function will list who fetched for others in a county this year (Art. 10, 31)."""
    values: dict[str, Any] = {
        "month": today.replace(day=1), "year": date(today.year, 1, 1), "today": today,
        "county": f"{by.county_path}%",
        "kin": [str(one) for one in Relation if one not in _STRANGERS],
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_AGENTS, values)
        found = named_rows(cursor)
    rows = [_agent(row, today=today) for row in found]
    wanted = [row for row in rows if text in row.name or text == row.masked_number[-4:]]
    return sorted(wanted, key=AGENT_SORTS.get(sort, AGENT_SORTS["unrelated"])[1])


_STRANGERS = frozenset({Relation.UNIT, Relation.COMMITTEE, Relation.OTHER})


def _agent(row: dict[str, Any], *, today: date) -> AgentRow:
    number = vault.open_text(row["number_sealed"], context=vault.NUMBER)
    return AgentRow(
        id=row["agent_id"],
        name=vault.open_text(row["name_sealed"], context=vault.NAME),
        masked_number=mask_number(number),
        month=row["month"], unrelated=row["unrelated"], year=row["year"], holders=row["holders"],
        relations="、".join(Relation(one).label for one in row["relations"]),
        last_on=row["last_on"], look="；".join(_to_look_at(row, today=today)),
    )  # fmt: skip


def _to_look_at(row: dict[str, Any], *, today: date) -> Iterator[str]:
    """Why the manager should ask; nobody is refused for it."""
    if row["unrelated"] >= whole_number("agent_unrelated_alert", on=today):
        yield f"本月为 {row['unrelated']} 名非亲属代领"
    if row["year"] >= whole_number("agent_max_cards_per_year", on=today):
        yield f"本年已 {row['year']} 张"


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchedRow:
    """One card an agent fetched: when, for whom, as what."""

    on: date
    holder: str
    holder_number: str
    relation: str
    as_guardian: bool
    mandate: int | None


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
        on=one.on,
        holder=holder.name,
        holder_number=holder.masked_number,
        relation=Relation(one.relation).label,
        as_guardian=one.as_guardian,
        mandate=one.mandate_id,
    )
