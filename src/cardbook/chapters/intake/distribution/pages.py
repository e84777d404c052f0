"""Hand-overs between offices: the list, one of them, sending (Art. 6, 8 para. 1, 20).

`arrival_pages.py` counts in, `stock_pages.py` moves inside the office; a POST calls one command.
"""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from cardbook.chapters.card_heads import numbers_of
from cardbook.chapters.intake.distribution import (
    choosing_queries,
    commands,
    count_queries,
    queries,
)
from cardbook.chapters.intake.distribution.choosing import exported, offered
from cardbook.chapters.intake.distribution.forms import (
    ListForm,
    RecallForm,
    RerouteForm,
    SendForm,
    problems,
    typed,
)
from cardbook.chapters.intake.distribution.listing import cards_export, list_export
from cardbook.chapters.intake.distribution.senders import asked_of, is_receivers, is_senders
from cardbook.chapters.routing import suggested_receiver
from cardbook.chapters.screens import say_refused, status_of
from cardbook.chapters.searching import card_meant
from cardbook.chapters.succession import carrier_of
from cardbook.law.parameters import parameter
from cardbook.law.roles import Role
from cardbook.lib.ids import ids_of
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.pages import ActorRequest, new_key, page
from cardbook.lifecycle.refusals import Refusal, Refused
from cardbook.orgs.actors import Actor
from cardbook.registers.lists import (
    is_export,
    only_ticked,
    order_of,
    rows_ticked,
    text_of,
    titles,
)

ROWS = 50
LINES = 100
_SEND, _RECEIVE = act("handover.send"), act("handover.receive")
_TAKE_BACK = act("handover.take_back")
READERS = frozenset({*_SEND.who, *_RECEIVE.who, Role.COUNTY_MANAGER, Role.REVIEWER, Role.AUDITOR})
# Recall and reroute stand on one page.
_REROUTE_ID = "reroute_%s"
BASIS = "第六条、第八条第一款、第二十条"


@require_http_methods(["GET", "POST"])
@page(roles=READERS, basis=BASIS)
def hand_overs(request: ActorRequest) -> HttpResponse:
    """What waits to be counted in, what is under way, what is overdue; a scanned number opens."""
    opened = _by_number(request)
    if opened is not None:
        return opened
    now, today = timezone.now(), timezone.localdate()
    form = ListForm(request.GET)
    given = form.cleaned_data if form.is_valid() else {}
    view, sort = given.get("view") or "in", given.get("sort") or "new"
    wanted = given.get("q", "")
    listed = queries.shipments(
        request.actor, view=view, wanted=wanted, sort=sort, at=now, on=today
    )
    if is_export(request):
        chosen = only_ticked(request, listed, "shipment")
        return list_export(request.actor, chosen, at=now, on=today, title=queries.VIEWS[view])
    found = Paginator(listed, ROWS).get_page(request.GET.get("page"))
    context = {
        "found": found,
        "rows": queries.rows(request.actor, list(found), at=now, on=today),
        "views": queries.VIEWS.items(),
        "counts": queries.waiting_counts(request.actor, at=now, on=today),
        "sorts": [(code, title) for code, (title, _) in queries.SORTS.items()],
        "view": view,
        "sort": sort,
        "wanted": wanted,
        "alert": parameter("in_transit_alert_days").on(today),
        "may_send": request.actor.role in _SEND.who,
        "may_recall": view in ("out", "late") and request.actor.role in _TAKE_BACK.who,
        "key": new_key(),
        "query": request.GET.urlencode(),
    }
    return render(request, "distribution/list.html", context)


def _by_number(request: ActorRequest) -> HttpResponse | None:
    text = request.GET.get("number", "").strip()
    if not text:
        return None
    found = queries.find(request.actor, text=text)
    if found is None:
        messages.warning(
            request, f"没有编号为“{text[:40]}”的交接单，或与本机构无关。请核对单据上的编号。"
        )
        return None
    now, today = timezone.now(), timezone.localdate()
    shipment = queries.shipment_of(request.actor, shipment_id=found)
    row = queries.row_of(request.actor, shipment, at=now, on=today)
    return redirect("handover.receive" if row.is_mine else "handover.show", found)


def shipment_or_404(request: ActorRequest, shipment_id: int) -> Any:
    """This function will return the hand-over, or say that there is none for this actor."""
    try:
        return queries.shipment_of(request.actor, shipment_id=shipment_id)
    except ObjectDoesNotExist as missing:
        raise Http404 from missing


@require_http_methods(["GET", "POST"])
@page(roles=READERS, basis=BASIS)
def show(request: ActorRequest, shipment_id: int) -> HttpResponse:
    """One hand-over: its boxes, its cards and where each is, its counts, what may be done."""
    if not is_export(request):
        return shown(request, shipment_id)
    shipment, now = shipment_or_404(request, shipment_id), timezone.now()
    on = timezone.localdate(now)
    if queries.row_of(request.actor, shipment, at=now, on=on).is_blind:
        messages.warning(request, "点收结束前不显示应到的卡，点收后再导出。")
        return redirect("handover.show", shipment_id)
    seen = queries.line_rows(shipment, _lines(request, shipment))
    rows = rows_ticked(request, seen, "card", of=lambda line: line.card_id)
    return cards_export(rows, number=shipment.number, on=on)


def _lines(request: ActorRequest, shipment: Any) -> QuerySet[Any]:
    text, on = text_of(request), timezone.localdate()
    meant = card_meant(text, by=request.actor, today=on, prefix="card__") if text else None
    return queries.lines_of(shipment, meant=meant, sort=order_of(request, queries.LINE_SORTS))


def shown(
    request: ActorRequest,
    shipment_id: int,
    *,
    recall: RecallForm | None = None,
    reroute: RerouteForm | None = None,
    refusals: tuple[Refusal, ...] = (),
) -> HttpResponse:
    """This function will show a hand-over; a form that was sent and not accepted comes along."""
    shipment = shipment_or_404(request, shipment_id)
    today = timezone.localdate()
    row = queries.row_of(request.actor, shipment, at=timezone.now(), on=today)
    found = Paginator(_lines(request, shipment), LINES).get_page(request.GET.get("page"))
    may = is_senders(shipment, by=request.actor) and request.actor.role in _TAKE_BACK.who
    context = {
        "row": row,
        "shipment": shipment,
        "boxes": queries.boxes_of(shipment_id),
        "found": found,
        "lines": [] if row.is_blind else queries.line_rows(shipment, found),
        "text": text_of(request),
        "sorts": titles(queries.LINE_SORTS),
        "sort": order_of(request, queries.LINE_SORTS),
        "query": request.GET.urlencode(),
        "counts": count_queries.closed_counts(shipment_id),
        **_asked_back(request, shipment),
        "may_receive": row.is_mine and request.actor.role in _RECEIVE.who,
        "may_take_back": may,
        "recall": recall or RecallForm(initial={"key": new_key()}),
        "reroute": reroute or RerouteForm(initial={"key": new_key()}, auto_id=_REROUTE_ID),
        "receivers": choosing_queries.receivers_offered(request.actor) if may else [],
        "refused": named(refusals, by=request.actor),
        "alert": parameter("in_transit_alert_days").on(today),
    }
    mistakes = (recall and recall.errors) or (reroute and reroute.errors)
    status = status_of(refusals=refusals, mistakes=mistakes)
    return render(request, "distribution/show.html", context, status=status)


def _asked_back(request: ActorRequest, shipment: Any) -> dict[str, Any]:
    """What was asked back, of whom, and to whom it goes: offices may have been merged since."""
    return {
        "recalls": queries.recalls_of(shipment.pk, request.actor),
        "is_receiver": is_receivers(shipment, by=request.actor),
        "back_to": carrier_of(shipment.sender),
        "asked_of": asked_of(shipment),
    }


def named(refusals: Sequence[Refusal], *, by: Actor) -> list[tuple[str, Refusal]]:
    """This function will put the card's number beside each refusal of a card."""
    ids = [one.subject_id for one in refusals if one.subject_id is not None]
    numbers = numbers_of(ids, by=by) if ids else {}
    return [(numbers.get(one.subject_id or 0, ""), one) for one in refusals]


# ------------------------------------------------------------------------------------------- send
@require_http_methods(["GET", "POST"])
@page("handover.send")
def send(request: ActorRequest) -> HttpResponse:
    """Choose cards and a receiver on one screen, give them with one button."""
    if request.method == "POST":
        return _send(request)
    return _sending(request)


def _sending(
    request: ActorRequest,
    form: SendForm | None = None,
    refusals: tuple[Refusal, ...] = (),
    several: tuple[Any, ...] = (),
) -> HttpResponse:
    given = request.POST if request.method == "POST" else request.GET
    shelves = choosing_queries.own_shelves(request.actor)
    seen = offered(request, offices=shelves, by=request.actor)
    context = {
        **seen.context,
        "suggested": _suggested(request, seen.order, seen.piles),
        "receivers": choosing_queries.receivers_offered(request.actor),
        "ticked_boxes": form.boxes() if form else _asked_box(request, shelves),
        "ticked_piles": form.piles() if form else [],
        "given": typed(given) if form else typed(given) | {"numbers": _asked_cards(request)},
        "problems": problems(form),
        "key": given.get("key") or new_key(),
        "refused": named(refusals, by=request.actor),
        "all_by_card": all(one.subject_id or "NUMBER" in one.code for one in refusals),
    }
    status = status_of(refusals=refusals, mistakes=(form and form.errors) or several)
    return render(request, "distribution/send.html", context, status=status)


def _asked_box(request: ActorRequest, shelves: tuple[int, ...]) -> list[int]:
    """A box that another page, or the scanner, asked to be ticked."""
    text = request.GET.get("box", "").strip()
    found = choosing_queries.box_of_label(shelves, text=text) if text else None
    if text and found is None:
        messages.warning(request, f"本机构没有盒号为“{text[:40]}”的盒。")
    return [found] if found is not None else []


def _asked_cards(request: ActorRequest) -> str:
    """The cards another page means, named by their rows: no address has a card's number."""
    given, by = request.GET, request.actor
    one = numbers_of(ids_of(given.getlist("only_card")), by=by).values()
    back = (queries.recalls_of(id_, by) for id_ in ids_of(given.getlist("asked_back"))[:1])
    return " ".join((*one, *(recall.card.number for recalls in back for recall in recalls)))


def _suggested(request: ActorRequest, order: str, piles: list[Any]) -> dict[str, str]:
    """By group, who hands out to it in this county by the rules in force (Art. 8 para. 1)."""
    if order != "group" or request.actor.county_id is None:
        return {}
    today = timezone.localdate()
    found = {
        pile.key: suggested_receiver(group=pile.key, county_id=request.actor.county_id, on=today)
        for pile in piles
    }
    return {key: one.name for key, one in found.items() if one is not None and one.in_force}


def _send(request: ActorRequest) -> HttpResponse:
    shelves = choosing_queries.own_shelves(request.actor)
    form = SendForm(request.POST, offices=shelves)
    if is_export(request):
        return exported(offered(request, offices=shelves, by=request.actor), form)
    if not form.is_valid():
        return _sending(request, form)
    given = form.cleaned_data
    chosen = form.chosen()
    if chosen.wrong:
        form.add_error("numbers", f"不是卡号：{'、'.join(chosen.wrong[:10])}。请删去后再交出。")
        return _sending(request, form)
    meant = choosing_queries.receiver_named(request.actor, text=given["receiver"])
    if len(meant) != 1:
        return _sending(request, form, several=_unclear(form, tuple(meant)))
    try:
        sent = commands.send_cards(
            chosen=chosen, receiver_id=meant[0].pk, words=given["words"],
            by=request.actor, at=timezone.now(), key=given["key"], leave_out=given["leave_out"],
        )  # fmt: skip
    except Refused as refused:
        return _sending(request, form, refused.refusals)
    count = sum(box.count for box in queries.boxes_of(sent.shipment.pk))
    messages.success(
        request, f"{count} 张卡已交出，交接单 {sent.shipment.number}，等{meant[0].name}点收。"
    )
    if sent.left_out:
        say_refused(request, Refused(sent.left_out))
    return redirect("handover.show", sent.shipment.pk)


def _unclear(form: Any, meant: tuple[Any, ...]) -> tuple[Any, ...]:
    if not meant:
        form.add_error("receiver", "没有找到这个机构，或不在可交接的范围。请输入编号或名称。")
    else:
        form.add_error("receiver", "有几个机构符合，请选一个：" + "、".join(
            f"{one.code} {one.name}" for one in meant))  # fmt: skip
    return meant


# -------------------------------------------------------------------------------- recall, reroute
@require_POST
@page("handover.take_back")
def take_back(request: ActorRequest, shipment_id: int) -> HttpResponse:
    """Call cards back: those under way at once, those acknowledged by asking the receiver."""
    shipment = shipment_or_404(request, shipment_id)
    form = RecallForm(request.POST)
    if not form.is_valid():
        return shown(request, shipment_id, recall=form)
    given = form.cleaned_data
    ticked = ids_of(request.POST.getlist("card"))
    typed = choosing_queries.from_numbers(given["numbers"])
    if typed.wrong or typed.unknown:
        strange = "、".join((*typed.wrong, *typed.unknown)[:10])
        form.add_error("numbers", f"不认得：{strange}。请核对后再提交。")
        return shown(request, shipment_id, recall=form)
    ids = list(dict.fromkeys((*ticked, *typed.card_ids))) or queries.ids_under_way(shipment)
    try:
        done = commands.recall_cards(
            shipment_id=shipment_id, card_ids=ids, words=given["words"], by=request.actor,
            at=timezone.now(), key=given["key"], leave_out=given["leave_out"],
        )  # fmt: skip
    except Refused as refused:
        return shown(request, shipment_id, recall=form, refusals=refused.refusals)
    if done.left_out:
        say_refused(request, Refused(done.left_out))
    if done.taken_back:
        messages.success(request, f"{done.taken_back} 张未点收的卡已追回，在本机构待分类库。")
    if done.asked:
        messages.success(
            request,
            f"{done.asked} 张已点收的卡已通知{asked_of(shipment).name}交回，到货后请点收。",
        )
    return redirect("handover.show", shipment_id)


@require_POST
@page("handover.take_back")
def recall_lists(request: ActorRequest) -> HttpResponse:
    """Call back all that is under way of the ticked hand-overs; an answer for each."""
    ticked = {int(text) for text in request.POST.getlist("shipment") if text.isdecimal()}
    mine = [one for one in ticked if queries.is_visible(request.actor, shipment_id=one)]
    answers = commands.recall_lists(
        shipment_ids=mine, words=request.POST.get("words", "")[:200], by=request.actor,
        at=timezone.now(), key=request.POST.get("key", "")[:40] or new_key(),
    )  # fmt: skip
    if not answers:
        messages.warning(request, "没有勾选交接单，请先在表中勾选。")
    for shipment_id, answer in answers.items():
        number = f"JJ{shipment_id:08d}"
        if isinstance(answer, Refused):
            messages.error(request, f"{number}：{answer}")
        else:
            messages.success(request, f"{number}：{answer.taken_back} 张已追回。")
    return redirect(f"{reverse('handover.list')}?view=out")


@require_POST
@page("handover.take_back")
def reroute(request: ActorRequest, shipment_id: int) -> HttpResponse:
    """Give what is still under way to another office instead."""
    shipment_or_404(request, shipment_id)
    form = RerouteForm(request.POST, auto_id=_REROUTE_ID)
    if not form.is_valid():
        return shown(request, shipment_id, reroute=form)
    given = form.cleaned_data
    meant = choosing_queries.receiver_named(request.actor, text=given["receiver"])
    if len(meant) != 1:
        _unclear(form, tuple(meant))
        return shown(request, shipment_id, reroute=form)
    try:
        sent = commands.reroute_cards(
            shipment_id=shipment_id, receiver_id=meant[0].pk, words=given["words"],
            by=request.actor, at=timezone.now(), key=given["key"],
        )  # fmt: skip
    except Refused as refused:
        return shown(request, shipment_id, reroute=form, refusals=refused.refusals)
    messages.success(
        request, f"已改交{meant[0].name}，新的交接单 {sent.shipment.number}；请重新打印随卡。"
    )
    return redirect("handover.show", sent.shipment.pk)
