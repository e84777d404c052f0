"""The screen of a replacement, at the office's window and at the bank's (Art. 9, 25, 26, 28).

Read the document, a digit, P, sign, Enter: one page. `fee_pages.py` beside it has the fee alone.
"""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from cardbook.chapters.card_heads import card_head
from cardbook.chapters.collecting import old_card_place
from cardbook.chapters.looking import found_at_desk
from cardbook.chapters.screens import status_of
from cardbook.chapters.telling import told_of, written_loss_told
from cardbook.chapters.usage.promises import promise_for
from cardbook.chapters.usage.reaching import banks_for
from cardbook.chapters.usage.replacement import queries
from cardbook.chapters.usage.replacement.commands import hand_in_old_card, take_replacement
from cardbook.chapters.usage.replacement.forms import HandInForm, ReplaceForm, initial_of
from cardbook.law.notices import REPLACEMENT
from cardbook.lib.ids import id_of
from cardbook.lifecycle.facts import ApplyKind, Plastic
from cardbook.lifecycle.pages import ActorRequest, new_key, page
from cardbook.lifecycle.refusals import Refusal, Refused
from cardbook.papers.pictures import ImageRefused
from cardbook.registers.answers import picture_answer

_RECEIPT = "replacement_receipt"
_IF_LOST = "选“丢失”的，随本次正式挂失，也读给他听"


@require_http_methods(["GET", "POST"])
@page("replacement.capture", "replacement.capture_free")
def desk(request: ActorRequest) -> HttpResponse:
    """Show whose document was read, or take the replacement down.

    The number travels in the body, never in an address that a browser or a log keeps.
    """
    if request.method == "GET":
        return _answer(request, queries.Desk(), receipt=request.session.pop(_RECEIPT, None))
    if request.POST.get("q", "").strip() or "filled" not in request.POST:
        found = queries.look_up(
            text=request.POST.get("q", ""), by=request.actor, at=timezone.now()
        )
        if text := request.POST.get("q", "").strip():
            card = found.card.id if found.card else None
            found_at_desk(request, card=card, text=text, today=timezone.localdate())
        return _answer(request, found)
    return _take(request)


def _take(request: ActorRequest) -> HttpResponse:
    card_id = request.POST.get("card", "")
    wanted_id = id_of(card_id) or 0
    now = timezone.now()
    found = queries.show_card(card_id=wanted_id, by=request.actor, at=now)
    if found is None:
        raise Http404
    form = _form(request, found)
    if not form.is_valid():
        return _answer(request, found, form=form)
    known = queries.known_of(card_id=wanted_id, by=request.actor)
    try:
        done = take_replacement(
            card_id=wanted_id, wanted=form.wanted(known), signed=form.signed(),
            report_loss=form.reports_loss(), payment=form.payment(), by=request.actor, at=now,
            key=form.cleaned_data["key"],
        )  # fmt: skip
    except Refused as refused:
        return _answer(request, found, form=form, refusals=refused.refusals)
    # No name: the person is gone from the screen the moment the request is taken.
    request.session[_RECEIPT] = {
        "id": done.application_id,
        "submitted": done.submitted,
        "repeated": done.repeated,
        "not_owed": done.not_owed,
        "paid": bool(form.payment()) and done.submitted and not done.not_owed,
    }
    return redirect("replacement.capture")


def _form(request: ActorRequest, found: queries.Desk) -> ReplaceForm:
    assert found.card is not None and found.holder is not None
    fresh = request.method == "GET" or "filled" not in request.POST
    return ReplaceForm(
        None if fresh else request.POST,
        None if fresh else request.FILES,
        banks=banks_for(request.actor),
        today=timezone.localdate(),
        photo_digest=queries.photo_digest(found.holder.id),
        initial=initial_of(
            bank_id=found.card.bank_id,
            report_loss=not found.card.on_formal_loss,
            minor=found.holder.is_minor and not found.holder.is_16_or_17,
            key=new_key(),
        )
        | {"card": found.card.id, "identity": request.POST.get("identity", "")},
    )


def _answer(
    request: ActorRequest,
    found: queries.Desk,
    *,
    form: ReplaceForm | None = None,
    refusals: tuple[Refusal, ...] = (),
    receipt: dict[str, Any] | None = None,
) -> HttpResponse:
    today = timezone.localdate()
    promise = promise_for(ApplyKind.REPLACEMENT, on=today)
    part = bool(request.headers.get("HX-Request"))
    if form is None and found.card is not None:
        form = _form(request, found)
    values = {"fee_words": found.fee_words, "promised_on": promise.on}
    told = [told_of(REPLACEMENT.code, on=today, values=values)]
    if found.card is not None and not found.card.on_formal_loss:
        told.append(written_loss_told(card_id=found.card.id, on=today, moment=_IF_LOST))
    context = {
        "desk": found,
        "form": form,
        "refusals": refusals,
        "receipt": receipt,
        "promise": promise,
        "told": told,
        "address": reverse("replacement.capture"),
        "part": part,
    }
    template = "replacement/_desk.html" if part else "replacement/desk.html"
    status = status_of(refusals=refusals, mistakes=form.errors if form else None)
    return render(request, template, context, status=status)


@require_GET
@page("replacement.capture")
def photo(request: ActorRequest, card_id: int) -> HttpResponse:
    """The registered photo of a card's holder, for the comparison; never out of reach."""
    content = queries.photo_of(card_id=card_id, by=request.actor)
    if content is None:
        raise Http404
    try:
        return picture_answer(content)
    except ImageRefused as refused:
        raise Http404 from refused


@require_http_methods(["GET", "POST"])
@page("old_card.hand_in", "old_card.hand_in_defective")
def hand_in(request: ActorRequest, card_id: int) -> HttpResponse:
    """Take an old card back on its own, before its new one is posted or handed to a unit."""
    card = card_head(card_id=card_id, by=request.actor)
    if card is None:
        raise Http404
    form = HandInForm(request.POST or None, request.FILES or None, initial={"key": new_key()})
    refusals: tuple[Refusal, ...] = ()
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            hand_in_old_card(
                card_id=card_id, plastic=Plastic(given["plastic"]), laid=given["box"],
                words=given["words"], papers=form.answered().papers, by=request.actor,
                at=timezone.now(), key=given["key"],
            )  # fmt: skip
        except Refused as refused:
            refusals = refused.refusals
        else:
            place = old_card_place(card_id)
            messages.success(request, f"旧卡 {card.number} 已收回注销，请放入{place}。")
            return redirect("card.show", card_id)
    return render(
        request,
        "replacement/hand_in.html",
        {
            "card": card,
            "form": form,
            "refusals": refusals,
            "lies_in": old_card_place(card_id),
        },
        status=status_of(refusals=refusals, mistakes=form.errors),
    )
