"""Charges nobody owed, for whoever leads and the auditor: the list and one of them (Art. 32)."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from cardbook.chapters.screens import status_of
from cardbook.chapters.usage.models import RefusedCharge
from cardbook.chapters.usage.replacement import refused_charges as refused
from cardbook.chapters.usage.replacement.forms import SettleForm
from cardbook.chapters.usage.replacement.refused_register import refused_xlsx
from cardbook.lifecycle.pages import ActorRequest, page
from cardbook.people.holders import holder_of
from cardbook.registers.answers import file_answer
from cardbook.registers.lists import only_ticked, order_of, titles

ROWS = 50
_BASIS = "第三十二条第二项"


def _asked(request: ActorRequest) -> dict[str, str]:
    return {
        "state": request.GET.get("state", ""), "text": request.GET.get("q", "").strip(),
        "sort": order_of(request, refused.SORTS),
    }  # fmt: skip


@require_GET
@page(roles=refused.READERS, basis=_BASIS)
def listed(request: ActorRequest) -> HttpResponse:
    """Refused charges of the county, the newest first."""
    find = _asked(request)
    found = refused.charges(by=request.actor, today=timezone.localdate(), **find)
    context = {
        "page": Paginator(found, ROWS).get_page(request.GET.get("page")), **find,
        "q": find["text"], "sorts": titles(refused.SORTS),
        "states": [(code, title) for code, (title, _) in refused.STATES.items()],
        "query": request.GET.urlencode(),
    }  # fmt: skip
    return render(request, "replacement/refused_list.html", context)


@require_GET
@page(roles=refused.READERS, basis=_BASIS)
def export(request: ActorRequest) -> HttpResponse:
    """The refused charges that are seen, as a workbook."""
    now, today = timezone.now(), timezone.localdate()
    found = refused.charges(by=request.actor, today=today, **_asked(request))
    content = refused_xlsx(only_ticked(request, found), by=request.actor, at=now)
    return file_answer(content, name=f"拒绝收费_{today:%Y%m%d}.xlsx")


@require_GET
@page(roles=refused.READERS, basis=_BASIS)
def show(request: ActorRequest, charge_id: int) -> HttpResponse:
    """One refused charge; whoever leads clears it up below."""
    row = _found(request, charge_id)
    may = row.settled_at is None and request.actor.role in refused.SETTLERS
    return _shown(request, row, SettleForm() if may else None)


@require_POST
@page(roles=refused.SETTLERS, basis=_BASIS)
def settle(request: ActorRequest, charge_id: int) -> HttpResponse:
    """Say what came of it: no money was taken, it went back, or others look into it."""
    row, form = _found(request, charge_id), SettleForm(request.POST)
    if not form.is_valid():
        return _shown(request, row, form)
    if refused.settle_charge(
        charge_id=row.pk, ending=form.ending(), by=request.actor, at=timezone.now()
    ):
        messages.success(request, "已登记处理结果。")
    else:
        messages.error(request, "没有登记：已经处理过，请看最新情况。")
    return redirect("fee.refused_show", row.pk)


def _found(request: ActorRequest, charge_id: int) -> RefusedCharge:
    found = refused.charges(by=request.actor, today=timezone.localdate())
    row = found.filter(pk=charge_id).first()
    if row is None:
        raise Http404
    return row


def _shown(request: ActorRequest, row: RefusedCharge, form: SettleForm | None) -> HttpResponse:
    context = {"row": row, "holder": holder_of(row.application.person), "form": form}
    mistakes = form.errors if form and form.is_bound else None
    return render(
        request, "replacement/refused.html", context, status=status_of(mistakes=mistakes)
    )
