"""Lists the differences of an ended stock-take, and what became of each (Art. 20)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, QuerySet

from cardbook.chapters.safekeeping.models import Finding
from cardbook.chapters.safekeeping.stocktaking.queries import place_row
from cardbook.custody.models import Account
from cardbook.custody.places import Place
from cardbook.orgs.actors import Actor

KINDS = {"": "全部", **dict(Finding.Kind.choices)}
STATES = {"open": "待说明", "": "全部", "told": "已说明"}
SORTS = {"place": "按位置", "number": "按卡号", "scanned": "按扫描时间"}
_ORDERS = {
    "place": ("account__organization__code", "account__code", "number", "id"),
    "number": ("number", "id"),
    "scanned": ("scanned_at", "id"),
}
OUTCOMES = tuple(Finding.Outcome.choices)
_ADVICE = {
    "missing": "在柜内、柜旁和窗口找一遍；找到的写明在哪里，找不到的登记短缺",
    "misplaced": "放回账面位置，写明怎样处理；就放在这一盒的，改登到扫描处的盒",
    "extra": "台账登记为下落不明的，登记找到；其他的查明来历，写明怎样处理",
    "unknown": "核对卡面号码；不是本系统登记的卡，写明来历和去向",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingRow:
    """One difference in words; a card of a neighbour county is named by its number alone."""

    id: int
    kind: str
    kind_label: str
    number: str
    card_id: int | None
    place: str
    book: str
    scanned_at: datetime | None
    advice: str
    outcome: str
    words: str
    closed_by: str
    second: str
    closed_at: datetime | None


def findings_of(
    take_id: int, *, kind: str = "", state: str = "", text: str = "", sort: str = "place"
) -> QuerySet[Finding]:
    """This function will list the differences of a stock-take."""
    found = Finding.objects.filter(stocktake=take_id)
    if kind in Finding.Kind.values:
        found = found.filter(kind=kind)
    if state == "open":
        found = found.filter(closed_at=None)
    elif state == "told":
        found = found.filter(closed_at__isnull=False)
    if text:
        found = found.filter(number__icontains=text)
    return found.select_related(
        "card__county", "account__organization", "book_account__organization__county",
        "closed_by", "second",
    ).order_by(*_ORDERS.get(sort, _ORDERS["place"]))  # fmt: skip


def finding_rows(found: Iterable[Finding], *, by: Actor) -> list[FindingRow]:
    """This function will freeze differences for a page or an export."""
    return [
        FindingRow(
            id=one.pk,
            kind=one.kind,
            kind_label=one.get_kind_display(),
            number=one.number,
            card_id=one.card_id if _is_ours(one, by) else None,
            place=_place(one.account) if one.kind != Finding.Kind.MISSING else "没有扫到",
            book=_book(one, by),
            scanned_at=one.scanned_at,
            advice=_ADVICE[one.kind],
            outcome=one.get_outcome_display() if one.outcome else "",
            words=one.words,
            closed_by=one.closed_by.name if one.closed_by else "",
            second=one.second.name if one.second else "",
            closed_at=one.closed_at,
        )
        for one in found
    ]


def _is_ours(one: Finding, by: Actor) -> bool:
    """Whether the card's own page may be opened from here (Art. 5: each its own county)."""
    if one.card is None:
        return False
    county = one.card.county
    here = one.book_account is not None and one.book_account.organization.path.startswith(
        by.county_path
    )
    return here or county.path.startswith(by.county_path)


def _place(account: Account | None) -> str:
    if account is None:
        return ""
    row = place_row(account)
    return f"{row.office} {row.title}"


def _book(one: Finding, by: Actor) -> str:
    if one.card is None:
        return "台账没有"
    if not _is_ours(one, by):
        county = one.card.county
        return f"外县区的卡（{county.name}）"
    if one.book_account is None:
        return "扫描时台账还没有"
    if one.book_account.kind == Place.HOLDER:
        return "已发给持卡人"
    return _place(one.book_account)


@dataclass(frozen=True, slots=True)
class KindTally:
    """How many differences of a kind there are, and how many of them are not told yet."""

    kind: str
    title: str
    count: int


def tally_of(take_id: int) -> tuple[KindTally, ...]:
    """This function will count the differences of a stock-take by kind."""
    found = dict(
        Finding.objects.filter(stocktake=take_id)
        .values_list("kind")
        .annotate(n=Count("id"))
        .order_by()
    )
    return tuple(
        KindTally(kind, title, found.get(kind, 0)) for kind, title in Finding.Kind.choices
    )
