"""A row whose remark says 作废 is listed and holds the file until somebody settles it (Art. 6)."""

from pathlib import Path

import openpyxl
import pytest

from cardbook.cards.models import Card
from cardbook.chapters.intake.receive import importer
from cardbook.chapters.intake.receive.tests.manifests import cards_of, staged, written
from cardbook.chapters.staged_files import RowsWrong
from cardbook.demo.manifests import Family
from cardbook.testing.factories import NOON, City

pytestmark = [pytest.mark.django_db, pytest.mark.article(6), pytest.mark.trust("I12")]


def remarked(folder: Path, remark: str) -> Path:
    path, rows = written(folder, cards_of(3), family=Family.F2)
    book = openpyxl.load_workbook(path)
    page = book.active
    column = page.max_column + 1
    page.cell(min(rows) - 1, column, "备注")
    page.cell(rows[1], column, remark)
    book.save(path)
    return path


def test_such_a_row_holds_the_whole_file(city: City, tmp_path: Path) -> None:
    file = staged(remarked(tmp_path, "此卡作废"), city.here)
    (problem,) = file.problems.filter(is_error=True)
    assert (problem.field, problem.code, file.errors) == ("备注", "taken_back", 1)
    assert "写着“此卡作废”" in problem.sentence
    with pytest.raises(RowsWrong):
        importer.post(file=file, by=city.here.keeper, at=NOON)
    assert not Card.objects.exists()


def test_the_old_card_that_was_voided_is_no_doubt_about_the_new_one(
    city: City, tmp_path: Path
) -> None:
    file = staged(remarked(tmp_path, "原卡作废，补换"), city.here)
    assert importer.post(file=file, by=city.here.keeper, at=NOON).cards == 3
