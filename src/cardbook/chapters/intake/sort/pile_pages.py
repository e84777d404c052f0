"""Sorting: piles of received cards on one side, boxes with room on the other (Art. 6, 20).

A POST lays one pile, or each ticked one, into the box its row proposes; `pages.py` shows boxes.
"""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from cardbook.chapters.intake.sort import commands, queries
from cardbook.chapters.intake.sort.forms import BoxForm, SortForm, rows_of
from cardbook.chapters.intake.sort.pages import ROWS, by_label, say_errors
from cardbook.chapters.intake.sort.register import piles_as_xlsx
from cardbook.chapters.screens import say_refused, status_of
from cardbook.lifecycle.pages import ActorRequest, new_key, page
from cardbook.lifecycle.refusals import Refused
from cardbook.registers.answers import file_answer
from cardbook.registers.lists import is_export, order_of, ordered, text_of, titles

BOXES_BESIDE = 30
_Rows = list[tuple[queries.Pile, queries.Suggestion]]


@require_http_methods(["GET", "POST"])
@page("card.sort")
def sort(request: ActorRequest) -> HttpResponse:
    """Show the piles under an order, take them along as a list, or put one into a box."""
    if is_export(request):
        return _exported(request)
    if request.method == "POST":
        return _sort(request)
    opened = by_label(request)
    return opened if opened is not None else _shown(request)


def _order(request: ActorRequest) -> str:
    order = request.GET.get("order", "town")
    if order not in queries.ORDERS:
        raise Http404
    return order


def _piles(request: ActorRequest) -> list[queries.Pile]:
    """The piles of an order whose name holds what is sought, sorted as asked."""
    text = text_of(request)
    found = queries.piles(by=request.actor, order=_order(request))
    sort = order_of(request, queries.PILE_SORTS)
    return ordered([one for one in found if text in one.label], queries.PILE_SORTS, sort)


def _proposed(request: ActorRequest, piles: list[queries.Pile], boxes: Any) -> _Rows:
    new = queries.next_box(organization_id=request.actor.org_id)
    return [
        (pile, queries.suggest(pile=pile, boxes=boxes, new_code=new.code, capacity=new.capacity))
        for pile in piles
    ]


def _shown(
    request: ActorRequest, *, results: tuple[tuple[str, str], ...] = (), refused: int = 0
) -> HttpResponse:
    order, piles = _order(request), _piles(request)
    boxes = queries.box_rows(request.actor)
    new = queries.next_box(organization_id=request.actor.org_id)
    found = Paginator(piles, ROWS).get_page(request.GET.get("page"))
    rows = _proposed(request, list(found), boxes)
    roomy = [box for box in boxes if box.free]
    first = {
        "cabinet": new.cabinet, "shelf": new.shelf, "box": new.box, "capacity": new.capacity
    }  # fmt: skip
    context = {
        "order": order,
        "orders": titles(queries.ORDERS),
        "text": text_of(request),
        "sort": order_of(request, queries.PILE_SORTS),
        "sorts": titles(queries.PILE_SORTS),
        "query": _query(request),
        "found": found,
        "rows": rows,
        "chosen": next((row for row in rows if row[0].key == request.GET.get("pile")), None),
        "total": sum(pile.count for pile in piles),
        "roomy": roomy,
        "beside": roomy[-BOXES_BESIDE:],
        "boxes": len(boxes),
        "new": new,
        "box_form": BoxForm(initial=first),
        "form_key": new_key(),
        "results": results,
    }
    return render(request, "sort/sort.html", context, status=status_of(refusals=range(refused)))


def _query(request: ActorRequest, **more: str) -> str:
    """What is looked at, without the pile or label that was opened: it stays when cards moved."""
    kept = request.GET.copy()
    for name in ("pile", "label"):
        kept.pop(name, None)
    kept.update(more)
    return kept.urlencode()


def _exported(request: ActorRequest) -> HttpResponse:
    rows = _proposed(request, _piles(request), queries.box_rows(request.actor))
    ticked = {form.cleaned_data["pile"] for form in rows_of(request.POST)}
    seen = [row for row in rows if not ticked or row[0].key in ticked]
    now = timezone.now()
    return file_answer(
        piles_as_xlsx(seen, by=request.actor, at=now),
        name=f"待分类_{timezone.localdate(now):%Y%m%d}.xlsx",
    )


def _sort(request: ActorRequest) -> HttpResponse:
    form = SortForm(request.POST)
    if not form.is_valid():
        say_errors(request, form)
        return redirect("card.sort")
    given = form.cleaned_data
    try:
        done = _sort_as(form, request)
    except Refused as refused:
        say_refused(request, refused)
        query = _query(request, order=given["order"], pile=given["pile"])
        return redirect(f"{reverse('card.sort')}?{query}")
    except ObjectDoesNotExist as missing:
        raise Http404 from missing
    messages.success(request, f"{done.count} 张卡已入柜，放在盒 {done.box}。")
    return redirect(f"{reverse('card.sort')}?{_query(request, order=given['order'])}")


def _sort_as(form: SortForm, request: ActorRequest) -> commands.Sorted:
    given = form.cleaned_data
    return commands.sort_pile(
        order=given["order"], pile=given["pile"], count=given["count"],
        account_id=given["account"], by=request.actor, at=timezone.now(), key=given["key"],
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@page("card.sort")
def sort_ticked(request: ActorRequest) -> HttpResponse:
    """Put each ticked pile where its row proposes; what became of each is said."""
    forms = rows_of(request.POST)
    if request.method == "GET" or not forms:
        # Whoever turns a page or reloads here comes back to the piles.
        if request.method == "POST":
            messages.warning(request, "没有勾选，请先勾选要入柜的分类。")
        return redirect(f"{reverse('card.sort')}?{_query(request)}")
    results, refused = [], 0
    for form in forms:
        given = form.cleaned_data
        label = queries.label_of(given["order"], given["pile"])
        try:
            done = _sort_as(form, request)
        except Refused as problem:
            refused += 1
            results.append((label, "没有入柜：" + "".join(
                f"{one.sentence}{one.way_out}" for one in problem.refusals[:3])))  # fmt: skip
        except ObjectDoesNotExist as missing:
            raise Http404 from missing
        else:
            results.append((label, f"{done.count} 张已入柜，放在盒 {done.box}。"))
    return _shown(request, results=tuple(results), refused=refused)
