"""What one row of a manifest says is taken at its word, or the row is named (Art. 6)."""

import csv
from datetime import date
from pathlib import Path

import pytest

from cardbook.cards.models import Card
from cardbook.chapters.intake.receive.layouts import manifest_layout
from cardbook.chapters.intake.receive.tests.manifests import cards_of, imported, staged
from cardbook.imports.columns import RowReader
from cardbook.imports.models import ImportFile
from cardbook.imports.reading import Odd, OddCell, Row
from cardbook.testing.factories import City

pytestmark = [pytest.mark.django_db, pytest.mark.article(6)]


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

    def test_a_birth_date_that_is_a_date_in_the_sheet_is_one(self) -> None:
        layout = manifest_layout(today=date(2026, 11, 20))
        place = {column.field: 0 for column in layout.columns if column.field == "born_on"}
        cell = OddCell(Odd.DATE, "1967-05-01 00:00:00")
        values, found = RowReader(layout, place)(Row(2, (cell,)))
        assert values["born_on"] == date(1967, 5, 1)
        assert {one.code for one in found} == {"missing"}
