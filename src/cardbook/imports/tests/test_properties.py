"""Any table written is read back the same; any bytes are a table or a refusal (I1-I12)."""

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from cardbook.imports.archives import Archive
from cardbook.imports.error_sheet import error_sheet
from cardbook.imports.headers import Body, find_header
from cardbook.imports.reading import EDGES, FileRefused, kind_of, open_file, open_table
from cardbook.imports.sheet_facts import Patience, SheetFacts, column_of, letters
from cardbook.imports.sheet_scan import _confirm, _measure, _up_to, _Walk, whole_tags
from cardbook.imports.tests.sheets import (
    HEAD,
    LAYOUT,
    PEOPLE,
    SHEET,
    csv_text,
    old_workbook,
    repacked,
    sheet_xml,
    workbook,
)
from cardbook.imports.text_tables import plain_cell

pytestmark = pytest.mark.article(6)

COMMON = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

# Every character GB 18030 can write, without controls and halves of pairs.
CELL = st.text(
    st.characters(blacklist_categories=("Cc", "Cs", "Cn"), blacklist_characters="\u2028\u2029"),
    max_size=12,
)
TABLE = st.lists(st.lists(CELL, min_size=2, max_size=5).map(tuple), min_size=1, max_size=6)
# A row that makes the file a table for sure: its separator is found, its encoding is no accident.
SURE = ("社保卡号", "社会保障号码", "姓名", "批次号", "单位名称")


@contextmanager
def file_of(content: bytes) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        path.write_bytes(content)
        yield path


def trimmed(cells: tuple[str, ...], *, plain: bool) -> tuple[str, ...]:
    """What the reading layer promises to leave of a row."""
    left = [plain_cell(cell) if plain else cell.strip(EDGES) for cell in cells]
    while left and not left[-1]:
        left.pop()
    return tuple(left)


def rows_of(path: Path) -> list[tuple[int, tuple[str, ...]]]:
    return [(row.number, trimmed(row.cells, plain=False)) for row in open_table(path).rows()]  # type: ignore[arg-type]


def expected(table: list[tuple[str, ...]], *, plain: bool) -> list[tuple[int, tuple[str, ...]]]:
    left = [(number, trimmed(row, plain=plain)) for number, row in enumerate(table, start=1)]
    return [(number, row) for number, row in left if row]


@pytest.mark.trust("I10")
class TestWhatWeWriteWeRead:
    # I10
    @COMMON
    @given(table=TABLE, encoding=st.sampled_from(["gb18030", "utf-8", "utf-8-sig", "utf-16"]))
    @example(table=[("'=1", '="1"')], encoding="gb18030")
    def test_a_csv_of_any_texts(self, table: list[tuple[str, ...]], encoding: str) -> None:
        rows = [SURE, SURE, *table]
        with file_of(csv_text(rows).encode(encoding)) as path:
            assert rows_of(path) == expected(rows, plain=True)

    @settings(COMMON, max_examples=50)
    @given(table=TABLE)
    def test_a_workbook_of_any_texts(self, table: list[tuple[str, ...]]) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = workbook(Path(folder) / "file", [SURE, *table])
            assert rows_of(path) == expected([SURE, *table], plain=False)

    @settings(COMMON, max_examples=50)
    @given(table=TABLE)
    def test_an_old_workbook_of_any_texts(self, table: list[tuple[str, ...]]) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = old_workbook(Path(folder) / "file", [SURE, *table])
            assert rows_of(path) == expected([SURE, *table], plain=False)

    @COMMON
    @given(table=TABLE, encoding=st.sampled_from(["gb18030", "utf-8", "utf-16"]))
    def test_the_error_sheet_of_a_text_reads_the_same(
        self, table: list[tuple[str, ...]], encoding: str
    ) -> None:
        with file_of(csv_text([SURE, SURE, *table]).encode(encoding)) as path:
            content, _ = error_sheet(path, sheet="", header_row=1, notes={}, rows=9)
            with file_of(content) as back:
                assert rows_of(back)[1:] == rows_of(path)[1:]


def read_everything(content: bytes) -> None:
    """Every way the reading layer is used; only a refusal may come out of it."""
    with file_of(content) as path, suppress(FileRefused):
        opened = open_file(path)
        table = open_table(path, sheet=opened.sheets[0] if opened.sheets else "")
        list(table.rows())
        header = find_header(table, [LAYOUT])
        numbers = [row.number for row in Body(table, header).rows()]
        assert numbers == sorted(numbers)
        error_sheet(
            path, sheet=table.sheet, header_row=header.last_row, notes={2: ("错", "改")}, rows=9
        )


with tempfile.TemporaryDirectory() as _folder:
    XLSX = workbook(Path(_folder) / "a", [("标题",), HEAD, *PEOPLE]).read_bytes()
    XLS = old_workbook(Path(_folder) / "b", [("标题",), HEAD, *PEOPLE]).read_bytes()
TEXT = csv_text([("标题",), HEAD, *PEOPLE]).encode("gb18030")

DAMAGE = st.lists(
    st.tuples(st.floats(0, 1, exclude_max=True), st.binary(min_size=1, max_size=8)), max_size=6
)


def damaged(content: bytes, damage: list[tuple[float, bytes]], keep: float) -> bytes:
    """Some bytes overwritten, the end cut off."""
    spoilt = bytearray(content)
    for where, replacement in damage:
        place = int(where * len(spoilt))
        spoilt[place : place + len(replacement)] = replacement
    return bytes(spoilt[: int(keep * len(spoilt)) or 1])


class TestAnyBytesAreATableOrARefusal:
    @COMMON
    @given(content=st.binary(max_size=400))
    @example(content=b"PK\x03\x04")
    @example(content=b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
    @example(content=b'"')
    def test_bytes_at_random(self, content: bytes) -> None:
        read_everything(content)

    @settings(COMMON, max_examples=150)
    @given(
        original=st.sampled_from([XLSX, XLS, TEXT]),
        damage=DAMAGE,
        keep=st.sampled_from([1.0, 1.0, 1.0, 0.999, 0.9, 0.5]),
    )
    def test_real_files_damaged_anywhere(
        self, original: bytes, damage: list[tuple[float, bytes]], keep: float
    ) -> None:
        read_everything(damaged(original, damage, keep))

    @settings(COMMON, max_examples=150)
    @given(
        part=st.sampled_from(
            [SHEET, "xl/workbook.xml", "xl/sharedStrings.xml", "xl/styles.xml",
             "xl/_rels/workbook.xml.rels", "[Content_Types].xml"]
        ),
        damage=DAMAGE,
        keep=st.sampled_from([1.0, 1.0, 0.9]),
    )  # fmt: skip
    def test_a_workbook_with_a_damaged_part(
        self, part: str, damage: list[tuple[float, bytes]], keep: float
    ) -> None:
        with file_of(XLSX) as path:
            repacked(path, replaced={part: lambda content: damaged(content, damage, keep)})
            read_everything(path.read_bytes())

    @settings(COMMON, max_examples=150)
    @given(
        values=st.lists(
            st.tuples(st.integers(0, len(XLS) - 4), st.integers(0, 2**32 - 1)), max_size=4
        )
    )
    def test_an_old_workbook_with_absurd_numbers(self, values: list[tuple[int, int]]) -> None:
        spoilt = bytearray(XLS)
        for place, value in values:
            spoilt[place : place + 4] = value.to_bytes(4, "little")
        read_everything(bytes(spoilt))


CELL_XML = st.builds(
    '<c r="{}{}"{}>{}</c>'.format,
    st.sampled_from(["A", "B", "Z", "AA", "ALL"]),
    st.integers(1, 99),
    st.sampled_from(["", ' s="1"', ' t="str"', ' s="0" t="n"']),
    st.sampled_from(["<v>1</v>", "<v>text &lt;f&gt;</v>"]),
)
ODD_XML = st.sampled_from(
    [
        '<c r="C3" t="e"><v>#N/A</v></c>',
        '<c r="C3"><f>A1</f></c>',
        '<c r="C3"><f>A1</f><v></v></c>',
        '<c r="C3" t="e" ><v>#REF!</v></c>',
        "<c r='C3'><f>A1</f><v/></c>",
        '<c  r="C3"><f t="shared" si="0"/></c>',
    ]
)

ROW_XML = st.sampled_from(
    [
        "", 'hidden="1"', 'ht="15" hidden="1"', 'hidden="true" ht="15"', 'hidden="0"',
        "hidden='1'", 'x="hidden=1"', "x=' hidden=\"1\"'", 'hidden = "1"', 'x:hidden="1"',
    ]
)  # fmt: skip
COLUMNS_XML = [
    '<col min="2" max="3" width="9" hidden="1"/>', '<col max="3" min="2" hidden="1"/>',
    '<col min="2" max="16384" hidden="true" />', '<col hidden="1" min="2" max="3"/>',
    '<col min="2" max="3" hidden="0"/><col min="5" max="5" hidden="1"/>',
]  # fmt: skip


def looked_through(part: bytes) -> tuple[list[SheetFacts], SheetFacts]:
    """What the quick searches say if they say anything, and what the walk says."""
    walked = SheetFacts()
    _Walk(walked, recalculates=False, patience=Patience()).run([part])
    found = []
    with file_of(XLSX) as path:
        archive = Archive(repacked(path, replaced={SHEET: part}))
        for search in (_confirm, _measure):
            facts = SheetFacts()
            if search(archive, SHEET, facts, Patience()):
                found.append(facts)
    return found, walked


def corners(facts: SheetFacts) -> tuple[int, int, int, int]:
    return facts.top, facts.bottom, facts.left, facts.right


class TestTheQuickSearchAgreesWithTheWalk:
    @settings(COMMON, max_examples=60)
    @given(cells=st.lists(CELL_XML, min_size=1, max_size=8), size=st.integers(1, 60))
    def test_on_the_rectangle_however_the_chunks_fall(self, cells: list[str], size: int) -> None:
        part = sheet_xml("".join(f"<row>{cell}</row>" for cell in cells))
        (quick,), walked = looked_through(part)
        assert corners(quick) == corners(walked)
        pieces = [part[start : start + size] for start in range(0, len(part), size)]
        again = list(whole_tags(pieces))
        assert b"".join(again) == part
        assert all(piece.count(b"<") <= piece.count(b">") for piece in again)
        assert not any(re.search(rb"<c [^<]*>$", piece) for piece in again)

    @settings(COMMON, max_examples=60)
    @given(cells=st.lists(CELL_XML, max_size=8), claim=st.sampled_from(["Z99", "AA100", "ALL99"]))
    def test_a_claim_is_believed_only_if_it_holds(self, cells: list[str], claim: str) -> None:
        before = f'<dimension ref="A1:{claim}"/>'
        body = "".join(f"<row>{cell}</row>" for cell in cells)
        found, walked = looked_through(sheet_xml(body, before=before))
        assert found
        for facts in found:
            assert facts.is_filled == walked.is_filled
            assert facts.right >= walked.right
            assert facts.bottom >= walked.bottom

    @settings(COMMON, max_examples=60)
    @given(rows=st.lists(ROW_XML, max_size=6), columns=st.sampled_from(["", *COLUMNS_XML]))
    def test_on_what_is_hidden(self, rows: list[str], columns: str) -> None:
        body = "".join(
            f'<row r="{number}" {row}><c r="A{number}"><v>1</v></c></row>'
            for number, row in enumerate(rows, start=1)
        )
        before = f"<cols>{columns}</cols>" if columns else ""
        found, walked = looked_through(sheet_xml(body, before=before))
        for facts in found:
            assert facts.hidden_rows == walked.hidden_rows
            assert facts.hidden_columns == walked.hidden_columns

    @settings(COMMON, max_examples=60)
    @given(cells=st.lists(CELL_XML, max_size=5), odd=ODD_XML, claimed=st.booleans())
    def test_an_odd_cell_is_never_passed_over(
        self, cells: list[str], odd: str, claimed: bool
    ) -> None:
        before = '<dimension ref="A1:ALL99"/>' if claimed else ""
        body = "".join(f"<row>{cell}</row>" for cell in [*cells, odd])
        found, walked = looked_through(sheet_xml(body, before=before))
        assert found == []
        assert list(walked.odd[3]) == [3]

    @given(most=st.integers(1, 99_999), number=st.integers(1, 999_999))
    @example(most=305, number=305)
    @example(most=305, number=306)
    def test_numbers_up_to_a_limit_are_told_by_their_signs(self, most: int, number: int) -> None:
        pattern = _up_to(str(most).encode(), first=b"0", last=b"9")
        assert bool(re.fullmatch(pattern, str(number).encode())) == (number <= most)

    @given(most=st.integers(1, 16_384), column=st.integers(1, 18_278))
    @example(most=26, column=27)
    def test_columns_up_to_a_limit_are_told_by_their_letters(self, most: int, column: int) -> None:
        pattern = _up_to(letters(most).encode(), first=b"A", last=b"Z")
        assert bool(re.fullmatch(pattern, letters(column).encode())) == (column <= most)
        assert column_of(letters(column)) == column


def test_the_kind_of_our_own_samples_is_known() -> None:
    for content, kind in ((XLSX, "xlsx"), (XLS, "xls"), (TEXT, "text")):
        with file_of(content) as path:
            assert kind_of(path) == kind
