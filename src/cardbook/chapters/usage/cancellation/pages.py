"""The screen of a cancellation that somebody asks for (Art. 29)."""

from django.http import HttpResponse
from django.views.decorators.http import require_http_methods

from cardbook.chapters.card_heads import CardHead
from cardbook.chapters.usage.cancellation.commands import cancel_card, known_open_items
from cardbook.chapters.usage.cancellation.forms import CancelForm
from cardbook.chapters.usage.card_pages import CardPage, show_or_do
from cardbook.lifecycle.pages import ActorRequest, page
from cardbook.orgs.actors import Actor


def _tick_what_is_known(form: CancelForm, card: CardHead, by: Actor) -> None:
    """What our own book knows to run on is ticked already; benefits and money are asked about."""
    form.initial["open_items"] = known_open_items(card.id)


_CANCEL = CardPage(
    form=CancelForm,
    title="注销",
    lead="社保功能注销后不能恢复。银行账户不会跟着注销：请告知申请人持证件到银行办理销户或继承手续。",
    button="注销社保功能",
    do=cancel_card,
    said="卡 {number} 的社保功能已注销。银行一侧未办，请按告知书到银行办理。",
    prepare=_tick_what_is_known,
    blanks=lambda card: {"bank": card.bank or "发卡银行"},
)


@require_http_methods(["GET", "POST"])
@page("card.cancel")
def cancel(request: ActorRequest, card_id: int) -> HttpResponse:
    """Cancel the social function because somebody with the right to it asks."""
    return show_or_do(request, card_id, _CANCEL)
