"""Boxes: opened, looked into, filled card by card, labelled (Art. 6, 20).

A POST calls one command; `pile_pages.py` beside it lays whole piles into boxes.
"""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.core.paginator import Paginator
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cardbook.chapters.counting_in import may_call_wrong
from cardbook.chapters.intake.sort import commands, queries
from cardbook.chapters.intake.sort.forms import BoxForm, MoveForm, PutForm
from cardbook.chapters.intake.sort.register import boxes_as_xlsx, labels_pdf
from cardbook.chapters.screens import say_refused, status_of
from cardbook.law.roles import Role
from cardbook.lib.plain import InputError
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.pages import ActorRequest, new_key, page
from cardbook.lifecycle.refusals import Refused
from cardbook.registers.answers import file_answer
from cardbook.registers.lists import only_ticked, order_of, text_of, ticked

ROWS = 50
SLOTS_SHOWN = 100
_SORT = act("card.sort")
# Whoever fetches cards from boxes, or watches over them, may look into one.
READERS = frozenset(
    {
        *_SORT.who,
        *act("card.issue").who,
        Role.COUNTY_MANAGER,
        Role.REVIEWER,
        Role.AUDITOR,
    }
)


def by_label(request: ActorRequest) -> HttpResponse | None:
    """This function will open the box whose label was scanned; None when nothing (known) was."""
    text = request.GET.get("label", "").strip()
    if not text:
        return None
    try:
        box = queries.find_box(by=request.actor, text=text)
    except InputError as problem:
        messages.warning(request, f"{problem.sentence}。")
        return None
    if box is None:
        messages.warning(request, f"没有盒号为“{text[:40]}”的盒，请核对标签，或先新开一盒。")
        return None
    return redirect("box.show", box.id)


def say_errors(request: ActorRequest, form: Form) -> None:
    """This function will name each field that is wrong, where the next page shows it."""
    for field, errors in form.errors.items():
        messages.error(request, f"{form.fields[field].label or field}：{errors[0]}")


@require_GET
@page(roles=READERS, basis="第六条、第二十条")
def boxes(request: ActorRequest) -> HttpResponse:
    """Every box of the county, how full it is, and its label to print."""
    opened = by_label(request)
    if opened is not None:
        return opened
    text, sort = text_of(request), order_of(request, queries.BOX_SORTS)
    rows = queries.boxes_seen(request.actor, text=text, sort=sort)
    if "export" in request.GET:
        chosen, now = ticked(request), timezone.now()
        seen = [box for box in rows if not chosen or box.id in chosen]
        content = boxes_as_xlsx(seen, by=request.actor, at=now)
        return file_answer(content, name=f"柜层盒_{timezone.localdate(now):%Y%m%d}.xlsx")
    context = {
        "found": Paginator(rows, ROWS).get_page(request.GET.get("page")),
        "text": text,
        "sort": sort,
        "sorts": [(code, title) for code, (title, _) in queries.BOX_SORTS.items()],
        "may_sort": request.actor.role in _SORT.who,
    }
    return render(request, "sort/boxes.html", context)


@require_POST
@page("card.sort")
def new_box(request: ActorRequest) -> HttpResponse:
    """Open a box."""
    form = BoxForm(request.POST)
    if form.is_valid():
        made = commands.open_box(by=request.actor, **form.cleaned_data)
        messages.success(request, f"盒 {made.code} 可以放卡了，可打印标签。")
        return redirect("box.show", made.pk)
    say_errors(request, form)
    return redirect("card.sort")


@require_GET
@page(roles=READERS, basis="第六条、第二十条")
def box(request: ActorRequest, account_id: int) -> HttpResponse:
    """What lies in a box: a picture of its slots, and the cards slot by slot."""
    return _box(request, account_id)


def _box(request: ActorRequest, account_id: int, move: MoveForm | None = None) -> HttpResponse:
    try:
        found = queries.box_row(by=request.actor, account_id=account_id)
    except ObjectDoesNotExist as missing:
        raise Http404 from missing
    slots = queries.slots_in(account_id=found.id, capacity=found.capacity)
    shown = Paginator(slots, SLOTS_SHOWN).get_page(request.GET.get("page"))
    numbers = [slot.number for slot in shown if slot.card_id is not None]
    context: dict[str, Any] = {
        "box": found,
        "slots": slots,
        "found": shown,
        "shown": {slot.number for slot in shown},
        "rows": queries.contents_of(account_id=found.id, slots=numbers),
        "may_sort": request.actor.role in _SORT.who,
        "may_call_wrong": may_call_wrong(request.actor),
        "key": new_key(),
        "move": move or MoveForm(initial={"key": new_key()}),
    }
    return render(request, "sort/box.html", context, status=status_of(mistakes=move))


@require_POST
@page("card.sort")
def put(request: ActorRequest, account_id: int) -> HttpResponse:
    """Put one scanned card into the lowest free slot of a box."""
    form = PutForm(request.POST)
    if not form.is_valid():
        raise Http404
    given = form.cleaned_data
    try:
        number, place = commands.put_card(
            text=given["number"],
            account_id=account_id,
            by=request.actor,
            at=timezone.now(),
            key=given["key"],
        )
        messages.success(request, f"{number} 已放入 {place}。")
    except InputError as problem:
        messages.warning(request, f"没有放入：{problem.sentence}。")
    except Refused as refused:
        say_refused(request, refused)
    except ObjectDoesNotExist as missing:
        raise Http404 from missing
    return redirect("box.show", account_id)


@require_http_methods(["GET", "POST"])
@page("card.sort")
def move(request: ActorRequest, account_id: int) -> HttpResponse:
    """Put the cards of some slots into another box."""
    if request.method == "GET":
        # A mistake is shown at this address; whoever turns a page or reloads there comes back.
        return redirect("box.show", account_id)
    form = MoveForm(request.POST)
    target = None
    if form.is_valid():
        try:
            target = queries.find_box(by=request.actor, text=form.cleaned_data["target"])
        except InputError as problem:
            form.add_error("target", f"{problem.sentence}。")
        if target is None and "target" not in form.errors:
            form.add_error("target", "本县区没有这个盒，请核对标签，或先新开一盒。")
        if target is not None and target.id == account_id:
            form.add_error("target", "卡已在这个盒里，请选择另一个盒。")
    if form.errors or target is None:
        return _box(request, account_id, form)
    try:
        done = commands.move_slots(
            account_id=account_id,
            slots=form.cleaned_data["slots"],
            target_id=target.id,
            by=request.actor,
            at=timezone.now(),
            key=form.cleaned_data["key"],
        )
        messages.success(request, f"{done.count} 张卡已移到盒 {done.box}。")
    except Refused as refused:
        say_refused(request, refused)
    except ObjectDoesNotExist as missing:
        raise Http404 from missing
    return redirect("box.show", account_id)


@require_GET
@page("card.sort")
def labels(request: ActorRequest) -> HttpResponse:
    """Labels with QR for the chosen boxes, or for all, as PDF."""
    wanted = list(only_ticked(request, queries.boxes_of(request.actor)))
    if not wanted:
        messages.warning(request, "还没有盒，请先新开一盒。")
        return redirect("card.sort")
    content = labels_pdf(boxes=wanted, on=timezone.localdate())
    return HttpResponse(
        content,
        content_type="application/pdf",
        headers={"Content-Disposition": 'inline; filename="box-labels.pdf"'},
    )
