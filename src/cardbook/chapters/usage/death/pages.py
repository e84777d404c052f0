"""The screens of a holder's death: recorded, taken back (Art. 17, 29)."""

from django.http import HttpResponse
from django.views.decorators.http import require_http_methods

from cardbook.chapters.usage.card_pages import CardPage, show_or_do
from cardbook.chapters.usage.death.commands import note_death, undo_death
from cardbook.chapters.usage.death.forms import NoteForm, UndoForm
from cardbook.chapters.usage.open_items import known_in_words
from cardbook.lifecycle.pages import ActorRequest, page

_NOTE = CardPage(
    form=NoteForm,
    title="登记持卡人死亡",
    lead="登记后不再发放、激活，所作的委托不能再用；卡的状态不变。已领取的卡由权益继承人申请注销，"
    "未发出的卡按滞留退回。须另一人签名。",
    button="登记死亡",
    do=note_death,
    known=known_in_words,
    said="已登记持卡人死亡。卡 {number} 的状态没有变：已领取的由权益继承人申请注销，"
    "未发出的按滞留退回。",
)
_UNDO = CardPage(
    form=UndoForm,
    title="更正误登的死亡",
    lead="只用于登错了人、登错了日期。更正后持卡人的卡照常办理；日期登错的，更正后重新登记。"
    "误登期间办的业务不会跟着撤销。须另一人签名。",
    button="更正为在世",
    do=undo_death,
    said="已更正：卡 {number} 的持卡人没有死亡登记。",
)


@require_http_methods(["GET", "POST"])
@page("holder.note_death")
def note(request: ActorRequest, card_id: int) -> HttpResponse:
    """Record that the holder died."""
    return show_or_do(request, card_id, _NOTE)


@require_http_methods(["GET", "POST"])
@page("holder.undo_death")
def undo(request: ActorRequest, card_id: int) -> HttpResponse:
    """Take back a death that was recorded by mistake."""
    return show_or_do(request, card_id, _UNDO)
