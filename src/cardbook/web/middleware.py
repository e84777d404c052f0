"""What every request carries: the actor behind it, and the headers that keep a page to itself.

Neighbours: `context.py` (what templates see), `accounts.py` (signing in).
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from http import HTTPStatus
from ipaddress import ip_address

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django_htmx.http import HttpResponseClientRedirect

from cardbook.lib.ids import MOST_DIGITS
from cardbook.orgs.actors import Actor, NoPost, actors_of

Handler = Callable[[HttpRequest], HttpResponse]

# Nothing from elsewhere, nothing inline: every script and style is a file of ours.
CONTENT_POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; "
    "frame-ancestors 'none'; form-action 'self'"
)
DEVICES = "camera=(), microphone=(), geolocation=()"
NO_POST = "您今日没有岗位，或所选岗位已解除，不能登录。请联系系统管理员（第五条）。"
OWN_FIRST = "您用的是别人给的一次性密码，请先换成只有自己知道的密码，再办业务（第三十二条）。"
# What whoever has a given password may still open.
_OWN_PASSWORD_PAGES = ("account_change_password", "account_logout", "account_reauthenticate")
REFRESH_SEEN_SECONDS = 60
# Where the front server is; a Unix socket has no address.
_THIS_MACHINE = frozenset({"127.0.0.1", "::1", ""})


class FrontMiddleware:
    """Behind the office's TLS server, the address of a request is the one that server saw.

    Only a front on this machine is believed, and it always writes the header itself
    (deploy/nginx.conf); without one (CARDBOOK_TLS unset) nobody is.
    """

    def __init__(self, get_response: Handler) -> None:
        """Keep the next handler."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Put the visitor's own address where everything looks for it."""
        if settings.BEHIND_TLS and request.META.get("REMOTE_ADDR", "") in _THIS_MACHINE:
            with suppress(ValueError):
                asked_from = ip_address(request.headers.get("X-Real-IP", "").strip())
                request.META["REMOTE_ADDR"] = str(asked_from)
        return self.get_response(request)


class ActorMiddleware:
    """Puts `request.actor` there: post and office as of today; ends idle and old sessions."""

    def __init__(self, get_response: Handler) -> None:
        """Keep the next handler."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Find the actor anew for each request, so that a revoked post is dead at once."""
        request.actor = None  # type: ignore[attr-defined]
        request.posts = ()  # type: ignore[attr-defined]
        if request.user.is_authenticated:
            self._end_if_over(request)
        if request.user.is_authenticated:
            if not request.user.password_is_given:
                self._find_actor(request)
            elif request.path not in map(reverse, _OWN_PASSWORD_PAGES):
                return self._to_own_password(request)
        response = self.get_response(request)
        return self._whole_page_for_visitors(request, response)

    @staticmethod
    def _find_actor(request: HttpRequest) -> None:
        device = request.META.get("REMOTE_ADDR", "")
        posts = actors_of(request.user, on=timezone.localdate(), device=device)  # type: ignore[arg-type]
        try:
            chosen = _chosen(posts, request.session.get("post"))
        except NoPost:
            logout(request)
            messages.error(request, NO_POST)
            return
        request.actor = chosen  # type: ignore[attr-defined]
        request.posts = tuple(posts)  # type: ignore[attr-defined]

    @staticmethod
    def _to_own_password(request: HttpRequest) -> HttpResponse:
        """Whoever gave him his password could do everything as him: nothing is done with it."""
        messages.warning(request, OWN_FIRST)
        to = reverse("account_change_password")
        is_part = bool(request.headers.get("HX-Request"))
        return HttpResponseClientRedirect(to) if is_part else redirect(to)

    @staticmethod
    def _end_if_over(request: HttpRequest) -> None:
        now = datetime.now(tz=UTC).timestamp()
        last = request.session.get("seen", now)
        if now - request.session.setdefault("began", now) > settings.LONGEST_SECONDS:
            logout(request)
            hours = settings.LONGEST_SECONDS // 3600
            messages.warning(request, f"登录已满 {hours} 小时，已自动退出，请重新登录。")
            return
        if now - last > settings.IDLE_SECONDS:
            logout(request)
            minutes = settings.IDLE_SECONDS // 60
            messages.warning(request, f"超过 {minutes} 分钟没有操作，已自动退出，请重新登录。")
        elif now - last > REFRESH_SEEN_SECONDS or "seen" not in request.session:
            request.session["seen"] = now

    @staticmethod
    def _whole_page_for_visitors(request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """A part of a page cannot show the login form: htmx is told to open it as a page."""
        visitor = request.actor is None  # type: ignore[attr-defined]
        if not (visitor and request.headers.get("HX-Request") and response.status_code == 302):
            return response
        details = getattr(request, "htmx", None)
        came_from = (details and details.current_url_abs_path) or "/"
        return HttpResponseClientRedirect(redirect_to_login(came_from).headers["Location"])


def _chosen(posts: list[Actor], post_id: int | None) -> Actor:
    for one in posts:
        if post_id is None or one.post_id == post_id:
            return one
    raise NoPost


class UnwritableMiddleware:
    """What no row of the database can hold is never asked of it: ids beyond it, characters 0."""

    def __init__(self, get_response: Handler) -> None:
        """Keep the next handler."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass on; what an address and a form say is read before the view is called."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: object, args: object, named: dict[str, object]
    ) -> None:
        """This function will let the view be called; the API judges what it is sent by itself.

        :raises Http404: for a number no row has.
        :raises SuspiciousOperation: for a character 0, which no person types (400).
        """
        if request.path.startswith("/api/"):
            return
        if any(isinstance(one, int) and one >= 10**MOST_DIGITS for one in named.values()):
            raise Http404
        forms = (request.GET, request.POST)
        said = (text for form in forms for _, texts in form.lists() for text in texts)
        if any("\0" in str(text) for text in (request.path, *said)):
            raise SuspiciousOperation("a character 0")


class HeadersMiddleware:
    """No page of a person is kept by a browser, and nothing foreign runs in one."""

    def __init__(self, get_response: Handler) -> None:
        """Keep the next handler."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Add the headers unless the view set its own."""
        response = self.get_response(request)
        if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED and not response.content:
            # Whoever reloads or bookmarks the address of a form comes here without the form.
            allowed = response.headers["Allow"]
            response = render(request, "405.html", status=405)
            response.headers["Allow"] = allowed
        response.headers.setdefault("Content-Security-Policy", CONTENT_POLICY)
        # `never_cache` of a library says "private" and still lets a browser keep the page; a view
        # says "public" itself, of a page about nobody.
        said = response.headers.get("Cache-Control", "").split(", ")
        if "no-store" not in said and "public" not in said:
            response.headers["Cache-Control"] = "no-store"
        response.headers.setdefault("Permissions-Policy", DEVICES)
        return response
