"""The screens of moved relations and of stopped cards (Art. 30, 31)."""

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from cardbook.chapters.usage.card_pages import CardPage, show_or_do
from cardbook.chapters.usage.open_items import known_in_words
from cardbook.chapters.usage.transfer.commands import end_relation, record
from cardbook.chapters.usage.transfer.forms import (
    EndForm,
    EndUnissuedForm,
    FreezeForm,
    KeepForm,
    UnfreezeForm,
    ask_about_unfetched,
)
from cardbook.chapters.usage.transfer.leaving_queries import given_for
from cardbook.chapters.usage.unfetched import unfetched_of
from cardbook.lib.ids import id_of
from cardbook.lifecycle.pages import ActorRequest, page

_END = CardPage(
    form=EndForm,
    title="社保关系转出、解除",
    lead="社保功能随关系注销，不能恢复；到新参保地重新申领。银行账户不变，请告知到银行咨询。",
    button="注销社保功能",
    do=end_relation,
    said="卡 {number} 的社保功能已随关系转移注销。",
    known=known_in_words,
    unfetched=unfetched_of,
    prepare=ask_about_unfetched,
    template="usage/ending_card.html",
    blanks=lambda card: {"done": "注销", "bank": card.bank or "发卡银行"},
)
_END_UNISSUED = CardPage(
    form=EndUnissuedForm,
    title="社保关系转出、解除（未发放的卡）",
    lead="卡还没有领：社保功能随关系注销，卡取出放入待销毁处，不再发放，也不能恢复；到新参保地重新申领。"
    "在办的制卡申请随同停止，已收的工本费另办退费。",
    button="注销并放入待销毁处",
    do=end_relation,
    said="卡 {number} 的社保功能已随关系转移注销，请把卡放入待销毁卡存放处。",
    known=known_in_words,
    unfetched=unfetched_of,
    template="usage/ending_card.html",
    blanks=lambda card: {"done": "注销", "bank": card.bank or "发卡银行"},
)
_KEEP = CardPage(
    form=KeepForm,
    title="社保关系变动，卡继续使用",
    lead="卡和社保功能都不变，只登记决定和告知。",
    button="登记继续使用",
    do=record,
    said="已登记：卡 {number} 继续使用。",
    blanks=lambda card: {"done": "保留", "bank": card.bank or "发卡银行"},
)
_FREEZE = CardPage(
    form=FreezeForm,
    title="暂停社保功能（涉嫌冒用）",
    lead="查实前暂停使用；须另一人签名。涉嫌犯罪的移送有关部门（第三十一条）。",
    button="暂停使用",
    do=record,
    said="卡 {number} 的社保功能已暂停。",
)
_UNFREEZE = CardPage(
    form=UnfreezeForm,
    title="恢复社保功能",
    lead="查实没有冒用，或冒用已经处理的，恢复使用；须另一人签名。",
    button="恢复使用",
    do=record,
    said="卡 {number} 的社保功能已恢复。",
)


@require_http_methods(["GET", "POST"])
@page("relation.end")
def end(request: ActorRequest, card_id: int) -> HttpResponse:
    """End the social function because the relation moved or ended."""
    return show_or_do(request, card_id, _END, given=_from_list(request, card_id))


@require_http_methods(["GET", "POST"])
@page("relation.end_unissued")
def end_unissued(request: ActorRequest, card_id: int) -> HttpResponse:
    """End a card nobody fetched because the relation moved or ended."""
    return show_or_do(request, card_id, _END_UNISSUED, given=_from_list(request, card_id))


@require_http_methods(["GET", "POST"])
@page("relation.keep")
def keep(request: ActorRequest, card_id: int) -> HttpResponse:
    """Decide that the card stays in use."""
    return show_or_do(request, card_id, _KEEP, given=_from_list(request, card_id))


def _from_list(request: ActorRequest, card_id: int) -> dict[str, str]:
    """What a list of those who leave says of the move, where one led here."""
    return given_for(
        card_id, row=id_of(request.GET.get("from", "")), within=request.actor.county_path,
        today=timezone.localdate(),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@page("card.freeze")
def freeze(request: ActorRequest, card_id: int) -> HttpResponse:
    """Stop the social function while a misuse is looked into."""
    words = request.GET.get("words", "")[:200]
    return show_or_do(request, card_id, _FREEZE, given={"words": words})


@require_http_methods(["GET", "POST"])
@page("card.unfreeze")
def unfreeze(request: ActorRequest, card_id: int) -> HttpResponse:
    """Take the stop off."""
    return show_or_do(request, card_id, _UNFREEZE)
