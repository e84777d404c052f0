"""Deliveries, the blind count of a box and the differences (Art. 6); a POST calls one command.

While a box is being counted no page of its county tells what the list expects in it.
"""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cardbook.chapters.counting_in import may_call_wrong
from cardbook.chapters.intake.receive import (
    commands,
    delivery_queries,
    difference_queries,
    queries,
)
from cardbook.chapters.intake.receive.forms import (
    BoxesForm,
    CloseForm,
    ListForm,
    StartForm,
)
from cardbook.chapters.intake.receive.listing import deliveries_as_xlsx
from cardbook.chapters.intake.receive.reminding import REMINDERS, remind_delivery
from cardbook.chapters.reminding import RemindForm, each_reminded
from cardbook.chapters.screens import say_refused, status_of
from cardbook.law.parameters import parameter
from cardbook.law.roles import Role
from cardbook.lib.ids import id_of
from cardbook.lib.plain import InputError
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.pages import (
    ActorRequest,
    new_key,
    page,
    second_actor,
)
from cardbook.lifecycle.refusals import Refusal, Refused
from cardbook.registers.answers import file_answer, kept_picture
from cardbook.registers.lists import only_ticked, order_of, text_of, ticked

ROWS = 50
_RECEIVE = act("delivery.receive")
# Whoever receives, signs as the second or supervises may look; nobody else needs these lists.
READERS = frozenset({*_RECEIVE.who, *_RECEIVE.second, Role.COUNTY_MANAGER, Role.AUDITOR})


@require_http_methods(["GET", "POST"])
@page(roles=READERS, basis="第六条")
def deliveries(request: ActorRequest) -> HttpResponse:
    """What is on its way and what was counted; a label opens its box; offices are reminded."""
    found_by_label = _by_label(request)
    if found_by_label is not None:
        return found_by_label
    now, today = timezone.now(), timezone.localdate()
    form = ListForm(request.GET)
    state = form.cleaned_data["state"] if form.is_valid() else ""
    before = delivery_queries.alert_before(at=now, on=today)
    text, sort = text_of(request), order_of(request, delivery_queries.SORTS)
    listed = delivery_queries.deliveries_of(
        request.actor, state=state, before=before, text=text, sort=sort
    )
    if "export" in {**request.GET, **request.POST}:
        return _exported(request, listed, at=now)
    may_remind = request.actor.role in REMINDERS
    results = _remind(request, listed) if request.method == "POST" else []
    found = Paginator(listed, ROWS).get_page(request.GET.get("page"))
    return render(
        request,
        "receive/deliveries.html",
        {
            "found": found,
            "rows": delivery_queries.delivery_rows(list(found), at=now, on=today),
            "states": delivery_queries.STATES.items(),
            "state": state,
            "text": text,
            "sort": sort,
            "sorts": [(code, title) for code, (title, _) in delivery_queries.SORTS.items()],
            "overdue": delivery_queries.overdue_in_transit(request.actor, before=before).count(),
            "alert": parameter("in_transit_alert_days").on(today),
            "may_count": request.actor.role in _RECEIVE.who,
            "remind": RemindForm() if may_remind else None,
            "results": results,
        },
    )


def _remind(request: ActorRequest, listed: QuerySet[Any]) -> list[tuple[str, str]]:
    """What became of each chosen delivery."""
    form, chosen = RemindForm(request.POST), ticked(request)
    found = listed.filter(pk__in=chosen)[:ROWS] if form.is_valid() and chosen else ()
    return each_reminded(
        [(f"{one.code} {one.organization.name}", one.pk) for one in found],
        remind_one=lambda delivery_id: remind_delivery(
            delivery_id=delivery_id, words=form.cleaned_data["words"], by=request.actor,
            at=timezone.now(),
        ),
    )  # fmt: skip


def _exported(request: ActorRequest, listed: QuerySet[Any], *, at: datetime) -> HttpResponse:
    """What is seen, or of it what is ticked."""
    seen, today = only_ticked(request, listed), timezone.localdate(at)
    rows = delivery_queries.delivery_rows(list(seen), at=at, on=today)
    content = deliveries_as_xlsx(rows, by=request.actor, at=at)
    return file_answer(content, name=f"到货_{today:%Y%m%d}.xlsx")


def _by_label(request: ActorRequest, delivery_id: int | None = None) -> HttpResponse | None:
    """The box or delivery whose code was scanned; None when nothing (known) was."""
    text = request.GET.get("label", "").strip()
    if not text:
        return None
    box = delivery_queries.find_box(request.actor, text=text, delivery_id=delivery_id)
    if box is not None:
        return redirect("delivery.receive", box.pk)
    found = delivery_queries.find_delivery(request.actor, text=text)
    if found is not None:
        return redirect("delivery.show", found)
    messages.warning(
        request, f"没有箱盒号或到货编号为“{text[:40]}”的到货，请核对标签，或从列表中选择。"
    )
    return None


@require_GET
@page(roles=READERS, basis="第六条")
def delivery(request: ActorRequest, delivery_id: int) -> HttpResponse:
    """One delivery: its boxes, counted or not."""
    now, today = timezone.now(), timezone.localdate()
    try:
        found = delivery_queries.delivery_of(request.actor, delivery_id=delivery_id)
    except ObjectDoesNotExist as missing:
        raise Http404 from missing
    found_by_label = _by_label(request, delivery_id)
    if found_by_label is not None:
        return found_by_label
    form = BoxesForm(request.GET)
    state = form.cleaned_data["state"] if form.is_valid() else ""
    boxes = delivery_queries.boxes_of(found, on=today, state=state)
    (row,) = delivery_queries.delivery_rows([found], at=now, on=today)
    return render(
        request,
        "receive/delivery.html",
        {
            "delivery": row,
            "boxes": Paginator(boxes, 100).get_page(request.GET.get("page")),
            "states": delivery_queries.BOX_STATES.items(),
            "state": state,
            "alert": parameter("in_transit_alert_days").on(today),
            "may_count": request.actor.role in _RECEIVE.who,
        },
    )


# --------------------------------------------------------------------------- the count of one box
@require_http_methods(["GET", "POST"])
@page("delivery.receive")
def count(request: ActorRequest, box_id: int) -> HttpResponse:
    """The blind count of one box: seal, scans, two signatures. What is expected is not shown."""
    try:
        box = queries.box_head(box_id=box_id, by=request.actor)
        if "abandon" in request.POST:
            return _abandon(request)
        if "count" in request.POST:
            return _close(request, box)
    except ObjectDoesNotExist as missing:
        raise Http404 from missing
    running = queries.running_count(box.id)
    return _start(request, box) if running is None else _scanning(request, box, running)


def _scanning(
    request: ActorRequest,
    box: queries.BoxHead,
    running: queries.CountRow,
    form: CloseForm | None = None,
    refusals: tuple[Refusal, ...] = (),
) -> HttpResponse:
    scans = queries.scans_of(running.id)
    form = form or CloseForm(initial={"key": new_key(), "count": running.id})
    if scans.total:
        del form.fields["called_empty"]
    bad = status_of(refusals=refusals, mistakes=form.errors)
    context = {
        "box": box,
        "count": running,
        "scans": scans,
        "form": form,
        "refusals": refusals,
        "may_call_wrong": may_call_wrong(request.actor),
    }
    return render(request, "receive/count.html", context, status=bad)


def _start(request: ActorRequest, box: queries.BoxHead) -> HttpResponse:
    # A second click on "close" carries its count and never comes here: it begins no recount.
    form = StartForm(request.POST or None, request.FILES or None)
    refusals: tuple[Refusal, ...] = ()
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            commands.start_count(
                box_id=box.id,
                by=request.actor,
                at=timezone.now(),
                seal_number=given["seal_number"],
                seal_intact=not given["seal_broken"],
                remarks=given["remarks"],
                seal_photo=given["photo"],
            )
            return redirect("delivery.receive", box.id)
        except Refused as refused:
            refusals = refused.refusals
    rule = parameter("broken_seal_rule").on(timezone.localdate())
    return render(
        request,
        "receive/start.html",
        {
            "box": box,
            "form": form,
            "last": queries.last_count(box.id),
            "rule": rule,
            "refusals": refusals,
        },
        status=status_of(refusals=refusals, mistakes=form.errors),
    )


def _abandon(request: ActorRequest) -> HttpResponse:
    given = request.POST["abandon"]
    try:
        box = commands.abandon_count(count_id=id_of(given) or 0, by=request.actor)
    except Refused as refused:
        say_refused(request, refused)
        return redirect(request.path)
    messages.success(request, f"盒 {box.code} 的清点已放弃，没有任何登记变动。")
    return redirect("delivery.show", box.delivery_id)


def _close(request: ActorRequest, box: queries.BoxHead) -> HttpResponse:
    form = CloseForm(request.POST)
    running = queries.running_count(box.id)
    if not form.is_valid():
        return _scanning(request, box, running, form) if running else redirect(request.path)
    given = form.cleaned_data
    try:
        with no.signing_as("第二人"):
            second = second_actor(
                _RECEIVE,
                username=given["second_name"],
                password=given["second_password"],
                request=request,
            )
        closed, _ = commands.close_count(
            count_id=given["count"],
            by=request.actor,
            second=second,
            at=timezone.now(),
            key=given["key"],
            called_empty=given["called_empty"],
        )
    except Refused as refused:
        if running is None or any(one.reason is no.ALREADY_COUNTED for one in refused.refusals):
            say_refused(request, refused)
            return redirect("delivery.count", given["count"])
        return _scanning(request, box, running, form, refused.refusals)
    return redirect("delivery.count", closed.pk)


@require_POST
@page("delivery.receive")
def scan(request: ActorRequest, count_id: int) -> HttpResponse:
    """Keep one scanned number, or take one back; the answer is only the list so far."""
    try:
        running = queries.count_of(request.actor, count_id=count_id)
        said = _remove(request, running) if "remove" in request.POST else _keep(request, running)
    except ObjectDoesNotExist as missing:
        raise Http404 from missing
    if not request.headers.get("HX-Request"):
        if said["kind"] != "new":
            messages.warning(request, said["sentence"])
        if said["kind"] == "late":
            return redirect("delivery.count", running.id)
        return redirect("delivery.receive", running.box_id)
    return render(
        request,
        "receive/_scans.html",
        {
            "count": running,
            "scans": queries.scans_of(running.id),
            "said": said,
            "may_call_wrong": may_call_wrong(request.actor),
        },
        status=409 if said["kind"] == "late" else 200,
    )


def _keep(request: ActorRequest, running: queries.CountRow) -> dict[str, str]:
    text = request.POST.get("number", "")
    try:
        kept, new = commands.scan_card(count_id=running.id, text=text, by=request.actor)
    except InputError as problem:
        return {"kind": "wrong", "number": "", "sentence": f"没有计数：{problem.sentence}。"}
    except Refused:
        return _late(text.strip()[:20])
    if new:
        return {"kind": "new", "number": kept.number, "sentence": "已计数"}
    sentence = f"{kept.number} 已扫过，不重复计数。"
    return {"kind": "twice", "number": kept.number, "sentence": sentence}


def _remove(request: ActorRequest, running: queries.CountRow) -> dict[str, str]:
    number = request.POST["remove"][:9]
    try:
        there = commands.remove_scan(count_id=running.id, number=number, by=request.actor)
    except Refused:
        return _late(number)
    sentence = f"已删除 {number}，不计入。" if there else f"{number} 不在已扫之列，没有变动。"
    return {"kind": "removed", "number": number, "sentence": sentence}


def _late(text: str) -> dict[str, str]:
    sentence = f"这次清点刚刚结束，“{text}”没有计入。请查看结果；卡在盒中的，请再次清点该盒。"
    return {"kind": "late", "number": text, "sentence": sentence}


@require_GET
@page(roles=READERS, basis="第六条、第二十条")
def counted(request: ActorRequest, count_id: int) -> HttpResponse:
    """What a closed count found: sums, what was not listed, what was not seen."""
    try:
        closed = queries.count_of(request.actor, count_id=count_id)
    except ObjectDoesNotExist as missing:
        raise Http404 from missing
    if closed.closed_at is None:
        return redirect("delivery.receive", closed.box_id)
    if "photo" in request.GET and closed.seal_photo:
        return kept_picture(closed.seal_photo)
    odd = difference_queries.odd_scans(request.actor, count_id=count_id)
    short = difference_queries.short_of_count(count_id)[:ROWS]
    return render(
        request,
        "receive/counted.html",
        {
            "count": closed,
            "odd": difference_queries.odd_rows(list(odd)),
            "short": difference_queries.card_rows(short),
            "may_count": request.actor.role in _RECEIVE.who,
        },
    )
