"""Where a clerk came from with a wrong card in his hand, and goes on at the same place (Art. 13).

Counts keep their scans by themselves, so the address of the count is all there is to remember.
"""

from collections.abc import Mapping

from django.http import HttpRequest
from django.urls import reverse

from cardbook.lib.ids import id_of

# What a page calls itself in `components/wrong_card.html` -> the address of its row.
_PAGES: Mapping[str, str] = {
    "box": "delivery.receive",
    "handover": "handover.receive",
    "stocktake": "stocktake.count",
    "sorted": "box.show",
}


def came_from(request: HttpRequest) -> str:
    """This function will return the page and the row as they were sent, "" for none of ours."""
    given = request.POST.get("back") or request.GET.get("back") or ""
    return given if address_of(given) else ""


def address_of(back: str) -> str:
    """This function will return the address somebody goes back to, "" for none of ours.

    A stock-take goes on at the place it was at: `stocktake-7-31`.
    """
    page, *rows = back.split("-")
    row, *place = [id_of(one) for one in rows] or [None]
    if page not in _PAGES or row is None:
        return ""
    address = reverse(_PAGES[page], args=[row])
    return f"{address}?at={place[0]}" if place and place[0] is not None else address
