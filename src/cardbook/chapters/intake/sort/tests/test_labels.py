"""Box labels: ten to a sheet, readable by eye and by scanner (Art. 6, 20)."""

import io
from datetime import date

import pytest
from pypdf import PdfReader

from cardbook.chapters.intake.sort.commands import open_box
from cardbook.chapters.intake.sort.register import box_scan_code, labels_pdf
from cardbook.custody.models import Account
from cardbook.registers.codes import read_code
from cardbook.testing.factories import City

ON = date(2026, 11, 20)


def box(city: City, number: int, *, label: str = "城关镇 东街村") -> Account:
    """A box opened by the keeper."""
    return open_box(
        cabinet="A", shelf="2", box=f"{number:02d}", capacity=200, label=label, by=city.here.keeper
    )


@pytest.mark.article(20, 1)
class TestLabelsPdf:
    def test_a_label_says_code_place_contents_and_office(self, city: City) -> None:
        given = box(city, 5)
        (page,) = PdfReader(io.BytesIO(labels_pdf(boxes=[given], on=ON))).pages
        text = "".join(page.extract_text().split())
        for words in ("A-2-05", "柜A", "层2", "盒05", "城关镇东街村", "甲县卡管中心", "200位",
                      box_scan_code(given), "2026-11-20", "第二十条"):  # fmt: skip
            assert words in text, words

    def test_ten_labels_fill_one_upright_a4_sheet(self, city: City) -> None:
        boxes = [box(city, number) for number in range(1, 12)]
        reader = PdfReader(io.BytesIO(labels_pdf(boxes=boxes, on=ON)))
        first, second = ("".join(page.extract_text().split()) for page in reader.pages)
        assert all(f"盒{number:02d}" in first for number in range(1, 11))
        assert "盒11" in second and "盒10" not in second
        size = reader.pages[0].mediabox
        assert (round(size.width), round(size.height)) == (595, 842)

    def test_a_long_text_stays_on_its_label(self, city: City) -> None:
        label = "商洛市示范建材有限责任公司职工参保人员（二〇二六年第一批次，待核对）"
        boxes = [box(city, number, label=label) for number in range(1, 11)]
        reader = PdfReader(io.BytesIO(labels_pdf(boxes=boxes, on=ON)))
        assert len(reader.pages) == 1
        assert "".join(reader.pages[0].extract_text().split()).count(label) == 10

    def test_the_same_boxes_give_the_same_bytes(self, city: City) -> None:
        boxes = [box(city, 1)]
        assert labels_pdf(boxes=boxes, on=ON) == labels_pdf(boxes=boxes, on=ON)

    def test_no_box_no_sheet(self) -> None:
        with pytest.raises(ValueError, match="没有要打印"):
            labels_pdf(boxes=[], on=ON)


class TestBoxScanCode:
    def test_names_the_office_too_because_codes_repeat(self, city: City) -> None:
        ours = box(city, 1)
        theirs = open_box(
            cabinet="A", shelf="2", box="01", capacity=9, label="", by=city.neighbour.keeper
        )
        assert ours.code == theirs.code
        assert box_scan_code(ours) != box_scan_code(theirs)
        assert read_code(box_scan_code(ours)).parts == (city.here.card_body.code, "A-2-01")
