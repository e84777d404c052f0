"""A page that asks which column is what reads the first rows of a workbook only (Art. 6)."""

import re
import zipfile
from pathlib import Path

import pytest

from cardbook.imports import limits
from cardbook.imports.headers import find_header
from cardbook.imports.reading import Odd, OddCell, Row, open_table
from cardbook.imports.sheet_head import head_of
from cardbook.imports.tests.sheets import HEAD, LAYOUT, SHEET, refusal, repacked, workbook

pytestmark = pytest.mark.article(6)
STRINGS = "xl/sharedStrings.xml"
PEOPLE = [(f"SL{n:07d}", f"X{n}", f"张{n}", "P1", f"单位{n}") for n in range(40)]


@pytest.fixture
def book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(limits, "HEAD_ROWS", 10)
    return workbook(tmp_path / "a", [HEAD, *PEOPLE])


def head_rows(path: Path) -> list[Row]:
    return list(open_table(path, in_page=True).rows())


class TestTheHead:
    def test_is_the_beginning_of_the_whole(self, book: Path) -> None:
        assert head_rows(book) == list(open_table(book).rows())[:10]
        assert find_header(open_table(book, in_page=True), [LAYOUT]).missing == ()

    def test_carries_no_more_texts_than_its_rows_have(self, book: Path) -> None:
        with head_of(book) as head, zipfile.ZipFile(head) as package:
            texts = package.read(STRINGS).count(b"<si>")
        with zipfile.ZipFile(book) as package:
            assert texts < package.read(STRINGS).count(b"<si>") / 3

    def test_leaves_nothing_behind(self, book: Path) -> None:
        head_rows(book)
        assert [path.name for path in book.parent.iterdir()] == [book.name]

    def test_of_a_short_sheet_is_the_sheet(self, tmp_path: Path) -> None:
        path = workbook(tmp_path / "a", [HEAD, *PEOPLE])
        assert head_rows(path) == list(open_table(path).rows())

    def test_shows_what_is_hidden_or_odd_in_it(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(limits, "HEAD_ROWS", 10)

        def also(_: object, page: object) -> None:
            page.set_row(2, None, None, {"hidden": True})  # type: ignore[attr-defined]
            for place in (3, 30):
                page.write_formula(place, 2, "=1/0", None, "#DIV/0!")  # type: ignore[attr-defined]

        rows = head_rows(workbook(tmp_path / "a", [HEAD, *PEOPLE], also=also))
        assert [row.number for row in rows if row.hidden] == [3]
        assert rows[3].cells[2] == OddCell(Odd.ERROR, "#DIV/0!")
        assert rows[-1].number == 10

    def test_is_found_in_another_spelling_too(self, book: Path, tmp_path: Path) -> None:
        with zipfile.ZipFile(book) as package:
            sheet = package.read(SHEET).decode()
        prefixed = re.sub(r"<(/?)(?=\w)", r"<\1x:", sheet).replace("xmlns=", "xmlns:x=")
        path = repacked(book, replaced={SHEET: prefixed.encode()})
        assert [row.number for row in head_rows(path)] == list(range(1, 11))

    @pytest.mark.trust("I5")
    def test_of_a_dangerous_workbook_is_refused_like_the_whole(self, book: Path) -> None:
        with zipfile.ZipFile(book) as package:
            strings = package.read(STRINGS)
        bomb = strings.replace(b"?>", b'?><!DOCTYPE a [<!ENTITY b "c">]>', 1)
        path = repacked(book, replaced={STRINGS: bomb})
        assert refusal(path).code == "entities"
        with pytest.raises(type(refusal(path)), match="实体"):
            head_rows(path)
