"""The window's screen: GET finds and shows, POST calls one command (Art. 8 para. 4, 9, 12).

Keyboard first: scan the document, scan the card, sign, Enter. Works without JavaScript.
"""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from cardbook.cards.models import Card
from cardbook.chapters.issuance.individual.commands import issue_card, undo_issue
from cardbook.chapters.issuance.individual.forms import IssueForm, UndoForm, read_issue
from cardbook.chapters.issuance.individual.queries import look_up
from cardbook.ledger.models import Event
from cardbook.law import notices
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.facts import Defect
from cardbook.lifecycle.pages import ActorRequest, new_key, page, second_actor
from cardbook.lifecycle.refusals import Refused
from cardbook.people.holders import holder_of

ISSUE = act("card.issue")


@require_http_methods(["GET", "POST"])
@page("card.issue")
def desk(request: ActorRequest) -> HttpResponse:
    """Show the person whose number was scanned, or hand the card over."""
    if request.method == "POST" and "q" not in request.POST:
        return _issue(request)
    # The number travels in the body, never in an address that a browser or a log keeps.
    return _show(request, text=request.POST.get("q", ""))


def _show(request: ActorRequest, *, text: str, status: int = 200, **more: object) -> HttpResponse:
    now = timezone.now()
    found = None
    if text:
        found = look_up(text=text, by=request.actor, at=now, today=timezone.localdate(now))
    context = {
        "desk": found,
        "holder": found.holder if found else None,
        "item": found.card if found else None,
        "form_key": new_key(),
        "notice": notices.PICK_UP,
        "paper_rule": ISSUE.papers,
        "defects": list(Defect),
        "done": request.session.pop("desk_done", None) if not text else None,
        **more,
    }
    template = "individual/_desk.html" if request.headers.get("HX-Request") else "individual/desk.html"
    return render(request, template, context, status=status)


def _issue(request: ActorRequest) -> HttpResponse:
    form = IssueForm(request.POST, request.FILES)
    number = request.POST.get("number", "")
    if not form.is_valid():
        return _show(request, text=number, status=422, errors=form.errors)
    try:
        given = read_issue(form, by=request.actor)
        done = issue_card(
            card_id=given.card_id, facts=given.facts, papers=given.papers, told=given.told,
            by=request.actor, at=timezone.now(), key=given.key,
        )
    except Refused as refused:
        return _show(request, text=number, status=409, refusals=refused.refusals, kept=request.POST)
    except ValueError as problem:
        return _show(request, text=number, status=422, problem=str(problem), kept=request.POST)
    card = Card.objects.select_related("person").get(pk=given.card_id)
    request.session["desk_done"] = {
        "card": card.pk,
        "number": card.number,
        "name": holder_of(card.person).name,
        "repeated": done.repeated,
    }
    return redirect("card.issue")


@require_http_methods(["GET", "POST"])
@page("issue.undo")
def undo(request: ActorRequest, card_id: int) -> HttpResponse:
    """Take a mistaken entry back: the reason in words, and a second person's signature."""
    card = get_object_or_404(Card.objects.select_related("person"), pk=card_id,
                             county__path__startswith=request.actor.county_path)
    event = Event.objects.filter(subject_kind="card", subject_id=card_id, act="card.issue")
    event = event.order_by("-seq").first()
    form = UndoForm(request.POST or None, initial={"key": new_key()})
    refusals = ()
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            second = second_actor(username=given["second_name"],
                                  password=given["second_password"], request=request)
            undo_issue(card_id=card_id, event_id=event.pk if event else 0, words=given["words"],
                       by=request.actor, second=second, at=timezone.now(), key=given["key"])
        except Refused as refused:
            refusals = refused.refusals
        else:
            messages.success(request, f"已撤销卡 {card.number} 的发放登记，请把卡放回窗口抽屉。")
            return redirect("card.show", card_id)
    return render(
        request, "individual/undo.html",
        {"card": card, "holder": holder_of(card.person), "event": event, "form": form,
         "refusals": refusals, "act": act("issue.undo")},
        status=409 if refusals else 200,
    )


@require_GET
@page("card.issue")
def slip(request: ActorRequest, card_id: int) -> HttpResponse:
    """The receipt with the notice of Article 12, as PDF for the window's printer."""
    from cardbook.chapters.issuance.individual.register import slip_pdf

    card = get_object_or_404(Card.objects.select_related("person"), pk=card_id,
                             county__path__startswith=request.actor.county_path)
    content = slip_pdf(card=card, by=request.actor, at=timezone.now())
    return HttpResponse(content, content_type="application/pdf")


