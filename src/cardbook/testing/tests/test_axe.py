"""What the judge of pages remembers spares it time and never a finding."""

from collections.abc import Iterator
from copy import deepcopy

import pytest
from playwright.sync_api import Browser, Page

from cardbook.testing.axe import Judge

pytestmark = [pytest.mark.browser, pytest.mark.article(5, 1)]

PAGE = """<!DOCTYPE html><html lang="zh-CN"><head><title>一页</title><style>
body { background: #fff; color: #222; font: 16px sans-serif }
.dark { background: #234; color: #eee }
.pale { color: #ccc }
.under { position: absolute; top: 0; left: 0; width: 600px; height: 600px; z-index: -1 }
</style></head><body><main><h1>卡簿</h1><div id="box"><p id="text">一行字在这里</p>
<p>又一行字在这里</p></div><p class="dark">浅色的字在深色上</p></main></body></html>"""


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A page on which everything can be read."""
    page = chromium.new_page()
    page.set_content(PAGE)
    yield page
    page.close()


@pytest.fixture(scope="module")
def seasoned(chromium: Browser) -> Judge:
    """Who has looked at such a page once."""
    judge, page = Judge(), chromium.new_page()
    page.set_content(PAGE)
    first = judge.look(page)
    page.close()
    assert first.found == () and first.measured == 4
    return judge


@pytest.fixture
def judge(seasoned: Judge) -> Judge:
    """The same, for one test."""
    return deepcopy(seasoned)


def test_a_known_look_is_not_measured_again(page: Page, judge: Judge) -> None:
    assert judge.look(page).measured == 0
    page.evaluate(
        "document.querySelector('#box').append(document.querySelector('#text').cloneNode(true))"
    )
    assert judge.look(page).measured == 0


@pytest.mark.parametrize(
    "change",
    [
        "text.className = 'pale'",
        "text.style.color = '#aaa'",
        "text.style.setProperty('-webkit-text-fill-color', '#bbb')",
        "text.innerHTML = '<span class=pale>一行字在这里</span>'",
        "box.style.background = '#333'",
        "box.style.opacity = '.3'",
        "document.body.style.background = '#333'",
        "text.style.background = '#333'",
        "box.className = 'dark'; text.style.color = '#222'",
        "text.style.color = '#8a8a8a'; text.style.fontSize = '10px'",
        "text.style.position = 'relative'; text.style.background = '#444'",
    ],
)
def test_a_text_that_became_hard_to_read_is_found(page: Page, judge: Judge, change: str) -> None:
    page.evaluate(
        "change => new Function('text', 'box', change)"
        "(document.querySelector('#text'), document.querySelector('#box'))",
        change,
    )
    found = judge.look(page).found
    assert any("color-contrast" in line for line in found), found


def test_what_is_wrong_is_never_remembered_as_good(page: Page, judge: Judge) -> None:
    page.evaluate("document.querySelector('#text').className = 'pale'")
    assert judge.look(page).found == judge.look(page).found != ()


def test_a_layer_that_slid_under_a_known_text_is_found(page: Page, judge: Judge) -> None:
    page.evaluate(
        "() => { const layer = document.createElement('div'); layer.className = 'under';"
        " layer.style.background = '#333'; document.querySelector('main').append(layer); }"
    )
    assert any("color-contrast" in line for line in judge.look(page).found)


def test_a_text_that_left_its_box_is_measured_where_it_lies(page: Page, judge: Judge) -> None:
    """White on a dark box is good; the same white beside the box is not."""
    page.evaluate(
        "document.querySelector('.dark').style.cssText = 'height: 10px; padding-top: 40px'"
    )
    assert judge.look(page).measured > 0


def test_what_other_rules_find_is_found_as_before(page: Page, judge: Judge) -> None:
    page.evaluate("document.querySelector('#box').innerHTML = '<input><img src=\"data:,\">'")
    found = " ".join(judge.look(page).found)
    assert "critical label" in found and "critical image-alt" in found


def test_all_that_axe_alone_would_find_is_found(page: Page, judge: Judge) -> None:
    """Every rule without the memory, on a page with one of each kind of trouble."""
    page.evaluate(
        "document.querySelector('#box').innerHTML = '<a href=\"#x\"></a><button></button>"
        "<p class=pale>浅色</p><select><option>甲</option></select><ul><p>不是项</p></ul>"
        "<div role=checkbox>选</div><iframe></iframe><p id=a></p><p id=a aria-foo=1>重</p>'"
    )
    ours = {line.split(":")[0] for line in judge.look(page).found}
    plain = page.evaluate(
        "async () => (await axe.run()).violations.map(one => one.impact + ' ' + one.id)"
    )
    grave = {line for line in plain if line.split()[0] in ("serious", "critical")}
    assert ours == grave and len(grave) > 4
