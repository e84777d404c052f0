"""Records a defect and opens its free replacement (Art. 9)."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from cardbook.chapters.card_heads import card_head
from cardbook.chapters.issuance.defect.commands import record_defect
from cardbook.chapters.issuance.defect.forms import DefectForm
from cardbook.chapters.screens import status_of
from cardbook.law.roles import SEES_PEOPLE
from cardbook.lifecycle.pages import ActorRequest, new_key, page
from cardbook.lifecycle.refusals import Refusal, Refused


@require_http_methods(["GET", "POST"])
@page("defect.record")
def defect(request: ActorRequest, card_id: int) -> HttpResponse:
    """Take the card back and open the free replacement."""
    card = card_head(card_id=card_id, by=request.actor)
    if card is None:
        raise Http404
    form = DefectForm(request.POST or None, request.FILES or None, initial={"key": new_key()})
    refusals: tuple[Refusal, ...] = ()
    if request.method == "POST" and form.is_valid():
        try:
            answered = form.answered()
            done = record_defect(
                card_id=card_id,
                facts=form.facts(),
                told=answered.told,
                papers=answered.papers,
                images=answered.images,
                by=request.actor,
                second=form.second(request),
                at=timezone.now(),
                key=form.cleaned_data["key"],
            )
        except Refused as refused:
            refusals = refused.refusals
        else:
            opened = len(done.subject_ids) > 1
            rest = "免费补换申请已开具，不收费。" if opened else "原有的申请继续办理，不收费。"
            messages.success(request, f"卡 {card.number} 已收回，{rest}")
            if form.cleaned_data["from_desk"]:
                return redirect("card.issue")
            may_open = request.actor.role in SEES_PEOPLE
            return redirect("card.show", card_id) if may_open else redirect("defect.stock")
    return render(
        request,
        "defect/defect.html",
        {"card": card, "form": form, "refusals": refusals},
        status=status_of(refusals=refusals, mistakes=form.errors),
    )
