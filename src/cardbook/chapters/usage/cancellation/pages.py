"""The screens of cancellation: on request, and an old card that comes back (Art. 26, 29)."""

from django.http import HttpResponse
from django.views.decorators.http import require_http_methods

from cardbook.chapters.usage.cancellation.commands import cancel_card, take_old_card_in
from cardbook.chapters.usage.cancellation.forms import CancelForm, HandInForm
from cardbook.chapters.usage.card_pages import CardPage, show_or_do
from cardbook.lifecycle.pages import ActorRequest, page

_CANCEL = CardPage(
    form=CancelForm,
    title="注销",
    lead="社保功能注销后不能恢复。银行账户不会跟着注销：请告知申请人持证件到银行办理销户或继承手续。",
    button="注销社保功能",
    do=cancel_card,
    said="卡 {number} 的社保功能已注销。银行一侧未办，请按告知书到银行办理。",
    blanks=lambda card: {"bank": card.bank or "发卡银行"},
)
_HAND_IN = CardPage(
    form=HandInForm,
    title="收回旧卡",
    lead="收回的卡入待销毁存放处，由银行销毁（第十九条）；仍在用的卡收回后社保功能即注销。",
    button="收回",
    do=take_old_card_in,
    said="卡 {number} 已收回，入待销毁存放处。",
)


@require_http_methods(["GET", "POST"])
@page("card.cancel")
def cancel(request: ActorRequest, card_id: int) -> HttpResponse:
    """Cancel the social function because somebody with the right to it asks."""
    return show_or_do(request, card_id, _CANCEL)


@require_http_methods(["GET", "POST"])
@page("old_card.hand_in")
def hand_in(request: ActorRequest, card_id: int) -> HttpResponse:
    """Take in a card whose time is over."""
    return show_or_do(request, card_id, _HAND_IN)
