"""Reads stock-takes, their scans and what they amount to (Art. 20).

`commands.py` writes; `finding_queries.py` lists differences, `due_queries.py` what is overdue.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import connection
from django.db.models import Count, Q, QuerySet, Sum

from cardbook.chapters.safekeeping.models import Scan, Stocktake
from cardbook.custody.models import Account
from cardbook.custody.places import Place
from cardbook.lib.rows import named_rows
from cardbook.orgs.actors import Actor
from cardbook.orgs.models import Organization
from cardbook.registers.codes import BOX, read_code

# Kinds of place whose cards an office or unit can take in its hands and count.
KEPT: tuple[Place, ...] = (
    Place.STORE,
    Place.BOX,
    Place.DRAWER,
    Place.DEFECT,
    Place.ERROR,
    Place.RETURNED,
    Place.SCRAP,
    Place.UNIT,
)
KEPT_CODES = [str(place) for place in KEPT]
SCANS_SHOWN = 20
_COMPARE = (Path(__file__).parent / "sql" / "compare.sql").read_text(encoding="utf-8")


# ------------------------------------------------------------------------------- for the commands
def takes_within(by: Actor) -> QuerySet[Stocktake]:
    """This function will return the stock-takes of the actor's county, with office and place."""
    return Stocktake.objects.select_related(
        "organization", "account__organization", "begun_by", "ended_by", "closed_by", "second"
    ).filter(organization__path__startswith=by.county_path)


def office_within(organization_id: int, *, by: Actor) -> Organization:
    """This function will return an office of the actor's county.

    :raises Organization.DoesNotExist: when it is another county's or does not exist.
    """
    return Organization.objects.get(pk=organization_id, path__startswith=by.county_path)


def account_within(account_id: int, *, by: Actor) -> Account:
    """This function will return a place that can be counted in the actor's county.

    :raises Account.DoesNotExist: when it is another county's or holds nothing to count.
    """
    return Account.objects.select_related("organization").get(
        pk=account_id, kind__in=KEPT, organization__path__startswith=by.county_path
    )


def places_of(take: Stocktake) -> QuerySet[Account]:
    """This function will list the places a stock-take covers."""
    found = Account.objects.select_related("organization").filter(kind__in=KEPT)
    if take.scope == Stocktake.Scope.PLACE:
        return found.filter(pk=take.account_id or 0)
    if take.scope == Stocktake.Scope.OFFICE:
        return found.filter(organization_id=take.organization_id)
    return found.filter(organization__path__startswith=take.organization.path)


def compare(take_id: int) -> None:
    """This function will write what a stock-take's scans differ by from the book as of each.

    Call it with the stock-take locked; it is one statement, however many scans there are.
    """
    with connection.cursor() as cursor:
        cursor.execute(_COMPARE, {"take": take_id, "kept": KEPT_CODES})


def box_scanned(text: str, *, take: Stocktake) -> Account | None:
    """This function will find the place of a stock-take by its label; None when it has none.

    :raises cardbook.lib.plain.InputError: when a label of ours was not read whole.
    """
    text = text.strip()
    boxes = places_of(take).filter(kind=Place.BOX)
    if text.startswith(("~", "～")):
        scanned = read_code(text)
        if scanned.kind != BOX:
            return None
        office, code = scanned.parts
        return boxes.filter(organization__code=office, code=code).first()
    return boxes.filter(code__iexact=text).order_by("organization_id", "id").first()


# ---------------------------------------------------------------------------------- for the pages
@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceRow:
    """A place as counters call it; how many cards the book has there is not in it."""

    id: int
    title: str
    office: str
    is_box: bool


def place_row(account: Account) -> PlaceRow:
    """This function will name a place."""
    return PlaceRow(
        id=account.pk,
        title=account.code if account.kind == Place.BOX else Place(account.kind).label,
        office=account.organization.name,
        is_box=account.kind == Place.BOX,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeRow:
    """One stock-take as pages show it. Sums are None as long as it is being counted: blind."""

    id: int
    number: str
    scope: str
    scope_label: str
    what: str
    office_id: int
    office: str
    again: str
    again_id: int | None
    begun_by: str
    begun_at: datetime
    ended_by: str
    ended_at: datetime | None
    closed_by: str
    second: str
    closed_at: datetime | None
    scanned: int
    book: int | None
    counted: int | None
    open: int | None
    differences: int | None

    @property
    def state(self) -> str:
        """Where it stands."""
        if self.ended_at is None:
            return "running"
        return "open" if self.closed_at is None else "closed"


STATES = {"": "全部", "running": "盘点中", "open": "待说明、办结", "closed": "已办结"}
SORTS = {
    "-id": "新的在前",
    "id": "旧的在前",
    "organization__code": "按机构",
    "begun_by__name": "按开始的人",
}


def takes(by: Actor, *, state: str, text: str, sort: str) -> QuerySet[Stocktake]:
    """This function will list the county's stock-takes, the newest first unless asked otherwise.

    `text` is part of an office's name, a box's code or a running number.
    """
    found = takes_within(by).select_related("again")
    if state == "running":
        found = found.filter(ended_at=None)
    elif state == "open":
        found = found.filter(ended_at__isnull=False, closed_at=None)
    elif state == "closed":
        found = found.filter(closed_at__isnull=False)
    if text:
        about = Q(organization__name__icontains=text) | Q(account__code__icontains=text)
        number = text.upper().removeprefix("PD").lstrip("0")
        if number.isdecimal() and len(number) < 10:
            about |= Q(pk=int(number))
        found = found.filter(about)
    return found.order_by(sort, "-id")


def open_count(by: Actor) -> int:
    """This function will count stock-takes that ended and wait for words or for their closing."""
    return takes(by, state="open", text="", sort="-id").count()


def take_rows(found: Sequence[Stocktake]) -> list[TakeRow]:
    """This function will freeze stock-takes for a page with their sums, in three more queries."""
    ids = [one.pk for one in found]
    scanned = _by_take(
        Scan.objects.filter(stocktake__in=ids).values("stocktake").annotate(n=Count("id"))
    )
    sums = {
        pk: (book, counted)
        for pk, book, counted in Stocktake.objects.filter(pk__in=ids, ended_at__isnull=False)
        .order_by()
        .annotate(book=Sum("lines__book"), counted=Sum("lines__counted"))
        .values_list("pk", "book", "counted")
    }
    differing = {
        pk: (total, still)
        for pk, total, still in Stocktake.objects.filter(pk__in=ids, ended_at__isnull=False)
        .order_by()
        .annotate(
            total=Count("findings"), still=Count("findings", filter=Q(findings__closed_at=None))
        )
        .values_list("pk", "total", "still")
    }
    return [
        _take_row(one, scanned.get(one.pk, 0), sums.get(one.pk), differing.get(one.pk))
        for one in found
    ]


def _by_take(found: Any) -> dict[int, int]:
    return {row["stocktake"]: row["n"] for row in found}


def _take_row(
    one: Stocktake,
    scanned: int,
    sums: tuple[int | None, int | None] | None,
    differing: tuple[int, int] | None,
) -> TakeRow:
    return TakeRow(
        id=one.pk,
        number=one.number,
        scope=one.scope,
        scope_label=one.get_scope_display(),
        what=place_row(one.account).title if one.account else one.get_scope_display(),
        office_id=one.organization_id,
        office=one.organization.name,
        again=one.again.number if one.again else "",
        again_id=one.again_id,
        begun_by=one.begun_by.name,
        begun_at=one.begun_at,
        ended_by=one.ended_by.name if one.ended_by else "",
        ended_at=one.ended_at,
        closed_by=one.closed_by.name if one.closed_by else "",
        second=one.second.name if one.second else "",
        closed_at=one.closed_at,
        scanned=scanned,
        book=None if sums is None else sums[0] or 0,
        counted=None if sums is None else sums[1] or 0,
        differences=None if differing is None else differing[0],
        open=None if differing is None else differing[1],
    )


def take_of(by: Actor, *, take_id: int) -> TakeRow:
    """This function will return one stock-take of the actor's county.

    :raises Stocktake.DoesNotExist: when it is another county's.
    """
    (row,) = take_rows([takes_within(by).select_related("again").get(pk=take_id)])
    return row


@dataclass(frozen=True, slots=True)
class ScanRow:
    """One scan of the list so far."""

    id: int
    number: str
    place: str


@dataclass(frozen=True, slots=True)
class Scans:
    """How many were scanned in all and in the place at hand, and the last of them."""

    total: int
    here: int
    last: tuple[ScanRow, ...]


def scans_of(take_id: int, *, account_id: int | None) -> Scans:
    """This function will sum up a running count: what was scanned, nothing of what is expected."""
    sums = Scan.objects.filter(stocktake=take_id).aggregate(
        total=Count("id"), here=Count("id", filter=Q(account=account_id))
    )
    last = (
        Scan.objects.filter(stocktake=take_id)
        .select_related("account__organization")
        .order_by("-id")[:SCANS_SHOWN]
    )
    rows = tuple(ScanRow(one.pk, one.number, place_row(one.account).title) for one in last)
    return Scans(sums["total"], sums["here"], rows)


def places_to_count(take_id: int, *, by: Actor) -> tuple[tuple[PlaceRow, ...], int]:
    """This function will list the places that carry no label, and count the boxes that do.

    :raises Stocktake.DoesNotExist: when it is another county's.
    """
    take = takes_within(by).get(pk=take_id)
    found = places_of(take)
    others = found.exclude(kind=Place.BOX).order_by("organization__code", "kind")
    return tuple(place_row(one) for one in others), found.filter(kind=Place.BOX).count()


def place_at(take_id: int, *, by: Actor, account_id: int | None) -> PlaceRow | None:
    """This function will name the place being counted: the one asked for, or the only one.

    :raises Stocktake.DoesNotExist: when the stock-take is another county's.
    """
    take = takes_within(by).get(pk=take_id)
    found = places_of(take)
    if account_id is not None:
        found = found.filter(pk=account_id)
    first = list(found.order_by("id")[:2])
    return place_row(first[0]) if len(first) == 1 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class LineRow:
    """One place of an ended stock-take: the book, what was there, and the difference."""

    account_id: int
    place: str
    office: str
    book: int
    counted: int

    @property
    def difference(self) -> int:
        """More (+) or fewer (-) than the book has."""
        return self.counted - self.book


_LINES = """
SELECT l.account_id, a.kind, a.code, o.name AS office, l.book, l.counted
FROM safekeeping_stocktakeline l
JOIN custody_account a ON a.id = l.account_id
JOIN orgs_organization o ON o.id = a.organization_id
WHERE l.stocktake_id = %s
ORDER BY (l.book = l.counted), o.code, a.kind, a.code, a.id
"""


def lines_of(take_id: int) -> list[LineRow]:
    """This function will list the places of an ended stock-take, those that differ first."""
    with connection.cursor() as cursor:
        cursor.execute(_LINES, [take_id])
        found = named_rows(cursor)
    return [
        LineRow(
            account_id=row["account_id"],
            place=row["code"] if row["kind"] == Place.BOX else Place(row["kind"]).label,
            office=row["office"],
            book=row["book"],
            counted=row["counted"],
        )
        for row in found
    ]


def box_in_county(text: str, *, by: Actor) -> int | None:
    """This function will find a box of the actor's county by its label or code, his own first.

    :raises cardbook.lib.plain.InputError: when a label of ours was not read whole.
    """
    boxes = Account.objects.filter(
        kind=Place.BOX, organization__path__startswith=by.county_path
    ).order_by("organization_id", "id")
    if text.startswith(("~", "～")):
        scanned = read_code(text)
        if scanned.kind != BOX:
            return None
        office, code = scanned.parts
        found = list(boxes.filter(organization__code=office, code=code)[:1])
    else:
        found = list(boxes.filter(code__iexact=text.strip()))
        found.sort(key=lambda box: box.organization_id != by.org_id)
    return found[0].pk if found else None
