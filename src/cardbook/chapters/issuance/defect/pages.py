"""Records a defect, shows the open replacements and takes one back (Art. 9, 25)."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from cardbook.chapters.card_heads import card_head
from cardbook.chapters.issuance.defect.commands import record_defect, withdraw_application
from cardbook.chapters.issuance.defect.forms import DefectForm, WithdrawForm
from cardbook.chapters.issuance.defect.queries import (
    application_row,
    open_applications,
)
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
            return redirect("card.show", card_id)
    return render(
        request,
        "defect/defect.html",
        {"card": card, "form": form, "refusals": refusals},
        status=status_of(refusals=refusals, mistakes=form.errors),
    )


@require_GET
@page(roles=SEES_PEOPLE, basis="第九条、第二十五条")
def applications(request: ActorRequest) -> HttpResponse:
    """The county's replacements under way, oldest first."""
    return render(request, "defect/applications.html", {"rows": open_applications(request.actor)})


@require_http_methods(["GET", "POST"])
@page("application.withdraw")
def withdraw(request: ActorRequest, application_id: int) -> HttpResponse:
    """Take an application back, with a reason."""
    application = application_row(application_id=application_id, by=request.actor)
    if application is None:
        raise Http404
    form = WithdrawForm(request.POST or None, initial={"key": new_key()})
    refusals: tuple[Refusal, ...] = ()
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            withdraw_application(
                application_id=application_id,
                words=given["words"],
                by=request.actor,
                at=timezone.now(),
                key=given["key"],
            )
        except Refused as refused:
            refusals = refused.refusals
        else:
            messages.success(request, f"申请 {application_id} 已撤回。")
            return redirect("application.list")
    return render(
        request,
        "defect/withdraw.html",
        {"application": application, "form": form, "refusals": refusals},
        status=status_of(refusals=refusals, mistakes=form.errors),
    )
