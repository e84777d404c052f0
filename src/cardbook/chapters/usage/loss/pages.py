"""The screen of a loss: who calls, three questions, one Enter; then what must be said (Art. 28).

Keyboard first and one address: GET shows, POST finds or stops. Works without JavaScript.
`step_pages.py` beside it goes on with a loss, `list_pages.py` lists losses.
"""

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from cardbook.chapters.looking import found_at_desk
from cardbook.chapters.screens import status_of
from cardbook.chapters.usage.loss.commands import report_loss
from cardbook.chapters.usage.loss.forms import FindForm, OutsideForm, ReportForm, TellForm
from cardbook.chapters.usage.loss.queries import (
    LossCard,
    LossDesk,
    desk_of_card,
    look_up,
    notice_lines,
    open_card,
    questions_for,
    shown_card,
    unheard,
)
from cardbook.chapters.usage.loss.questions import Question, Said
from cardbook.law.notices import LOSS
from cardbook.law.parameters import parameter, whole_number
from cardbook.law.roles import Role
from cardbook.lib.ids import id_of
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.pages import ActorRequest, new_key, page
from cardbook.lifecycle.refusals import Refusal, Refused

_FOUND, _RECEIPT = "loss_found", "loss_receipt"
_MOST_REMEMBERED = 20


@require_http_methods(["GET", "POST"])
@page("loss.report", "loss.formal")
def desk(request: ActorRequest) -> HttpResponse:
    """Find the caller by what he says, or stop the social function of his card.

    What he says travels in the body, never in an address that a browser or a log keeps.
    """
    if request.method == "GET":
        return _answer(request, LossDesk(), receipt=_receipt(request))
    if "q" in request.POST:
        form = FindForm(request.POST)
        if not form.is_valid():
            return _answer(request, LossDesk(problem="请输入来电人的身份证号码，或登记的手机号。"))
        now = timezone.now()
        found = look_up(
            text=form.cleaned_data["q"], by=request.actor, at=now, today=timezone.localdate(now)
        )
        if found.person_id:
            remember(request, found.person_id, found.said)
        found_at_desk(
            request, card=found.card.id if found.card else None, person=found.person_id,
            text=form.cleaned_data["q"], today=timezone.localdate(now),
        )  # fmt: skip
        return _answer(request, found)
    if "show" in request.POST:
        card = opened_card(request, id_of(request.POST["show"]) or 0)
        found_at_desk(request, card=card.id, text="", today=timezone.localdate())
        return _answer(request, _shown(request, card))
    return _stop(request, opened_card(request, id_of(request.POST.get("card", "")) or 0))


@require_http_methods(["GET"])
@page("loss.report", "loss.formal")
def desk_with_card(request: ActorRequest, card_id: int) -> HttpResponse:
    """The same screen for a card the window has before it already."""
    return _answer(request, _shown(request, opened_card(request, card_id)))


# ---------------------------------------------------------------------------- whom one looked up


def remember(request: ActorRequest, person_id: int, said: Said) -> None:
    """This function will let the operator go on with somebody he has found by exact look-up."""
    found = request.session.get(_FOUND, {})
    found.pop(str(person_id), None)
    kept = list({**found, str(person_id): str(said)}.items())[-_MOST_REMEMBERED:]
    request.session[_FOUND] = dict(kept)


def said_of(request: ActorRequest, card: LossCard) -> Said:
    """This function will tell what the caller has said already."""
    return Said(request.session.get(_FOUND, {}).get(str(card.person_id), ""))


def opened_card(request: ActorRequest, card_id: int) -> LossCard:
    """This function will read a card the actor may see.

    :raises Http404: when he neither looked its holder up nor has it in his charge.
    """
    found = request.session.get(_FOUND, {})
    card = open_card(card_id=card_id, by=request.actor, at=timezone.now(), found=found)
    if card is None:
        raise Http404
    return card


def _shown(request: ActorRequest, card: LossCard) -> LossDesk:
    said = said_of(request, card)
    found = desk_of_card(card_id=card.id, said=said, by=request.actor, at=timezone.now())
    if found is None:
        raise Http404
    return found


# --------------------------------------------------------------------------------- the one Enter


def _stop(request: ActorRequest, card: LossCard) -> HttpResponse:
    form = ReportForm(
        request.POST, by=request.actor, questions=asked_of(request, card, request.POST)
    )
    refusals: Sequence[Refusal] = ()
    if form.is_valid():
        try:
            done = report_loss(
                card_id=card.id,
                heard=form.heard(),
                by=request.actor,
                at=timezone.now(),
                key=form.cleaned_data["key"],
            )
        except Refused as refused:
            refusals = refused.refusals
        else:
            leave_receipt(request, card.id, repeated=done.repeated)
            return redirect("loss.report")
    mistakes = form.errors
    form.data = with_new_key(request)
    shown = _shown(request, card)
    return _answer(request, shown, form=form, refusals=refusals, mistakes=mistakes)


def with_new_key(request: ActorRequest) -> Any:
    """This function will give back what was typed with a key of its own: the old was answered."""
    data = request.POST.copy()
    data["key"] = new_key()
    return data


def asked_of(request: ActorRequest, card: LossCard, data: Any) -> tuple[Question, ...]:
    """This function will list the questions of a form: the same again when it comes back.

    At a window a document is shown and nothing is asked, unless the caller is on the telephone.
    """
    if not asks_questions(request, data):
        return ()
    seed = str(data.get("seed", ""))
    return questions_for(card_id=card.id, said=said_of(request, card), seed=seed)


def asks_questions(request: ActorRequest, data: Any) -> bool:
    """This function will say whether whoever speaks is on the telephone."""
    return request.actor.role is Role.HOTLINE_OPERATOR or bool(data.get("by_phone"))


# ------------------------------------------------------------------------------------ the screen


def leave_receipt(request: ActorRequest, card_id: int, *, repeated: bool = False) -> None:
    """This function will let the next screen say what was done and what must be said now."""
    request.session[_RECEIPT] = {"card": card_id, "repeated": repeated}


def _receipt(request: ActorRequest) -> dict[str, Any] | None:
    """What was stopped, with the notice to be read out: it stays until it was told or left."""
    kept = request.session.pop(_RECEIPT, None)
    if kept is None:
        return None
    card = shown_card(card_id=kept["card"], by=request.actor, at=timezone.now())
    if card is None:
        return None
    return {"card": card, "repeated": kept["repeated"], **telling(card, key=new_key())}


def telling(card: LossCard, *, key: str, form: TellForm | None = None) -> dict[str, Any]:
    """This function will fill the notice for a card, with the form that says it was read out."""
    lines = notice_lines(card, at=timezone.now())
    ticked = form["lines"].value() or [] if form else []
    return {
        "tell_form": form or TellForm(initial={"key": key}, notice=LOSS),
        "notice": LOSS,
        "silence": unheard(card),
        "lines": [(str(place), line, str(place) in ticked) for place, line in enumerate(lines, 1)],
    }


def _answer(
    request: ActorRequest,
    found: LossDesk,
    *,
    form: ReportForm | None = None,
    refusals: Sequence[Refusal] = (),
    mistakes: Any = None,
    receipt: dict[str, Any] | None = None,
) -> HttpResponse:
    context: dict[str, Any] = {
        "desk": found,
        "receipt": receipt,
        "refusals": refusals,
        "days": parameter("temp_loss_valid_days").on(timezone.localdate()),
        "is_hotline": request.actor.role is Role.HOTLINE_OPERATOR,
        "hindrances": _hindrances(found.card),
        "may_replace": request.actor.role in act("replacement.capture").who,
        "is_taker": request.actor.role in act("loss.report").who,
    }
    if found.card is not None:
        context |= questioning(request, found.card, form)
    if found.outside:
        context["outside_form"] = OutsideForm(
            initial={"key": new_key(), "number": found.outside, "matter": "lost"}
        )
    status = 422 if found.problem else status_of(refusals=refusals, mistakes=mistakes)
    return render(request, "loss/desk.html", context, status=status)


def _hindrances(card: LossCard | None) -> tuple[Refusal, ...]:
    """Why nothing can be stopped; of a written loss, why it is not lifted."""
    if card is None or (card.on_loss and card.hold_until is not None):
        return ()
    return card.why_not("loss.lift_formal" if card.on_loss else "loss.report")


def questioning(request: ActorRequest, card: LossCard, form: Any = None) -> dict[str, Any]:
    """This function will put a form on a screen: so many questions asked, some to spare."""
    if form is None:
        by_phone = asks_questions(request, request.POST)
        begun = {"key": new_key(), "seed": new_key(), "card": card.id, "by_phone": by_phone}
        form = ReportForm(initial=begun, by=request.actor)
    given = form.data or form.initial
    ticked = form["questions"].value() or []
    lines = [
        (place, one, one.code in ticked)
        for place, one in enumerate(asked_of(request, card, given), start=1)
    ]
    today = timezone.localdate()
    least = whole_number("loss_questions_required", on=today)
    return {
        "form": form,
        "asks": asks_questions(request, given),
        "asked": lines[:least],
        "spare": lines[least:],
        "least": parameter("loss_questions_required").on(today),
    }
