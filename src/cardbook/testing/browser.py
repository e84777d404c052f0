"""A real Chromium against a real server and a database of the test's own, for the journeys.

Fixtures `site`, `browser_page`, `browser_context`; tools `sign_in`, `scan`,
`axe`, `well_made`, `Counter`. Loaded by `plugin.py`; nothing here stands in for the product.
"""

import asyncio
import os
import re
import shutil
import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from cardbook.testing.axe import axe
from cardbook.testing.plugin import CACHE

if TYPE_CHECKING:
    from playwright.sync_api import (
        Browser,
        BrowserContext,
        ConsoleMessage,
        Page,
        Request,
        Response,
    )

    from cardbook.orgs.actors import Actor

FLAGS = (
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-gpu",
    "--no-first-run",
    "--disable-component-update",
    "--disable-sync",
)
_HOST = "127.0.0.1"
WINDOW = {"width": 1366, "height": 768}
SCREENSHOTS = CACHE / "screenshots"
PICTURES = bool(os.environ.get("CARDBOOK_PICTURES"))
# Chromium writes these for every answer that is not 200; the answers themselves are judged below.
_LOUD_STATUS = re.compile(r"^Failed to load resource: the server responded with a status of 4")
# So much of a page's time lies before a reading: no hand reaches for the scanner sooner.
REACH_S = 1


@dataclass(frozen=True, slots=True)
class Site:
    """A running server."""

    url: str


@pytest.fixture
def site(fresh_database: str) -> Iterator[Site]:
    """Serves the application with its static files on a free port, over a fresh database."""
    from django.conf import settings
    from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
    from django.core.wsgi import get_wsgi_application
    from django.urls import resolve

    class Quiet(WSGIRequestHandler):
        """Says nothing about single requests."""

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing."""

    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    resolve("/")  # imports all pages, which takes longer than a busy machine's first page may
    server = ThreadedWSGIServer((_HOST, 0), Quiet)
    server.daemon_threads = True
    server.set_app(get_wsgi_application())
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield Site(f"http://{_HOST}:{server.server_address[1]}")
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=5)


def chromium_path() -> str:
    """This function will find the Chromium of the machine.

    The shell without windows is the same engine and takes half the time for a page.

    :raises pytest.fail.Exception: when there is none; a browser test is never skipped.
    """
    for name in ("chromium-headless-shell", "chromium", "chromium-browser"):
        if found := shutil.which(name):
            return found
    pytest.fail(
        "没有找到 chromium，浏览器测试不能跳过。请运行：apt-get install chromium-headless-shell"
    )


@pytest.fixture(scope="session")
def _one_chromium() -> Iterator["Browser"]:
    """One Chromium for a worker; it is asleep while tests run that have none."""
    from playwright.sync_api import sync_playwright

    # Playwright's own loop runs in this thread, and Django would take it for asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=list(FLAGS))
        loop = asyncio.get_running_loop()
        asyncio._set_running_loop(None)
        yield browser
        asyncio._set_running_loop(loop)
        browser.close()


@pytest.fixture(scope="module")
def chromium(_one_chromium: "Browser") -> Iterator["Browser"]:
    """The worker's Chromium, awake for a module; each test gets a context of its own.

    No longer than that: a loop that counts as running in a worker's thread is in the way of tests
    that start a loop of their own.
    """
    asyncio._set_running_loop(_one_chromium._loop)
    yield _one_chromium
    asyncio._set_running_loop(None)


@dataclass
class _Watch:
    """What a page did that no page may do."""

    home: str
    wrong: list[str] = field(default_factory=list)

    def console(self, message: "ConsoleMessage") -> None:
        if message.type == "error" and not _LOUD_STATUS.match(message.text):
            self.wrong.append(f"console: {message.text} ({message.location.get('url', '')})")

    def request(self, request: "Request") -> None:
        if not request.url.startswith((self.home, "data:", "blob:", "about:")):
            self.wrong.append(f"foreign request: {request.url}")

    def response(self, response: "Response") -> None:
        broken = response.status >= 500
        lost = response.status >= 400 and "/static/" in response.url
        if broken or lost:
            self.wrong.append(f"{response.status} {response.request.method} {response.url}")

    def follow(self, page: "Page") -> None:
        page.on("console", self.console)
        page.on("pageerror", lambda error: self.wrong.append(f"script: {error}"))
        page.on("request", self.request)
        page.on("response", self.response)


_FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Note for `browser_context` that a test failed."""
    report = yield
    if report.when == "call":
        item.stash[_FAILED] = report.failed
    return report


def _keep(pages: "list[Page]", test: str) -> None:
    """Of a test that failed, what it had before its eyes."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    for place, page in enumerate(pages):
        name = re.sub(r"\W+", "-", test)
        page.screenshot(path=str(SCREENSHOTS / f"failed-{name}-{place}.png"))


MakeContext = Callable[..., "BrowserContext"]


@pytest.fixture
def browser_context(
    chromium: "Browser", site: Site, request: pytest.FixtureRequest
) -> Iterator[MakeContext]:
    """Makes contexts (`java_script_enabled=False` …), each its own browser with its own session.

    The test fails when a page wrote an error to the console, asked a foreign host for anything,
    missed a static file or met an answer of 500 and above.
    """
    watch = _Watch(site.url)
    made: list[BrowserContext] = []

    def make(**options: Any) -> "BrowserContext":
        wanted: dict[str, Any] = {
            "viewport": WINDOW,
            "locale": "zh-CN",
            "timezone_id": "Asia/Shanghai",
            "base_url": site.url,
            "accept_downloads": True,
        }
        context = chromium.new_context(**(wanted | options))
        context.set_default_timeout(10_000)
        context.clock.install()
        context.on("page", watch.follow)
        made.append(context)
        return context

    yield make
    for context in made:
        if request.node.stash.get(_FAILED, False):
            _keep(context.pages, request.node.name)
        context.close()
    assert watch.wrong == [], "\n".join(watch.wrong)


@pytest.fixture
def browser_page(browser_context: MakeContext) -> "Page":
    """A page of a new browser, nobody signed in; addresses are relative to the site."""
    return browser_context().new_page()


def sign_in(page: "Page", actor: "Actor") -> None:
    """This function will sign in without a page: the session is a real one, made by a login."""
    from django.conf import settings

    from cardbook.testing.clients import signed_in

    name = settings.SESSION_COOKIE_NAME
    value = signed_in(actor).cookies[name].value
    page.context.add_cookies([{"name": name, "value": value, "domain": _HOST, "path": "/"}])


def sign_in_by_form(page: "Page", actor: "Actor") -> None:
    """This function will sign in through the real form, as a member of staff does."""
    from cardbook.orgs.models import User
    from cardbook.testing.factories import PASSWORD

    page.goto("/account/login/")
    page.fill("#id_login", User.objects.get(pk=actor.user_id).username)
    page.fill("#id_password", PASSWORD)
    page.click("[data-login-button]")
    page.wait_for_selector(".cb-who")


_FOCUS_TO_COME = """() => document.activeElement === document.body
    && document.querySelector("[autofocus]") !== null"""


def ready(page: "Page") -> None:
    """This function will wait until a page is loaded and its first field has the focus.

    No hand is as fast as a test: `autofocus` is given when a page is drawn, after it was loaded.
    """
    from playwright.sync_api import Error

    for _ in range(40):
        page.wait_for_load_state()
        try:
            if not page.evaluate(_FOCUS_TO_COME):
                return
        except Error:
            # Another page came meanwhile.
            continue
        page.wait_for_timeout(25)


def scan(page: "Page", text: str) -> None:
    """This function will type like a wedge scanner into the focused field, ending with Enter."""
    with as_a_scanner(page):
        page.keyboard.type(text)
        page.keyboard.press("Enter")


@contextmanager
def as_a_scanner(page: "Page") -> Iterator[None]:
    """Keys of the block come at once, for the page's clock stands still meanwhile.

    Pages tell a scanner from a hand by time, and a busy machine is slower than either.
    """
    ready(page)
    page.clock.pause_at(page.evaluate("Date.now() / 1000") + REACH_S)
    try:
        yield
    finally:
        page.clock.resume()


def press(page: "Page", key: str) -> None:
    """This function will press one key (a chord is one) where the page is ready for it."""
    ready(page)
    page.keyboard.press(key)


def enter(page: "Page", selector: str) -> None:
    """This function will send a field's form with Enter and wait for the page that answers.

    A step that does not wait by itself (a list of boxes, a count) would read the old page.
    """
    with page.expect_navigation():
        page.press(selector, "Enter")


def type_in(page: "Page", text: str) -> None:
    """This function will type into the focused field as a hand does, without Enter."""
    ready(page)
    page.keyboard.type(text)


def screenshot(page: "Page", name: str, *, whole: bool = False) -> None:
    """This function will keep a picture to be looked at, of the window or the whole page.

    Only where somebody wants to look (`make pictures`): a picture takes longer than its page.
    """
    if not PICTURES:
        return
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=str(SCREENSHOTS / f"{name}.png"), full_page=whole)


def well_made(page: "Page", name: str, *, series: str, whole: bool = True) -> None:
    """Nothing serious for axe, nothing wider than the window, and a picture to look at."""
    screenshot(page, f"{series}-{name}", whole=whole)
    found, wider = axe(page), inner_overflow(page)
    assert found == [], found
    assert wider == 0, wider


def said(page: "Page", words: str) -> None:
    """What the page says about the act just done."""
    from playwright.sync_api import expect

    expect(page.locator(".cb-messages")).to_contain_text(words)


class Counter:
    """Counts what a clerk does: scans, keys and clicks (trust-and-ux.md, section 8).

    A scan is the scanner's work, not the clerk's: its characters are not keys.
    """

    def __init__(self, page: "Page") -> None:
        """Start at nothing."""
        self.page = page
        self.scans = self.keys = self.clicks = 0

    def scan(self, text: str) -> None:
        """One pull of the scanner."""
        self.scans += 1
        scan(self.page, text)

    def sign(self, act: Callable[[], None]) -> None:
        """A signature on the pad, counted as one reading of a device like a scan."""
        self.scans += 1
        act()

    def press(self, key: str) -> None:
        """One key (a chord is one)."""
        self.keys += 1
        press(self.page, key)

    def type(self, text: str) -> None:
        """Typing: a key for each character."""
        self.keys += len(text)
        type_in(self.page, text)

    def click(self, selector: str) -> None:
        """One click."""
        self.clicks += 1
        self.page.click(selector)

    @property
    def counts(self) -> tuple[int, int, int]:
        """Scans, keys, clicks."""
        return self.scans, self.keys, self.clicks


def inner_overflow(page: "Page") -> int:
    """This function will measure how many pixels a page is wider than its window."""
    width: int = page.evaluate(
        "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    return width
