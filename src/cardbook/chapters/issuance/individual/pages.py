"""The window's screen: GET finds and shows, POST calls one command (Art. 8 para. 4, 9, 12).

Keyboard first: scan the document, scan the card, sign, Enter. Works without JavaScript.
"""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from cardbook.chapters.activating import activates_usually, activation_told
from cardbook.chapters.bank_outlets import outlets_told
from cardbook.chapters.card_heads import card_head
from cardbook.chapters.collecting import OldCardOut, told_if_lost
from cardbook.chapters.issuance.individual.commands import issue_card, undo_issue
from cardbook.chapters.issuance.individual.desk_form import DeskForm, form_again, fresh_form
from cardbook.chapters.issuance.individual.forms import (
    DefectAskedForm,
    IssueForm,
    UndoForm,
    read_issue,
)
from cardbook.chapters.issuance.individual.queries import (
    Desk,
    handed_over_here,
    last_hand_over,
    look_up,
    photo_of,
    show_card,
)
from cardbook.chapters.issuance.individual.register import slip_pdf
from cardbook.chapters.issuance.individual.ticket import ticket_pdf
from cardbook.chapters.looking import found_at_desk
from cardbook.chapters.screens import status_of
from cardbook.chapters.typed_numbers import recheck_of
from cardbook.law.parameters import parameter
from cardbook.law.roles import SEES_PEOPLE, Role
from cardbook.lib.ids import id_of
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.facts import Defect, Reading, Recheck, Verdict
from cardbook.lifecycle.pages import ActorRequest, new_key, page
from cardbook.lifecycle.refusals import Refusal, Refused
from cardbook.papers.pictures import ImageRefused
from cardbook.registers.answers import picture_answer

_RECEIPT = "desk_receipt"
# What the screen offers besides, to posts that may.
_BESIDES = {
    "defect": "defect.record",
    "error": "error.record",
    "undo": "issue.undo",
    "activate": "social.activate",
}


@require_http_methods(["GET", "POST"])
@page("card.issue")
def desk(request: ActorRequest) -> HttpResponse:
    """Show the person whose number was scanned, or hand the card over.

    The number travels in the body, never in an address that a browser or a log keeps.
    """
    if request.method == "GET":
        # A hand-over that ran into an ended session comes back here after signing in.
        receipt = request.session.pop(_RECEIPT, None)
        return _answer(request, Desk(), receipt=receipt, interrupted="sent" in request.GET)
    if "q" in request.POST:
        now = timezone.now()
        found = look_up(
            text=request.POST["q"], by=request.actor, at=now, today=timezone.localdate(now)
        )
        return _answer(request, _noted(request, found, request.POST["q"]))
    if "show" in request.POST:
        return _answer(request, _noted(request, _shown(request, request.POST["show"]), ""))
    return _hand_over(request)


def _shown(request: ActorRequest, card_id: str) -> Desk:
    now = timezone.now()
    return show_card(
        card_id=id_of(card_id) or 0,
        by=request.actor,
        at=now,
        today=timezone.localdate(now),
    )


def _noted(request: ActorRequest, found: Desk, text: str) -> Desk:
    """Whom the screen shows is kept (Art. 32)."""
    found_at_desk(
        request,
        card=found.card.id if found.card else None,
        person=found.holder.id if found.holder else None,
        text=text,
        today=timezone.localdate(),
    )
    return found


def _answer(
    request: ActorRequest,
    found: Desk,
    *,
    form: DeskForm | None = None,
    status: int = 200,
    **more: object,
) -> HttpResponse:
    identity = request.POST.get("identity", "")
    context: dict[str, Any] = {
        "desk": found,
        "form": form
        or fresh_form(
            key=new_key(),
            identity=identity,
            recheck=_recheck(request),
            activate=activates_usually(on=timezone.localdate()),
            is_16_or_17=_is_16_or_17(found),
            old_card=_old_card(found),
        ),
        "notices": act("card.issue").notices,
        "in_use": activation_told(on=timezone.localdate()),
        "told": told_if_lost(_old_card(found), on=timezone.localdate()),
        "recheck_doubt": parameter("typed_number_check").on(timezone.localdate()).doubt,
        "outlets": outlets_told(card_id=found.card.id, by=request.actor) if found.card else None,
        "defect_form": DefectAskedForm(),
        "defects": list(Defect),
        "readings": list(Reading),
        "verdicts": list(Verdict),
        "defect_key": new_key(),
        "may": {code: request.actor.role in act(row).who for code, row in _BESIDES.items()}
        | {"open_card": request.actor.role in SEES_PEOPLE},
        **more,
    }
    part = bool(request.headers.get("HX-Request"))
    template = "individual/_desk.html" if part else "individual/desk.html"
    return render(request, template, context | {"part": part}, status=status)


def _is_16_or_17(found: Desk) -> bool:
    return found.holder is not None and found.holder.is_16_or_17


def _recheck(request: ActorRequest) -> Recheck | None:
    return recheck_of(request.POST.get("identity", ""), on=timezone.localdate())


def _old_card(found: Desk) -> OldCardOut | None:
    return found.card.old_card if found.card else None


def _again(request: ActorRequest, shown: Desk, **wrong: Any) -> DeskForm:
    """What was filled in, with what was wrong about it."""
    return form_again(
        request.POST,
        key=new_key(),
        recheck=_recheck(request),
        is_16_or_17=_is_16_or_17(shown),
        old_card=_old_card(shown),
        **wrong,
    )


def _hand_over(request: ActorRequest) -> HttpResponse:
    form = IssueForm(request.POST, request.FILES)
    if not form.is_valid():
        shown = _shown(request, request.POST.get("card", ""))
        again = _again(request, shown, errors=form.errors)
        return _answer(request, shown, form=again, status=422)
    outlet = request.actor.role is Role.BANK_TELLER
    given = read_issue(form, way="outlet" if outlet else "window")
    try:
        second = form.second(request)
        done = issue_card(
            card_id=given.card_id,
            facts=given.facts,
            papers=given.papers,
            told=given.told,
            images=given.images,
            old_card=given.old_card,
            again=given.again,
            activate=given.activate,
            chip=given.chip,
            by=request.actor,
            second=second,
            at=timezone.now(),
            key=given.key,
        )
    except Refused as refused:
        shown = _shown(request, str(given.card_id))
        again = _again(request, shown, refusals=refused.refusals)
        return _answer(request, shown, form=again, status=409)
    card = handed_over_here(card_id=given.card_id, by=request.actor)
    # No name: the person is gone from the screen the moment he has his card.
    request.session[_RECEIPT] = {
        "card": given.card_id,
        "number": card.number if card else "",
        "repeated": done.repeated,
        "activated": given.activate,
    }
    return redirect("card.issue")


@require_http_methods(["GET", "POST"])
@page("issue.undo")
def undo(request: ActorRequest, card_id: int) -> HttpResponse:
    """Take a mistaken entry back: the reason in words, and a second person's signature."""
    card = card_head(card_id=card_id, by=request.actor)
    if card is None:
        raise Http404
    hand_over = last_hand_over(card_id)
    event = hand_over.event if hand_over else 0
    form = UndoForm(
        request.POST or None, request.FILES or None, initial={"key": new_key(), "event": event}
    )
    refusals: tuple[Refusal, ...] = ()
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            answered = form.answered()
            undo_issue(
                card_id=card_id,
                event_id=given["event"],
                words=given["words"],
                papers=answered.papers,
                told=answered.told,
                images=answered.images,
                by=request.actor,
                second=form.second(request),
                at=timezone.now(),
                key=given["key"],
            )
        except Refused as refused:
            refusals = refused.refusals
        else:
            messages.success(request, f"已撤销卡 {card.number} 的发放登记，请把卡放回窗口抽屉。")
            return redirect("card.show", card_id)
    return render(
        request,
        "individual/undo.html",
        {"card": card, "hand_over": hand_over, "form": form, "refusals": refusals},
        status=status_of(refusals=refusals, mistakes=form.errors),
    )


@require_GET
@page("card.issue")
def photo(request: ActorRequest, person_id: int) -> HttpResponse:
    """The holder's photo, for the comparison of face and document; never outside the county."""
    content = photo_of(person_id=person_id, by=request.actor)
    if content is None:
        raise Http404
    try:
        return picture_answer(content)
    except ImageRefused as refused:
        raise Http404 from refused


@require_GET
@page("card.issue")
def slip(request: ActorRequest, card_id: int) -> HttpResponse:
    """The receipt with the notice of Article 12, as PDF for the window's printer."""
    card = handed_over_here(card_id=card_id, by=request.actor)
    if card is None:
        raise Http404
    content = slip_pdf(card=card, by=request.actor, at=timezone.now())
    return HttpResponse(content, content_type="application/pdf")


@require_GET
@page("card.issue")
def ticket(request: ActorRequest, card_id: int) -> HttpResponse:
    """The slip with which the card is fetched from the store, as PDF."""
    content = ticket_pdf(card_id=card_id, by=request.actor, at=timezone.now())
    if content is None:
        raise Http404
    return HttpResponse(content, content_type="application/pdf")
