"""A list to take along holds text, whatever somebody typed into it (I8; Art. 32)."""

import io

import pytest
from openpyxl import load_workbook

from cardbook.registers.listing import table_as_xlsx

pytestmark = [pytest.mark.article(32), pytest.mark.trust("I8")]


@pytest.mark.parametrize("typed", ["=1+1", "+1", "-1", "@SUM(A1)", "00123", "http://x"])
def test_what_was_typed_stays_text(typed: str) -> None:
    book = load_workbook(io.BytesIO(table_as_xlsx("表", ("列", "数"), [(typed, 7)])))
    heads, (cell, number) = book.active.iter_rows()
    assert [one.value for one in heads] == ["列", "数"]
    assert (cell.value, cell.data_type, number.value) == (typed, "s", 7)
    assert cell.hyperlink is None
