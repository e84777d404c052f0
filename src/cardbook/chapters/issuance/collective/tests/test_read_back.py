"""A sheet of many rows on its whole way: handed out, printed, read back, filed, in balance (8 ¶3).

2,000 rows are normal; 600 stand for them in every run, and the soak plays all of them.
"""

import itertools
import subprocess
from pathlib import Path

import pytest
import segno
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from cardbook.cards.models import Card
from cardbook.chapters.issuance.collective.filing_plan import plan_of
from cardbook.chapters.issuance.collective.queries import find_sheet, page_scanned
from cardbook.chapters.issuance.collective.register import sign_off_sheet
from cardbook.chapters.issuance.collective.tests.bundles import (
    add_pages,
    file,
    hand_out,
    prepared,
    proxy,
    tick,
)
from cardbook.chapters.issuance.models import Bundle
from cardbook.custody.models import Position
from cardbook.custody.places import Place
from cardbook.insight.check import recount
from cardbook.jobs import worker
from cardbook.registers.pdf import page_code
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import City

pytestmark = pytest.mark.article(8, 3)
DOTS_PER_INCH = 200
# Where the code stands on the landscape page: the last 26 mm of its width, the first 26 mm.
_MM = DOTS_PER_INCH / 25.4
_CORNER = (int((297 - 26) * _MM), 0, int(26 * _MM), int(26 * _MM))
_DARK = 128
Modules = tuple[tuple[bool, ...], ...]


@pytest.fixture
def city(fresh_database: str, settings: Settings, tmp_path: Path) -> City:
    """A city of its own, whose worker sets long sheets."""
    settings.PAPERS_ROOT = tmp_path / "papers"
    return make.city()


@pytest.mark.parametrize(
    "rows", [pytest.param(600, id="600"), pytest.param(2000, id="2000", marks=pytest.mark.soak)]
)
def test_a_long_sheet_comes_back_row_by_row_and_page_by_page(
    city: City, tmp_path: Path, rows: int
) -> None:
    by, now = city.here.clerk, timezone.now()
    people = [make.person() for _ in range(10)]
    cards = make.received_cards(
        city, city.here, people=list(itertools.islice(itertools.cycle(people), rows))
    )
    bundle = prepared(city, cards)
    hand_out(bundle, by=by, at=now, pages=0)
    worker.work(once=True)
    bundle.refresh_from_db()
    assert bundle.cards == rows and bundle.pages > rows // 40
    printed = signed_in(by).post(reverse("bundle.sheet", args=[bundle.pk])).content
    every_page_is_known_by_its_code(bundle, printed, city, tmp_path)
    # A range, all but three, and those three: one open, one handed back, one signed by a proxy.
    tick(bundle, f"1-{rows // 2}", by=by, on=timezone.localdate())
    tick(bundle, "除7,12,23", by=by, on=timezone.localdate())
    tick(bundle, "7=1;12=2t;23=d", by=by, on=timezone.localdate(), agent=proxy())
    sums = plan_of(Bundle.objects.get(pk=bundle.pk)).sums
    assert (sums.due, sums.signed, sums.open, sums.returned, sums.wrong, sums.left) == (
        rows, rows - 2, 1, 1, 0, 0,
    )  # fmt: skip
    add_pages(bundle, by=by, pages=bundle.pages)
    file(bundle, by=by, at=timezone.now())
    issued = Card.objects.filter(pk__in=[card.pk for card in cards], stage="issued")
    assert issued.count() == rows - 2
    lies = Position.objects.exclude(account__kind=Place.HOLDER).order_by("card_id")
    assert list(lies.values_list("card_id", "account__kind")) == [
        (cards[6].pk, Place.UNIT), (cards[11].pk, Place.STORE),
    ]  # fmt: skip
    assert [one for one in recount().findings if not one.holds] == []


def every_page_is_known_by_its_code(
    bundle: Bundle, printed: bytes, city: City, folder: Path
) -> None:
    """What stands in the corner of each page is the code its reader takes for that page."""
    assert bundle.handed_at is not None and bundle.office is not None
    sheet = sign_off_sheet(
        bundle=bundle, masked=False, blank=True, printed_at=bundle.handed_at,
        printed_by=f"{bundle.office.name} {city.here.clerk.name}",
    )  # fmt: skip
    corners = corners_of(printed, folder)
    assert len(corners) == bundle.pages
    for page, corner in enumerate(corners, start=1):
        text = page_code(sheet, number=bundle.number, page=page)
        code = segno.make(text, error="m", micro=False, boost_error=False)
        drawn: Modules = tuple(tuple(bool(one) for one in row) for row in code.matrix)
        assert modules_of(corner, side=len(drawn)) == drawn, page
        assert page_scanned(text, bundle=bundle, by=city.here.clerk) == page
        assert find_sheet(text, by=city.here.clerk).bundle_id == bundle.pk


def corners_of(content: bytes, folder: Path) -> list[list[bytes]]:
    """The corner of every page as rows of grey, as a camera would see it."""
    (folder / "sheet.pdf").write_bytes(content)
    left, top, width, height = map(str, _CORNER)
    subprocess.run(
        ["pdftoppm", "-gray", "-r", str(DOTS_PER_INCH), "-x", left, "-y", top, "-W", width,
         "-H", height, "sheet.pdf", "page"],
        cwd=folder, check=True,
    )  # fmt: skip
    return [_grey(path.read_bytes()) for path in sorted(folder.glob("page-*.pgm"))]


def _grey(content: bytes) -> list[bytes]:
    _, size, _, pixels = content.split(b"\n", 3)
    width, height = map(int, size.split())
    return [pixels[row * width : (row + 1) * width] for row in range(height)]


def modules_of(rows: list[bytes], *, side: int) -> Modules:
    """The dark and light fields of the one code in a picture, read at their middles."""
    dark = [y for y, row in enumerate(rows) if min(row) < _DARK]
    columns = [min(column) < _DARK for column in zip(*rows, strict=True)]
    left, right = columns.index(True), len(columns) - columns[::-1].index(True)
    top, bottom = dark[0], dark[-1] + 1
    step_x, step_y = (right - left) / side, (bottom - top) / side
    return tuple(
        tuple(
            rows[int(top + (y + 0.5) * step_y)][int(left + (x + 0.5) * step_x)] < _DARK
            for x in range(side)
        )
        for y in range(side)
    )
