"""Orders to the maker and accounts for the bank, from the page where orders are made (Art. 25)."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from cardbook.chapters.screens import status_of
from cardbook.chapters.usage.production.forms import SubmitForm
from cardbook.chapters.usage.production.made_compared import other_numbers
from cardbook.chapters.usage.production.maker_orders import (
    SORTS,
    NotWritten,
    first_waiting,
    made_accounts,
    order_archive,
    order_cards,
    tasks,
    waiting_for_the_maker,
)
from cardbook.chapters.usage.production.register import maker_xlsx
from cardbook.chapters.usage.reaching import Bank, banks_for
from cardbook.lib.ids import id_of
from cardbook.lifecycle.pages import ActorRequest, new_key, page
from cardbook.lifecycle.refusals import Refusal, Refused
from cardbook.ports.maker_files import WrittenFile
from cardbook.registers.answers import file_answer
from cardbook.registers.lists import is_export, order_of, rows_ticked, text_of, titles
from cardbook.registers.taking import Matter, note_taking

_ACT = "application.produce"


@require_http_methods(["GET", "POST"])
@page(_ACT)
def orders(request: ActorRequest) -> HttpResponse:
    """What a bank took and no maker has: choose rows, write the order; those under way again."""
    banks, bank = banks_for(request.actor), _bank(request)
    find = {"text": text_of(request), "sort": order_of(request, SORTS)}
    today = timezone.localdate()
    rows = waiting_for_the_maker(by=request.actor, bank=bank, today=today, **find) if bank else []
    if is_export(request):
        chosen = rows_ticked(request, rows, "ids", of=lambda row: row.id)
        return file_answer(maker_xlsx(chosen), name=f"待制卡_{today:%Y%m%d}.xlsx")
    form = SubmitForm(
        request.POST or None, waiting=[row.id for row in rows], initial={"key": new_key()}
    )
    troubles: tuple[str, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    if bank and request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            code, _ = order_cards(
                given["ids"], bank=bank, by=request.actor, at=timezone.now(), key=given["key"]
            )
        except NotWritten as refused:
            troubles = refused.sentences
        except Refused as refused:
            refusals = refused.refusals
        else:
            said = f"制卡数据 {code} 已生成，{len(given['ids'])} 件进入制卡中；请下载后交卡商。"
            messages.success(request, said)
            return redirect(f"{reverse('application.maker')}?bank={bank.id}")
    context = {
        "banks": banks, "bank": bank, "rows": rows, "form": form, "troubles": troubles,
        "refusals": refusals, "key": new_key(), "sorts": titles(SORTS), **find,
        "tasks": tasks(by=request.actor, bank=bank) if bank else [],
        "others": other_numbers(by=request.actor, bank=bank) if bank else [],
    }  # fmt: skip
    status = status_of(refusals=[*refusals, *troubles], mistakes=form.errors)
    return render(request, "production/maker.html", context, status=status)


def _bank(request: ActorRequest) -> Bank | None:
    """The bank that was chosen, or the first within reach whose applications wait."""
    banks = banks_for(request.actor)
    chosen = id_of(request.GET.get("bank", "")) or first_waiting(by=request.actor)
    return next((one for one in banks if one.id == chosen), banks[0] if banks else None)


@require_POST
@page(_ACT)
def order_file(request: ActorRequest, code: str) -> HttpResponse:
    """Rows and photos of an order in production, as one archive."""
    bank = _bank(request)
    if bank is None:
        raise Http404
    try:
        file = order_archive(code, bank=bank, by=request.actor)
    except NotWritten as refused:
        return _refused(request, bank, refused)
    return _answer(request, file, Matter.MAKER_ORDER)


@require_POST
@page(_ACT)
def accounts_file(request: ActorRequest) -> HttpResponse:
    """The made cards of a bank beside their accounts, in the bank's own layout."""
    bank = _bank(request)
    if bank is None:
        raise Http404
    try:
        file = made_accounts(bank=bank, by=request.actor, at=timezone.now())
    except NotWritten as refused:
        return _refused(request, bank, refused)
    if file is None:
        messages.info(request, "没有带卡号和银行卡号的已制成申请；先导入卡商回盘。")
        return redirect(f"{reverse('application.maker')}?bank={bank.id}")
    return _answer(request, file, Matter.ACCOUNTS)


def _refused(request: ActorRequest, bank: Bank, refused: NotWritten) -> HttpResponse:
    for sentence in refused.sentences[:20]:
        messages.error(request, sentence)
    return redirect(f"{reverse('application.maker')}?bank={bank.id}")


def _answer(request: ActorRequest, file: WrittenFile | None, matter: Matter) -> HttpResponse:
    """The file, and on record who took it (Art. 32)."""
    if file is None:
        raise Http404
    note_taking(
        matter, name=file.name, rows=file.rows, content=file.content, by=request.actor,
        at=timezone.now(),
    )  # fmt: skip
    is_archive = file.name.endswith(".zip")
    return file_answer(file.content, name=file.name, kind="zip" if is_archive else "txt")
