"""What a form sent as the number of a row is one, or nothing (Art. 32 item 4)."""

import pytest

from cardbook.lib.ids import id_of, ids_of


@pytest.mark.parametrize("text", ["", "x", "-1", "1.5", "²", "1" * 19, "9" * 5000])
def test_what_cannot_be_a_rows_number_is_none(text: str) -> None:
    assert id_of(text) is None


def test_the_longest_fits_into_a_row() -> None:
    assert id_of("9" * 18) == 10**18 - 1 < 2**63


def test_of_many_the_rest_is_left_out_and_the_order_kept() -> None:
    assert ids_of(["7", "x", "3", "1" * 30, "7"]) == [7, 3, 7]
