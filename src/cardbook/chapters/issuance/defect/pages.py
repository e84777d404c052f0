"""Records a defect, shows the open replacements and takes one back (Art. 9, 25)."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from cardbook.cards.models import Application, Card
from cardbook.chapters.issuance.defect.commands import record_defect, withdraw_application
from cardbook.chapters.issuance.defect.forms import DefectForm, WithdrawForm
from cardbook.chapters.issuance.defect.queries import open_applications
from cardbook.law import notices
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.facts import Defect, DefectRecorded
from cardbook.lifecycle.pages import ActorRequest, new_key, page
from cardbook.lifecycle.refusals import Refusal, Refused
from cardbook.people.holders import holder_of


@require_http_methods(["GET", "POST"])
@page("defect.record")
def defect(request: ActorRequest, card_id: int) -> HttpResponse:
    """Take the card back and open the free replacement."""
    card = get_object_or_404(
        Card.objects.select_related("person", "batch"), pk=card_id,
        county__path__startswith=request.actor.county_path,
    )
    form = DefectForm(request.POST or None, initial={"key": new_key()})
    refusals: tuple[Refusal, ...] = ()
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        facts = DefectRecorded(defect=Defect(given["defect"]), words=given["words"],
                               reader_tried=given["reader_tried"])
        try:
            record_defect(card_id=card_id, facts=facts, by=request.actor, at=timezone.now(),
                          told=(notices.DEFECT.code,) if given["told"] else (), key=given["key"])
        except Refused as refused:
            refusals = refused.refusals
        else:
            messages.success(request, f"卡 {card.number} 已收回，免费补换申请已开具，不收费。")
            return redirect("card.show", card_id)
    return render(
        request, "defect/defect.html",
        {"card": card, "holder": holder_of(card.person), "form": form, "refusals": refusals,
         "act": act("defect.record"), "notice": notices.DEFECT},
        status=409 if refusals else 200,
    )


@require_GET
@page(basis="第九条、第二十五条")
def applications(request: ActorRequest) -> HttpResponse:
    """The county's replacements under way, oldest first."""
    return render(request, "defect/applications.html",
                  {"rows": open_applications(request.actor)})


@require_http_methods(["GET", "POST"])
@page("application.withdraw")
def withdraw(request: ActorRequest, application_id: int) -> HttpResponse:
    """Take an application back, with a reason."""
    application = get_object_or_404(
        Application.objects.select_related("person", "old_card"), pk=application_id,
        county__path__startswith=request.actor.county_path,
    )
    form = WithdrawForm(request.POST or None, initial={"key": new_key()})
    refusals: tuple[Refusal, ...] = ()
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            withdraw_application(application_id=application_id, words=given["words"],
                                 by=request.actor, at=timezone.now(), key=given["key"])
        except Refused as refused:
            refusals = refused.refusals
        else:
            messages.success(request, "申请已撤回。")
            return redirect("application.list")
    return render(
        request, "defect/withdraw.html",
        {"application": application, "holder": holder_of(application.person), "form": form,
         "refusals": refusals, "act": act("application.withdraw")},
        status=409 if refusals else 200,
    )
