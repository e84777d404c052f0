"""A long sheet is set in pieces, and looks and counts as one (Art. 8; X6)."""

import io

import pytest
from pypdf import PdfReader

from cardbook.registers import codes, pdf
from cardbook.registers.joining import joined
from cardbook.registers.pdf import page_code, render_pdf
from cardbook.registers.tests.sheets import FORM, RARE_NAME, row, sheet
from cardbook.registers.tests.test_pdf import NUMBER_OF_SHEET, pictures, texts
from cardbook.testing.pictures import png

pytestmark = pytest.mark.article(8, 4)


@pytest.fixture
def short_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pieces of 35 rows, so that a sheet of 120 has four."""
    monkeypatch.setattr(pdf, "LONG", 50)
    monkeypatch.setattr(pdf, "_PIECE", 35)


@pytest.mark.usefixtures("short_pieces")
class TestPieces:
    def test_every_page_has_the_head_its_place_and_its_own_code(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        drawn: list[str] = []
        monkeypatch.setattr(pdf, "qr_svg", lambda text: drawn.append(text) or codes.qr_svg(text))
        given = sheet(*(row(place) for place in range(1, 121)))
        found = texts(render_pdf(given, number=NUMBER_OF_SHEET))
        for place, text in enumerate(found, start=1):
            assert text.count(FORM.title) == 1
            assert text.count(NUMBER_OF_SHEET) == 1
            assert "社会保障号码" in text
            assert f"第{place}页共{len(found)}页" in text
            assert f"第{place}/{len(found)}页" in text
        wanted = range(1, len(found) + 1)
        assert drawn == [page_code(given, number=NUMBER_OF_SHEET, page=page) for page in wanted]

    def test_entries_are_all_there_once_in_order_and_the_end_is_signed(self) -> None:
        names = [f"王{chr(0x4E00 + place)}" for place in range(120)]
        found = texts(render_pdf(sheet(*(row(1, name=name) for name in names)), number="N-1"))
        whole = "".join(found)
        assert sorted(names, key=whole.index) == names
        assert [name for name in names if whole.count(name) != 1] == []
        assert ["发放机构（章）" in text for text in found] == [False] * (len(found) - 1) + [True]
        assert "合计张数120" in found[-1]

    def test_room_that_a_piece_leaves_is_closed(self) -> None:
        found = texts(render_pdf(sheet(*(row(1) for _ in range(120))), number="N-1"))
        assert [text for text in found if "接下页" in text and "王小明" not in text] == []
        assert sum("接下页" in text for text in found) == 3

    def test_a_piece_that_fills_its_pages_begets_no_empty_one(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        given = sheet(*(row(1) for _ in range(120)))
        monkeypatch.setattr(pdf, "LONG", 1000)
        (first, *_) = texts(render_pdf(given, number="N-1"))
        on_page = first.count("王小明")
        monkeypatch.setattr(pdf, "LONG", 50)
        monkeypatch.setattr(pdf, "_PIECE", on_page * 2)
        found = texts(render_pdf(given, number="N-1"))
        assert all("王小明" in text for text in found)
        assert not any("接下页" in text for text in found)

    def test_the_same_sheet_gives_the_same_bytes(self) -> None:
        given = sheet(*(row(place, name=RARE_NAME) for place in range(1, 121)))
        assert render_pdf(given, number="N-1") == render_pdf(given, number="N-1")

    def test_a_signature_is_printed_in_whichever_piece(self) -> None:
        digest = "ab" * 32
        rows = (row(place, signature=digest if place in {3, 110} else "") for place in range(120))
        content = render_pdf(sheet(*rows, pictures={digest: png()}), number="N-1")
        assert len(pictures(content)) == 2
        assert digest not in "".join(texts(content))

    def test_is_an_archive_format_with_one_identifier(self) -> None:
        content = render_pdf(sheet(*(row(1) for _ in range(120))), number="N-1")
        root = PdfReader(io.BytesIO(content)).trailer
        assert b"pdfaid:part>2<" in root["/Root"]["/Metadata"].get_data()
        assert root["/Root"]["/OutputIntents"]
        assert root["/ID"][0] == root["/ID"][1]
        assert "pypdf" not in str(root["/Info"].get_object())


def test_marks_for_another_number_of_pages_are_refused() -> None:
    one = render_pdf(sheet(row(1)), number="N-1")
    two = render_pdf(sheet(*(row(1) for _ in range(20))), number="N-1")
    with pytest.raises(ValueError, match="zip"):
        joined([one], two)
