"""The page of the cards of one hand-over, a return or bad cards going home (Art. 9, 13, 17)."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from cardbook.chapters.stranded import arrivals, shipped
from cardbook.custody.shipments import tallies
from cardbook.law.roles import SEES_PEOPLE
from cardbook.lifecycle.pages import ActorRequest
from cardbook.registers.answers import file_answer
from cardbook.registers.lists import is_export, order_of, rows_ticked, text_of, titles

ROWS = 50


def cards_of(
    request: ActorRequest, shipment: arrivals.Sent, *, paper: str, all_name: str, receive_name: str
) -> HttpResponse:
    """This function will list the cards of a hand-over, or write what is seen as a workbook.

    `paper` is where its form is printed, `all_name` the list it came from; `receive_name` is where
    the actor counts it in, or nothing when he may not.
    """
    now, by = timezone.now(), request.actor
    state, text = request.GET.get("state", ""), text_of(request)
    sort = order_of(request, shipped.SORTS)
    lines = shipped.shipped_cards(
        shipment, text=text, state=state, sort=sort, by=by, today=timezone.localdate(now)
    )
    if is_export(request):
        found = shipped.shipped_rows(shipment, list(lines))
        rows = rows_ticked(request, found, of=lambda row: row.card_id)
        content = shipped.shipped_as_xlsx(shipment, rows, by=by, at=now)
        return file_answer(
            content, name=f"{shipment.number}_{timezone.localdate(now):%Y%m%d}.xlsx"
        )
    listed = Paginator(lines, ROWS).get_page(request.GET.get("page"))
    context = {
        "shipment": shipment,
        "tally": tallies([shipment.pk])[shipment.pk],
        "found": listed,
        "rows": shipped.shipped_rows(shipment, list(listed)),
        "states": shipped.STATES.items(),
        "state": state,
        "text": text,
        "sorts": titles(shipped.SORTS),
        "sort": sort,
        "may_open": by.role in SEES_PEOPLE,
        "paper": paper,
        "all_name": all_name,
        "receive_name": receive_name,
    }
    return render(request, "stranded/shipped.html", context)
