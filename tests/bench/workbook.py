"""Reading a workbook of 300,000 rows, against python-calamine alone (Art. 6)."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import xlsxwriter
from python_calamine import CalamineWorkbook

from cardbook.imports.reading import open_table
from tests.bench.manifest_file import HEAD, rows
from tests.bench.measure import Line, against, in_turns

ROWS = 300_000


def read_workbook() -> Iterator[Line]:
    """Open, look for bombs, yield every row as text."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "large.xlsx"
        book = xlsxwriter.Workbook(path, {"constant_memory": True, "strings_to_numbers": False})
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEAD)
        for place, row in enumerate(rows(first=0, count=ROWS, batch="T0"), start=1):
            sheet.write_row(place, 0, row)
        book.close()

        def bare() -> None:
            with CalamineWorkbook.from_path(str(path)) as opened:
                count = sum(1 for _ in opened.get_sheet_by_index(0).iter_rows())
            assert count == ROWS + 1

        def ours() -> None:
            assert sum(1 for _ in open_table(path).rows()) == ROWS + 1

        floor, seconds = in_turns(bare, ours)
        yield against(
            f"读 XLSX {ROWS:,} 行", "只用 python-calamine", floor, seconds,
            rows=ROWS, size=path.stat().st_size, most=2,
        )  # fmt: skip
