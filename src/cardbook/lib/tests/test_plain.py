"""What leaves for a spreadsheet program is text there and no formula (I8)."""

import pytest

from cardbook.lib.plain import inert

pytestmark = pytest.mark.trust("I8")


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+86", "-5", "@SUM(A1)", "＝1+1", "＋1", "－1", "＠SUM", "\t=1", "\r=1", "\n=1"],
)
def test_no_cell_begins_as_a_formula_does(text: str) -> None:
    assert inert(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "王小明", "1=1", "A-1-01", "’=1"])
def test_what_no_program_calculates_stays_as_it_is(text: str) -> None:
    assert inert(text) == text
