"""What banks promise, for everybody without signing in, and as a poster for a window (Art. 24).

Nothing here knows of a person; what is over, not begun or taken back is never shown.
"""

from datetime import datetime, time, timedelta

from allauth.core.internal import ratelimit
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from cardbook.chapters.usage.bank_offers.poster import poster_pdf
from cardbook.chapters.usage.bank_offers.queries import offers, poster_county
from cardbook.lib.clock import local_day
from cardbook.lifecycle.pages import ActorRequest, Policy, page
from cardbook.registers.answers import file_answer

_BASIS = "第二十四条"
# How long a cache may keep the page, and never beyond the day it speaks of.
_KEPT_SECONDS = 300
MOST = 500


@require_GET
def published(request: HttpRequest) -> HttpResponse:
    """The promises that stand today, by bank; anybody may read and keep them."""
    asked = ratelimit.consume(
        request, app="cardbook", action="offers", config=settings.PUBLIC_RATE_LIMITS,
        limit_get=True,
    )  # fmt: skip
    if asked is None:
        answer = render(request, "usage/offers_public.html", {"busy": True}, status=429)
        answer["Retry-After"] = "60"
        return answer
    now = timezone.localtime()
    today = local_day(now)
    context = {"offers": list(offers(today=today)[:MOST]), "today": today, "busy": False}
    answer = render(request, "usage/offers_public.html", context)
    if request.user.is_authenticated:
        return answer  # it may carry a session's cookie: no cache keeps it
    midnight = datetime.combine(today + timedelta(days=1), time(), tzinfo=now.tzinfo)
    kept = min(_KEPT_SECONDS, int((midnight - now).total_seconds()))
    answer["Cache-Control"] = f"public, max-age={kept}"
    return answer


# Nobody's post is asked for: tests hold every address to a policy all the same.
published.policy = Policy(frozenset(), _BASIS)  # type: ignore[attr-defined]


@require_GET
@page(basis=_BASIS)
def poster(request: ActorRequest) -> HttpResponse:
    """The promises of today with the outlets of the county, on paper for a window."""
    now = timezone.now()
    county = poster_county(request.actor, chosen=request.GET.get("county", ""))
    content = poster_pdf(county=county, at=now)
    return file_answer(content, name="合作银行优惠与服务渠道.pdf", kind="pdf", attached=False)
