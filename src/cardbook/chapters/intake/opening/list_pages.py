"""The lists of the opening balance: look, export, and settle what was found out (Art. 6, 20, 22).

`pages.py` beside it takes the sources in; a POST here calls one command.
"""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cardbook.chapters.card_heads import numbers_of
from cardbook.chapters.intake.opening import commands, queries
from cardbook.chapters.intake.opening.forms import SettleForm
from cardbook.chapters.intake.opening.pages import BASIS, READERS
from cardbook.chapters.intake.opening.sheets import cards_as_xlsx
from cardbook.chapters.row_by_row import Outcome
from cardbook.chapters.screens import status_of
from cardbook.lib.ids import ids_of
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.pages import ActorRequest, new_key, page, second_actor
from cardbook.lifecycle.refusals import Refusal, Refused
from cardbook.registers.answers import file_answer
from cardbook.registers.lists import is_export, order_of, text_of, titles

ROWS = 50
Results = tuple[tuple[str, str], ...]


def _kind(slug: str) -> queries.ListKind:
    if slug not in queries.LISTS:
        raise Http404
    return queries.LISTS[slug]


@require_GET
@page(roles=READERS, basis=BASIS)
def show(request: ActorRequest, slug: str) -> HttpResponse:
    """One list: every card with what the book and each source say of it."""
    if is_export(request):
        return _exported(request, _kind(slug))
    return _show(request, _kind(slug))


class _Counted:
    """As many rows as there are, read a page at a time."""

    def __init__(self, count: int, asked: dict[str, Any]) -> None:
        self._count, self._asked = count, asked

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, wanted: slice) -> list[queries.Listed]:
        return queries.listed(
            **self._asked, start=wanted.start, limit=wanted.stop - wanted.start
        )  # fmt: skip


def _asked(request: ActorRequest, slug: str) -> dict[str, Any]:
    """Which list, what is looked for in it, and in which order."""
    return {
        "slug": slug, "by": request.actor, "on": timezone.localdate(), "text": text_of(request),
        "sort": order_of(request, queries.LIST_SORTS),
    }  # fmt: skip


def _show(
    request: ActorRequest,
    kind: queries.ListKind,
    form: SettleForm | None = None,
    *,
    refusals: tuple[Refusal, ...] = (),
    results: Results = (),
    ticked: frozenset[int] = frozenset(),
) -> HttpResponse:
    counted, asked = queries.counts(request.actor), _asked(request, kind.slug)
    count, text = counted[kind.slug], asked["text"]
    if text:
        count = queries.count_listed(slug=kind.slug, by=request.actor, text=text, on=asked["on"])
    rows: Any = _Counted(count, asked)
    may_settle = bool(kind.acts) and request.actor.role in act("opening.confirm").who
    context = {
        "kind": kind,
        "kinds": [(one, counted[slug]) for slug, one in queries.LISTS.items()],
        "found": Paginator(rows, ROWS).get_page(request.GET.get("page")),
        "count": count,
        "text": text,
        "sort": asked["sort"],
        "sorts": titles(queries.LIST_SORTS),
        "query": request.GET.urlencode(),
        "form": (form or SettleForm(kind=kind, initial={"key": new_key()}))
        if may_settle
        else None,
        "refusals": refusals,
        "results": results,
        "ticked": ticked,
    }
    status = status_of(refusals=refusals or results, mistakes=form and form.errors)
    return render(request, "opening/list.html", context, status=status)


@require_http_methods(["GET", "POST"])
@page(roles=READERS, basis=BASIS)
def export(request: ActorRequest, slug: str) -> HttpResponse:
    """What is seen as a workbook, numbers masked: the ticked cards, or all."""
    return _exported(request, _kind(slug))


def _exported(request: ActorRequest, kind: queries.ListKind) -> HttpResponse:
    rows, numbers = queries.listed(**_asked(request, kind.slug)), request.POST.getlist("number")
    ids = ids_of(request.POST.getlist("card"))
    if ids or numbers:
        rows = [row for row in rows if row.card_id in ids or row.card_number in numbers]
    content, name = cards_as_xlsx(kind=kind, rows=rows, by=request.actor, at=timezone.now())
    return file_answer(content, name=name)


@require_POST
@page("opening.confirm", "opening.find_function", "opening.find_kept", "opening.find_held")
def settle(request: ActorRequest, slug: str) -> HttpResponse:
    """Do what was found out to the ticked cards, signed by two."""
    kind = _kind(slug)
    form = SettleForm(request.POST, kind=kind)
    ticked = frozenset(ids_of(request.POST.getlist("card")))
    if form.is_valid() and not ticked:
        form.add_error(None, "请先勾选要办理的卡。")
    if not form.is_valid():
        return _show(request, kind, form, ticked=ticked)
    try:
        outcome = _settle(request, form.cleaned_data, sorted(ticked))
    except Refused as refused:
        return _show(request, kind, form, refusals=refused.refusals, ticked=ticked)
    if outcome.done:
        messages.success(request, f"已办理 {len(outcome.done)} 张。")
    if not outcome.refused:
        return redirect(f"{reverse('opening.listed', args=[slug])}?{request.GET.urlencode()}")
    numbers = numbers_of(list(outcome.refused), by=request.actor)
    said = tuple(
        (numbers.get(id_, ""), f"没有办理：{one.sentence}{one.way_out}")
        for id_, one in outcome.refused.items()
    )
    return _show(request, kind, results=said, ticked=frozenset(outcome.refused))


def _settle(request: ActorRequest, given: dict[str, Any], card_ids: list[int]) -> Outcome:
    second = second_actor(
        act("opening.confirm"), username=given["second_name"],
        password=given["second_password"], request=request,
    )  # fmt: skip
    signed = commands.Signed(
        by=request.actor, second=second, at=timezone.now(), words=given["words"],
        key=given["key"],
    )  # fmt: skip
    return commands.settle_those_that_may(
        action=given["action"], card_ids=card_ids, signed=signed
    )  # fmt: skip
