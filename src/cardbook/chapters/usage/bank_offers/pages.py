"""The screens of what banks promise: the list everybody reads, and who enters it (Art. 24)."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cardbook.chapters.screens import status_of
from cardbook.chapters.usage.bank_offers.commands import NotEntered, enter_offer, withdraw_offer
from cardbook.chapters.usage.bank_offers.forms import OfferForm, WithdrawForm
from cardbook.chapters.usage.bank_offers.queries import banks_of, offers
from cardbook.chapters.usage.bank_offers.register import offers_xlsx
from cardbook.law.roles import Role
from cardbook.lifecycle.pages import ActorRequest, page
from cardbook.registers.answers import file_answer

ROWS = 50
_BASIS = "第二十四条"
_WRITERS = frozenset({Role.BANK_TELLER, Role.CITY_MANAGER})


@require_GET
@page(basis=_BASIS)
def listed(request: ActorRequest) -> HttpResponse:
    """What banks offer today, for everybody to read."""
    may = request.actor.role in _WRITERS
    kind, text = request.GET.get("kind", ""), request.GET.get("q", "").strip()
    rows = offers(today=timezone.localdate(), kind=kind, text=text)
    context = {
        "page": Paginator(rows, ROWS).get_page(request.GET.get("page")), "may": may,
        "own": {bank for bank, _ in banks_of(request.actor)} if may else set(),
        "kind": kind, "kinds": dict(OfferForm.base_fields["kind"].choices).items(),  # type: ignore[attr-defined]
        "q": text, "query": request.GET.urlencode(),
    }  # fmt: skip
    return render(request, "usage/offers.html", context)


@require_GET
@page(basis=_BASIS)
def export(request: ActorRequest) -> HttpResponse:
    """The commitments that are seen, as a workbook."""
    now, today = timezone.now(), timezone.localdate()
    kind, text = request.GET.get("kind", ""), request.GET.get("q", "").strip()
    content = offers_xlsx(offers(today=today, kind=kind, text=text), by=request.actor, at=now)
    return file_answer(content, name=f"银行优惠与渠道_{today:%Y%m%d}.xlsx")


@require_http_methods(["GET", "POST"])
@page(roles=_WRITERS, basis=_BASIS)
def enter(request: ActorRequest) -> HttpResponse:
    """Enter what a bank promises."""
    form = OfferForm(request.POST or None, initial={"since": timezone.localdate()})
    form.offer_banks(request.actor)
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        try:
            enter_offer(bank_id=given.pop("bank"), **given, by=request.actor, at=timezone.now())
        except NotEntered as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, f"已登记“{given['title']}”，在有效期内公布。")
            return redirect("offer.list")
    return render(
        request, "usage/offer_new.html", {"form": form}, status=status_of(mistakes=form.errors)
    )


@require_POST
@page(roles=_WRITERS, basis=_BASIS)
def withdraw(request: ActorRequest) -> HttpResponse:
    """Take a commitment back before its last day."""
    form = WithdrawForm(request.POST)
    if form.is_valid() and withdraw_offer(
        offer_id=form.cleaned_data["offer"], by=request.actor, at=timezone.now()
    ):
        messages.success(request, "已撤回，不再公布；记录保留。")
    else:
        messages.error(request, "没有撤回：已经撤回，或不是本行的承诺。请刷新页面。")
    return redirect("offer.list")
