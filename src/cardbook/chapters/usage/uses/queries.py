"""What is read of uses and keys: one statement answers an agency, lists for pages (Art. 23)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeAlias

from django.db.models import Count, Max, OuterRef, Q, Subquery, Sum

from cardbook.cards.states import CLOSED_APPLICATIONS
from cardbook.chapters.usage.models import CardUse, StatusKey, StatusTooOften
from cardbook.chapters.usage.uses.states import Known, KnownTemporary
from cardbook.ledger.plans import cursor_for
from cardbook.lib.clock import local_day
from cardbook.lib.rows import named_rows
from cardbook.orgs.models import Organization
from cardbook.registers.lists import ordered

_STATUS = (Path(__file__).parent / "sql" / "status.sql").read_text(encoding="utf-8")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """All that one read says: of the key, of its minute, of the purpose, of the card."""

    key_id: int
    per_minute: int
    valid_from: date
    valid_to: date
    revoked: bool
    asked: int
    oldest: datetime | None
    granted: bool
    card_id: int | None
    number: str
    card: Known | None
    temporary_id: int | None
    temporary: KnownTemporary | None


def read_asking(
    *,
    digest: bytes,
    purpose: str,
    number: str | None,
    holder: bytes | None,
    temporary: str | None,
    at: datetime,
) -> Asking | None:
    """This function will read all an answer needs at once, or return None without such a key."""
    values: dict[str, Any] = {
        "digest": digest, "purpose": purpose, "number": number, "holder": holder,
        "temporary": temporary, "at": at, "today": local_day(at),
        "closed": [str(one) for one in CLOSED_APPLICATIONS],
    }  # fmt: skip
    with cursor_for(1) as cursor:
        cursor.execute(_STATUS, values)
        rows = named_rows(cursor)
    if not rows:
        return None
    row = rows[0]
    read = (
        "key_id", "per_minute", "valid_from", "valid_to", "asked", "oldest", "granted", "card_id",
        "temporary_id",
    )  # fmt: skip
    return Asking(
        **{name: row[name] for name in read},
        revoked=row["revoked_at"] is not None,
        number=row["number"] or row["temporary_number"] or "",
        card=_card(row),
        temporary=_temporary(row),
    )


def _card(row: dict[str, Any]) -> Known | None:
    if row["card_id"] is None:
        return None
    return Known(**{name: row[name] for name in Known.__dataclass_fields__})


def _temporary(row: dict[str, Any]) -> KnownTemporary | None:
    if row["temporary_id"] is None:
        return None
    return KnownTemporary(
        stage=row["temporary_stage"], valid_until=row["valid_until"], died_on=row["died_on"],
        waits=row["waits"],
    )  # fmt: skip


KEY_SORTS: Mapping[str, tuple[str, Callable[[StatusKey], Any] | None]] = {
    "open": ("有效的在前", None),
    "agency": ("按机构", lambda key: (key.agency.code, key.pk)),
    "until": ("先失效的在前", lambda key: (key.valid_to, key.pk)),
    "times": ("查询多的在前", lambda key: (-key.times, key.pk)),  # type: ignore[attr-defined] # counted
}


def key_list(*, today: date, text: str = "", sort: str = "open") -> list[StatusKey]:
    """This function will list the keys with how often they asked and how often in vain, because
    they asked too often; those in force come first.
    """
    found = StatusKey.objects.select_related("agency", "made_by", "second_by")
    if text:
        found = found.filter(Q(agency__name__contains=text) | Q(title__contains=text))
    refused = StatusTooOften.objects.filter(key=OuterRef("pk")).order_by().values("key")
    counted = found.annotate(
        times=Count("asked"), last=Max("asked__asked_at"),
        refused_times=Subquery(refused.annotate(sum=Sum("times")).values("sum")),
        refused_last=Subquery(refused.annotate(last=Max("last_at")).values("last")),
    )  # fmt: skip
    usual = sorted(counted, key=lambda key: (not in_force(key, today), key.agency.code, key.pk))
    return ordered(usual, KEY_SORTS, sort)


def in_force(key: StatusKey, today: date) -> bool:
    """This function will say whether a key opens anything on a day."""
    return key.revoked_at is None and key.valid_from <= today < key.valid_to


FoundUse: TypeAlias = CardUse
SORTS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "agency": ("按机构", ("agency__code", "code")),
    "name": ("按事项", ("name", "agency__code", "code")),
    "field": ("按领域", ("field", "agency__code", "code")),
    "new": ("新启用的在前", ("-since", "agency__code", "code")),
}


def uses(
    *, today: date | None = None, text: str = "", field: str = "", sort: str = "agency"
) -> list[CardUse]:
    """This function will list the uses; with `today` only those in force."""
    found = CardUse.objects.select_related("agency", "decided_by").order_by(*SORTS[sort][1])
    if today is not None:
        found = found.filter(Q(until=None) | Q(until__gt=today), since__lte=today)
    if text:
        found = found.filter(
            Q(agency__name__contains=text) | Q(name__contains=text) | Q(code__iexact=text)
        )
    if field:
        found = found.filter(field=field)
    return list(found)


def agencies(*, today: date) -> list[tuple[int, str]]:
    """This function will list the offices a use or a key may be given to, by code."""
    found = Organization.objects.filter(
        Q(valid_to=None) | Q(valid_to__gt=today), valid_from__lte=today
    )
    return [(one.pk, f"{one.name}（{one.code}）") for one in found.order_by("code")]


def purposes_of(agency_id: int, *, today: date) -> set[str]:
    """This function will list the codes of the uses an agency has on a day."""
    return {one.code for one in uses(today=today) if one.agency_id == agency_id}
