"""A sheet as PDF: whole names, repeated heads, page x/y, the same bytes each time (Art. 8; X6)."""

import io
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from pypdf import PdfReader

from cardbook.law.articles import art
from cardbook.registers import codes, pdf, typesetting
from cardbook.registers.codes import read_code
from cardbook.registers.pdf import UNNUMBERED, page_code, render_pdf
from cardbook.registers.tests.sheets import AT, FORM, LONG_NAME, NUMBER, RARE_NAME, row, sheet
from cardbook.testing.pictures import png

NUMBER_OF_SHEET = "CSBD-T00001-2026-0001"


def texts(content: bytes) -> list[str]:
    """The text of each page, without the breaks that narrow cells make."""
    reader = PdfReader(io.BytesIO(content))
    return ["".join(page.extract_text().split()) for page in reader.pages]


def pictures(content: bytes) -> list[tuple[int, int]]:
    """The sizes of the pictures in a PDF."""
    reader = PdfReader(io.BytesIO(content))
    found = (reader.get_object(place) for place in range(1, int(reader.trailer["/Size"])))
    images = (
        each for each in found if isinstance(each, dict) and each.get("/Subtype") == "/Image"
    )
    return [(image["/Width"], image["/Height"]) for image in images]


@pytest.mark.article(8, 4)
class TestRenderPdf:
    def test_prints_rare_and_long_names_whole(self) -> None:
        content = render_pdf(
            sheet(row(1, name=RARE_NAME), row(2, name=LONG_NAME)), number=NUMBER_OF_SHEET
        )
        (text,) = texts(content)
        assert RARE_NAME in text
        assert LONG_NAME in text

    def test_says_all_that_a_sheet_must_say(self) -> None:
        given = sheet(row(1))
        (text,) = texts(render_pdf(given, number=NUMBER_OF_SHEET))
        for words in (
            FORM.title, NUMBER_OF_SHEET, "甲县一号窗口", NUMBER, "窗口甲", "2026-11-2012:00",
            "第八条第四款、第十二条", "经办人", "复核人", "发放机构（章）", "合计张数1",
            given.digest[:16], "第1页", "共1页",
        ):  # fmt: skip
            assert words in text, words

    def test_whoever_signs_nothing_gets_no_box_to_sign(self) -> None:
        given = sheet(row(1), form=replace(FORM, signatures=(), seal="", note=""))
        (text,) = texts(render_pdf(given, number=NUMBER_OF_SHEET))
        assert "王小明" in text and "年月日" not in text

    def test_every_page_has_the_head_the_number_and_its_place(self) -> None:
        rows = (row(place, name=LONG_NAME) for place in range(1, 121))
        found = texts(render_pdf(sheet(*rows), number=NUMBER_OF_SHEET))
        assert len(found) > 5
        for place, text in enumerate(found, start=1):
            assert FORM.title in text
            assert "社会保障号码" in text
            assert NUMBER_OF_SHEET in text
            assert f"第{place}页" in text and f"共{len(found)}页" in text

    def test_no_entry_is_lost_between_pages(self) -> None:
        names = [f"王{chr(0x4E00 + place)}" for place in range(150)]
        found = texts(
            render_pdf(sheet(*(row(1, name=name) for name in names)), number=NUMBER_OF_SHEET)
        )
        assert [name for name in names if name not in "".join(found)] == []

    def test_the_seal_never_stands_on_a_page_without_an_entry(self) -> None:
        for count in range(8, 26):
            *_, last = texts(
                render_pdf(sheet(*(row(9, name="李某某") for _ in range(count))), number="N-1")
            )
            assert "发放机构（章）" in last
            assert "李某某" in last, count

    def test_more_pages_than_foreseen_still_have_their_codes(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        drawn: list[str] = []

        def draw(text: str) -> str:
            drawn.append(text)
            return codes.qr_svg(text)

        monkeypatch.setattr(pdf, "qr_svg", draw)
        monkeypatch.setattr(pdf, "_FEWEST_ROWS_ON_PAGE", 10_000)
        found = texts(render_pdf(sheet(*(row(1) for _ in range(120))), number=NUMBER_OF_SHEET))
        assert len(found) > 3
        assert len(set(drawn)) >= len(found)

    def test_a_signature_is_printed_as_a_picture(self) -> None:
        digest = "ab" * 32
        given = sheet(row(1, signature=digest), pictures={digest: png()})
        content = render_pdf(given, number="N-1")
        assert digest not in texts(content)[0]
        assert pictures(content) == [(2, 1)]
        # Without the picture the text stays, and codes are drawn, not pictures.
        assert pictures(render_pdf(sheet(row(1, signature="（按手印）")), number="N-1")) == []

    def test_an_empty_sheet_says_so(self) -> None:
        (text,) = texts(render_pdf(sheet(), number=NUMBER_OF_SHEET))
        assert "本期没有登记" in text
        assert "发放机构（章）" in text

    def test_without_a_number_it_is_no_document(self) -> None:
        (text,) = texts(render_pdf(sheet(row(1)), number=""))
        assert UNNUMBERED in text

    def test_markup_in_a_name_stays_text(self) -> None:
        name = "#panic() *粗* $x$ \\ <b>"
        (text,) = texts(render_pdf(sheet(row(1, name=name)), number="N-1"))
        assert "".join(name.split()) in text

    def test_a_form_without_shared_cells_prints_too(self) -> None:
        plain = replace(
            FORM, columns=tuple(replace(column, under=False) for column in FORM.columns)
        )
        (text,) = texts(render_pdf(sheet(row(1, name=RARE_NAME), form=plain), number="N-1"))
        assert RARE_NAME in text and NUMBER in text

    def test_another_process_makes_the_same_bytes(self) -> None:
        script = (
            "import sys, django; django.setup()\n"
            "from cardbook.registers.pdf import render_pdf\n"
            "from cardbook.registers.tests.sheets import row, sheet\n"
            "sys.stdout.buffer.write(render_pdf(sheet(row(1), row(2)), number='N-1'))"
        )
        other = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
        assert other.stdout == render_pdf(sheet(row(1), row(2)), number="N-1")

    def test_the_clock_of_a_real_request_is_good_enough(self) -> None:
        now = sheet(row(1), printed_at=AT.replace(microsecond=583_315))
        assert texts(render_pdf(now, number="N-1"))

    def test_a_long_sheet_is_set_apart_and_is_the_same(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        given = sheet(*(row(place, name=RARE_NAME) for place in range(1, 31)))
        here = render_pdf(given, number="N-1")
        monkeypatch.setattr(typesetting, "LARGEST_IN_PROCESS", 0)
        assert render_pdf(given, number="N-1") == here

    def test_long_sheets_leave_no_memory_behind(self) -> None:
        def resident() -> int:
            status = Path("/proc/self/status").read_text(encoding="ascii")
            (line,) = (line for line in status.splitlines() if line.startswith("VmRSS"))
            return int(line.split()[1]) // 1024

        given = sheet(*(row(place) for place in range(1, 602)))
        render_pdf(given, number="N-0")
        before = resident()
        for place in range(1, 4):
            render_pdf(given, number=f"N-{place}")
        assert resident() - before < 60  # MiB; in one process it would be some hundreds

    def test_is_an_archive_format_on_landscape_a4(self) -> None:
        reader = PdfReader(io.BytesIO(render_pdf(sheet(row(1)), number="N-1")))
        box = reader.pages[0].mediabox
        assert (round(box.width), round(box.height)) == (842, 595)
        assert b"pdfaid:part>2<" in reader.trailer["/Root"]["/Metadata"].get_data()


class TestPageCode:
    def test_names_the_form_the_number_the_page_and_the_digest(self) -> None:
        given = sheet(row(1))
        found = read_code(page_code(given, number=NUMBER_OF_SHEET, page=3))
        assert found.kind == "DOC"
        assert found.parts == (NUMBER_OF_SHEET, "3", given.digest[:8])


class TestSheet:
    def test_a_row_of_another_form_is_refused(self) -> None:
        with pytest.raises(ValueError, match="3 cells"):
            sheet(("1", "王小明", "x"))

    def test_the_digest_changes_with_any_word(self) -> None:
        given = sheet(row(1))
        assert given.digest == sheet(row(1)).digest
        others = (
            sheet(row(2)), sheet(row(1), row(1)), sheet(row(1), covers="2026-11-21"),
            sheet(row(1), printed_by="窗口乙"), sheet(row(1), totals=()),
        )  # fmt: skip
        assert len({given.digest, *(other.digest for other in others)}) == len(others) + 1

    def test_its_articles_are_cited(self) -> None:
        assert art(8, 4) in FORM.basis
        assert FORM.basis_text == "第八条第四款、第十二条"
