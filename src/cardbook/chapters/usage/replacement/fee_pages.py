"""The fee of an application on its own: take, waive, refund, refuse; its receipt (Art. 26, 32)."""

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from cardbook.cards.states import Subject
from cardbook.chapters.asked import AskedForm
from cardbook.chapters.screens import status_of
from cardbook.chapters.usage.fee_words import due_yuan, fee_state
from cardbook.chapters.usage.reaching import applications_within
from cardbook.chapters.usage.replacement.fee_commands import (
    refund_fee,
    refuse_charge,
    take_fee,
    waive_fee,
)
from cardbook.chapters.usage.replacement.forms import (
    RefundForm,
    RefuseChargeForm,
    TakeFeeForm,
    WaiveForm,
)
from cardbook.chapters.usage.slips import FEE_PAPERS, receipt_pdf
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.load import load_cases
from cardbook.lifecycle.openacts import open_act
from cardbook.lifecycle.pages import ActorRequest, new_key, page
from cardbook.lifecycle.refusals import Refusal, Refused
from cardbook.people.holders import holder_of
from cardbook.registers.answers import file_answer

Work = Callable[[AskedForm], object]


@require_http_methods(["GET", "POST"])
@page("fee.take")
def take(request: ActorRequest, application_id: int) -> HttpResponse:
    """Take the fee the tariff asks for; nobody types an amount."""

    def work(form: AskedForm) -> object:
        assert isinstance(form, TakeFeeForm)
        return take_fee(
            application_id=application_id, payment=form.payment(), by=request.actor,
            at=timezone.now(), key=form.cleaned_data["key"],
        )  # fmt: skip

    form = TakeFeeForm(request.POST or None, request.FILES or None, initial={"key": new_key()})
    return _fee_page(request, application_id, form=form, work=work)


@require_http_methods(["GET", "POST"])
@page("fee.waive")
def waive(request: ActorRequest, application_id: int) -> HttpResponse:
    """Let a holder off; a second person approves with his own password."""

    def work(form: AskedForm) -> object:
        return waive_fee(
            application_id=application_id, words=form.cleaned_data["words"], by=request.actor,
            second=form.second(request), at=timezone.now(), key=form.cleaned_data["key"],
        )  # fmt: skip

    form = WaiveForm(request.POST or None, request.FILES or None, initial={"key": new_key()})
    return _fee_page(request, application_id, form=form, work=work)


@require_http_methods(["GET", "POST"])
@page("fee.refund")
def refund(request: ActorRequest, application_id: int) -> HttpResponse:
    """Give the fee back; two people sign."""

    def work(form: AskedForm) -> object:
        given = form.cleaned_data
        return refund_fee(
            application_id=application_id, receipt=given["receipt"], words=given["words"],
            by=request.actor, second=form.second(request), at=timezone.now(), key=given["key"],
        )  # fmt: skip

    form = RefundForm(request.POST or None, request.FILES or None, initial={"key": new_key()})
    return _fee_page(request, application_id, form=form, work=work)


@require_http_methods(["GET", "POST"])
@page("fee.refuse")
def refuse(request: ActorRequest, application_id: int) -> HttpResponse:
    """Record that somebody wanted money for what is free."""

    def work(form: AskedForm) -> object:
        assert isinstance(form, RefuseChargeForm)
        return refuse_charge(
            application_id=application_id, asked_fen=form.asked_fen(),
            words=form.cleaned_data["words"], by=request.actor, at=timezone.now(),
            key=form.cleaned_data["key"],
        )  # fmt: skip

    form = RefuseChargeForm(
        request.POST or None, request.FILES or None, initial={"key": new_key()}
    )
    return _fee_page(request, application_id, form=form, work=work)


def _fee_page(
    request: ActorRequest, application_id: int, *, form: AskedForm, work: Work
) -> HttpResponse:
    """One form, one act on one application; back to the application when it is done."""
    application = applications_within(request.actor).filter(pk=application_id).first()
    if application is None:
        raise Http404
    refusals = () if form.is_bound else _standing(request, application_id, form)
    if request.method == "POST" and form.is_valid():
        try:
            work(form)
        except Refused as refused:
            refusals = refused.refusals
        else:
            messages.success(request, f"申请 {application_id}：{form.row.title}已登记。")
            return redirect("application.show", application_id)
    holder = holder_of(application.person)
    return render(
        request,
        "replacement/fee.html",
        {
            "application": application,
            "holder": holder,
            "yuan": due_yuan(application),
            "fee_state": fee_state(application),
            "paper": FEE_PAPERS.get(application.fee, ""),
            "row": act(form.act_code),
            "form": form,
            "refusals": refusals,
        },
        status=status_of(refusals=refusals if form.is_bound else (), mistakes=form.errors),
    )


def _standing(
    request: ActorRequest, application_id: int, form: AskedForm
) -> tuple[Refusal, ...]:  # fmt: skip
    """Why the fee as it stands does not allow the act, before anybody takes money."""
    case = load_cases(subject=Subject.APPLICATION, ids=[application_id], lock=False)
    row, at = act(form.act_code), timezone.now()
    return open_act(act=row, case=case[application_id], by=request.actor, at=at).reasons


@require_GET
@page("fee.take")
def receipt(request: ActorRequest, application_id: int) -> HttpResponse:
    """The receipt as PDF, as often as it is asked for; once given back, what says so instead."""
    application = applications_within(request.actor).filter(pk=application_id).first()
    papers = list(application.receipts.order_by("refund", "id")) if application else []
    if application is None or not papers:
        raise Http404
    paid, last = papers[0], papers[-1]
    given_back = last if last.refund else None
    content = receipt_pdf(
        application, paid, given_back=given_back, by=request.actor, at=timezone.now()
    )
    name = f"工本费{'退费凭据' if given_back else '收据'}_{last.number}.pdf"
    return file_answer(content, name=name, kind="pdf", attached=False)
