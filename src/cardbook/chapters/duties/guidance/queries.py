"""Reads guidance: what is for whom, who has read it and who has not (Art. 5 para. 1)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, Value

from cardbook.chapters.duties.models import Guidance, GuidanceReading
from cardbook.law.roles import Role
from cardbook.orgs.actors import Actor

# Whoever does business with cards; auditors and administrators look and do nothing.
GUIDED = frozenset(Role) - {Role.AUDITOR, Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN}
STATES: Mapping[str, str] = {
    "todo": "待签阅", "read": "已签阅", "all": "全部", "withdrawn": "已撤回",
}  # fmt: skip
SORTS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "new": ("新发布的在前", ("-published_at", "-id")),
    "due": ("签阅期限近的在前", ("read_by", "-id")),
    "title": ("按标题", ("title", "-id")),
    "issuer": ("按发布机构", ("issuer__code", "-id")),
}

# Everybody a guidance is for, as posts stand on a day, and when he signed; own county alone.
_GUIDED = """
SELECT g.id AS guidance, p.user_id, u.name, o.name AS office, p.role, r.read_at
FROM duties_guidance g
JOIN orgs_organization c ON c.id = g.covers_id
JOIN orgs_organization o ON starts_with(o.path, c.path) AND o.path LIKE %(within)s
JOIN orgs_post p ON p.organization_id = o.id AND p.role = ANY(g.roles)
    AND p.since <= %(on)s AND (p.until IS NULL OR p.until > %(on)s)
JOIN orgs_user u ON u.id = p.user_id AND u.is_active
LEFT JOIN duties_guidancereading r ON r.guidance_id = g.id AND r.reader_id = p.user_id
WHERE g.id = ANY(%(ids)s)
"""
_COUNTED = f"""
SELECT guidance, count(DISTINCT user_id),
       count(DISTINCT user_id) FILTER (WHERE read_at IS NOT NULL)
FROM ({_GUIDED}) AS guided GROUP BY guidance
"""  # noqa: S608 - ours alone
_NAMED = f"""
SELECT DISTINCT ON (read_at IS NOT NULL, office, user_id) name, office, role, read_at
FROM ({_GUIDED}) AS guided ORDER BY read_at IS NOT NULL, office, user_id, role
"""  # noqa: S608 - ours alone


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One guidance as pages show it: whether its reader signed, how many did."""

    id: int
    title: str
    document: str
    body: str
    issuer: str
    issuer_id: int
    covers: str
    roles: tuple[str, ...]
    published_by: str
    published_at: datetime
    read_by: date
    withdrawn_on: date | None
    is_mine: bool
    my_read_at: datetime | None
    guided: int
    read: int
    is_late: bool

    @property
    def left(self) -> int:
        """How many have not signed yet."""
        return self.guided - self.read


@dataclass(frozen=True, slots=True, kw_only=True)
class Guided:
    """One person a guidance is for."""

    name: str
    office: str
    role: str
    read_at: datetime | None


def visible(by: Actor) -> QuerySet[Guidance]:
    """This function will find the guidance for the actor's office, or given within his county."""
    return Guidance.objects.annotate(here=Value(by.org_path)).filter(
        Q(here__startswith=F("covers__path")) | Q(issuer__path__startswith=by.county_path)
    )


def addressed(by: Actor) -> QuerySet[Guidance]:
    """This function will find what is for the actor's post and in force."""
    return Guidance.objects.annotate(here=Value(by.org_path)).filter(
        here__startswith=F("covers__path"), roles__contains=[str(by.role)], withdrawn_on=None
    )


def _signed(by: Actor) -> QuerySet[GuidanceReading]:
    return GuidanceReading.objects.filter(guidance=OuterRef("pk"), reader=by.user_id)


def unread(by: Actor) -> QuerySet[Guidance]:
    """This function will find what the actor has still to sign."""
    return addressed(by).exclude(Exists(_signed(by)))


def listed(by: Actor, *, state: str, text: str, sort: str) -> QuerySet[Guidance]:
    """This function will list guidance of a state by its title, its paper or who gave it."""
    found = visible(by).order_by(*SORTS[sort][1])
    if state == "todo":
        found = unread(by).order_by(*SORTS[sort][1])
    elif state == "read":
        found = found.filter(Exists(_signed(by)), withdrawn_on=None)
    elif state == "withdrawn":
        found = found.filter(withdrawn_on__isnull=False)
    if text:
        about = Q(title__contains=text) | Q(document__contains=text)
        found = found.filter(about | Q(issuer__name__contains=text))
    return found


def rows(found: QuerySet[Guidance], *, by: Actor, on: date) -> list[Row]:
    """This function will make rows with who signed of the actor's county, in two queries."""
    mine = _signed(by).values("read_at")[:1]
    made = list(
        found.select_related("issuer", "covers", "published_by").annotate(
            my_read_at=Subquery(mine)
        )
    )
    counts = _counts([one.pk for one in made], by=by, on=on)
    return [_row(one, counts.get(one.pk, (0, 0)), by=by, on=on) for one in made]


def _counts(ids: list[int], *, by: Actor, on: date) -> dict[int, tuple[int, int]]:
    with connection.cursor() as cursor:
        cursor.execute(_COUNTED, {"ids": ids, "within": f"{by.county_path}%", "on": on})
        return {id_: (guided, read) for id_, guided, read in cursor.fetchall()}


def _row(one: Guidance, counts: tuple[int, int], *, by: Actor, on: date) -> Row:
    guided, read = counts
    in_force = one.withdrawn_on is None
    return Row(
        id=one.pk, title=one.title, document=one.document, body=one.body,
        issuer=one.issuer.name, issuer_id=one.issuer_id, covers=one.covers.name,
        roles=tuple(Role.of(role).label for role in one.roles),
        published_by=one.published_by.name, published_at=one.published_at,
        read_by=one.read_by, withdrawn_on=one.withdrawn_on,
        is_mine=in_force and str(by.role) in one.roles and by.org_path.startswith(one.covers.path),
        my_read_at=one.my_read_at,  # type: ignore[attr-defined]
        guided=guided, read=read, is_late=in_force and one.read_by < on and read < guided,
    )  # fmt: skip


def guided(guidance_id: int, *, by: Actor, on: date) -> list[Guided]:
    """This function will name whom of the actor's county it is for, who has not signed first."""
    with connection.cursor() as cursor:
        cursor.execute(_NAMED, {"ids": [guidance_id], "within": f"{by.county_path}%", "on": on})
        return list(_named(cursor.fetchall()))


def _named(found: Iterable[tuple[str, str, str, datetime | None]]) -> Iterable[Guided]:
    for name, office, role, read_at in found:
        yield Guided(name=name, office=office, role=Role.of(role).label, read_at=read_at)
