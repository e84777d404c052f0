"""The post's screens: give to the post, receipts, parcels that came back (Art. 7, 12)."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from cardbook.chapters.bank_outlets import outlets_told
from cardbook.chapters.card_heads import CardHead, card_head
from cardbook.chapters.issuance.posting.commands import (
    post_card,
    receive_receipt,
    take_parcel_back,
)
from cardbook.chapters.issuance.posting.forms import (
    BackForm,
    ManyForm,
    PostForm,
    ReceiptForm,
    on_day,
)
from cardbook.chapters.issuance.posting.queries import LATE, SORTS, InThePost, in_the_post
from cardbook.chapters.issuance.posting.register import in_the_post_xlsx
from cardbook.chapters.screens import status_of
from cardbook.law import notices, papers
from cardbook.law.parameters import quoted
from cardbook.law.roles import Role
from cardbook.lib.ids import ids_of
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.facts import Signer
from cardbook.lifecycle.judge import Presented
from cardbook.lifecycle.pages import ActorRequest, new_key, page
from cardbook.lifecycle.refusals import Refusal, Refused
from cardbook.registers.answers import file_answer
from cardbook.registers.lists import find_in, rows_ticked

ROWS = 50
READERS = frozenset(
    {*act("card.post").who, Role.COUNTY_MANAGER, Role.REVIEWER, Role.AUDITOR, Role.CITY_MANAGER}
)


def _card(request: ActorRequest, card_id: int) -> CardHead:
    card = card_head(card_id=card_id, by=request.actor)
    if card is None:
        raise Http404
    return card


def _answer(
    request: ActorRequest, template: str, form: Any, refusals: tuple[Refusal, ...], **more: object
) -> HttpResponse:
    context = {"form": form, "refusals": refusals, **more}
    status = status_of(refusals=refusals, mistakes=form.errors)
    return render(request, template, context, status=status)


@require_http_methods(["GET", "POST"])
@page("card.post")
def post(request: ActorRequest, card_id: int) -> HttpResponse:
    """Give a card to the post, as its holder asked."""
    card = _card(request, card_id)
    form = PostForm(request.POST or None, request.FILES or None, initial={"key": new_key()})
    refusals: tuple[Refusal, ...] = ()
    if request.method == "POST" and form.is_valid():
        given, answered = form.cleaned_data, form.answered()
        try:
            post_card(
                card_id=card_id, parcel=given["parcel"], papers=answered.papers,
                images=answered.images, by=request.actor, at=timezone.now(), key=given["key"],
            )  # fmt: skip
        except Refused as refused:
            refusals = refused.refusals
        else:
            messages.success(
                request, f"卡 {card.number} 已交邮寄，收到签收回执后再登记签收，才算发放。"
            )
            return redirect("posting.list")
    return _answer(request, "posting/post.html", form, refusals, card=card)


@require_http_methods(["GET", "POST"])
@page("card.issue_posted")
def received(request: ActorRequest, card_id: int) -> HttpResponse:
    """Register the post's signed receipt: the card is issued."""
    card, now = _card(request, card_id), timezone.now()
    initial = {"key": new_key(), **on_day(timezone.localdate(now))}
    form = ReceiptForm(
        request.POST or None, request.FILES or None, initial=initial,
        today=timezone.localdate(now),
    )  # fmt: skip
    refusals: tuple[Refusal, ...] = ()
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            receive_receipt(
                card_id=card_id, parcel=given["parcel"], received_on=given["received_on"],
                signed_by=Signer(given["signed_by"]), guardian=form.guardian(),
                papers=form.papers(),
                told=form.answered().told, images=form.images(), by=request.actor, at=now,
                key=given["key"],
            )  # fmt: skip
        except Refused as refused:
            refusals = refused.refusals
        else:
            messages.success(request, f"卡 {card.number} 已签收，登记为已发放。")
            return redirect("posting.list")
    sent = _sent(request, card_id)
    outlets = outlets_told(card_id=card_id, by=request.actor)
    return _answer(
        request, "posting/received.html", form, refusals, card=card, sent=sent, outlets=outlets
    )


@require_http_methods(["GET", "POST"])
@page("card.post_back")
def back(request: ActorRequest, card_id: int) -> HttpResponse:
    """Take a parcel back that did not reach its holder."""
    card = _card(request, card_id)
    form = BackForm(request.POST or None, request.FILES or None, initial={"key": new_key()})
    refusals: tuple[Refusal, ...] = ()
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            take_parcel_back(
                card_id=card_id, parcel=given["parcel"], words=given["words"], by=request.actor,
                at=timezone.now(), key=given["key"],
            )  # fmt: skip
        except Refused as refused:
            refusals = refused.refusals
        else:
            messages.success(request, f"卡 {card.number} 已收回入库，请通知持卡人另行领取。")
            return redirect("posting.list")
    sent = _sent(request, card_id)
    return _answer(request, "posting/back.html", form, refusals, card=card, sent=sent)


def _sent(request: ActorRequest, card_id: int) -> InThePost | None:
    found = in_the_post(by=request.actor, today=timezone.localdate(), card_ids=[card_id])
    return found[0] if found else None


@require_http_methods(["GET", "POST"])
@page(roles=READERS, basis="第七条、第二十条")
def listed(request: ActorRequest) -> HttpResponse:
    """The county's cards in the post; receipts of several at once, each with its own result."""
    find, today = find_in(request.GET), timezone.localdate()
    may = request.actor.role in act("card.issue_posted").who
    form = ManyForm(request.POST or None, initial={"key": new_key(), **on_day(today)})
    results: list[tuple[str, str]] = []
    if request.method == "POST" and may and form.is_valid():
        results = _many(request, form)
        form = ManyForm(initial={"key": new_key(), **on_day(today)})
    rows = in_the_post(
        by=request.actor, today=today, text=find["q"], sort=find["sort"], only=find["only"]
    )
    return render(
        request, "posting/list.html",
        {
            "page": Paginator(rows, ROWS).get_page(request.GET.get("page")),
            "late": sum(row.is_late for row in rows),
            "limit": quoted("in_transit_alert_days", on=timezone.localdate()),
            "find": find, "sorts": SORTS.items(), "late_code": LATE,
            "form": form if may else None, "results": results, "told": (notices.PICK_UP,),
            "query": request.GET.urlencode(),
        },
        status=status_of(mistakes=form.errors if request.method == "POST" else None),
    )  # fmt: skip


def _many(request: ActorRequest, form: ManyForm) -> list[tuple[str, str]]:
    """What became of each ticked card; one that is refused leaves the others as they are."""
    given = form.cleaned_data
    ticked = ids_of(request.POST.getlist("card"))[:ROWS]
    if not ticked:
        return [("", "没有办理：请先勾选收到回执的卡。")]
    found = in_the_post(by=request.actor, today=timezone.localdate(), card_ids=ticked)
    results = []
    for one in found:
        try:
            receive_receipt(
                card_id=one.card_id, parcel=one.parcel, received_on=given["received_on"],
                signed_by=Signer.HOLDER, papers=(Presented(kind=papers.POST_RECEIPT.code),),
                told=(notices.PICK_UP.code,) if given["told"] else (), by=request.actor,
                at=timezone.now(), key=f"{given['key']}-{one.card_id}",
            )  # fmt: skip
        except Refused as refused:
            results.append((one.number, refused.refusals[0].sentence))
        else:
            results.append((one.number, "已签收，登记为已发放。"))
    return results or [("", "没有办理：勾选的卡不在邮寄途中。")]


@require_http_methods(["GET", "POST"])
@page(roles=READERS, basis="第七条、第二十条")
def export(request: ActorRequest) -> HttpResponse:
    """The cards that are seen, or those ticked, as a workbook."""
    find, now = find_in(request.GET), timezone.now()
    today = timezone.localdate(now)
    rows = in_the_post(
        by=request.actor, today=today, text=find["q"], sort=find["sort"], only=find["only"]
    )
    chosen = rows_ticked(request, rows, "card", of=lambda row: row.card_id)
    content = in_the_post_xlsx(chosen, by=request.actor, at=now)
    return file_answer(content, name=f"邮寄在途_{today:%Y%m%d}.xlsx")
