"""The screens of complaints about a bank's promise: the list, and one step by step (Art. 24)."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cardbook.chapters.screens import status_of
from cardbook.chapters.usage.bank_offers import complaints as said
from cardbook.chapters.usage.bank_offers.complaint_forms import (
    AnswerForm,
    CloseForm,
    ComplaintForm,
)
from cardbook.chapters.usage.bank_offers.queries import PROMISERS
from cardbook.chapters.usage.bank_offers.register import complaints_xlsx
from cardbook.lifecycle.pages import ActorRequest, page
from cardbook.registers.answers import file_answer
from cardbook.registers.lists import only_ticked, order_of, titles

ROWS = 50
_BASIS = "第二十四条"


@require_GET
@page(roles=said.READERS, basis=_BASIS)
def listed(request: ActorRequest) -> HttpResponse:
    """Complaints of the county, or about one's own bank."""
    find = _asked(request)
    rows = said.complaints(by=request.actor, **find)
    context = {
        "page": Paginator(rows, ROWS).get_page(request.GET.get("page")), **find,
        "q": find["text"], "sorts": titles(said.SORTS),
        "states": [(code, title) for code, (title, _) in said.STATES.items()],
        "may": request.actor.role in said.RECEIVERS, "query": request.GET.urlencode(),
    }  # fmt: skip
    return render(request, "usage/complaints.html", context)


def _asked(request: ActorRequest) -> dict[str, str]:
    return {
        "state": request.GET.get("state", ""), "text": request.GET.get("q", "").strip(),
        "sort": order_of(request, said.SORTS),
    }  # fmt: skip


@require_GET
@page(roles=said.READERS, basis=_BASIS)
def export(request: ActorRequest) -> HttpResponse:
    """The complaints that are seen, as a workbook."""
    now, today = timezone.now(), timezone.localdate()
    rows = only_ticked(request, said.complaints(by=request.actor, **_asked(request)))
    content = complaints_xlsx(rows, by=request.actor, at=now)
    return file_answer(content, name=f"银行承诺投诉_{today:%Y%m%d}.xlsx")


@require_http_methods(["GET", "POST"])
@page(roles=said.RECEIVERS, basis=_BASIS)
def take(request: ActorRequest) -> HttpResponse:
    """Take a complaint down."""
    begun = said.begin_about(request.GET.get("offer", ""))
    form = ComplaintForm(request.POST or None, initial=begun)
    form.offer_choices(by=request.actor, today=timezone.localdate())
    if request.method == "POST" and form.is_valid():
        try:
            kept = said.take_complaint(
                about=form.about, words=form.cleaned_data["words"], by=request.actor,
                at=timezone.now(),
            )  # fmt: skip
        except said.NotTaken as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, "已登记，银行在首页看到、答复后由您这里办结。")
            return redirect("complaint.show", kept.pk)
    return render(
        request, "usage/complaint_new.html", {"form": form}, status=status_of(mistakes=form.errors)
    )


@require_GET
@page(roles=said.READERS, basis=_BASIS)
def show(request: ActorRequest, complaint_id: int) -> HttpResponse:
    """One complaint; whose turn it is finds the form of the next step below it."""
    found = said.complaint_numbered(complaint_id, by=request.actor)
    if found is None:
        raise Http404
    role = request.actor.role
    form: AnswerForm | CloseForm | None = None
    if found.answered_at is None and role in PROMISERS:
        form = AnswerForm()
    elif found.answered_at and not found.closed_at and role in said.RECEIVERS:
        form = CloseForm()
    return _shown(request, found, form)


def _shown(
    request: ActorRequest, found: object, form: AnswerForm | CloseForm | None
) -> HttpResponse:
    context = {"row": found, "form": form}
    mistakes = form.errors if form and form.is_bound else None
    return render(request, "usage/complaint.html", context, status=status_of(mistakes=mistakes))


@require_POST
@page(roles=PROMISERS, basis=_BASIS)
def answer(request: ActorRequest, complaint_id: int) -> HttpResponse:
    """Keep what the bank says to it."""
    form, found = AnswerForm(request.POST), said.complaint_numbered(complaint_id, by=request.actor)
    if found is None:
        raise Http404
    if not form.is_valid():
        return _shown(request, found, form)
    words, now = form.cleaned_data["answer"], timezone.now()
    if said.answer_complaint(complaint_id=found.pk, answer=words, by=request.actor, at=now):
        messages.success(request, "已登记答复，等待受理机构办结。")
    else:
        messages.error(request, "没有登记：已有答复，请看最新情况。")
    return redirect("complaint.show", found.pk)


@require_POST
@page(roles=said.RECEIVERS, basis=_BASIS)
def close(request: ActorRequest, complaint_id: int) -> HttpResponse:
    """Close one the bank has answered."""
    form, found = CloseForm(request.POST), said.complaint_numbered(complaint_id, by=request.actor)
    if found is None:
        raise Http404
    if not form.is_valid():
        return _shown(request, found, form)
    outcome, now = form.cleaned_data["outcome"], timezone.now()
    if said.close_complaint(complaint_id=found.pk, outcome=outcome, by=request.actor, at=now):
        messages.success(request, "已办结。")
    else:
        messages.error(request, "没有办结：银行还没有答复，或已经办结。请看最新情况。")
    return redirect("complaint.show", found.pk)
