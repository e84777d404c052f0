"""A manifest as a file: cut, empty, no table, with other heads or two tables (Art. 6)."""

from pathlib import Path

import pytest

from cardbook.chapters.intake.receive import importer
from cardbook.chapters.intake.receive.tests.manifests import cards_of, imported, staged, written
from cardbook.demo.manifests import Family
from cardbook.imports import engine
from cardbook.imports.models import ImportFile, Stage
from cardbook.imports.reading import FileRefused
from cardbook.lib.clock import local_day
from cardbook.testing.factories import NOON, City

pytestmark = [pytest.mark.django_db, pytest.mark.article(6)]


def checked_as_chosen(city: City, mapping: dict[str, int]) -> ImportFile:
    """The only file, checked with the columns the keeper pointed out."""
    file, layout = ImportFile.objects.get(), importer.layout_on(local_day(NOON))
    engine.remember_mapping(file, layout=layout, mapping=mapping, by=city.here.keeper)
    file.refresh_from_db()
    return importer.check(file=file, at=NOON)


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
        chosen = {"name": 0, "number": 1, "card_number": 2, "batch": 3}
        assert checked_as_chosen(city, chosen).stage == Stage.CHECKED
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
        checked = checked_as_chosen(city, {"name": 4, "number": 5, "card_number": 6, "batch": 3})
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
