"""The house's addresses and one empty view for whoever is signed in: the floor of every page."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.urls import include, path


@login_required
def nothing(request: HttpRequest) -> HttpResponse:
    """Session, user, actor, headers - and no page."""
    return HttpResponse("")


urlpatterns = [path("bench/nothing/", nothing), path("", include("cardbook.config.urls"))]
