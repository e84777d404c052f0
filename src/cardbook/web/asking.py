"""What is asked of a list: sent in the body, named in the address by chance letters (Art. 32).

The forms carry `components/asked.html`; `registers/kept_search.py` keeps the words.
"""

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from cardbook.lifecycle.pages import ActorRequest, page
from cardbook.registers.kept_search import OF, address_for, kept_search, with_words

NO_LONGER_KEPT = "这次查找的内容已不保留，请重新查找；刚才没有办理任何事项。"


@require_POST
@page(basis="第三十二条第三项")
def ask(request: ActorRequest) -> HttpResponse:
    """Go to a list with what was asked of it; only an address of this house is gone to."""
    to = request.POST.get("to", "")
    if not to.startswith("/") or not url_has_allowed_host_and_scheme(to, allowed_hosts=None):
        raise SuspiciousOperation("to")
    return redirect(address_for(request, to=to, given=request.POST))


class AskedMiddleware:
    """Puts the words an address names where pages read what is asked of them.

    Words no longer kept are never taken for none: a list of everything would be exported instead.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Keep the next handler."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Read the kept words, or lead to the list without them."""
        actor = getattr(request, "actor", None)
        if actor is None or OF not in request.GET:
            return self.get_response(request)
        words = kept_search(request)
        if words is None:
            rest = request.GET.copy()
            del rest[OF]
            rest.pop("export", None)
            messages.warning(request, NO_LONGER_KEPT)
            return redirect(f"{request.path}?{rest.urlencode()}" if rest else request.path)
        request.GET = with_words(request.GET, words)  # type: ignore[assignment]
        return self.get_response(request)
