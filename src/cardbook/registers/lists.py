"""What all lists share: the order that was asked for, the rows that were ticked (Art. 5).

Their templates are `components/find.html` and `components/export_ticked.html`; the workbook itself
writes `listing.py` beside it.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest

from cardbook.lib.ids import ids_of

# A row is ticked under this name wherever ticked rows are only exported.
TICK = "pick"
Row = TypeVar("Row")
Key = Callable[[Row], Any]


def order_of(request: HttpRequest, sorts: Mapping[str, object]) -> str:
    """This function will return the order that was asked for, or the first there is."""
    asked = request.GET.get("sort", "")
    return asked if asked in sorts else next(iter(sorts))


def titles(sorts: Mapping[str, tuple[str, Any]]) -> list[tuple[str, str]]:
    """This function will give the orders as a page offers them: code and title."""
    return [(code, title) for code, (title, _) in sorts.items()]


def ordered(
    rows: Iterable[Row], sorts: Mapping[str, tuple[str, Key[Row] | None]], sort: str
) -> list[Row]:
    """This function will put rows into an order; one without a key is that of the rows."""
    _, key = sorts[sort]
    return sorted(rows, key=key) if key else list(rows)


def text_of(request: HttpRequest, *, most: int = 60) -> str:
    """This function will return what is searched for; no number or name is longer than `most`."""
    return request.GET.get("q", "").strip()[:most]


class FindForm(forms.Form):
    """What is asked of a list on a page of its own; whatever does not fit is left aside."""

    q = forms.CharField(max_length=40, required=False)
    sort = forms.CharField(max_length=20, required=False)
    only = forms.CharField(max_length=20, required=False)


def find_in(data: Mapping[str, object]) -> dict[str, str]:
    """This function will read what is searched for, in which order, and which rows only."""
    form = FindForm(data)
    form.is_valid()
    return {name: str(form.cleaned_data.get(name, "")).strip() for name in ("q", "sort", "only")}


def is_export(request: HttpRequest) -> bool:
    """This function will say whether a list is asked for as a workbook, not as a page."""
    return "export" in request.GET or "export" in request.POST


def ticked(request: HttpRequest, *more: str) -> frozenset[int]:
    """This function will return the rows ticked to be exported; none stands for all.

    `more` are the names under which acts on ticked rows read theirs: one tick serves both.
    """
    given = request.POST or request.GET
    return frozenset(id_ for name in (TICK, *more) for id_ in ids_of(given.getlist(name)))


def rows_ticked(
    request: HttpRequest, rows: Iterable[Row], *more: str, of: Callable[[Row], int]
) -> list[Row]:
    """This function will keep of what is seen the rows that are ticked, or all of it."""
    chosen = ticked(request, *more)
    return [row for row in rows if not chosen or of(row) in chosen]


def only_ticked(request: HttpRequest, found: QuerySet[Any], *more: str) -> QuerySet[Any]:
    """This function will keep of what is seen the rows that are ticked, or all of it."""
    chosen = ticked(request, *more)
    return found.filter(pk__in=chosen) if chosen else found
