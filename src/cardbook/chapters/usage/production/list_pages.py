"""Shows applications: the list with its filters, one of them with its clock; takes one back."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from cardbook.cards.states import Fee, Progress
from cardbook.chapters.screens import status_of
from cardbook.chapters.usage.production.commands import withdraw_application
from cardbook.chapters.usage.production.forms import ListForm, WithdrawForm
from cardbook.chapters.usage.production.queries import (
    MOST_EXPORTED,
    ORDERS,
    ROWS,
    STATES,
    ApplicationsWanted,
    application_of,
    application_sheet,
    applications,
    found_applications,
    row_of,
)
from cardbook.chapters.usage.production.register import list_xlsx
from cardbook.chapters.usage.reaching import banks_for
from cardbook.chapters.usage.slips import collect_pdf
from cardbook.law.roles import SEES_PEOPLE, Role
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.pages import ActorRequest, new_key, page
from cardbook.lifecycle.refusals import Refusal, Refused
from cardbook.registers.answers import file_answer, kept_picture
from cardbook.registers.lists import is_export, ticked, titles

READERS = SEES_PEOPLE | {Role.BANK_TELLER}
BASIS = "第四条、第九条、第十五条、第二十五条、第二十六条"


@require_GET
@page(roles=READERS, basis=BASIS)
def applications_page(request: ActorRequest) -> HttpResponse:
    """The applications within reach: searched, filtered, sorted, exported."""
    today = timezone.localdate()
    form = ListForm(request.GET)
    given: dict[str, Any] = form.cleaned_data if form.is_valid() else {}
    wanted = ApplicationsWanted(
        state=given.get("state") or "open",
        progress=given.get("progress") or "",
        fee=given.get("fee") or "",
        bank=given.get("bank"),
        text=given.get("q") or "",
        order=given.get("order") or "old",
        only=ticked(request) if is_export(request) else frozenset(),
    )
    if is_export(request):
        rows = applications(wanted, by=request.actor, today=today, limit=MOST_EXPORTED)
        content, name = list_xlsx(rows, by=request.actor, at=timezone.now())
        return file_answer(content, name=name)
    count = found_applications(wanted, by=request.actor, today=today).count()
    found = Paginator(range(count), ROWS).get_page(request.GET.get("page"))
    context = {
        "rows": applications(
            wanted, by=request.actor, today=today, offset=(found.number - 1) * ROWS
        ),
        "found": found,
        "wanted": wanted,
        "states": list(STATES.items()),
        "progresses": Progress.choices(),
        "fees": Fee.choices(),
        "banks": banks_for(request.actor),
        "sees_cards": request.actor.role in SEES_PEOPLE,
        "may_withdraw": request.actor.role in act("application.withdraw").who,
        "orders": titles(ORDERS),
    }
    return render(request, "production/list.html", context)


@require_GET
@page(roles=READERS, basis=BASIS)
def show(request: ActorRequest, application_id: int) -> HttpResponse:
    """One application: what was captured, whose turn it is, what may be done."""
    sheet = application_sheet(application_id=application_id, by=request.actor, at=timezone.now())
    if sheet is None:
        raise Http404
    context = {
        "sheet": sheet,
        "row": sheet.row,
        "sees_cards": request.actor.role in SEES_PEOPLE,
    }
    return render(request, "production/show.html", context)


@require_GET
@page(roles=READERS, basis=BASIS)
def photo(request: ActorRequest, application_id: int) -> HttpResponse:
    """The photo for the card, as kept; never out of reach."""
    application = application_of(application_id=application_id, by=request.actor)
    digest = application.detail.photo if application and hasattr(application, "detail") else ""
    return kept_picture(digest)


@require_GET
@page(roles=READERS, basis=BASIS)
def slip(request: ActorRequest, application_id: int) -> HttpResponse:
    """The slip with which the new card is collected, as PDF for the window's printer."""
    application = application_of(application_id=application_id, by=request.actor)
    if application is None or not hasattr(application, "detail"):
        raise Http404
    content = collect_pdf(application, by=request.actor, at=timezone.now())
    return file_answer(content, name=f"受理凭条_{application_id}.pdf", kind="pdf", attached=False)


@require_http_methods(["GET", "POST"])
@page("application.withdraw")
def withdraw(request: ActorRequest, application_id: int) -> HttpResponse:
    """Take an application back, with a reason."""
    application = application_of(application_id=application_id, by=request.actor)
    if application is None:
        raise Http404
    form = WithdrawForm(request.POST or None, initial={"key": new_key()})
    refusals: tuple[Refusal, ...] = ()
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            withdraw_application(
                application_id=application_id, words=given["words"], by=request.actor,
                at=timezone.now(), key=given["key"],
            )  # fmt: skip
        except Refused as refused:
            refusals = refused.refusals
        else:
            messages.success(request, f"申请 {application_id} 已撤回。")
            return redirect("application.list")
    row = row_of(application, None, today=timezone.localdate())
    return render(
        request,
        "production/withdraw.html",
        {"row": row, "form": form, "refusals": refusals},
        status=status_of(refusals=refusals, mistakes=form.errors),
    )
