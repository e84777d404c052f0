"""Counting in what another office sent: scan field first, then the differences (Art. 6, 20).

Until the count is closed, the pages of the receiver do not tell what the list expects.
"""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from cardbook.chapters.counting_in import may_call_wrong
from cardbook.chapters.intake.distribution import arrival_commands, count_queries, queries
from cardbook.chapters.intake.distribution.forms import FinishForm
from cardbook.chapters.intake.distribution.pages import shipment_or_404
from cardbook.chapters.screens import say_refused, status_of
from cardbook.lib.plain import InputError
from cardbook.lifecycle.pages import ActorRequest, new_key, page
from cardbook.lifecycle.refusals import Refusal, Refused


def _receiving(request: ActorRequest, shipment_id: int) -> Any:
    """The hand-over, for the office it was given to; others are led to its page."""
    return shipment_or_404(request, shipment_id)


@require_http_methods(["GET"])
@page("handover.receive")
def receive(request: ActorRequest, shipment_id: int) -> HttpResponse:
    """The blind count of a hand-over: one field for cards and for labels of whole boxes."""
    shipment = _receiving(request, shipment_id)
    try:
        count = arrival_commands.begin_count(
            shipment_id=shipment_id, by=request.actor, at=timezone.now()
        )
    except Refused as refused:
        say_refused(request, refused)
        return redirect("handover.show", shipment_id)
    context = {
        "shipment": shipment,
        "count": count,
        "boxes": queries.boxes_of(shipment_id),
        "scans": count_queries.scans_of(count.pk),
        "key": new_key(),
        "may_call_wrong": may_call_wrong(request.actor),
    }
    return render(request, "distribution/receive.html", context)


@require_POST
@page("handover.receive")
def scan(request: ActorRequest, shipment_id: int) -> HttpResponse:
    """Keep one scan, or take one back; the answer is only the list so far."""
    _receiving(request, shipment_id)
    said = (
        _remove(request, shipment_id) if "remove" in request.POST else _keep(request, shipment_id)
    )
    running = count_queries.open_count(shipment_id)
    if not request.headers.get("HX-Request"):
        if said["kind"] != "new":
            messages.warning(request, said["sentence"])
        return redirect("handover.receive" if running else "handover.show", shipment_id)
    return render(
        request,
        "distribution/_scans.html",
        {
            "shipment_id": shipment_id,
            "scans": count_queries.scans_of(running.pk if running else None),
            "said": said,
            "may_call_wrong": may_call_wrong(request.actor),
        },
        status=409 if said["kind"] == "late" else 200,
    )


def _keep(request: ActorRequest, shipment_id: int) -> dict[str, str]:
    text = request.POST.get("number", "")
    try:
        kept = arrival_commands.scan(
            shipment_id=shipment_id, text=text, by=request.actor, at=timezone.now()
        )
    except InputError as problem:
        return _said("wrong", "", f"没有计数：{problem.sentence}。")
    except Refused as refused:
        return _refused(refused.refusals[0], text)
    if not kept.new:
        return _said("twice", kept.text, "已扫过，不重复计数。")
    return _said("new", kept.text, "整盒点收，请确认封签完好" if kept.is_box else "已计数")


def _said(kind: str, number: str, sentence: str, code: str = "") -> dict[str, str]:
    return {"kind": kind, "number": number, "sentence": sentence, "code": code}


def _refused(refusal: Refusal, text: str) -> dict[str, str]:
    late = refusal.code in ("ARRIVAL_CLOSED", "LIST_RECEIVED", "LIST_NOT_YOURS")
    kind = "late" if late else "wrong"
    return _said(kind, text.strip()[:40], f"{refusal.sentence}{refusal.way_out}", refusal.code)


def _remove(request: ActorRequest, shipment_id: int) -> dict[str, str]:
    text = request.POST["remove"][:40]
    try:
        there = arrival_commands.remove_scan(shipment_id=shipment_id, text=text, by=request.actor)
    except Refused as refused:
        return _refused(refused.refusals[0], text)
    sentence = "已删除，不计入。" if there else "不在已扫之列，没有变动。"
    return _said("removed", text, sentence)


@require_http_methods(["GET", "POST"])
@page("handover.receive", "handover.note_difference")
def finish(request: ActorRequest, shipment_id: int) -> HttpResponse:
    """Close the count: at once when all agrees, else with the differences explained by two."""
    shipment = _receiving(request, shipment_id)
    running = count_queries.open_count(shipment_id)
    if running is None:
        return redirect("handover.show", shipment_id)
    finding = count_queries.finding_of(shipment, count_id=running.pk)
    if request.method == "POST" and not finding.differs:
        key = request.POST.get("key", "")[:64]
        return _close(request, shipment_id, running.pk, finding, key=key)
    if request.method == "POST" and "words" in request.POST:
        form = FinishForm(request.POST)
        if form.is_valid():
            return _close_with(request, shipment, running.pk, finding, form)
        return _differences(request, shipment, finding, form)
    return _differences(request, shipment, finding)


def _close(
    request: ActorRequest,
    shipment_id: int,
    count_id: int,
    finding: count_queries.Finding,
    *,
    key: str,
) -> HttpResponse:
    try:
        closed = arrival_commands.finish_count(
            count_id=count_id, by=request.actor, at=timezone.now(), key=key or new_key()
        )
    except ObjectDoesNotExist as missing:
        raise Http404 from missing
    except Refused as refused:
        say_refused(request, refused)
        return redirect("handover.show", shipment_id)
    wrong = finding.taken_back
    stored = f"点收相符：{closed.found - wrong} 张已入本机构待分类库"
    messages.success(request, f"{stored}，{wrong} 张错卡已收回。" if wrong else f"{stored}。")
    return redirect("handover.show", shipment_id)


def _close_with(
    request: ActorRequest,
    shipment: Any,
    count_id: int,
    finding: count_queries.Finding,
    form: FinishForm,
) -> HttpResponse:
    given = form.cleaned_data
    try:
        closed = arrival_commands.finish_count(
            count_id=count_id, words=given["words"], by=request.actor,
            second=form.second(request), at=timezone.now(), key=given["key"],
        )  # fmt: skip
    except Refused as refused:
        return _differences(request, shipment, finding, form, refused.refusals)
    messages.success(
        request,
        f"点收结束：实到 {closed.found} 张，短少 {closed.short} 张，多出 {closed.extra} 张；"
        "短少的卡留在“在途”，找到后可再次点收。",
    )
    return redirect("handover.show", shipment.pk)


def _differences(
    request: ActorRequest,
    shipment: Any,
    finding: count_queries.Finding,
    form: FinishForm | None = None,
    refusals: tuple[Refusal, ...] = (),
) -> HttpResponse:
    context = {
        "shipment": shipment,
        "finding": finding,
        "found": finding.found,
        "missing": queries.cards_named(shipment, finding.missing[:200]),
        "form": form or FinishForm(initial={"key": new_key()}),
        "refusals": refusals,
    }
    status = status_of(refusals=refusals, mistakes=form.errors if form else None)
    return render(request, "distribution/differences.html", context, status=status)
