"""The screens of temporary cards: stock, lending, the way back (Art. 27)."""

from functools import partial

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from cardbook.chapters.scanned_mandates import errand_begun
from cardbook.chapters.screens import say_refused, status_of
from cardbook.chapters.usage.asking import CardForm
from cardbook.chapters.usage.card_pages import CardPage, address, show_or_do
from cardbook.chapters.usage.temporary.commands import dun as dun_borrowers
from cardbook.chapters.usage.temporary.commands import extend as extend_card
from cardbook.chapters.usage.temporary.commands import lend as lend_card
from cardbook.chapters.usage.temporary.commands import record, valid_until
from cardbook.chapters.usage.temporary.commands import stock_in as stock_cards_in
from cardbook.chapters.usage.temporary.forms import (
    DunForm,
    ExcuseForm,
    ExtendForm,
    LendForm,
    LoseForm,
    StockForm,
    TakeBackForm,
    VoidForm,
)
from cardbook.chapters.usage.temporary.queries import (
    READERS,
    SHOWN,
    SORTS,
    TemporaryRow,
    application_head,
    dunnings,
    in_reach,
    open_on,
    temporary_cards,
    temporary_head,
    term_words,
)
from cardbook.chapters.usage.temporary.register import temporary_xlsx
from cardbook.law.parameters import quoted
from cardbook.lib.clock import local_day
from cardbook.lib.ids import ids_of
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.pages import ActorRequest, new_key, page
from cardbook.lifecycle.refusals import Refusal, Refused
from cardbook.registers.answers import file_answer
from cardbook.registers.lists import order_of, rows_ticked, titles

ROWS = 50


def _to_card(temporary_id: int) -> str:
    return address("temporary.show", temporary_id)


def _to_list(_: int) -> str:
    return reverse("temporary.list")


def _page_of(
    form: type[CardForm], title: str, lead: str, button: str, said: str
) -> CardPage[CardForm]:
    return CardPage(
        form=form, title=title, lead=lead, button=button, do=record, said=said,
        head=temporary_head, leads_to=_to_card, back=_to_card,
    )  # fmt: skip


_TAKE_BACK = _page_of(
    TakeBackForm, "收回临时卡", "看卡号、看卡面，收回后不再借出。", "收回",
    "临时卡 {number} 已收回。",
)  # fmt: skip
_LOSE = _page_of(
    LoseForm, "临时卡遗失注销", "登记后立即停用；持卡人仍在等新卡的，可以另发一张。", "登记遗失",
    "临时卡 {number} 已登记遗失并停用。",
)  # fmt: skip
_EXCUSE = _page_of(
    ExcuseForm, "免予先还临时卡", "两人签名后可以先领新卡；临时卡仍然要还。", "两人同意",
    "已登记：可以先领新卡，临时卡 {number} 仍待收回。",
)  # fmt: skip
_VOID = _page_of(
    VoidForm, "作废损坏的临时卡", "作废后不再借出。", "作废", "临时卡 {number} 已作废。"
)
_DUN = _page_of(
    DunForm, "登记催还", "打电话、上门等每催一次登记一次；不写姓名、号码。", "登记",
    "临时卡 {number} 已登记催还。",
)  # fmt: skip


@require_http_methods(["GET", "POST"])
@page("temporary.stock_in")
def stock_in(request: ActorRequest) -> HttpResponse:
    """Enter temporary cards into stock."""
    form = StockForm(request.POST or None, initial={"key": new_key()})
    refusals: tuple[Refusal, ...] = ()
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            done = stock_cards_in(
                box=given["box"].strip(), numbers=given["numbers"],
                county_id=request.actor.county_id or request.actor.org_id, by=request.actor,
                at=timezone.now(), key=given["key"],
            )  # fmt: skip
        except Refused as refused:
            refusals = refused.refusals
        else:
            messages.success(request, f"{len(done.subject_ids)} 张临时卡已入 {given['box']} 盒。")
            return redirect("temporary.list")
    context = {"form": form, "refusals": refusals}
    status = status_of(refusals=refusals, mistakes=form.errors)
    return render(request, "usage/temporary_stock.html", context, status=status)


@require_http_methods(["GET", "POST"])
@page("temporary.lend")
def lend(request: ActorRequest, application_id: int) -> HttpResponse:
    """Lend a temporary card to whoever waits for a card."""
    today = local_day(timezone.now())
    until = f" {valid_until(on=today)}，即 {quoted('temp_card_valid_days', on=today)}"
    return show_or_do(
        request,
        application_id,
        CardPage(
            form=partial(LendForm, today=today), title="发放临时卡", numbered="新卡申请",
            lead=f"等新卡期间用；只能办社保的事，用到{until}，到期自动停用。",
            button="发放", do=lend_card, said="临时卡已发给{name}。", head=application_head,
            blanks=lambda card: {"until": until}, leads_to=_to_list,
            back=_to_list, template="usage/lend.html", looks_first=False,
        ),
        given=_scanned(request, application_id),
    )  # fmt: skip


def _scanned(request: ActorRequest, application_id: int) -> dict[str, object]:
    """What a mandate that was scanned says, under the names of this form."""
    given = errand_begun(
        request, code="temporary.lend", subject_id=application_id, who="received_by"
    )
    named = {
        "agent_name": "comer_name", "agent_number": "comer_number", "agent_relation": "relation",
    }  # fmt: skip
    return {named.get(name, name): value for name, value in given.items()}


@require_http_methods(["GET", "POST"])
@page(roles=READERS, basis="第二十七条")
def listed(request: ActorRequest) -> HttpResponse:
    """Temporary cards of the county: what is overdue first; a POST notes who was asked for his."""
    form = DunForm(request.POST or None, initial={"key": new_key()})
    refused: list[tuple[str, str]] = []
    if request.method == "POST" and form.is_valid():
        try:
            refused = _dun(request, form)
        except Refused as problem:
            say_refused(request, problem)
        form = DunForm(initial={"key": new_key()})
    rows = _listed(request)
    context = {
        "form": form if request.actor.role in act("temporary.dun").who else None,
        "results": refused,
        "page": Paginator(rows, ROWS).get_page(request.GET.get("page")),
        "overdue": sum(row.days_over > 0 for row in rows), "kinds": SHOWN.items(),
        "only": request.GET.get("only", ""), "q": request.GET.get("q", "").strip(),
        "sorts": titles(SORTS), "sort": order_of(request, SORTS),
        "query": request.GET.urlencode(),
        "may_stock": request.actor.role in act("temporary.stock_in").who,
    }  # fmt: skip
    status = status_of(mistakes=form.errors if form.is_bound else None)
    return render(request, "usage/temporary_list.html", context, status=status)


def _dun(request: ActorRequest, form: DunForm) -> list[tuple[str, str]]:
    """Write it down for the ticked; why it was not for some."""
    found = dun_borrowers(
        card_ids=ids_of(request.POST.getlist("pick"))[:ROWS], facts=form.facts(),
        by=request.actor, at=timezone.now(), key=form.cleaned_data["key"],
    )  # fmt: skip
    if found.done:
        messages.success(request, f"{len(found.done)} 张临时卡已登记催还。")
    numbers = dict(
        in_reach(request.actor).filter(pk__in=found.refused).values_list("pk", "number")
    )
    return [(numbers.get(id_, ""), one.sentence) for id_, one in found.refused.items()]


def _listed(request: ActorRequest) -> list[TemporaryRow]:
    return temporary_cards(
        by=request.actor, today=local_day(timezone.now()), only=request.GET.get("only", ""),
        text=request.GET.get("q", "").strip(), sort=order_of(request, SORTS),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@page(roles=READERS, basis="第二十七条")
def export(request: ActorRequest) -> HttpResponse:
    """The temporary cards that are seen, as a workbook."""
    now = timezone.now()
    rows = rows_ticked(request, _listed(request), of=lambda row: row.id)
    content = temporary_xlsx(rows, by=request.actor, at=now)
    return file_answer(content, name=f"临时卡_{local_day(now):%Y%m%d}.xlsx")


@require_GET
@page(roles=READERS, basis="第二十七条")
def show(request: ActorRequest, temporary_id: int) -> HttpResponse:
    """One temporary card and what may be done with it."""
    head, now = temporary_head(temporary_id, request.actor), timezone.now()
    if head is None:
        raise Http404
    (row,) = temporary_cards(by=request.actor, today=local_day(now), text=head.number) or (None,)
    acts = open_on(temporary_id, by=request.actor, at=now)
    context = {"head": head, "row": row, "acts": acts, "dunnings": dunnings(temporary_id)}
    return render(request, "usage/temporary.html", context)


@require_http_methods(["GET", "POST"])
@page("temporary.extend")
def extend(request: ActorRequest, temporary_id: int) -> HttpResponse:
    """Let it be used longer."""
    terms = term_words(temporary_id, today=local_day(timezone.now()))
    return show_or_do(
        request,
        temporary_id,
        CardPage(
            form=ExtendForm, title="临时卡延期", button="延期", do=extend_card,
            lead=f"新卡没有按期做好的可以延期。{terms}",
            said="临时卡 {number} 已延期。", head=temporary_head, leads_to=_to_card, back=_to_card,
        ),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@page("temporary.take_back")
def take_back(request: ActorRequest, temporary_id: int) -> HttpResponse:
    """Take it back."""
    return show_or_do(request, temporary_id, _TAKE_BACK)


@require_http_methods(["GET", "POST"])
@page("temporary.dun")
def dun(request: ActorRequest, temporary_id: int) -> HttpResponse:
    """Its borrower was asked for it."""
    return show_or_do(request, temporary_id, _DUN)


@require_http_methods(["GET", "POST"])
@page("temporary.lose")
def lose(request: ActorRequest, temporary_id: int) -> HttpResponse:
    """Its holder has lost it."""
    return show_or_do(request, temporary_id, _LOSE)


@require_http_methods(["GET", "POST"])
@page("temporary.excuse")
def excuse(request: ActorRequest, temporary_id: int) -> HttpResponse:
    """Two people let the new card go first."""
    return show_or_do(request, temporary_id, _EXCUSE)


@require_http_methods(["GET", "POST"])
@page("temporary.void")
def void(request: ActorRequest, temporary_id: int) -> HttpResponse:
    """Take a damaged one out of stock."""
    return show_or_do(request, temporary_id, _VOID)
