"""Which cards nobody uses, and which somebody used who should not have (Art. 23, 31).

Nothing here is stored: a death entered today makes yesterday's uses suspicious. Nothing writes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from django.db import connection
from django.db.models import Max

from cardbook.cards.states import Hold, Social, Stage, Subject
from cardbook.chapters.searching import cards_meant
from cardbook.chapters.usage.models import CardUsed
from cardbook.law.parameters import parameter, whole_number
from cardbook.lib.clock import LOCAL, local_day, months_away, to_the_minute
from cardbook.lib.masking import mask_number
from cardbook.lib.rows import array_of, named_rows
from cardbook.lifecycle.acts import ACTS, Act
from cardbook.orgs.actors import Actor
from cardbook.orgs.models import Kind, Organization
from cardbook.people import vault

MOST = 2000
_MOST_HOLDERS = 200
_SQL = Path(__file__).parent / "sql"
_SUSPICIOUS, _UNUSED = (
    (_SQL / f"{name}.sql").read_text(encoding="utf-8") for name in ("suspicious", "unused")
)
_REGIONS = ("stage", "social", "hold")
_STOPPED = frozenset({Hold.ORAL_LOSS, Hold.FORMAL_LOSS, Social.CANCELLED, Social.LOCKED})
REASONS = {
    "dead": "持卡人去世之后",
    "cancelled": "社保功能注销之后",
    "lost": "挂失期间",
    "custody": "卡不在持卡人手中",
    "stopped": "停用（冻结）期间",
}
# How a list may be sorted; what it shows are the longest unused, or the newest of them.
SORTS = {
    "longest": ("领卡早的在前", "since, id"),
    "newest": ("领卡晚的在前", "since DESC, id DESC"),
    "unit": ("按单位、镇街", "unit, since, id"),
    "number": ("按卡号", "number"),
}
SUSPICIOUS_SORTS = {
    "new": ("新的在前", "j.used_at DESC, j.number"),
    "old": ("早的在前", "j.used_at, j.number"),
    "reason": ("按情形", "j.reason, j.used_at DESC, j.number"),
    "agency": ("按用卡机构", "a.code, j.used_at DESC, j.number"),
    "number": ("按卡号", "j.number, j.used_at DESC"),
}
UNIT = "coalesce(nullif(c.unit_name, ''), town.name, '')"
# So many unused cards are listed and counted; who wants others says which county or unit.
MOST_UNUSED = 10_000
_LISTED = """
SELECT found.*, p.name_sealed, p.number_sealed, county.name AS county
FROM (SELECT * FROM found ORDER BY {order} OFFSET %(first)s LIMIT %(most)s) AS found
JOIN people_person p ON p.id = found.person_id
JOIN orgs_organization county ON county.id = found.county_id
ORDER BY {order}
"""
_EVERY: Mapping[str, str] = {"walk": "", "few": ""}
_COUNTED = "SELECT count(*) AS cards FROM (SELECT FROM found LIMIT %(most)s) AS few"
_BY_UNIT = """
SELECT county.name AS county, county.code, unit, count(*) AS cards
FROM found JOIN orgs_organization county ON county.id = found.county_id
GROUP BY county.name, county.code, unit ORDER BY cards DESC, 1, 3 LIMIT %(most)s
"""


@cache
def _effects() -> dict[str, list[str]]:
    """Which act leaves a card how, "" where its facts say it; and which have to do with stops."""
    found = [
        (row.code, region, str(row.becomes.get(region, "")))
        for row in ACTS.values()
        if row.subject is Subject.CARD
        for region in _REGIONS
        if region in row.becomes or region in row.claims
    ]
    acts, regions, values = zip(*found, strict=True)
    stops = [row.code for row in ACTS.values() if row.subject is Subject.CARD and _stops(row)]
    return {
        "acts": list(acts), "regions": list(regions), "values": list(values), "stops": stops,
    }  # fmt: skip


def _stops(row: Act) -> bool:
    """Whether an act stops a card in use, or ends a stop."""
    left = {row.becomes.get("hold"), row.becomes.get("social")}
    met = [(row.on or {}).get(region, frozenset({""})) for region in ("hold", "social")]
    return bool(left & _STOPPED) or any(values <= _STOPPED for values in met)


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspicious:
    """One use of a card by whoever should not have had it."""

    card_id: int
    number: str
    name: str
    masked_number: str
    county: str
    used_at: datetime
    day_only: bool
    agency: str
    use: str
    reason: str
    may_freeze: bool

    @property
    def when(self) -> str:
        """The moment, or the day where no time was given."""
        return f"{local_day(self.used_at)}" if self.day_only else to_the_minute(self.used_at)

    @property
    def reason_label(self) -> str:
        """Why it is suspicious."""
        return REASONS[self.reason]

    @property
    def words(self) -> str:
        """What is suspected, as the stop of the card says it."""
        return f"{self.when} 在{self.agency}办理“{self.use}”时用卡：{self.reason_label}"


def suspicious(
    *, by: Actor, since: date, until: date, reason: str = "", text: str = "", sort: str = "new"
) -> list[Suspicious]:
    """This function will list the suspicious uses of a time, at most 2,000."""
    values: dict[str, Any] = {
        **_effects(), "since": midnight(since), "before": midnight(until + timedelta(days=1)),
        "within": by.county_path, "reason": reason, "limit": MOST,
        "cards": cards_meant(text, by=by, today=until, most=_MOST_HOLDERS),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_SUSPICIOUS.format(order=SUSPICIOUS_SORTS[sort][1]), values)
        return [_suspicious(row) for row in named_rows(cursor)]


def holder_in(row: Mapping[str, Any]) -> dict[str, Any]:
    """This function will open whose card a row is about, as lists show it."""
    return {
        "number": row["number"],
        "name": vault.open_text(row["name_sealed"], context=vault.NAME),
        "masked_number": mask_number(vault.open_text(row["number_sealed"], context=vault.NUMBER)),
        "county": row["county"],
    }


def _suspicious(row: dict[str, Any]) -> Suspicious:
    return Suspicious(
        **holder_in(row),
        card_id=row["card_id"],
        used_at=row["used_at"],
        day_only=row["day_only"],
        agency=row["agency"],
        use=row["use"],
        reason=row["reason"],
        may_freeze=row["stage"] == Stage.ISSUED and row["social"] == Social.ACTIVE,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Unused:
    """One card nobody has used for long."""

    card_id: int
    number: str
    name: str
    masked_number: str
    unit: str
    village: str
    county: str
    social: str
    since: date
    last_used: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which unused cards somebody looks for; `county` is a path within his reach."""

    within: str
    months: int
    cut: datetime
    unit: str = ""
    text: str = ""
    sort: str = "longest"


def wanted(
    *, by: Actor, today: date, county: str = "", unit: str = "", text: str = "", sort: str = ""
) -> Wanted:
    """This function will understand what was chosen; what is not within reach is left out."""
    months = whole_number("card_unused_months", on=today)
    return Wanted(
        within=chosen_county(county, by=by), months=months,
        cut=midnight(months_away(today, -months)), unit=unit, text=text,
        sort=sort if sort in SORTS else "longest",
    )  # fmt: skip


def chosen_county(code: str, *, by: Actor) -> str:
    """This function will find the path of a county within reach; without one, the reach itself."""
    chosen = Organization.objects.filter(
        kind=Kind.COUNTY, code=code, path__startswith=by.county_path
    ).first()
    return chosen.path if chosen else by.county_path


def counties(by: Actor) -> list[tuple[str, str]]:
    """This function will list the counties somebody looks at, code and name."""
    found = Organization.objects.filter(
        kind=Kind.COUNTY, path__startswith=by.county_path, in_force=True
    )
    return list(found.order_by("code").values_list("code", "name"))


def is_confirmed(today: date) -> bool:
    """This function will say whether the city has confirmed after how long a card is unused."""
    return parameter("card_unused_months").on(today).confirmed


def unused_count(what: Wanted, *, by: Actor, today: date) -> int:
    """This function will count unused cards, up to `MOST_UNUSED`."""
    (row,) = _unused(what, _COUNTED, by=by, today=today, most=MOST_UNUSED)
    return int(row["cards"])


def unused(
    what: Wanted, *, by: Actor, today: date, first: int, most: int, only: Sequence[int] = ()
) -> list[Unused]:
    """This function will list unused cards, a page of them; with `only`, those alone."""
    rows = _unused(
        what, _LISTED.format(order=SORTS[what.sort][1]), by=by, today=today, first=first,
        most=most, only=only, few=_few(what.sort),
    )  # fmt: skip
    last = dict(
        CardUsed.objects.filter(card__in=[row["id"] for row in rows])
        .values_list("card")
        .annotate(Max("used_at"))
    )
    return [_one_unused(row, last.get(row["id"])) for row in rows]


def _few(sort: str) -> dict[str, str]:
    """Of each county no more than can be shown: those of the page, or all that are listed."""
    way = "DESC" if sort == "newest" else "ASC"
    upto = "%(first)s + %(most)s" if sort in {"longest", "newest"} else "%(listed)s"
    return {
        "walk": f"ORDER BY since {way}, card_id {way} OFFSET 0",
        "few": f"ORDER BY held.since {way}, held.card_id {way} LIMIT {upto}",
    }


def unused_units(what: Wanted, *, by: Actor, today: date) -> list[dict[str, Any]]:
    """This function will count unused cards by county and unit or town, the most first."""
    return _unused(what, _BY_UNIT, by=by, today=today, most=MOST)


def _unused(
    what: Wanted, wanted: str, *, by: Actor, today: date, first: int = 0, most: int,
    only: Sequence[int] = (), few: Mapping[str, str] = _EVERY,
) -> list[dict[str, Any]]:  # fmt: skip
    cards = (
        array_of(only) if only else cards_meant(what.text, by=by, today=today, most=_MOST_HOLDERS)
    )
    values: dict[str, Any] = {
        "within": what.within, "cut": what.cut, "unit": what.unit, "cards": cards, "first": first,
        "most": most, "listed": max(MOST_UNUSED, most),
    }  # fmt: skip
    narrowed = [] if cards is None else ["AND c.id = ANY(%(cards)s::bigint[])"]
    if what.unit:
        narrowed.append(f"AND {UNIT} = %(unit)s")
    if cards is not None:  # a few cards are looked up, not walked to
        few = {**few, "walk": ""}
    query = _UNUSED.format(unit=UNIT, only=" ".join(narrowed), wanted=wanted, **few)
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return named_rows(cursor)


def _one_unused(row: dict[str, Any], last: datetime | None) -> Unused:
    return Unused(
        **holder_in(row),
        card_id=row["id"],
        unit=row["unit"],
        village=row["village"],
        social=Social.of(row["social"]).label,
        since=local_day(row["since"]),
        last_used=local_day(last) if last else None,
    )


def midnight(day: date) -> datetime:
    """This function will give the moment a day begins."""
    return datetime.combine(day, time(), tzinfo=LOCAL)
