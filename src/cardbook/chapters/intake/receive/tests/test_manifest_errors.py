"""Every wrong row is found at its row with a remedy; nothing of the file is written (Art. 6)."""

import csv
import io
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from cardbook.cards.models import Card
from cardbook.chapters.intake.models import Delivery
from cardbook.chapters.intake.receive import importer
from cardbook.chapters.intake.receive.tests.manifests import cards_of, imported, staged, written
from cardbook.chapters.staged_files import RowsWrong
from cardbook.demo.manifests import KINDS, Family, ManifestCard, Planted, plant_errors
from cardbook.imports import engine
from cardbook.imports.columns import RowProblem
from cardbook.people.holders import holder_of
from cardbook.people.models import Person
from cardbook.testing import factories as make
from cardbook.testing.factories import NOON, City

pytestmark = [pytest.mark.django_db, pytest.mark.article(6)]

# What each planted error is called, and in which column.
_EXPECTED = {
    "wrong_check_digit": ("check_digit", "社会保障号码"),
    "impossible_date": ("check_digit|date", "社会保障号码"),
    "number_as_float": ("cell_number|not_text|check_digit", "社会保障号码"),
    "number_too_short": ("length", "社会保障号码"),
    "number_missing": ("missing", "社会保障号码"),
    "full_width_number": ("note", "社会保障号码"),
    "spaced_number": ("note", "社会保障号码"),
    "card_number_too_short": ("length", "社保卡号"),
    "card_number_with_cyrillic": ("odd_character", "社保卡号"),
    "name_missing": ("missing", "姓名"),
    "name_mojibake": ("mojibake", "姓名"),
    "wrong_bank_digit": ("check_digit", "银行卡号"),
    "phone_too_short": ("length", "手机号码"),
    "card_twice": ("card_twice", "社保卡号"),
    "person_twice": ("person_twice", "社会保障号码"),
}


def _planted(family: Family) -> tuple[list[ManifestCard], tuple[Planted, ...]]:
    absent = {Family.F1: {"wrong_bank_digit"}, Family.F4_RETURN: {"phone_too_short"}}
    kinds = [kind for kind in KINDS if kind not in absent.get(family, set())]
    cards, truth = plant_errors(cards_of(80), seed=7, kinds=kinds)
    return list(cards), truth


class TestPlantedErrors:
    @pytest.mark.parametrize("family", list(Family))
    def test_each_is_named_at_its_row_with_a_remedy(
        self, city: City, tmp_path: Path, family: Family
    ) -> None:
        cards, truth = _planted(family)
        path, rows = written(tmp_path, cards, family=family)
        file = staged(path, city.here)
        found = {(p.row, p.code, p.field): p for p in file.problems.all()}
        for planted in truth:
            codes, title = _EXPECTED[planted.kind]
            here = [
                problem
                for (row, code, field), problem in found.items()
                if row == rows[planted.index] and field == title and code in codes.split("|")
            ]
            assert here, f"{planted.kind} in row {rows[planted.index]} was not found"
            assert all(p.is_error == planted.is_error and p.remedy for p in here)

    @pytest.mark.parametrize("family", list(Family))
    def test_no_other_row_is_blamed(self, city: City, tmp_path: Path, family: Family) -> None:
        cards, truth = _planted(family)
        path, rows = written(tmp_path, cards, family=family)
        file = staged(path, city.here)
        spoiled = {rows[planted.index] for planted in truth if planted.is_error}
        # Of two rows of one person nobody can say which is right: both are named.
        twins = {
            rows[place]
            for planted in truth
            if planted.kind in {"card_twice", "person_twice"}
            for place, card in enumerate(cards)
            if card.number == cards[planted.index].number
        }
        blamed = set(file.problems.filter(is_error=True).values_list("row", flat=True))
        assert blamed - spoiled - twins == set()

    @pytest.mark.trust("I15")
    def test_nothing_is_written_and_posting_is_refused(self, city: City, tmp_path: Path) -> None:
        cards, _ = _planted(Family.F2)
        path, _ = written(tmp_path, cards, family=Family.F2)
        file = staged(path, city.here)
        with pytest.raises(RowsWrong):
            importer.post(file=file, by=city.here.keeper, at=NOON)
        assert not Card.objects.exists() and not Person.objects.exists()
        assert not Delivery.objects.exists()

    def test_problems_never_show_a_whole_number(self, city: City, tmp_path: Path) -> None:
        cards, _ = _planted(Family.F1)
        file = staged(written(tmp_path, cards)[0], city.here)
        said = " ".join(p.sentence + p.remedy for p in file.problems.all())
        for card in cards:
            assert str(card.number) not in said or len(str(card.number)) < 10

    @pytest.mark.trust("I15")
    def test_the_own_sheet_comes_back_with_an_error_column(
        self, city: City, tmp_path: Path
    ) -> None:
        cards, truth = _planted(Family.F1)
        path, rows = written(tmp_path, cards)
        content, name = engine.annotated_file(staged(path, city.here))
        table = list(csv.reader(io.StringIO(content.decode("gb18030"), newline="")))
        assert name == "明细_错误清单.csv"
        assert table[1][-2:] == ["错误信息", "处理建议"]
        for planted in truth:
            assert table[rows[planted.index] - 1][-2], planted.kind

    @pytest.mark.trust("I15")
    def test_corrected_and_uploaded_again_it_goes_in(self, city: City, tmp_path: Path) -> None:
        cards, truth = plant_errors(cards_of(20), seed=3, kinds=["wrong_check_digit"])
        assert staged(written(tmp_path, list(cards))[0], city.here).errors == 1
        assert imported(written(tmp_path, cards_of(20), name="改好")[0], city).cards == 20
        assert len(truth) == 1


class TestAgainstTheBook:
    def test_a_card_of_another_person_stops_the_file(self, city: City, tmp_path: Path) -> None:
        cards = cards_of(12)
        imported(written(tmp_path, cards)[0], city)
        swapped = [replace(c, card_number=cards[0].card_number) if i == 3 else c
                   for i, c in enumerate(cards_of(12, seed=9, prefix="N"))]  # fmt: skip
        path, rows = written(tmp_path, swapped, name="串号")
        file = staged(path, city.here)
        problem = file.problems.get(code="card_of_another")
        assert problem.row == rows[3] and file.errors == 1

    def test_another_county_in_a_row_stops_the_file(self, city: City, tmp_path: Path) -> None:
        cards = cards_of(12)
        cards[5] = replace(cards[5], office="乙县卡管中心")
        path, rows = written(tmp_path, cards)
        file = staged(path, city.here)
        problem = file.problems.get(code="other_county")
        assert problem.row == rows[5] and "乙县" in problem.sentence

    @pytest.mark.trust("I13")
    def test_a_card_registered_elsewhere_is_named_with_that_county(
        self, city: City, tmp_path: Path
    ) -> None:
        (there,) = make.received_cards(city, city.neighbour)
        number = holder_of(there.person).number
        cards = cards_of(3)
        cards[1] = replace(cards[1], card_number=there.number, number=number, name="王小明")
        file = staged(written(tmp_path, cards)[0], city.here)
        problem = file.problems.get(code="card_elsewhere")
        assert "乙县" in problem.sentence and problem.is_error

    @pytest.mark.article(13)
    def test_another_name_for_a_known_number_stops_the_file(
        self, city: City, tmp_path: Path
    ) -> None:
        cards = cards_of(12)
        imported(written(tmp_path, cards)[0], city)
        renamed = replace(cards[2], name="改了名", card_number="Z99999999")
        file = staged(written(tmp_path, [renamed], name="改名")[0], city.here)
        assert file.problems.filter(code="name_differs", is_error=True).exists()


class TestTwoCardsInOnePlace:
    def test_are_remarked_and_stop_nothing(self, city: City, tmp_path: Path) -> None:
        first, second, third = cards_of(3)
        cards = [first, replace(second, place=first.place), third]
        path, rows = written(tmp_path, cards)
        file = staged(path, city.here)
        (found,) = file.problems.all()
        assert (found.row, found.field, found.is_error) == (rows[1], "装箱位置", False)
        assert f"第 {rows[0]} 行" in found.sentence
        assert (file.errors, file.warnings) == (0, 1)


class TestMuchToRemark:
    @pytest.mark.trust("I15")
    def test_a_remark_in_every_row_hides_no_error_below(self, city: City, tmp_path: Path) -> None:
        file = staged(written(tmp_path, cards_of(2))[0], city.here)
        findings = engine.Findings(file)
        last = engine.MOST_PROBLEMS + 100
        findings.add(_remark(row) for row in range(last))
        findings.add([replace(_remark(last), is_error=True)])
        findings.keep()
        assert findings.room == engine.MOST_PROBLEMS - 1
        assert [one.row for one in file.problems.filter(is_error=True)] == [last]

    def test_what_concerns_the_whole_file_is_still_said_after_the_check(
        self, city: City, tmp_path: Path
    ) -> None:
        path, _ = written(tmp_path, cards_of(2), family=Family.F2)
        book = openpyxl.load_workbook(path)
        book.active.column_dimensions["C"].hidden = True
        book.active["Z1"] = "备注"
        book.save(path)
        notes = staged(path, city.here).notes
        assert any("C 列是隐藏的" in note for note in notes)
        assert any("没有用到的列" in note and "备注" in note for note in notes)


def _remark(row: int) -> RowProblem:
    return RowProblem(
        row=row,
        title="姓名",
        code="note",
        sentence="去掉多余空格",
        remedy="请核对",
        is_error=False,
    )
