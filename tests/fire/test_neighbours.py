"""Whatever a page of one county leads to, the same post of the next county does not open (Art. 5).

The demo city is walked through as a clerk would: every address with an id that a page names. An
address with an id that is not there: tests/architecture/test_every_address.py.
"""

import html
import re
from collections import Counter, deque
from pathlib import Path

import pytest
from django.test import Client
from django.urls import Resolver404, resolve
from django.utils import timezone

from cardbook.demo.city import build_city
from cardbook.demo.city_data import Size
from cardbook.demo.staff import actor_named
from cardbook.testing.clients import signed_in
from cardbook.testing.parameters import ruled

pytestmark = [pytest.mark.django_db, pytest.mark.article(32)]
POSTS = ("chuangkou1", "kaguan", "fuhe", "fuzeren", "jingban1")
# So many pages of a kind are looked at for further addresses, and so many addresses are asked.
PAGES, ASKED = 3, 5
_LINK = re.compile(r'(?:href|src|action|hx-get|hx-post)="(/[^"#]*)"')
_ELSEWHERE = ("/static/", "/account/", "/handbook/", "/demo/")
# Of the city for every county, or of a bank that makes cards for all of them (Art. 5, 25).
SHARED = {"campaign.show", "guidance.show", "guidance.sign", "bank.report_sheet"}


@pytest.fixture(scope="module")
def _city(shared_database: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder: Path = tmp_path_factory.mktemp("demo")
    build_city(now=timezone.now(), folder=folder, say=lambda _: None, size=Size.TINY)


def links(client: Client, url: str) -> list[str]:
    answer = client.get(url)
    is_page = answer.status_code == 200 and "html" in answer.headers["Content-Type"]
    found = _LINK.findall(answer.content.decode()) if is_page else []
    return [one for one in map(html.unescape, found) if not one.startswith(_ELSEWHERE)]


def name_of(url: str) -> str:
    try:
        return resolve(url.partition("?")[0]).view_name
    except Resolver404:
        return ""


def addresses_with_ids(client: Client) -> dict[str, set[str]]:
    """The addresses of single things that the pages of somebody name, by the page's name."""
    found: dict[str, set[str]] = {}
    seen, looked_at, waiting = {"/"}, Counter[str](), deque(["/"])
    while waiting:
        for url in links(client, waiting.popleft()):
            name, path = name_of(url), url.partition("?")[0]
            if name and re.search(r"\d", path):
                found.setdefault(name, set()).add(path)
            is_file = "export=" in url or "format=" in url
            if name and url not in seen and looked_at[name] < PAGES and not is_file:
                seen.add(url)
                looked_at[name] += 1
                waiting.append(url)
    return found


@pytest.mark.trust("A7")
@pytest.mark.usefixtures("_city")
@pytest.mark.parametrize("post", POSTS)
def test_what_a_county_sees_of_its_own_the_next_county_does_not(post: str) -> None:
    today = timezone.localdate()
    own, theirs = (signed_in(actor_named(f"{c}_{post}", on=today)) for c in ("sz", "df"))
    with ruled("looks_per_minute", 1_000_000):  # no person opens so many pages in a minute
        found = addresses_with_ids(own)
    assert len(found) > 5
    let_in = set()
    for name in found.keys() - SHARED:
        for path in sorted(found[name])[:ASKED]:
            # A form that was sent leads back to its page, which says who may see it.
            status = theirs.get(path, follow=True).status_code
            if status == 405:
                status = theirs.post(path).status_code
            if status not in (403, 404):
                let_in.add(f"{path}: {status}")
    assert let_in == set()
