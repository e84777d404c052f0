"""Forty kinds of errors among thousands of good rows: exactly those are found, no more, no less.

`make soak` runs it over 200,000 rows (CARDBOOK_SOAK_ROWS).
"""

import os

import pytest

from cardbook.cards.models import Card
from cardbook.chapters.intake.receive import importer
from cardbook.chapters.staged_files import RowsWrong
from cardbook.imports.models import ImportFile
from cardbook.people.models import Person
from cardbook.testing.factories import NOON, City
from tests.fire.planted import KINDS, planted

pytestmark = [pytest.mark.django_db, pytest.mark.article(6)]
ROWS = int(os.environ.get("CARDBOOK_SOAK_ROWS", "2000"))
SEEDS = (1, 2026)


def checked(city: City, text: str, *, encoding: str = "gb18030") -> ImportFile:
    file = importer.upload(
        name="明细.csv", content=text.encode(encoding), receiver=city.here.card_body,
        by=city.here.keeper, at=NOON,
    )  # fmt: skip
    return importer.check(file=file, at=NOON)


def test_there_are_forty_kinds_and_more() -> None:
    assert sum(kind.is_error for kind in KINDS) + 3 >= 40
    assert len({kind.name for kind in KINDS}) == len(KINDS)


@pytest.mark.trust("I11", "I13", "I15")
@pytest.mark.parametrize("seed", SEEDS)
def test_exactly_the_planted_rows_are_found_at_their_row_and_field(city: City, seed: int) -> None:
    text, truth = planted(ROWS, seed=seed, each=max(1, ROWS // 2000))
    file = checked(city, text)
    found = {
        (problem.row, problem.field): problem for problem in file.problems.filter(is_error=True)
    }
    missed = {place: name for place, name in truth.errors.items() if place not in found}
    blamed = {
        (place, problem.code): problem.sentence
        for place, problem in found.items()
        if place not in truth.errors
    }
    assert (missed, blamed) == ({}, {})
    assert all(problem.sentence and problem.remedy for problem in found.values())
    noted = set(file.problems.filter(is_error=False).values_list("row", "field"))
    assert set(truth.noted) <= noted
    assert file.errors == len({row for row, _ in truth.errors})
    with pytest.raises(RowsWrong):
        importer.post(file=file, by=city.here.keeper, at=NOON)
    assert not Card.objects.exists() and not Person.objects.exists()


@pytest.mark.trust("I15")
def test_one_wrong_row_in_ten_thousand_holds_the_whole_file(city: City) -> None:
    text, _ = planted(10_000, seed=5, each=0)
    lines = text.splitlines(keepends=True)[:10_001]  # without the two repeated rows
    good = lines[7_000].split(",")
    good[1] = good[1][:17] + ("1" if good[1][17] != "1" else "2")
    lines[7_000] = ",".join(good)
    file = checked(city, "".join(lines))
    (problem,) = file.problems.filter(is_error=True)
    assert (file.rows, file.errors, problem.row) == (10_000, 1, 7_001)
    with pytest.raises(RowsWrong):
        importer.post(file=file, by=city.here.keeper, at=NOON)
    assert not Card.objects.exists()
