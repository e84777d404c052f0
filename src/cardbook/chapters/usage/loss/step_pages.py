"""Goes on with a loss: told, renewed, put in writing, taken off again (Art. 28).

`pages.py` beside it finds the caller and stops the card; each act has its own address here.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from cardbook.chapters.scanned_mandates import errand_begun
from cardbook.chapters.screens import status_of
from cardbook.chapters.usage.loss.commands import (
    lift_formal_loss,
    lift_loss,
    make_loss_formal,
    renew_loss,
    tell_loss,
)
from cardbook.chapters.usage.loss.forms import (
    FormalForm,
    LiftForm,
    LiftFormalForm,
    RenewForm,
    TellForm,
    channel_of,
)
from cardbook.chapters.usage.loss.pages import (
    asked_of,
    asks_questions,
    leave_receipt,
    opened_card,
    questioning,
    telling,
    with_new_key,
)
from cardbook.chapters.usage.loss.queries import LossCard, phone_of, refused_lifts
from cardbook.law.notices import LOSS
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.pages import ActorRequest, new_key, page
from cardbook.lifecycle.refusals import Refusal, Refused

# What a step does with a valid form of its own; whether it was done before, by the same Enter.
Work = Callable[[Any, LossCard, ActorRequest], bool]


@require_http_methods(["GET", "POST"])
@page("loss.tell")
def tell(request: ActorRequest, card_id: int) -> HttpResponse:
    """Read the notice out, line by line, and write down that it was read."""
    card = opened_card(request, card_id)
    key = new_key()
    form = TellForm(request.POST or None, initial={"key": key}, notice=LOSS)
    refusals: Sequence[Refusal] = ()
    if request.method == "POST" and form.is_valid():
        try:
            tell_loss(
                card_id=card_id,
                channel=channel_of(request.actor),
                told=[LOSS.code],
                call=form.cleaned_data["call"].strip(),
                by=request.actor,
                at=timezone.now(),
                key=form.cleaned_data["key"],
            )
        except Refused as refused:
            refusals = refused.refusals
        else:
            messages.success(request, f"卡 {card.number}：挂失事项已告知，已登记。")
            return redirect("loss.report")
    context = {
        "card": card,
        "refusals": refusals,
        "phone": phone_of(card_id),
        **telling(card, key=key, form=form if form.is_bound else None),
    }
    status = status_of(refusals=refusals, mistakes=form.errors)
    return render(request, "loss/tell.html", context, status=status)


@require_http_methods(["GET", "POST"])
@page("loss.renew")
def renew(request: ActorRequest, card_id: int) -> HttpResponse:
    """Let an oral loss begin anew, before it lapses."""

    def work(form: RenewForm, card: LossCard, request: ActorRequest) -> bool:
        return renew_loss(
            card_id=card.id, heard=form.heard(), by=request.actor, at=timezone.now(),
            key=form.cleaned_data["key"],
        ).repeated  # fmt: skip

    return _step(request, card_id, code="loss.renew", form_class=RenewForm, work=work, tells=True)


@require_http_methods(["GET", "POST"])
@page("loss.formal")
def formal(request: ActorRequest, card_id: int) -> HttpResponse:
    """Put a loss in writing at a window, with the document shown; it does not lapse."""

    def work(form: FormalForm, card: LossCard, request: ActorRequest) -> bool:
        return make_loss_formal(
            card_id=card.id, heard=form.heard(), shown=form.shown(), comer=form.comer(),
            by=request.actor, at=timezone.now(), key=form.cleaned_data["key"],
        ).repeated  # fmt: skip

    return _step(
        request, card_id, code="loss.formal", form_class=FormalForm, work=work, tells=True
    )


@require_http_methods(["GET", "POST"])
@page("loss.lift")
def lift(request: ActorRequest, card_id: int) -> HttpResponse:
    """Take an oral loss off: the caller verified once more, or a mandate shown."""

    def work(form: LiftForm, card: LossCard, request: ActorRequest) -> bool:
        return lift_loss(
            card_id=card.id, heard=form.heard(), card_seen=form.cleaned_data["card_seen"],
            told=form.answered().told, charge=form.charge(), by=request.actor, at=timezone.now(),
            key=form.cleaned_data["key"],
        ).repeated  # fmt: skip

    return _step(
        request, card_id, code="loss.lift", form_class=LiftForm, work=work,
        given=errand_begun(request, code="loss.lift", subject_id=card_id, who="caller"),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@page("loss.lift_formal")
def lift_formal(request: ActorRequest, card_id: int) -> HttpResponse:
    """Take a written loss off, as far as the city's rule allows it."""

    def work(form: LiftFormalForm, card: LossCard, request: ActorRequest) -> bool:
        return lift_formal_loss(
            card_id=card.id, heard=form.heard(), card_seen=form.cleaned_data["card_seen"],
            shown=form.shown(), by=request.actor, at=timezone.now(),
            key=form.cleaned_data["key"],
        ).repeated  # fmt: skip

    return _step(request, card_id, code="loss.lift_formal", form_class=LiftFormalForm, work=work)


def _step(
    request: ActorRequest, card_id: int, *, code: str, form_class: Any, work: Work,
    tells: bool = False, given: Mapping[str, object] | None = None,
) -> HttpResponse:  # fmt: skip
    """Show the form of one step, or do it; afterwards what must be said is on the screen."""
    card = opened_card(request, card_id)
    form = _form(request, card, form_class, given or {})
    refusals: Sequence[Refusal] = () if form.is_bound else card.why_not(code)
    if request.method == "POST" and form.is_valid():
        try:
            repeated = work(form, card, request)
        except Refused as refused:
            refusals = refused.refusals
        else:
            if tells:
                leave_receipt(request, card_id, repeated=repeated)
            else:
                messages.success(request, _lifted(card))
            return redirect("loss.report")
    mistakes = form.errors
    if form.is_bound:
        form.data = with_new_key(request)
    context = {
        "card": card,
        "act": act(code),
        "refusals": refusals,
        # Whoever renews may have been called; to all else the holder came or called himself.
        "phone": phone_of(card_id) if code == "loss.renew" else "",
        # A document shown, or its picture, is among the papers of what is done in writing.
        "written": act(code).papers is not None,
        "refused_lifts": refused_lifts(card_id),
        **questioning(request, card, form),
    }
    status = status_of(refusals=refusals if form.is_bound else (), mistakes=mistakes)
    return render(request, "loss/step.html", context, status=status)


def _form(
    request: ActorRequest, card: LossCard, form_class: Any, given: Mapping[str, object]
) -> Any:
    if request.method == "POST":
        return form_class(
            request.POST, request.FILES, by=request.actor,
            questions=asked_of(request, card, request.POST), today=timezone.localdate(),
        )  # fmt: skip
    begun = {
        "key": new_key(),
        "seed": new_key(),
        "card": card.id,
        "by_phone": asks_questions(request, request.GET), **given,
    }  # fmt: skip
    return form_class(initial=begun, by=request.actor)


def _lifted(card: LossCard) -> str:
    return (
        f"卡 {card.number} 已解挂，恢复为挂失前的状态。"
        "银行一侧的挂失请持卡人带卡和身份证到银行解除，以银行答复为准。"
    )
