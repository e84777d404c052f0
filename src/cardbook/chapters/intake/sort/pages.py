"""Sorting: piles of received cards on one side, boxes on the other (Art. 6, 20)."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cardbook.chapters.intake.sort import queries
from cardbook.chapters.intake.sort.commands import open_box, sort_cards
from cardbook.chapters.intake.sort.forms import BoxForm, SortForm
from cardbook.chapters.intake.sort.register import labels_pdf
from cardbook.custody.models import Account
from cardbook.custody.places import Place
from cardbook.lifecycle.pages import ActorRequest, new_key, page
from cardbook.lifecycle.refusals import Refused
from cardbook.people.holders import holder_of


@require_http_methods(["GET", "POST"])
@page("card.sort")
def sort(request: ActorRequest) -> HttpResponse:
    """Show the piles under an order, or put one into a box."""
    order = request.GET.get("order", "town")
    if order not in queries.ORDERS:
        raise Http404
    if request.method == "POST":
        return _sort(request)
    return render(
        request, "sort/sort.html",
        {
            "order": order,
            "orders": [(code, title) for code, (title, _) in queries.ORDERS.items()],
            "piles": queries.piles(by=request.actor, order=order),
            "boxes": list(queries.boxes_of(request.actor)),
            "box_form": BoxForm(),
            "form_key": new_key(),
        },
    )


def _sort(request: ActorRequest) -> HttpResponse:
    form = SortForm(request.POST)
    if not form.is_valid():
        messages.error(request, "请选择要放入的盒和张数。")
        return redirect("card.sort")
    given = form.cleaned_data
    if given["order"] not in queries.ORDERS:
        raise Http404
    ids = queries.cards_of_pile(by=request.actor, order=given["order"], key=given["pile"],
                                limit=given["count"])
    try:
        sort_cards(card_ids=ids, account_id=given["account"], order=given["order"],
                   by=request.actor, at=timezone.now(), key=given["key"])
    except Refused as refused:
        for refusal in refused.refusals[:5]:
            messages.error(request, f"{refusal.sentence}{refusal.way_out}（{refusal.article}）")
    except Account.DoesNotExist as missing:
        raise Http404 from missing
    else:
        messages.success(request, f"{len(ids)} 张卡已入柜。")
    return redirect(f"{request.path}?order={given['order']}")


@require_POST
@page("card.sort")
def new_box(request: ActorRequest) -> HttpResponse:
    """Open a box."""
    form = BoxForm(request.POST)
    if form.is_valid():
        made = open_box(by=request.actor, **form.cleaned_data)
        messages.success(request, f"盒 {made.code} 可以放卡了，可打印标签。")
    else:
        for field, errors in form.errors.items():
            messages.error(request, f"{form.fields[field].label}：{errors[0]}")
    return redirect("card.sort")


@require_GET
@page(basis="第六条、第二十条")
def box(request: ActorRequest, account_id: int) -> HttpResponse:
    """What lies in a box, slot by slot."""
    found = get_object_or_404(Account, pk=account_id, kind=Place.BOX,
                              organization__path__startswith=request.actor.county_path)
    positions = found.positions.select_related("card__person").order_by("slot")
    rows = [(p.slot, p.card, holder_of(p.card.person)) for p in positions]
    return render(request, "sort/box.html", {"box": found, "rows": rows})


@require_GET
@page("card.sort")
def labels(request: ActorRequest) -> HttpResponse:
    """Labels with QR for the chosen boxes, or for all, as PDF."""
    chosen = [int(text) for text in request.GET.getlist("box") if text.isdecimal()]
    boxes = queries.boxes_of(request.actor)
    if chosen:
        boxes = boxes.filter(pk__in=chosen)
    if not boxes.exists():
        messages.warning(request, "还没有盒，请先新开一盒。")
        return redirect("card.sort")
    content = labels_pdf(boxes=list(boxes), on=timezone.localdate())
    return HttpResponse(content, content_type="application/pdf")
