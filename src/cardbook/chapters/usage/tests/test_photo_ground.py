"""The ground of a new photo is measured on the server too, whoever sends it (Art. 25)."""

import struct
from base64 import b64encode
from datetime import date
from time import perf_counter

import pytest
from django.urls import reverse

from cardbook.cards.models import Application
from cardbook.chapters.usage.photo_ground import MOST_PIXELS, NotOpened, measured
from cardbook.chapters.usage.photos import photo_remarks, why_photo_fails
from cardbook.chapters.usage.production.tests.test_api import given
from cardbook.chapters.usage.replacement.tests.windows import Windows, windows
from cardbook.chapters.usage.tests.calling import call
from cardbook.law import papers
from cardbook.papers.pictures import ImageRefused, KeptImage, kept_image
from cardbook.testing.clients import signed_in
from cardbook.testing.parameters import ruled
from cardbook.testing.pictures import JPEG_HEAD, JPEG_SCAN, head_and_shoulders

pytestmark = pytest.mark.article(25)
DAY = date(2026, 11, 27)


@pytest.fixture
def there() -> Windows:
    return windows()


def claiming(width: int, height: int, *, kilobytes: int = 25) -> bytes:
    """A small file that says it is a huge picture of three colours."""
    parts = bytes.fromhex("03012200021101031101")
    frame = b"\xff\xc0" + struct.pack(">H", 17) + b"\x08" + struct.pack(">HH", height, width)
    scan = JPEG_SCAN[:-2] + b"\x55" * kilobytes * 1024 + b"\xff\xd9"
    return JPEG_HEAD + frame + parts + scan


def kept(content: bytes) -> KeptImage:
    return kept_image(content, papers.HOLDER_PHOTO)


class TestMeasured:
    def test_a_white_wall_is_white_and_even(self) -> None:
        found = measured(head_and_shoulders(), light=225)
        assert (found.white, found.spread) == (100, 0) and found.coloured > 10

    @pytest.mark.parametrize("ground", [(200, 216, 240), (128, 128, 128), (255, 255, 180)])
    def test_another_wall_is_not_white(self, ground: tuple[int, int, int]) -> None:
        found = measured(head_and_shoulders(ground=ground), light=225)
        assert found.white == 0 and found.spread < 3

    def test_a_grey_photo_has_no_colour(self) -> None:
        assert measured(head_and_shoulders(mode="L"), light=225).coloured == 0

    def test_of_four_colours_it_is_measured_as_of_three(self) -> None:
        assert measured(head_and_shoulders(mode="CMYK"), light=225).white == 100

    def test_a_large_one_is_measured_as_the_small_one(self) -> None:
        large = measured(head_and_shoulders(width=1432, height=1764), light=225)
        assert (large.white, large.spread) == (100, 0)

    @pytest.mark.parametrize("keeps", [0.1, 0.5, 0.9])
    def test_a_file_that_is_cut_off_is_not_opened(self, keeps: float) -> None:
        whole = head_and_shoulders()
        with pytest.raises(NotOpened, match="不完整或已损坏"):
            measured(whole[: int(len(whole) * keeps)], light=225)

    def test_a_bomb_is_named_and_never_decoded(self) -> None:
        before = perf_counter()
        with pytest.raises(NotOpened, match="像素，太多"):
            measured(claiming(10_000, 10_000), light=225)
        assert perf_counter() - before < 1


class TestJudged:
    def test_thirty_thousand_pixels_a_side_are_not_even_kept(self) -> None:
        with pytest.raises(ImageRefused, match="10000 像素"):
            kept(claiming(30_000, 30_000))

    def test_more_pixels_than_a_camera_has_are_refused(self) -> None:
        side = (8_118, 10_000)
        assert side[0] * side[1] > MOST_PIXELS
        assert "太多，没有打开" in why_photo_fails(kept(claiming(*side)), on=DAY)

    def test_what_does_not_decode_is_refused(self) -> None:
        assert "照片打不开" in why_photo_fails(kept(claiming(358, 441)), on=DAY)

    def test_a_wall_that_is_not_white_is_only_remarked_on_with_its_number(self) -> None:
        blue = kept(head_and_shoulders(ground=(200, 216, 240)))
        assert why_photo_fails(blue, on=DAY) == ""
        assert photo_remarks(blue.content, on=DAY) == ("背景白色 0%（至少 90%）",)

    def test_the_rules_of_the_day_decide(self) -> None:
        blue = head_and_shoulders(ground=(200, 216, 240))
        with ruled("photo_ground_light", 200):
            assert photo_remarks(blue, on=DAY) == ()
        with ruled("photo_ground_white_percent", 0):
            assert photo_remarks(blue, on=DAY) == ()


@pytest.mark.django_db
class TestWhoeverSendsIt:
    def test_an_office_software_is_told_what_a_clerk_is(self, there: Windows) -> None:
        blue = b64encode(head_and_shoulders(ground=(200, 216, 240))).decode()
        body = given(there, photo=blue, photo_compared=True)
        answer = call("applications/application.capture", body, by=there.clerk)
        assert answer.status_code == 200, answer.json()
        assert answer.json()["remarks"] == ["背景白色 0%（至少 90%）"]
        address = reverse("application.show", args=[Application.objects.get().pk])
        page = signed_in(there.clerk).get(address).content.decode()
        assert "请再看一眼：背景白色 0%（至少 90%）" in page

    def test_and_is_refused_what_a_clerk_is(self, there: Windows) -> None:
        bomb = b64encode(claiming(8_118, 10_000)).decode()
        body = given(there, photo=bomb, photo_compared=True)
        answer = call("applications/application.capture", body, by=there.clerk)
        assert (
            answer.status_code == 422 and "太多，没有打开" in answer.json()["errors"][0]["detail"]
        )
        assert not Application.objects.exists()

    def test_a_white_wall_is_remarked_on_nowhere(self, there: Windows) -> None:
        white = b64encode(head_and_shoulders()).decode()
        body = given(there, photo=white, photo_compared=True)
        answer = call("applications/application.capture", body, by=there.clerk)
        assert answer.json()["remarks"] == []
        address = reverse("application.show", args=[Application.objects.get().pk])
        assert "请再看一眼" not in signed_in(there.clerk).get(address).content.decode()
