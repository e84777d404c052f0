"""What every request carries: the actor behind it, and the headers that keep a page to itself.

Neighbours: `context.py` (what templates see), `accounts.py` (signing in).
"""

from collections.abc import Callable
from datetime import UTC, datetime

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from cardbook.orgs.actors import Actor, NoPost, actor_for

Handler = Callable[[HttpRequest], HttpResponse]

# Nothing from elsewhere, nothing inline: every script and style is a file of ours.
CONTENT_POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; "
    "frame-ancestors 'none'; form-action 'self'"
)


class StaffRequest(HttpRequest):
    """A request with the actor who makes it, or None for a visitor."""

    actor: Actor | None


class ActorMiddleware:
    """Puts `request.actor` there: post and organisation as of today, and ends idle sessions."""

    def __init__(self, get_response: Handler) -> None:
        """Keep the next handler."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Find the actor anew for each request, so that a revoked post is dead at once."""
        request.actor = None  # type: ignore[attr-defined]
        if request.user.is_authenticated:
            self._end_if_idle(request)
        if request.user.is_authenticated:
            try:
                request.actor = actor_for(  # type: ignore[attr-defined]
                    request.user,
                    on=timezone.localdate(),
                    post_id=request.session.get("post"),
                    device=request.META.get("REMOTE_ADDR", ""),
                )
            except NoPost:
                logout(request)
        return self.get_response(request)

    @staticmethod
    def _end_if_idle(request: HttpRequest) -> None:
        now = datetime.now(tz=UTC).timestamp()
        last = request.session.get("seen", now)
        if now - last > settings.IDLE_SECONDS:
            logout(request)
        elif now - last > 60 or "seen" not in request.session:
            request.session["seen"] = now


class HeadersMiddleware:
    """No page of a person is kept by a browser, and nothing foreign runs in one."""

    def __init__(self, get_response: Handler) -> None:
        """Keep the next handler."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Add the headers unless the view set its own."""
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", CONTENT_POLICY)
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
        return response
