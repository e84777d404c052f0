"""A new photo is shown under the frame of the rule and measured before it is sent (Art. 25)."""

from base64 import b64decode
from functools import partial

import pytest
from playwright.sync_api import FilePayload, Page, expect

from cardbook.chapters.usage.replacement.tests.windows import windows
from cardbook.testing import browser
from cardbook.testing.browser import sign_in
from cardbook.testing.factories import City

pytestmark = [pytest.mark.browser, pytest.mark.article(25)]
well_made = partial(browser.well_made, series="photo")
# A head and shoulders as simple as can be; noise makes it as large as a file has to be.
_DRAW = """([ground, wide, high]) => new Promise(resolve => {
  const canvas = document.createElement("canvas");
  canvas.width = wide; canvas.height = high;
  const pen = canvas.getContext("2d");
  pen.fillStyle = ground; pen.fillRect(0, 0, wide, high);
  pen.fillStyle = "#335577"; pen.fillRect(0, high * 0.8, wide, high * 0.2);
  for (let i = 0; i < 4000; i += 1) {
    pen.fillStyle = `rgb(${i * 7 % 200 + 30},${i * 13 % 120 + 40},${i * 29 % 90 + 20})`;
    pen.fillRect(wide * 0.25 + i * 37 % (wide * 0.5), high * 0.15 + i * 53 % (high * 0.6), 4, 4);
  }
  resolve(canvas.toDataURL("image/jpeg", 0.95).split(",")[1]);
})"""


def drawn(page: Page, ground: str, *, wide: int = 358, high: int = 441) -> FilePayload:
    """A JPEG as a camera's, made by the browser itself."""
    content = b64decode(page.evaluate(_DRAW, [ground, wide, high]))
    return {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": content}


def test_a_white_ground_is_measured_and_the_frame_lies_over_the_head(
    browser_page: Page, town: City
) -> None:
    page = browser_page
    sign_in(page, windows(town).clerk)
    page.goto("/applications/new/")
    tick = page.locator("[name=photo_compared]")
    expect(tick).to_be_hidden()
    page.set_input_files("#id_photo", drawn(page, "#fdfdfd"))
    measured = page.locator("[data-photo-measured]")
    expect(measured).to_contain_text("358×441 像素（不小于 358×441）")
    expect(measured).to_contain_text("背景白色 100%（至少 90%）")
    expect(measured.locator(".ap-late", has_text="背景")).to_have_count(0)
    expect(tick).to_be_visible()
    frame, image = page.locator("[data-photo-frame]"), page.locator(".ap-frame img")
    outer, inner = image.bounding_box(), frame.bounding_box()
    assert outer is not None and inner is not None
    assert abs(inner["height"] / outer["height"] - 0.66) < 0.02
    assert abs((inner["y"] - outer["y"]) / outer["height"] - 0.08) < 0.02
    well_made(page, "white")


@pytest.mark.parametrize(("ground", "white"), [("#c8d8f0", "0%"), ("#808080", "0%")])
def test_another_ground_is_warned_of_with_its_number(
    browser_page: Page, town: City, ground: str, white: str
) -> None:
    page = browser_page
    sign_in(page, windows(town).clerk)
    page.goto("/applications/new/")
    page.set_input_files("#id_photo", drawn(page, ground, wide=200, high=246))
    late = page.locator("[data-photo-measured] .ap-late")
    expect(late.filter(has_text=f"请注意：背景白色 {white}")).to_be_visible()
    expect(late.filter(has_text="请注意：200×246 像素")).to_be_visible()


def test_another_photo_is_compared_anew_and_none_asks_for_nothing(
    browser_page: Page, town: City
) -> None:
    page = browser_page
    sign_in(page, windows(town).clerk)
    page.goto("/applications/new/")
    tick = page.locator("[name=photo_compared]")
    page.set_input_files("#id_photo", drawn(page, "#fdfdfd"))
    tick.check()
    page.set_input_files("#id_photo", drawn(page, "#c8d8f0"))
    expect(tick).not_to_be_checked()
    page.set_input_files("#id_photo", [])
    expect(tick).to_be_hidden()
    expect(page.locator("[data-photo-shown]")).to_be_hidden()
