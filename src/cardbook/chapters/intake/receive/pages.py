"""Deliveries, their boxes, the blind count and the differences (Art. 6); POST calls one command."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cardbook.cards.models import Card
from cardbook.chapters.intake.models import Count, Delivery, DeliveryBox
from cardbook.chapters.intake.receive import commands, queries
from cardbook.chapters.intake.receive.forms import ExplainForm, SecondForm, StartForm
from cardbook.lib.plain import InputError
from cardbook.lifecycle.pages import ActorRequest, new_key, page, second_actor
from cardbook.lifecycle.refusals import Refusal, Refused
from cardbook.people.holders import holder_of

ROWS = 50


@require_GET
@page(basis="第六条")
def deliveries(request: ActorRequest) -> HttpResponse:
    """What is on its way and what has been counted."""
    found = Paginator(queries.deliveries_of(request.actor), ROWS).get_page(request.GET.get("page"))
    return render(request, "receive/deliveries.html", {"found": found})


@require_GET
@page(basis="第六条")
def delivery(request: ActorRequest, delivery_id: int) -> HttpResponse:
    """One delivery: its boxes, counted or not."""
    found = get_object_or_404(
        Delivery.objects.select_related("organization", "file", "registered_by"),
        pk=delivery_id, organization__path__startswith=request.actor.county_path,
    )
    boxes = queries.boxes_of(found)
    return render(request, "receive/delivery.html",
                  {"delivery": found, "boxes": boxes, "start_form": StartForm()})


@require_http_methods(["GET", "POST"])
@page("delivery.receive")
def count(request: ActorRequest, box_id: int) -> HttpResponse:
    """The blind count of one box: scan, then two people sign. What is expected is not shown."""
    box = _box(request, box_id)
    running = Count.objects.filter(box=box, closed_at=None).first()
    if running is None:
        return _start(request, box)
    form = SecondForm(initial={"key": new_key()})
    refusals: tuple[Refusal, ...] = ()
    if request.method == "POST":
        form = SecondForm(request.POST)
        if form.is_valid():
            try:
                return _close(request, running, form)
            except Refused as refused:
                refusals = refused.refusals
    scans = list(running.scans.order_by("-id"))
    return render(
        request, "receive/count.html",
        {"box": box, "count": running, "scans": scans, "form": form, "refusals": refusals},
        status=409 if refusals else 200,
    )


def _box(request: ActorRequest, box_id: int) -> DeliveryBox:
    return get_object_or_404(
        DeliveryBox.objects.select_related("delivery__organization"),
        pk=box_id, delivery__organization__path__startswith=request.actor.county_path,
    )


def _start(request: ActorRequest, box: DeliveryBox) -> HttpResponse:
    form = StartForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        commands.start_count(
            box_id=box.pk, by=request.actor, seal_number=given["seal_number"],
            seal_intact=not given["seal_broken"], remarks=given["remarks"],
        )
        return redirect("delivery.receive", box.pk)
    last = Count.objects.filter(box=box).order_by("-id").select_related("witness").first()
    return render(request, "receive/start.html", {"box": box, "form": form, "last": last})


def _close(request: ActorRequest, running: Count, form: SecondForm) -> HttpResponse:
    given = form.cleaned_data
    second = second_actor(username=given["second_name"], password=given["second_password"],
                          request=request)
    closed, _ = commands.close_count(count_id=running.pk, by=request.actor, second=second,
                                     at=timezone.now(), key=given["key"])
    messages.success(
        request,
        f"{closed.box.code} 清点完成：应到 {closed.expected}，实到 {closed.found}，"
        f"短少 {closed.short}，多出 {closed.extra}，错发县区 {closed.misrouted}。",
    )
    return redirect("delivery.count", closed.pk)


@require_POST
@page("delivery.receive")
def scan(request: ActorRequest, count_id: int) -> HttpResponse:
    """Keep one scanned number; the answer is only the list so far."""
    running = get_object_or_404(
        Count, pk=count_id, closed_at=None,
        box__delivery__organization__path__startswith=request.actor.county_path,
    )
    said = ""
    if "remove" in request.POST:
        commands.remove_scan(count_id=count_id, number=request.POST["remove"])
    else:
        try:
            kept, new = commands.scan_card(count_id=count_id, text=request.POST.get("number", ""),
                                           by=request.actor)
            said = "" if new else f"{kept.number} 已扫过，不重复计数。"
        except InputError as problem:
            said = problem.sentence
    if not request.headers.get("HX-Request"):
        if said:
            messages.warning(request, said)
        return redirect("delivery.receive", running.box_id)
    scans = list(running.scans.order_by("-id"))
    return render(request, "receive/_scans.html", {"count": running, "scans": scans, "said": said})


@require_GET
@page(basis="第六条")
def counted(request: ActorRequest, count_id: int) -> HttpResponse:
    """What a closed count found, scan by scan."""
    closed = get_object_or_404(
        Count.objects.select_related("box__delivery", "counted_by", "witness"),
        pk=count_id, closed_at__isnull=False,
        box__delivery__organization__path__startswith=request.actor.county_path,
    )
    odd = closed.scans.exclude(result="expected").order_by("result", "number")
    return render(request, "receive/counted.html", {"count": closed, "odd": odd})


@require_GET
@page(basis="第六条、第二十条")
def differences(request: ActorRequest) -> HttpResponse:
    """Short cards nobody has explained yet."""
    found = Paginator(queries.short_cards(request.actor), ROWS).get_page(request.GET.get("page"))
    rows = [(card, holder_of(card.person)) for card in found]
    return render(
        request, "receive/differences.html",
        {"found": found, "rows": rows, "form": ExplainForm(initial={"key": new_key()})},
    )


def _explain(request: ActorRequest, *, found: bool) -> HttpResponse:
    form = ExplainForm(request.POST)
    ids = [int(text) for text in request.POST.getlist("card") if text.isdecimal()]
    if not form.is_valid() or not ids:
        messages.error(request, "请勾选卡片，并填写说明和第二人签名。")
        return redirect("delivery.differences")
    given = form.cleaned_data
    line = Card.objects.filter(pk=ids[0]).values_list("delivery_lines__box__delivery", flat=True)
    try:
        second = second_actor(username=given["second_name"],
                              password=given["second_password"], request=request)
        commands.explain_difference(
            card_ids=ids, found=found, delivery_id=line.first() or 0, words=given["words"],
            by=request.actor, second=second, at=timezone.now(), key=given["key"],
        )
    except Refused as refused:
        for refusal in refused.refusals[:5]:
            messages.error(request, f"{refusal.sentence}{refusal.way_out}（{refusal.article}）")
    else:
        messages.success(request, f"{len(ids)} 张卡的差异已处理。")
    return redirect("delivery.differences")


@require_POST
@page("delivery.explain_found")
def explain_found(request: ActorRequest) -> HttpResponse:
    """Short cards turned up: receive them."""
    return _explain(request, found=True)


@require_POST
@page("delivery.explain_missing")
def explain_missing(request: ActorRequest) -> HttpResponse:
    """Short cards did not turn up: they are missing from now on."""
    return _explain(request, found=False)
