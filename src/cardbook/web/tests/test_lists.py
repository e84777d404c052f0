"""No list of the menu without search, order, rows to tick, and an export of the ticked (Art. 32).

The page of each entry is opened once; what it offers is read off its template and all it includes,
so that no list has to be filled for it.
"""

import re
from collections.abc import Iterator

import pytest
from django.template import Template, loader
from django.urls import resolve, reverse

from cardbook.law.roles import Role
from cardbook.testing import factories
from cardbook.web.navigation import MENU

pytestmark = pytest.mark.article(32)

NO_LIST = {
    "home": "work that waits, each figure opens its own list",
    "search": "one card or one person is looked for, not a list gone through",
    "figures.board": "figures; behind each is a list with its own export",
    "card.issue": "a desk: one holder at a time",
    "card.issue_proxy": "a desk: one holder at a time",
    "card.issue_guardian": "a desk: one holder at a time",
    "error.start": "a desk: one card beside one document",
    "error.province": "numbers are pasted in; the cards come ticked from the list of wrong cards",
    "stranded.send_back": "cards are scanned into one return; the returns are a list of their own",
    "elsewhere.find": "one card is looked for by a number, not a list gone through",
    "stranded.radar": "figures by office and age; each opens the list of its cards",
    "loss.report": "a desk: one caller at a time",
    "replacement.capture": "a desk: one holder at a time",
    "application.capture": "a desk: one holder at a time",
}
OFFERS = {
    "search": r'<input(?=[^>]*name="(q|card)")(?=[^>]*form-control)',
    "order": r'<select[^>]*name="(sort|order)"|[?;](sort|order)=\{\{|querystring sort=',
    "rows to tick": r'<(td|li)[^>]*>\s*(\{%[^%]*%\})?<input[^>]*type="checkbox"',
    "export of the ticked": r"导出(勾选|所选)|勾选的导出",
}


def whole(source: str) -> Iterator[str]:
    """The text of a template and of everything it includes."""
    yield source
    for name in re.findall(r'\{% include "([^"]+)"', source):
        yield from whole(loader.get_template(name).template.source)


def missing(template: Template) -> list[str]:
    text = "\n".join(whole(template.source))
    return [what for what, pattern in OFFERS.items() if not re.search(pattern, text)]


def orders(html: str) -> Iterator[tuple[str, str]]:
    """Every order a page offers, under the name it is asked for with."""
    for name, options in re.findall(r'<select[^>]*name="(sort|order)"[^>]*>(.*?)</select>', html):
        yield from ((name, code) for code in re.findall(r'value="(\w+)"', options))
    yield from (("order", code) for code in re.findall(r"[?;]order=(\w+)", html))


def entries() -> Iterator[str]:
    """The entries of the menu; registers are sheets, chosen by office and period and issued."""
    for _, pages in MENU:
        yield from (name for _, name, _ in pages if not name.startswith("register."))


def test_every_list_is_searched_put_into_each_order_ticked_and_taken_along(place, signed_in):
    clients = {
        role: signed_in(factories.worker("某人", role, place.here.card_body)) for role in Role
    }
    found = {}
    for name in set(entries()) - set(NO_LIST):
        url = reverse(name)
        roles = resolve(url).func.policy.roles
        response = clients[min(roles)].get(url)
        assert response.status_code == 200, name
        for name_of, code in orders(response.content.decode()):
            assert clients[min(roles)].get(url, {name_of: code}).status_code == 200, (name, code)
        (page,) = (one for one in response.templates if "{% extends" in one.source)
        found[name] = missing(page)
    assert {name: what for name, what in found.items() if what} == {}


def test_whatever_is_no_list_is_an_entry_and_says_why():
    assert set(NO_LIST) <= set(entries())
    assert all(NO_LIST.values())


def test_a_table_alone_is_missed():
    bare = Template("<table><tbody><tr><td>{{ row }}</td></tr></tbody></table>")
    assert missing(bare) == list(OFFERS)
