"""Every wrong row is found at its row with a remedy; nothing of the file is written (Art. 6)."""

import csv
import io
from dataclasses import replace
from datetime import date
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace

import openpyxl
import pytest
from django.db import connection

from cardbook.cards.models import Card
from cardbook.chapters.intake.account_keys import account_key
from cardbook.chapters.intake.card_accounts import CardAccount
from cardbook.chapters.intake.models import Delivery
from cardbook.chapters.intake.opening.tests.ledgers import row, taken_over
from cardbook.chapters.intake.receive import importer
from cardbook.chapters.intake.receive.layouts import manifest_layout
from cardbook.chapters.intake.receive.tests.manifests import cards_of, imported, staged, written
from cardbook.chapters.staged_files import RowsWrong
from cardbook.demo.manifests import KINDS, Family, ManifestCard, Planted, plant_errors
from cardbook.imports import engine
from cardbook.imports.columns import RowProblem, RowReader
from cardbook.imports.models import ImportFile, Stage
from cardbook.imports.reading import FileRefused, Odd, OddCell, Row
from cardbook.lib.clock import local_day
from cardbook.people import vault
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


class TestFileAsAWhole:
    @pytest.mark.trust("D6")
    def test_a_file_that_lost_rows_is_refused_by_its_own_count(
        self, city: City, tmp_path: Path
    ) -> None:
        path, _ = written(tmp_path, cards_of(30))
        lines = path.read_bytes().splitlines(keepends=True)
        path.write_bytes(b"".join(lines[:-4]))
        file = staged(path, city.here)
        problem = file.problems.get(code="declared_count")
        assert "30" in problem.sentence and "26" in problem.sentence and file.errors

    @pytest.mark.trust("D6")
    def test_a_file_cut_in_the_middle_of_a_character_is_refused(
        self, city: City, tmp_path: Path
    ) -> None:
        path, _ = written(tmp_path, cards_of(30))
        content = path.read_bytes()
        end = content.rindex("示范银行".encode("gb18030")) + 1
        path.write_bytes(content[:end])
        with pytest.raises(FileRefused) as refused:
            staged(path, city.here)
        assert refused.value.code in {"cut", "encoding"}

    @pytest.mark.trust("I7")
    @pytest.mark.parametrize(
        ("content", "code"),
        [
            (b"", "empty"),
            ("<html><table><tr><td>姓名</td></tr></table>".encode(), "html"),
            (b"\x89PNG\r\n\x1a\n" + bytes(100), "wrong_kind"),
            (b"%PDF-1.7\n" + bytes(100), "wrong_kind"),
        ],
    )
    def test_what_is_no_table_is_named_for_what_it_is(
        self, city: City, tmp_path: Path, content: bytes, code: str
    ) -> None:
        path = tmp_path / "明细.xlsx"
        path.write_bytes(content)
        with pytest.raises(FileRefused) as refused:
            staged(path, city.here)
        assert refused.value.code == code
        assert not ImportFile.objects.exists()

    def test_a_file_wrong_in_every_row_is_told_row_by_row(
        self, city: City, tmp_path: Path
    ) -> None:
        """More problems than one insert takes, found while rows go into the database."""
        path = tmp_path / "wrong.csv"
        rows = "".join(f"坏{number},1,,P1\n" for number in range(2500))
        path.write_text(f"社保卡号,社会保障号码,姓名,批次号\n{rows}", encoding="utf-8")
        file = staged(path, city.here)
        assert (file.rows, file.errors) == (2500, 2500)
        assert file.problems.count() == 7500

    def test_a_head_without_rows_is_refused(self, city: City, tmp_path: Path) -> None:
        path = tmp_path / "空表.csv"
        path.write_text("姓名,社会保障号码,社保卡号,批次号\n", encoding="utf-8")
        with pytest.raises(FileRefused) as refused:
            staged(path, city.here)
        assert refused.value.code == "empty"

    @pytest.mark.trust("I12")
    def test_a_merged_title_and_a_total_row_do_no_harm(self, city: City, tmp_path: Path) -> None:
        path, _ = written(tmp_path, cards_of(12), family=Family.F2, title="十一月到货明细")
        assert imported(path, city).cards == 12

    @pytest.mark.trust("I12")
    def test_totals_at_the_end_are_no_row(self, city: City, tmp_path: Path) -> None:
        path, _ = written(tmp_path, cards_of(12))
        path.write_bytes(path.read_bytes() + "合计,,,12\r\n".encode("gb18030"))
        assert imported(path, city).cards == 12

    @pytest.mark.trust("I18")
    def test_a_missing_column_asks_for_the_mapping_and_remembers_it(
        self, city: City, tmp_path: Path
    ) -> None:
        cards = cards_of(4)
        rows = "".join(f"{c.name},{c.number},{c.card_number},{c.batch}\n" for c in cards)
        path = tmp_path / "自编.csv"
        path.write_text("姓名,社会保障号码,芯片面编号,批次号\n" + rows, encoding="utf-8")
        with pytest.raises(FileRefused) as refused:
            staged(path, city.here)
        assert refused.value.code == "columns_missing" and "社保卡号" in refused.value.sentence
        file = ImportFile.objects.get()
        chosen = {"name": 0, "number": 1, "card_number": 2, "batch": 3}
        layout = importer.layout_on(local_day(NOON))
        engine.remember_mapping(file, layout=layout, mapping=chosen, by=city.here.keeper)
        file.refresh_from_db()
        assert importer.check(file=file, at=NOON).stage == Stage.CHECKED
        path.write_text(
            "姓名,社会保障号码,芯片面编号,批次号\n" + rows.splitlines()[0] + "\n", encoding="utf-8"
        )
        assert staged(path, city.here).errors == 0

    @pytest.mark.trust("I18")
    def test_two_tables_side_by_side_are_asked_about_and_never_halved(
        self, city: City, tmp_path: Path
    ) -> None:
        left, right = cards_of(2)
        cells = ",".join((left.name, left.number, left.card_number, left.batch))
        other = ",".join((right.name, right.number, right.card_number))
        path = tmp_path / "并排.csv"
        path.write_text(
            "姓名,社会保障号码,社保卡号,批次号,姓名,社会保障号码,社保卡号\n"
            f"{cells},{other}\n", encoding="utf-8",
        )  # fmt: skip
        with pytest.raises(FileRefused) as refused:
            staged(path, city.here)
        assert refused.value.code == "columns_doubled" and "“姓名”" in refused.value.sentence
        file = ImportFile.objects.get()
        chosen = {"name": 4, "number": 5, "card_number": 6, "batch": 3}
        layout = importer.layout_on(local_day(NOON))
        engine.remember_mapping(file, layout=layout, mapping=chosen, by=city.here.keeper)
        file.refresh_from_db()
        checked = importer.check(file=file, at=NOON)
        assert (checked.rows, checked.errors) == (1, 0)
        assert not any("左边一列" in note for note in checked.notes)

    @pytest.mark.trust("I18")
    def test_two_columns_for_the_holders_number_are_asked_about(
        self, city: City, tmp_path: Path
    ) -> None:
        first, second = cards_of(2)
        path = tmp_path / "两列.csv"
        path.write_text(
            "姓名,社会保障号码,身份证号,社保卡号,批次号\n"
            f"{first.name},{first.number},{second.number},{first.card_number},{first.batch}\n",
            encoding="utf-8",
        )
        with pytest.raises(FileRefused) as refused:
            staged(path, city.here)
        assert refused.value.code == "columns_doubled"
        assert "“社会保障号码”“身份证号”" in refused.value.sentence
        file = ImportFile.objects.get()
        chosen = {"name": 0, "number": 1, "card_number": 3, "batch": 4}
        layout = importer.layout_on(local_day(NOON))
        engine.remember_mapping(file, layout=layout, mapping=chosen, by=city.here.keeper)
        file.refresh_from_db()
        assert importer.check(file=file, at=NOON).errors == 0


class TestWhatOneRowSays:
    """What a file says of one row is taken at its word, or the row is named."""

    def checked(self, city: City, folder: Path, titles: str, rows: list[str]) -> list[str]:
        path = folder / "一行.csv"
        cards = cards_of(len(rows))
        path.write_text(
            f"姓名,社会保障号码,社保卡号,批次号,{titles}\n"
            + "".join(
                f"{c.name},{c.number},{c.card_number},{c.batch},{more}\n"
                for c, more in zip(cards, rows, strict=True)
            ),
            encoding="utf-8",
        )
        file = staged(path, city.here)
        found = file.problems.filter(is_error=True).order_by("row", "id")
        return [f"{p.row} {p.field} {p.code}" for p in found]

    def test_a_card_the_province_calls_invalid_does_not_go_in(
        self, city: City, tmp_path: Path
    ) -> None:
        said = self.checked(city, tmp_path, "有效标志", ["有效", "无效", "1", "0", "", "FALSE"])
        assert said == [f"{row} 有效标志 not_valid" for row in (3, 5, 7)]

    def test_a_mark_of_validity_nobody_understands_is_told(
        self, city: City, tmp_path: Path
    ) -> None:
        assert self.checked(city, tmp_path, "有效标志", ["是", "待定", "true", "正常"]) == []
        marked = ImportFile.objects.get().problems.filter(field="有效标志")
        assert [(one.row, one.is_error) for one in marked] == [(3, False)]
        assert "“待定”" in marked[0].sentence

    def test_a_batch_written_as_above_is_not_called_empty_too(
        self, city: City, tmp_path: Path
    ) -> None:
        path = tmp_path / "同上.csv"
        (card,) = cards_of(1)
        path.write_text(
            "姓名,社会保障号码,社保卡号,批次号\n"
            f"{card.name},{card.number},{card.card_number},〃\n", encoding="utf-8",
        )  # fmt: skip
        (found,) = staged(path, city.here).problems.all()
        assert (found.field, found.code, found.remedy) == ("批次号", "as_above", "请逐行写出内容")

    def test_another_county_is_seen_in_a_column_of_counties(
        self, city: City, tmp_path: Path
    ) -> None:
        said = self.checked(city, tmp_path, "区县", ["甲县", "乙县"])
        assert said == ["3 所属城市 other_county"]

    @pytest.mark.parametrize("title", ["银行账号", "银行卡号", "卡内账号", "金融账号"])
    def test_the_account_is_found_whatever_its_column_is_called(
        self, city: City, tmp_path: Path, title: str
    ) -> None:
        assert self.checked(city, tmp_path, title, ["6299990000000001234", "62999"]) == [
            "3 银行卡号 length"
        ]

    def test_one_bank_account_on_two_cards_is_named_with_both_rows(
        self, city: City, tmp_path: Path
    ) -> None:
        account = "6299990000000001234"
        said = self.checked(city, tmp_path, "银行卡号", [account, "", account, ""])
        assert said == ["4 银行卡号 account_twice"]
        assert "第 2 行" in ImportFile.objects.get().problems.get().sentence

    @pytest.mark.article(8)
    @pytest.mark.parametrize(
        ("name", "code", "says"),
        [
            ("王某某", "masked", "隐去了字"),
            ("李某", "masked", "隐去了字"),
            ("王XX", "masked", "隐去了字"),
            ("测试", "no_name", "写的是“测试”"),
            ("不详", "no_name", "写的是“不详”"),
            ("王?明", "lost_character", "含“?”，是转码时丢失的字"),
            ("王？明", "lost_character", "含“？”，是转码时丢失的字"),
            ("王□明", "lost_character", "含“□”，是转码时丢失的字"),
            ("王\ufffd明", "mojibake", "是乱码"),
            ("张三2", "odd_sign", "含“2”，不是姓名中的字"),
            ("张三/李四", "odd_sign", "含“/”，不是姓名中的字"),
            ("张三（大）", "odd_sign", "含“（”，不是姓名中的字"),
            ("王😀", "odd_sign", "含“😀”，不是姓名中的字"),
            ("王\x07明", "odd_character", "不可见字符（U+0007）"),
        ],
    )
    def test_a_name_that_cannot_stand_on_a_card_is_asked_about_before_it_is_printed(
        self, city: City, tmp_path: Path, name: str, code: str, says: str
    ) -> None:
        file = staged(self.named(tmp_path, name), city.here)
        (found,) = file.problems.all()
        assert (found.row, found.field, found.code, found.is_error) == (2, "姓名", code, True)
        assert says in found.sentence
        assert ("请向制卡机构索取该持卡人的姓名（GB 18030 编码）" in found.remedy) == (
            code == "lost_character"
        )

    @pytest.mark.article(8)
    @pytest.mark.parametrize(
        "name",
        ["艾力·买买提", "阿依古丽.买买提", "王 明", "O'Brien-Smith, Ann", "Jos\u00e9 Mar\u00eda",
         "〇一", "𬭎䶮㛃"],
    )  # fmt: skip
    def test_names_of_every_people_go_in(self, city: City, tmp_path: Path, name: str) -> None:
        path = self.named(tmp_path, name)
        assert staged(path, city.here).errors == 0
        assert imported(path, city).cards == 1

    def named(self, folder: Path, name: str) -> Path:
        (card,) = cards_of(1)
        path = folder / "姓名.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows((
                ("姓名", "社会保障号码", "社保卡号", "批次号"),
                (name, card.number, card.card_number, card.batch),
            ))  # fmt: skip
        return path

    @pytest.mark.article(13)
    @pytest.mark.parametrize("title", ["性别", "出生日期"])
    def test_a_column_that_contradicts_the_number_is_pointed_out_and_stops_nothing(
        self, city: City, tmp_path: Path, title: str
    ) -> None:
        (card,) = cards_of(1)
        other = {"性别": "女" if int(card.number[16]) % 2 else "男", "出生日期": "1901-02-03"}
        assert self.checked(city, tmp_path, title, [other[title]]) == []
        (found,) = ImportFile.objects.get().problems.all()
        assert (found.row, found.code, found.is_error) == (2, "mismatch", False)
        assert title in found.sentence
        assert "与证件号码" in found.sentence and "对照身份证" in found.remedy

    @pytest.mark.article(22)
    def test_a_bank_nobody_registered_is_named_with_those_that_are(
        self, city: City, tmp_path: Path
    ) -> None:
        said = self.checked(
            city, tmp_path, "所属银行", ["示范银行", "没有的银行", "", "示范 银行"]
        )
        assert said == ["3 所属银行 unknown_bank"]
        found = ImportFile.objects.get().problems.get(is_error=True)
        assert "银行“没有的银行”没有登记" in found.sentence
        assert "已登记的有：" in found.remedy and "示范银行" in found.remedy

    @pytest.mark.article(22)
    def test_a_bank_named_above_the_head_holds_for_every_row_and_must_be_known(
        self, city: City, tmp_path: Path
    ) -> None:
        path = self.named(tmp_path, "王明")
        table = path.read_text(encoding="utf-8")
        path.write_text(f"银行：没有的银行\n{table}", encoding="utf-8")
        (found,) = staged(path, city.here).problems.all()
        assert (found.row, found.code) == (3, "unknown_bank")
        path.write_text(f"银行：示范银行\n{table}", encoding="utf-8")
        imported(path, city)
        assert Card.objects.get().bank_org is not None


@pytest.mark.article(2)
class TestOneAccountOnOneCard:
    """The account is asked for in the whole book, not in the file alone."""

    ACCOUNT = "6299990000000001234"

    def manifest(self, folder: Path, card: ManifestCard, *, account: str = ACCOUNT) -> Path:
        path = folder / f"{card.card_number}.csv"
        path.write_text(
            "姓名,社会保障号码,社保卡号,批次号,银行账号\n"
            f"{card.name},{card.number},{card.card_number},{card.batch},{account}\n",
            encoding="utf-8",
        )
        return path

    def test_an_account_on_a_living_card_of_another_is_refused(
        self, city: City, tmp_path: Path
    ) -> None:
        first, second = cards_of(2)
        imported(self.manifest(tmp_path, first), city)
        file = staged(self.manifest(tmp_path, second), city.neighbour)
        (found,) = file.problems.all()
        assert (found.row, found.field, found.code) == (2, "银行卡号", "account_taken")
        assert f"卡 {first.card_number}（{city.here.county.name}，另一人）" in found.sentence
        assert self.ACCOUNT not in found.sentence and found.remedy
        with pytest.raises(RowsWrong):
            importer.post(file=file, by=city.neighbour.keeper, at=NOON)

    def test_a_holders_own_account_may_come_again_on_the_card_made_anew(
        self, city: City, tmp_path: Path
    ) -> None:
        first, second = cards_of(2)
        imported(self.manifest(tmp_path, first), city)
        anew = replace(first, card_number=second.card_number)
        file = staged(self.manifest(tmp_path, anew), city.here)
        assert {one.code for one in file.problems.all()} == {"account_kept", "has_another_card"}
        assert importer.post(file=file, by=city.here.keeper, at=NOON).cards == 1

    @pytest.mark.parametrize(
        ("state", "place", "errors"), [("在库", "库房", 1), ("已销毁", "", 0)]
    )
    def test_a_card_that_was_there_before_this_book_counts_while_it_lives(
        self, city: City, tmp_path: Path, state: str, place: str, errors: int
    ) -> None:
        before = row("Q00000001", 状态=state, 存放地点=place, 金融账号=self.ACCOUNT)
        assert taken_over(city, [before]).cards == 1
        file = staged(self.manifest(tmp_path, cards_of(1)[0]), city.here)
        assert file.errors == errors
        assert [one.code for one in file.problems.all()] == ["account_taken"] * errors

    def test_an_account_taken_since_the_check_stops_the_file(
        self, city: City, tmp_path: Path
    ) -> None:
        first, second = cards_of(2)
        late = staged(self.manifest(tmp_path, second), city.here)
        imported(self.manifest(tmp_path, first), city)
        assert late.errors == 0
        with pytest.raises(RowsWrong):
            importer.post(file=late, by=city.here.keeper, at=NOON)
        assert late.problems.get().code == "account_taken"
        assert Card.objects.count() == 1

    def test_the_key_tells_nothing_and_every_account_has_one(
        self, city: City, tmp_path: Path
    ) -> None:
        imported(written(tmp_path, cards_of(5), family=Family.F2)[0], city)
        keys = CardAccount.objects.values_list("account_key", flat=True)
        sealed = Card.objects.exclude(bank_account_sealed=None).values_list(
            "bank_account_sealed", flat=True
        )
        accounts = [vault.open_text(one, context=vault.BANK) for one in sealed]
        assert len(accounts) == 5
        known = {account_key(one, index=vault.number_index) for one in accounts}
        assert set(keys) == known
        # Books that are older than the table get the same keys when they are brought up to date.
        CardAccount.objects.all().delete()
        data = import_module("cardbook.chapters.intake.migrations.0005_card_accounts_data")
        data.keep_keys(None, SimpleNamespace(connection=connection))
        assert set(keys.all()) == known


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

    def test_a_birth_date_that_is_a_date_in_the_sheet_is_one(self) -> None:
        layout = manifest_layout(today=date(2026, 11, 20))
        place = {column.field: 0 for column in layout.columns if column.field == "born_on"}
        cell = OddCell(Odd.DATE, "1967-05-01 00:00:00")
        values, found = RowReader(layout, place)(Row(2, (cell,)))
        assert values["born_on"] == date(1967, 5, 1)
        assert {one.code for one in found} == {"missing"}


def _remark(row: int) -> RowProblem:
    return RowProblem(
        row=row,
        title="姓名",
        code="note",
        sentence="去掉多余空格",
        remedy="请核对",
        is_error=False,
    )
