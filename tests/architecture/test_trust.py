"""Every row of the list of trust is claimed by a test or says why not; no mark without a row."""

import pytest

from cardbook.insight.marks import ROOT, SOAK_FACTOR
from cardbook.insight.trust import TrustRow, claims, trust_groups, trust_rows

# As many as trust-and-ux.md section 5 has under each letter that touches the main flow.
HOW_MANY = {"N": 6, "R": 10, "D": 7, "B": 9, "T": 7, "I": 18, "L": 12, "A": 13, "P": 12}


@pytest.mark.parametrize("row", trust_rows().values(), ids=lambda row: row.id)
def test_every_row_is_proven_or_says_why_not(row: TrustRow) -> None:
    assert row.when and row.then
    assert row.id in claims() or row.open


def test_every_mark_names_a_row() -> None:
    strangers = {row: tests for row, tests in claims().items() if row not in trust_rows()}
    assert strangers == {}


def test_no_row_is_missing_from_the_list() -> None:
    expected = [f"{letter}{n}" for letter, count in HOW_MANY.items() for n in range(1, count + 1)]
    assert list(trust_rows()) == expected
    assert list(trust_groups()) == list(HOW_MANY)


@pytest.mark.parametrize("row", [row for row in trust_rows() if row.startswith("R")])
def test_every_race_that_is_proven_plays_a_thousand_rounds(row: str) -> None:
    """In `make soak` at the latest; a test without rounds may stand beside it, not alone."""
    played = [test.rounds for test in claims().get(row, ()) if test.rounds]
    assert row not in claims() or played
    assert all(rounds * SOAK_FACTOR >= 1000 for rounds in played)


def test_the_soak_plays_as_many_rounds_as_the_page_says() -> None:
    assert f"CARDBOOK_SOAK_FACTOR={SOAK_FACTOR} " in (ROOT / "Makefile").read_text("utf-8")
