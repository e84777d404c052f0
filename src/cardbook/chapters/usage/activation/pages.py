"""The screens of activation: ours, the way to the bank, the bank's queue, what is half done."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from cardbook.chapters.card_heads import card_head
from cardbook.chapters.scanned_mandates import errand_begun
from cardbook.chapters.screens import say_refused
from cardbook.chapters.usage.activation.commands import (
    VisitSettled,
    arrive,
    direct_to_bank,
    record,
    report_bank,
    settle,
)
from cardbook.chapters.usage.activation.commands import activate as put_to_use
from cardbook.chapters.usage.activation.forms import (
    ActivateForm,
    BankReportForm,
    DirectForm,
    PinForm,
    SettleForm,
    name_bank,
    offer_outlets,
)
from cardbook.chapters.usage.activation.queries import (
    HALVES,
    HALVES_BASIS,
    HALVES_READERS,
    SORTS,
    WAITING_SORTS,
    HalfDone,
    Waiting,
    half_done,
    open_visit,
    waiting_at,
)
from cardbook.chapters.usage.activation.register import half_done_xlsx, waiting_xlsx
from cardbook.chapters.usage.card_pages import CardPage, address, show_or_do
from cardbook.chapters.usage.values import VisitResult
from cardbook.law.roles import Role
from cardbook.lib.clock import local_day
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.pages import ActorRequest, new_key, page
from cardbook.lifecycle.refusals import Refused
from cardbook.registers.answers import file_answer
from cardbook.registers.lists import order_of, rows_ticked, titles

ROWS = 50
_BANK_OUTLET = "您选的银行网点（见引导单）"
_QUEUE = frozenset({Role.BANK_TELLER, *HALVES_READERS})

_ACTIVATE = CardPage(
    form=lambda *given, **more: ActivateForm(*given, today=local_day(timezone.now()), **more),
    title="激活社保功能",
    lead="查验卡和身份证后激活。银行功能由银行另行启用，下一步给持卡人引导单。",
    button="激活社保功能",
    do=put_to_use,
    said="卡 {number} 的社保功能已激活。银行功能还没有启用，请打印引导单。",
    blanks=lambda card: {"social_state": "已激活，可以使用", "outlet": _BANK_OUTLET},
    leads_to=lambda card_id: address("bank.direct", card_id),
    template="usage/activate.html",
)
_DIRECT = CardPage(
    form=DirectForm,
    title="引导到银行启用金融功能",
    lead="持卡人带社保卡和身份证到所选网点，走社保卡绿色通道。",
    button="登记并打印引导单",
    do=direct_to_bank,
    said="已登记。请打印引导单交给持卡人。",
    prepare=offer_outlets,
    leads_to=lambda card_id: address("bank.slip", card_id),
)
_REPORT = CardPage(
    form=BankReportForm,
    title="登记银行回报的金融功能",
    lead="照银行回执登记。银行一侧以银行为准，本系统只记下来源和时间。",
    button="登记",
    do=report_bank,
    said="已登记卡 {number} 银行一侧的状态。",
    prepare=name_bank,
)
_PIN = CardPage(
    form=PinForm,
    title="重置社保密码",
    lead="由持卡人本人在密码键盘上输入新密码；任何人不得代输，系统不保存密码。",
    button="登记重置",
    do=record,
    said="已登记卡 {number} 的社保密码重置。",
)


@require_http_methods(["GET", "POST"])
@page("social.activate")
def activate(request: ActorRequest, card_id: int) -> HttpResponse:
    """Put the social function to use; a mandate that was scanned has filled the form in."""
    given = errand_begun(request, code="social.activate", subject_id=card_id, who="asked_by")
    return show_or_do(request, card_id, _ACTIVATE, given=given)


@require_http_methods(["GET", "POST"])
@page("bank.direct")
def direct(request: ActorRequest, card_id: int) -> HttpResponse:
    """Choose the outlet of the holder's bank."""
    return show_or_do(request, card_id, _DIRECT)


@require_http_methods(["GET", "POST"])
@page("bank.report")
def report(request: ActorRequest, card_id: int) -> HttpResponse:
    """Enter what the bank's slip says."""
    return show_or_do(request, card_id, _REPORT)


@require_http_methods(["GET", "POST"])
@page("pin.reset")
def pin(request: ActorRequest, card_id: int) -> HttpResponse:
    """Record that the social password was set anew."""
    return show_or_do(request, card_id, _PIN)


@require_GET
@page("bank.direct")
def slip(request: ActorRequest, card_id: int) -> HttpResponse:
    """The slip a holder takes to the bank: where, when, what to bring."""
    card = card_head(card_id=card_id, by=request.actor)
    visit = open_visit(card_id)
    if card is None or visit is None:
        raise Http404
    return render(request, "usage/slip.html", {"card": card, "visit": visit})


@require_http_methods(["GET", "POST"])
@page(roles=_QUEUE, basis="第二十二条")
def queue(request: ActorRequest) -> HttpResponse:
    """The green channel: who was sent, who waits since when; what came of it."""
    may = request.actor.role is Role.BANK_TELLER
    form = SettleForm(request.POST or None)
    if request.method == "POST" and may:
        if form.is_valid():
            _settle(request, form)
            return redirect("bank.queue")
        messages.error(
            request, "；".join(str(text) for each in form.errors.values() for text in each)
        )
    rows = _waiting(request)
    return render(
        request, "usage/queue.html",
        {
            "q": request.GET.get("q", "").strip(), "sorts": titles(WAITING_SORTS),
            "sort": order_of(request, WAITING_SORTS), "query": request.GET.urlencode(),
            "page": Paginator(rows, ROWS).get_page(request.GET.get("page")), "may": may,
            "there": sum(row.arrived_at is not None for row in rows), "key": new_key(),
            "results": VisitResult.choices,
        },
    )  # fmt: skip


def _waiting(request: ActorRequest) -> list[Waiting]:
    return waiting_at(
        by=request.actor, at=timezone.now(), text=request.GET.get("q", "").strip(),
        sort=order_of(request, WAITING_SORTS),
    )  # fmt: skip


@require_GET
@page(roles=_QUEUE, basis="第二十二条")
def queue_export(request: ActorRequest) -> HttpResponse:
    """Those of the green channel that are seen, as a workbook."""
    now = timezone.now()
    rows = rows_ticked(request, _waiting(request), of=lambda row: row.id)
    content = waiting_xlsx(rows, by=request.actor, at=now)
    return file_answer(content, name=f"绿色通道_{timezone.localdate(now):%Y%m%d}.xlsx")


def _settle(request: ActorRequest, form: SettleForm) -> None:
    given, now = form.cleaned_data, timezone.now()
    try:
        if given["step"] == "arrived":
            arrive(visit_id=given["visit"], by=request.actor, at=now)
            messages.success(request, "已登记到达，请及时办理。")
            return
        settle(
            visit_id=given["visit"], result=VisitResult(given["step"]), words=given["words"],
            by=request.actor, at=now, key=given["key"],
        )  # fmt: skip
    except VisitSettled as problem:
        messages.error(request, str(problem))
    except Refused as refused:
        say_refused(request, refused)
    else:
        messages.success(request, "已登记结果，窗口同时可见。")


@require_GET
@page(roles=HALVES_READERS, basis=HALVES_BASIS)
def halves(request: ActorRequest) -> HttpResponse:
    """Cards whose two sides do not agree, with the exact words for the holder."""
    return render(
        request, "usage/halves.html",
        {
            "page": Paginator(_half_done(request), ROWS).get_page(request.GET.get("page")),
            "kinds": [(code, what) for code, (what, _) in HALVES.items()],
            "may_report": request.actor.role in act("bank.report").who,
            "only": request.GET.get("only", ""), "q": request.GET.get("q", "").strip(),
            "sorts": titles(SORTS), "sort": order_of(request, SORTS),
            "query": request.GET.urlencode(),
        },
    )  # fmt: skip


def _half_done(request: ActorRequest) -> list[HalfDone]:
    return half_done(
        by=request.actor, at=timezone.now(), only=request.GET.get("only", ""),
        text=request.GET.get("q", "").strip(), sort=order_of(request, SORTS),
    )  # fmt: skip


@require_GET
@page(roles=HALVES_READERS, basis=HALVES_BASIS)
def halves_export(request: ActorRequest) -> HttpResponse:
    """The half-done cards that are seen, as a workbook."""
    now = timezone.now()
    rows = rows_ticked(request, _half_done(request), of=lambda row: row.card_id)
    content = half_done_xlsx(rows, by=request.actor, at=now)
    return file_answer(content, name=f"两侧未办全_{timezone.localdate(now):%Y%m%d}.xlsx")
