"""The screens of a cancellation that people or an office ask for (Art. 29)."""

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from cardbook.chapters.usage.cancellation.commands import cancel_card
from cardbook.chapters.usage.cancellation.forms import CancelForm, OfficeForm, UnissuedForm
from cardbook.chapters.usage.card_pages import CardPage, show_or_do
from cardbook.chapters.usage.open_items import known_in_words
from cardbook.chapters.usage.unfetched import unfetched_of
from cardbook.lib.clock import local_day
from cardbook.lifecycle.pages import ActorRequest, page

_LEAD = (
    "社保功能注销后不能恢复。银行账户不会跟着注销：请告知到银行办理销户或继承手续。"
    "补换中的新卡随同停止制作，已收的工本费另办退费。"
)
_TEMPLATE = "usage/ending_card.html"
_SAID = "卡 {number} 的社保功能已注销。银行一侧未办，请按告知书到银行办理。"
_CANCEL = CardPage(
    form=lambda *given, **more: CancelForm(*given, today=local_day(timezone.now()), **more),
    title="注销", lead=_LEAD, button="注销社保功能", do=cancel_card, said=_SAID,
    known=known_in_words, unfetched=unfetched_of,
    blanks=lambda card: {"bank": card.bank or "发卡银行"}, template=_TEMPLATE,
)  # fmt: skip
_UNISSUED = CardPage(
    form=lambda *given, **more: UnissuedForm(*given, today=local_day(timezone.now()), **more),
    title="注销未发放的卡",
    lead="持卡人不领、或领卡前去世的：社保功能当场注销，卡取出放入待销毁处，不再发放，也不能恢复。"
    "银行预开的账户不会跟着注销：请告知到银行办理。在办的制卡申请随同停止，已收的工本费另办退费。",
    button="注销并放入待销毁处", do=cancel_card,
    said="卡 {number} 的社保功能已注销，请把卡放入待销毁卡存放处。"
    "银行一侧未办，请按告知书到银行办理。",
    known=known_in_words, unfetched=unfetched_of,
    blanks=lambda card: {"bank": card.bank or "发卡银行"}, template=_TEMPLATE,
)  # fmt: skip
_BY_OFFICE = CardPage(
    form=OfficeForm, title="机构统一办理注销", lead=f"凭函件或名单，须另一人签名。{_LEAD}",
    button="注销社保功能", do=cancel_card, said=_SAID, known=known_in_words,
    unfetched=unfetched_of, blanks=lambda card: {"bank": card.bank or "发卡银行"},
    template=_TEMPLATE,
)  # fmt: skip


@require_http_methods(["GET", "POST"])
@page("card.cancel")
def cancel(request: ActorRequest, card_id: int) -> HttpResponse:
    """Cancel the social function because somebody with the right to it asks."""
    return show_or_do(request, card_id, _CANCEL)


@require_http_methods(["GET", "POST"])
@page("card.cancel_unissued")
def cancel_unissued(request: ActorRequest, card_id: int) -> HttpResponse:
    """Cancel a card nobody fetched because somebody with the right to it asks."""
    return show_or_do(request, card_id, _UNISSUED)


@require_http_methods(["GET", "POST"])
@page("card.cancel_by_office")
def cancel_by_office(request: ActorRequest, card_id: int) -> HttpResponse:
    """Cancel the social function on an office's letter or list."""
    return show_or_do(request, card_id, _BY_OFFICE)
