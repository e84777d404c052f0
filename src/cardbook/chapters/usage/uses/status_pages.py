"""The slip that says how a card stands, from the page of the card (Art. 2)."""

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from cardbook.chapters.card_heads import card_in_county
from cardbook.chapters.usage.uses.status_slip import TITLE, status_pdf
from cardbook.law.roles import SEES_PEOPLE
from cardbook.lifecycle.pages import ActorRequest, page
from cardbook.registers.answers import file_answer


@require_GET
@page(roles=SEES_PEOPLE, basis="第二条")
def status(request: ActorRequest, card_id: int) -> HttpResponse:
    """What the holder takes home: what his card can do now, and by whose word."""
    card = card_in_county(card_id=card_id, by=request.actor)
    if card is None:
        raise Http404
    content = status_pdf(card, by=request.actor, at=timezone.now())
    return file_answer(content, name=f"{TITLE}_{card.number}.pdf", kind="pdf", attached=False)
