"""The regulation's own table against the judge: every letter of `regulation.py` that it settles.

A failing line is a disagreement between the article it names and the table of acts.
"""

import pytest

from cardbook.cards.states import Subject
from cardbook.lifecycle.acts import ACTS
from tests.law.judging import agrees, outcome_of
from tests.law.regulation import TABLES, Cell, cells_of, held_cells

# A line of a table is one act under one article; its letters are judged together.
LINES: dict[tuple[int, str, str], list[Cell]] = {}
for one in held_cells():
    LINES.setdefault((one.article, one.table, one.row), []).append(one)


@pytest.mark.parametrize(
    "cells",
    [
        pytest.param(cells, id=f"{table}-{row}-{article}", marks=pytest.mark.article(article))
        for (article, table, row), cells in LINES.items()
    ],
)
def test_the_judge_agrees_with_the_regulation(cells: list[Cell]) -> None:
    judged = [(cell, outcome_of(cell, ACTS)) for cell in cells]
    wrong = [
        f"{cell}: {[refusal.sentence for refusal in refusals]}"
        for cell, refusals in judged
        if not agrees(cell, refusals, ACTS)
    ]
    assert wrong == [], (
        f"lifecycle/acts or tests/law/tables/{cells[0].table.lower()}.txt is wrong about Art. "
        f"{cells[0].article} (what it is judged on: tests/law/usual.py)"
    )


def test_every_refusal_says_what_to_do_and_under_which_article() -> None:
    for cell in held_cells():
        for refusal in outcome_of(cell, ACTS):
            assert refusal.sentence.strip() and refusal.way_out.strip(), cell
            assert "{" not in refusal.sentence + refusal.way_out, cell
            assert refusal.article.startswith("第"), cell


def test_every_act_of_the_table_was_read_from_the_regulation() -> None:
    assert {cell.row for cell in cells_of("WHO")} == set(ACTS), (
        "give the act a line in tests/law/tables/who.txt, and its facts in usual.FACTS"
    )


@pytest.mark.parametrize(
    ("subject", "table"),
    [
        (Subject.CARD, "STAGE"),
        (Subject.CARD, "PLACE"),
        (Subject.APPLICATION, "PROGRESS"),
        (Subject.TEMPORARY_CARD, "TEMPORARY"),
        (Subject.CORRECTION, "CORRECTION"),
        (Subject.MANDATE, "MANDATE"),
    ],
)
def test_every_act_on_what_exists_has_its_states(subject: Subject, table: str) -> None:
    due = {row.code for row in ACTS.values() if row.subject is subject and row.on is not None}
    assert {cell.row for cell in cells_of(table)} == due, (
        f"give the act a line in tests/law/tables/{table.lower()}.txt"
    )


@pytest.mark.article(2)
def test_the_social_function_and_the_banks_are_never_moved_by_one_act() -> None:
    """Two functions on one card: each is started, stopped and ended by itself."""
    both = [
        row.code
        for row in ACTS.values()
        if row.on is not None and {"social", "bank"} <= {*row.becomes, *row.claims}
    ]
    assert both == []
    assert [row.code for row in ACTS.values() if row.on is not None and "bank" in row.claims] == [
        "bank.report"
    ]
    assert not [row.code for row in ACTS.values() if row.on is not None and "bank" in row.becomes]


def test_most_letters_are_settled_and_not_left_to_the_office() -> None:
    letters = [cell.letter for table in TABLES for cell in cells_of(table)]
    assert letters.count("?") < 0.25 * len(letters)
