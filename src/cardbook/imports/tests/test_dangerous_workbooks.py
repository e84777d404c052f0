"""No workbook may cost the office its server: refused before a library opens it (I1-I5)."""

import re
import struct
import time
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from cardbook.imports import limits
from cardbook.imports.reading import FileRefused, open_file, open_table
from cardbook.imports.sheet_facts import Patience
from cardbook.imports.tests.sheets import (
    HEAD,
    PEOPLE,
    SHEET,
    cell_xml,
    old_workbook,
    read,
    refusal,
    repacked,
    sheet_xml,
    workbook,
)

pytestmark = pytest.mark.article(6)

ROWS = [HEAD, *PEOPLE]


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return workbook(tmp_path / "a.xlsx")


def with_sheet(book: Path, body: str, *, before: str = "", after: str = "") -> Path:
    return repacked(book, replaced={SHEET: sheet_xml(body, before=before, after=after)})


class TestBombs:
    # I1
    @pytest.mark.trust("I1")
    def test_a_bomb_is_refused_from_the_directory_in_no_time(self, book: Path) -> None:
        with (
            zipfile.ZipFile(book, "a", zipfile.ZIP_DEFLATED) as package,
            package.open("xl/sharedStrings2.xml", "w", force_zip64=True) as part,
        ):
            for _ in range(400):
                part.write(b"\0" * limits.MEGABYTE)
        start = time.perf_counter()
        assert refusal(book).code == "bomb"
        assert time.perf_counter() - start < 1
        assert book.stat().st_size < limits.MEGABYTE

    # I2
    @pytest.mark.trust("I2")
    def test_a_part_that_declares_less_than_it_holds_is_stopped(self, book: Path) -> None:
        content = sheet_xml(cell_xml("A1", "x" * 60 * limits.MEGABYTE))
        declare_less(repacked(book, replaced={SHEET: content}), SHEET, content[:5000])
        start = time.perf_counter()
        assert refusal(book).code == "bomb"
        assert time.perf_counter() - start < 1

    def test_a_damaged_part_is_called_damaged(self, book: Path) -> None:
        repacked(book, replaced={SHEET: sheet_xml(cell_xml("A1", "x"))}, compression=0)
        book.write_bytes(book.read_bytes().replace(b"<t>x</t>", b"<t>y</t>"))
        assert refusal(book).code == "broken"

    def test_thousands_of_parts_are_refused(self, book: Path) -> None:
        parts = {f"xl/media/{n}.png": b"" for n in range(limits.MAX_PARTS)}
        assert refusal(repacked(book, replaced=parts)).code == "bomb"

    def test_two_parts_of_one_name_are_refused(self, book: Path) -> None:
        with zipfile.ZipFile(book, "a") as package:
            package.writestr(SHEET.upper().replace("XL/", "xl/"), b"<worksheet/>")
        assert refusal(book).code == "broken"


def declare_less(book: Path, name: str, prefix: bytes) -> None:
    """Let the directory and the part itself declare only the length and check sum of a prefix."""
    content = bytearray(book.read_bytes())
    with zipfile.ZipFile(book) as package:
        info = package.getinfo(name)
    lie = struct.pack("<I", zlib.crc32(prefix)), struct.pack("<I", len(prefix))
    entry = content.index(b"PK\x01\x02", content.rindex(b"PK\x03\x04"))
    while content[entry + 46 : entry + 46 + len(name)] != name.encode():
        entry = content.index(b"PK\x01\x02", entry + 4)
    for start in (info.header_offset + 14, entry + 16):
        content[start : start + 4] = lie[0]
        content[start + 8 : start + 12] = lie[1]
    book.write_bytes(content)
    with zipfile.ZipFile(book) as package:
        assert package.read(name) == prefix, "the liar must convince Python's own library"


@pytest.mark.trust("I5")
class TestEntities:
    # I5
    BOMB = (
        '<?xml version="1.0"?><!DOCTYPE lol [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        '<sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>&b;</t></is></c></row></sheetData>'
        "</worksheet>"
    )

    @pytest.mark.parametrize(
        "part", [SHEET, "xl/workbook.xml", "xl/sharedStrings.xml", "xl/styles.xml"]
    )
    def test_a_declared_entity_is_refused_in_any_part(self, book: Path, part: str) -> None:
        assert refusal(repacked(book, replaced={part: self.BOMB.encode()})).code == "entities"

    def test_an_entity_behind_a_long_comment_is_refused(self, book: Path) -> None:
        late = self.BOMB.replace("<!DOCTYPE", f"<!--{'x' * 70_000}--><!DOCTYPE").encode()
        assert refusal(repacked(book, replaced={SHEET: late})).code == "entities"

    def test_a_sheet_in_utf_16_cannot_hide_one(self, book: Path) -> None:
        part = self.BOMB.replace('version="1.0"', 'version="1.0" encoding="utf-16"')
        refused = refusal(repacked(book, replaced={SHEET: part.encode("utf-16")}))
        assert refused.code in {"entities", "broken"}


@pytest.mark.trust("I4")
class TestSize:
    # I4
    def test_a_cell_in_the_far_corner_is_refused_before_the_library_sees_it(
        self, book: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def opened(*_: object) -> object:
            raise AssertionError("the library would reserve 512 GB")

        monkeypatch.setattr("python_calamine.CalamineWorkbook.from_path", opened)
        corner = cell_xml("A1", "x") + cell_xml("XFD1048576", "x")
        refused = refusal(with_sheet(book, f'<row r="1">{corner}</row>'))
        assert refused.code == "too_wide"
        assert "XFD" in refused.sentence
        assert "1024" in refused.sentence

    @pytest.mark.parametrize(
        "body",
        [
            "<row><c t='inlineStr' r='XFD9'><is><t>x</t></is></c></row>",
            '<row r="1"><c  r="XFD9" t="inlineStr"><is><t>x</t></is></c></row>',
            '<row r="1"><c s="0" r="XFD9"><v>1</v></c></row>',
            '<row r="1"><c r = "XFD9"><v>1</v></c></row>',
            '<row r="1"><c x:r="A1" r="XFD9"><v>1</v></c></row>',
        ],
    )
    def test_an_unusual_spelling_does_not_hide_it(self, book: Path, body: str) -> None:
        assert refusal(with_sheet(book, body)).code == "too_wide"

    @pytest.mark.parametrize("place", ["A99999999999", "xfd9", "A0", "9", "", "AAAA1", "A9999999"])
    def test_a_place_that_cannot_be_is_called_damaged(self, book: Path, place: str) -> None:
        body = f'<row r="1">{cell_xml("A1", "x")}{cell_xml(place, "x")}</row>'
        assert refusal(with_sheet(book, body)).code in {"broken", "too_far"}

    def test_a_place_said_twice_is_called_damaged(self, book: Path) -> None:
        body = '<row r="1"><c r="A1" r="XFD1048576"><v>1</v></c></row>'
        assert refusal(with_sheet(book, body)).code == "broken"

    def test_a_sheet_outside_its_folder_is_looked_through(self, book: Path) -> None:
        part = sheet_xml(f'<row r="1">{cell_xml("XFD9", "x")}</row>')
        assert refusal(repacked(book, replaced={"xl/other/a.xml": part})).code == "too_wide"

    def test_a_prefix_does_not_hide_it(self, book: Path) -> None:
        part = sheet_xml(f'<row r="1">{cell_xml("XFD9", "x")}</row>').decode()
        for tag in ("worksheet", "sheetData", "row", "c", "is", "t"):
            part = part.replace(f"<{tag} ", f"<x:{tag} ").replace(f"<{tag}>", f"<x:{tag}>")
            part = part.replace(f"</{tag}>", f"</x:{tag}>")
        part = part.replace("xmlns=", "xmlns:x=")
        assert refusal(repacked(book, replaced={SHEET: part.encode()})).code == "too_wide"

    def test_cells_without_places_are_counted(self, book: Path) -> None:
        cells = '<c t="inlineStr"><is><t>x</t></is></c>' * (limits.MAX_COLUMNS + 1)
        assert refusal(with_sheet(book, f"<row>{cells}</row>")).code == "too_wide"

    def test_a_cell_in_the_last_row_is_refused_with_the_places(self, book: Path) -> None:
        rows = (
            f'<row r="1">{cell_xml("A1", "x")}{cell_xml("N1", "x")}</row>'
            f'<row r="1048576">{cell_xml("A1048576", " ")}</row>'
        )
        refused = refusal(with_sheet(book, rows))
        assert refused.code == "too_far"
        assert "A1 到 N1048576" in refused.sentence

    def test_16384_columns_are_refused_with_the_limit(self, book: Path) -> None:
        from cardbook.imports.sheet_facts import letters

        cells = "".join(cell_xml(f"{letters(n)}1", "列") for n in range(1, 16_385))
        refused = refusal(with_sheet(book, f'<row r="1">{cells}</row>'))
        assert (refused.code, "1024" in refused.sentence) == ("too_wide", True)

    def test_a_wide_sheet_nobody_asked_for_is_refused_all_the_same(self, tmp_path: Path) -> None:
        def wide(book: object, _: object) -> None:
            book.add_worksheet("宽").write_string(0, 16_000, "x")  # type: ignore[attr-defined]

        refused = refusal(workbook(tmp_path / "a.xlsx", also=wide), sheet="明细")
        assert (refused.code, "宽" in refused.sentence) == ("too_wide", True)

    def test_10001_sheets_are_refused_with_the_limit(self, book: Path) -> None:
        def many(part: bytes) -> bytes:
            more = "".join(
                f'<sheet name="S{n}" sheetId="{n}" r:id="rId1"/>' for n in range(2, 10_002)
            )
            return part.replace(b"</sheets>", more.encode() + b"</sheets>")

        refused = refusal(repacked(book, replaced={"xl/workbook.xml": many}))
        assert refused.code == "too_many_sheets"
        assert "10001" in refused.sentence
        assert "100" in refused.sentence

    def test_a_million_merged_cells_are_refused_with_the_limit(self, book: Path) -> None:
        merged = "".join(f'<mergeCell ref="A{n}:B{n}"/>' for n in range(1, 1_000_001))
        body = f'<row r="1">{cell_xml("A1", "x")}</row>'
        refused = refusal(with_sheet(book, body, after=f"<mergeCells>{merged}</mergeCells>"))
        assert (refused.code, "100000" in refused.sentence) == ("merged", True)

    def test_a_hundred_thousand_formatted_blank_rows_do_no_harm(self, book: Path) -> None:
        head = "".join(
            cell_xml(f"{letter}1", text) for letter, text in zip("ABC", "甲乙丙", strict=True)
        )
        blank = "".join(
            f'<row r="{n}" ht="15"><c r="A{n}" s="0"/><c r="B{n}" s="0"/></row>'
            for n in range(2, 100_002)
        )
        last = f'<row r="100002">{cell_xml("A100002", "尾")}</row>'
        path = with_sheet(book, f'<row r="1">{head}</row>{blank}{last}')
        rows = list(open_table(path).rows())
        assert [row.number for row in rows] == [1, 100_002]

    def test_millions_of_blank_cells_are_refused_with_the_limit(self, book: Path) -> None:
        head = f'<row r="1">{cell_xml("A1", "甲")}</row>'
        blank = '<row r="9"><c r="A9" s="0"/><c r="B9" s="0"/></row>' * (
            limits.MAX_BLANK_CELLS // 2 + 1
        )
        path = repacked(book, replaced={SHEET: sheet_xml(head + blank)}, compression=0)
        refused = refusal(path)
        assert (refused.code, str(limits.MAX_BLANK_CELLS) in refused.sentence) == ("blank", True)

    def test_blank_cells_in_another_spelling_are_counted_too(
        self, book: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(limits, "MAX_BLANK_CELLS", 10)
        cells = "".join(f"<row r='{n}'><c r='A{n}' s='0'></c></row>" for n in range(1, 12))
        assert refusal(with_sheet(book, cells)).code == "blank"

    @pytest.mark.parametrize("spent", ["MAX_TAGS_IN_REQUEST", "MAX_BYTES_IN_REQUEST"])
    def test_what_takes_long_to_look_through_is_left_to_a_worker(
        self, book: Path, monkeypatch: pytest.MonkeyPatch, spent: str
    ) -> None:
        """A page says at once that it is long, and shows nothing of it; a worker reads it all."""
        monkeypatch.setattr(limits, spent, 100)
        rows = "".join(f'<row r="{n}"><c r="A{n}"><f>1+1</f></c></row>' for n in range(1, 90))
        path = with_sheet(book, rows, before='<dimension ref="A1:A20000"/>')
        opened = open_file(path)
        assert (opened.sheets, opened.lines) == (("明细",), 20_000)
        with pytest.raises(FileRefused) as caught:
            open_table(path, in_page=True)
        assert caught.value.code == "unfinished"
        assert len(list(open_table(path).rows())) == 89

    def test_all_sheets_of_a_workbook_share_one_patience(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def formulas(book: object, page: object) -> None:
            for sheet in (page, *(book.add_worksheet(f"S{n}") for n in range(20))):  # type: ignore[attr-defined]
                for row in range(9):
                    sheet.write_formula(row, 0, "=1+1", None, "")

        path = workbook(tmp_path / "a.xlsx", [], also=formulas)
        monkeypatch.setattr(limits, "MAX_TAGS_IN_REQUEST", 200)
        steps: list[int] = []
        monkeypatch.setattr(Patience, "step", counted(Patience.step, steps))
        assert open_file(path).lines == limits.ROWS_FOR_A_WORKER
        assert len(steps) <= 200 + 21

    def test_too_many_formulas_without_a_result_are_refused(
        self, book: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(limits, "MAX_ODD_CELLS", 10)
        cells = "".join(f'<row r="{n}"><c r="A{n}"><f>1+1</f></c></row>' for n in range(1, 12))
        refused = refusal(with_sheet(book, cells))
        assert (refused.code, "粘贴为数值" in refused.remedy) == ("too_many_formulas", True)


class TestOldWorkbooks:
    @pytest.mark.trust("I4")
    @pytest.mark.parametrize(
        "claim", [(0, 4_000_000_000, 0, 65_000), (255, 5, 0, 5), (0, 5, 9, 5), (0, 5, 0, 300)]
    )
    def test_absurd_dimensions_are_refused(
        self, tmp_path: Path, claim: tuple[int, int, int, int]
    ) -> None:
        path = old_workbook(tmp_path / "a.xls")
        content = path.read_bytes()
        place = content.index(b"\x00\x02\x0e\x00") + 4
        lie = struct.pack("<IIHH", *claim)
        path.write_bytes(content[:place] + lie + content[place + 12 :])
        assert refusal(path).code == "broken"

    def test_a_cell_in_the_far_corner_is_refused_before_the_library_sees_it(
        self, tmp_path: Path
    ) -> None:
        path = old_workbook(tmp_path / "a.xls", [("x",)])
        content = path.read_bytes()
        place = content.index(b"\xfd\x00\x0a\x00") + 4
        path.write_bytes(content[:place] + b"\xff\x7f\xff\x7f" + content[place + 4 :])
        refused = refusal(path)
        assert (refused.code, "明细" in refused.sentence) == ("too_wide", True)

    def test_an_absurd_count_of_texts_is_refused(self, tmp_path: Path) -> None:
        path = old_workbook(tmp_path / "a.xls")
        content = path.read_bytes()
        place = content.index(b"\xfc\x00") + 4
        lie = struct.pack("<II", 4_000_000_000, 4_000_000_000)
        path.write_bytes(content[:place] + lie + content[place + 8 :])
        assert refusal(path).code == "broken"

    def test_a_chain_that_runs_in_a_circle_is_refused(self, tmp_path: Path) -> None:
        path = old_workbook(tmp_path / "a.xls", [HEAD, *(PEOPLE * 200)])
        content = bytearray(path.read_bytes())
        (table,) = struct.unpack_from("<I", content, 76)
        place = (table + 1) * 512
        content[place : place + 512] = struct.pack("<I", 0) * 128
        path.write_bytes(content)
        assert refusal(path).code in {"broken", "wrong_kind"}

    @pytest.mark.parametrize(("copies", "code"), [(99, "too_large"), (300, "too_many_sheets")])
    def test_sheets_that_share_one_content_are_not_read_for_each(
        self, tmp_path: Path, copies: int, code: str
    ) -> None:
        """A few megabytes would keep the server busy for minutes."""

        def also(made: object, _: object) -> None:
            for number in range(copies):
                made.add_sheet(f"S{number}")  # type: ignore[attr-defined]

        path = old_workbook(tmp_path / "a.xls", [HEAD, *(PEOPLE * 900)], also=also)
        content = path.read_bytes()
        names = [found.start() for found in re.finditer(rb"\x85\x00[\x09-\x20]\x00", content)]
        first = content[names[0] + 4 : names[0] + 8]
        for place in names[1:]:
            content = content[: place + 4] + first + content[place + 8 :]
        path.write_bytes(content)
        assert refusal(path).code == code

    def test_an_old_workbook_of_too_much_is_refused(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = old_workbook(tmp_path / "a.xls")
        assert read(path) == ROWS
        monkeypatch.setattr(limits, "MAX_OLD_RECORDS", 50)
        refused = refusal(path)
        assert (refused.code, "另存" in refused.remedy) == ("too_large", True)

    def test_a_cut_file_is_called_damaged(self, tmp_path: Path) -> None:
        path = old_workbook(tmp_path / "a.xls", [HEAD, *(PEOPLE * 200)])
        path.write_bytes(path.read_bytes()[:9000])
        assert refusal(path).code == "broken"


class TestRealWorkbooksPass:
    def test_a_cut_workbook_is_called_damaged(self, book: Path) -> None:
        book.write_bytes(book.read_bytes()[:-300])
        refused = refusal(book)
        assert (refused.code, "没有传完" in refused.sentence) == ("broken", True)

    def test_a_list_of_choices_does_not_slow_the_reading(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def choices(_: object, page: object) -> None:
            page.data_validation(  # type: ignore[attr-defined]
                "C2:C9", {"validate": "list", "source": ["男", "女"]}
            )
            page.autofilter("A1:E4")  # type: ignore[attr-defined]

        path = workbook(tmp_path / "a.xlsx", also=choices)
        monkeypatch.setattr("cardbook.imports.sheet_scan._Walk.run", _no_walk)
        assert read(path) == ROWS

    def test_filtered_rows_do_not_slow_the_reading(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def hide(_: object, page: object) -> None:
            page.set_row(2, 15, None, {"hidden": True})  # type: ignore[attr-defined]
            page.set_column("D:E", None, None, {"hidden": True})  # type: ignore[attr-defined]

        path = workbook(tmp_path / "a.xlsx", also=hide)
        monkeypatch.setattr("cardbook.imports.sheet_scan._Walk.run", _no_walk)
        table = open_table(path)
        assert [row.number for row in table.rows() if row.hidden] == [3]
        assert any("D、E" in note for note in table.notes)

    def test_a_sheet_that_claims_less_than_it_holds_is_read_whole(self, book: Path) -> None:
        head = b'<dimension ref="A1:B2"/>'
        shrink = {SHEET: lambda part: part.replace(b'<dimension ref="A1:E4"/>', head)}
        path = repacked(book, replaced=shrink)
        with zipfile.ZipFile(path) as package:
            assert head in package.read(SHEET)
        assert read(path) == ROWS

    def test_pictures_and_comments_do_no_harm(self, tmp_path: Path) -> None:
        def comment(_: object, page: object) -> None:
            page.write_comment("A2", "请核对")  # type: ignore[attr-defined]
            page.conditional_format(  # type: ignore[attr-defined]
                "A1:A9", {"type": "duplicate", "format": None}
            )

        path = workbook(tmp_path / "a.xlsx", also=comment)
        assert open_file(path).sheets == ("明细",)
        assert read(path) == ROWS


def counted(step: Callable[[Patience], None], steps: list[int]) -> Callable[[Patience], None]:
    def walk(patience: Patience) -> None:
        steps.append(1)
        step(patience)

    return walk


def _no_walk(*_: object) -> None:
    raise FileRefused("walked", "不该走这条路。", "请检查。")
