"""The house's addresses and two empty views: the floors of every page and of every answer."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import include, path


@login_required
def nothing(request: HttpRequest) -> HttpResponse:
    """Session, user, actor, headers - and no page."""
    return HttpResponse("")


def answer(request: HttpRequest) -> JsonResponse:
    """What an agency's system would get from a house that knows nothing."""
    return JsonResponse({"state": "unknown"})


urlpatterns = [
    path("bench/nothing/", nothing),
    path("bench/answer/", answer),
    path("", include("cardbook.config.urls")),
]
