"""What the screens of all slices share: how they answer, and what several of them ask.

Who may open a page says `lifecycle/pages.py`; signatures are asked for by `registers/signing.py`.
"""

from collections.abc import Sized

from django.contrib import messages
from django.http import HttpRequest

from cardbook.lifecycle.refusals import Refused

_MOST_SAID = 5


def status_of(*, refusals: Sized = (), mistakes: object = None) -> int:
    """This function will say with which status a form is shown: 409 when the act was refused, 422
    when something in the form is wrong, 200 when it is merely shown.
    """
    if refusals:
        return 409
    return 422 if mistakes else 200


def say_refused(request: HttpRequest, refused: Refused) -> None:
    """This function will say why nothing was done, where the next page shows it; few of many."""
    for refusal in refused.refusals[:_MOST_SAID]:
        messages.error(request, f"{refusal.sentence}{refusal.way_out}（依据：{refusal.article}）")
    more = len(refused.refusals) - _MOST_SAID
    if more > 0:
        messages.error(request, f"另有 {more} 张卡同样不能办理。")
