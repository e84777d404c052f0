"""The screens of what banks promise: the list everybody reads, and who enters it (Art. 24).

What ends soon or ended without going on is for whoever can renew it; what a bank entered waits for
the city, which confirms it before it is public.
"""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cardbook.chapters.screens import status_of
from cardbook.chapters.usage.bank_offers.commands import (
    NotEntered,
    confirm_offer,
    enter_offer,
    withdraw_offer,
)
from cardbook.chapters.usage.bank_offers.complaints import RECEIVERS
from cardbook.chapters.usage.bank_offers.forms import NamedOfferForm, OfferForm
from cardbook.chapters.usage.bank_offers.queries import (
    CONFIRMERS,
    PROMISERS,
    SORTS,
    STATES,
    begin_with,
    offers_seen,
    own_banks,
    soon_days,
    soon_is_confirmed,
    state_asked,
)
from cardbook.chapters.usage.bank_offers.register import offers_xlsx
from cardbook.lifecycle.pages import ActorRequest, page
from cardbook.registers.answers import file_answer
from cardbook.registers.lists import only_ticked, order_of, titles

ROWS = 50
_BASIS = "第二十四条"


@require_GET
@page(basis=_BASIS)
def listed(request: ActorRequest) -> HttpResponse:
    """What banks offer today, for everybody to read."""
    by, today = request.actor, timezone.localdate()
    may, find = by.role in PROMISERS, _asked(request)
    rows = offers_seen(by=by, today=today, **find)
    context = {
        "page": Paginator(rows, ROWS).get_page(request.GET.get("page")), "may": may, **find,
        "may_confirm": by.role in CONFIRMERS,
        "may_complain": by.role in RECEIVERS,
        "states": STATES.items(), "sorts": titles(SORTS), "days": soon_days(today),
        "confirmed": soon_is_confirmed(today),
        "own": own_banks(by) if may else [],
        "kinds": dict(OfferForm.base_fields["kind"].choices).items(),  # type: ignore[attr-defined]
        "q": find["text"], "query": request.GET.urlencode(),
    }  # fmt: skip
    return render(request, "usage/offers.html", context)


def _asked(request: ActorRequest) -> dict[str, str]:
    return {
        "state": state_asked(request.GET.get("state", ""), by=request.actor),
        "kind": request.GET.get("kind", ""), "text": request.GET.get("q", "").strip(),
        "sort": order_of(request, SORTS),
    }  # fmt: skip


@require_GET
@page(basis=_BASIS)
def export(request: ActorRequest) -> HttpResponse:
    """The commitments that are seen, as a workbook."""
    now, today = timezone.now(), timezone.localdate()
    found = offers_seen(by=request.actor, today=today, **_asked(request))
    rows = only_ticked(request, found)
    content = offers_xlsx(rows, by=request.actor, at=now)
    return file_answer(content, name=f"银行优惠与渠道_{today:%Y%m%d}.xlsx")


@require_http_methods(["GET", "POST"])
@page(roles=PROMISERS, basis=_BASIS)
def enter(request: ActorRequest) -> HttpResponse:
    """Enter what a bank promises; with `renews` it begins as the one that ends, a day later."""
    begun = begin_with(request.GET.get("renews", ""), by=request.actor, today=timezone.localdate())
    form = OfferForm(request.POST or None, initial=begun)
    form.offer_banks(request.actor)
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        try:
            enter_offer(bank_id=given.pop("bank"), **given, by=request.actor, at=timezone.now())
        except NotEntered as problem:
            form.add_error(None, str(problem))
        else:
            if request.actor.role in CONFIRMERS:
                messages.success(request, f"已登记“{given['title']}”，在有效期内公布。")
                return redirect("offer.list")
            messages.success(request, f"已登记“{given['title']}”，市局确认后公布。")
            return redirect(f"{reverse('offer.list')}?state=waiting")
    return render(
        request, "usage/offer_new.html", {"form": form}, status=status_of(mistakes=form.errors)
    )


@require_POST
@page(roles=CONFIRMERS, basis=_BASIS)
def confirm(request: ActorRequest) -> HttpResponse:
    """Make public what a bank entered."""
    form = NamedOfferForm(request.POST)
    if form.is_valid() and confirm_offer(
        offer_id=form.cleaned_data["offer"], by=request.actor, at=timezone.now()
    ):
        messages.success(request, "已确认，在有效期内公布。")
    else:
        messages.error(request, "没有确认：已经确认过，或银行已撤回。请刷新页面。")
    return redirect(f"{reverse('offer.list')}?state=waiting")


@require_POST
@page(roles=PROMISERS, basis=_BASIS)
def withdraw(request: ActorRequest) -> HttpResponse:
    """Take a commitment back before its last day."""
    form = NamedOfferForm(request.POST)
    if form.is_valid() and withdraw_offer(
        offer_id=form.cleaned_data["offer"], by=request.actor, at=timezone.now()
    ):
        messages.success(request, "已撤回，不再公布；记录保留。")
    else:
        messages.error(request, "没有撤回：已经撤回，或不是本行的承诺。请刷新页面。")
    return redirect("offer.list")
