"""The header is found where people put it, columns by names; no row is lost (I12, I18)."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from cardbook.chapters.intake.receive.tests.manifests import cards_of
from cardbook.demo.manifests import Family, write_manifest
from cardbook.imports.columns import Column, Layout
from cardbook.imports.headers import Body, Header, find_header, match
from cardbook.imports.reading import FileRefused, open_table
from cardbook.imports.tests.sheets import HEAD, LAYOUT, PEOPLE, text_file, texts, workbook
from cardbook.imports.titles import tidy

pytestmark = pytest.mark.article(6)

TASKS = (
    ("task_id", "card_type", "bank_id", "recordcount", "office"),
    ("task_id", "序", "姓名", "证件号码", "接触卡号"),
)


def header_of(tmp_path: Path, rows: Sequence[Sequence[str]]) -> Header:
    return find_header(open_table(text_file(tmp_path / "a", rows)), [LAYOUT])


def body_of(tmp_path: Path, rows: Sequence[Sequence[str]]) -> tuple[Body, list[tuple[int, str]]]:
    """The body, and for each row of data its number and the holder's name."""
    table = open_table(text_file(tmp_path / "a", rows))
    body = Body(table, find_header(table, [LAYOUT]))
    place = body.header.mapping["name"]
    return body, [(row.number, texts(row)[place]) for row in body.rows()]


NAMES = [person[2] for person in PEOPLE]


class TestFindHeader:
    def test_a_title_and_blank_rows_may_stand_above(self, tmp_path: Path) -> None:
        header = header_of(tmp_path, [("商州区到货明细",), (), ("制表：某某",), HEAD, *PEOPLE])
        assert (header.row, header.last_row) == (4, 4)
        assert header.missing == ()

    @pytest.mark.trust("I12")
    def test_a_merged_title_may_stand_above(self, tmp_path: Path) -> None:
        rows = [("",), HEAD, *PEOPLE]
        path = workbook(
            tmp_path / "a", rows, also=lambda _, page: page.merge_range("A1:E1", "到货明细")
        )
        assert find_header(open_table(path), [LAYOUT]).row == 2

    @pytest.mark.trust("I12")
    def test_a_head_in_two_rows_is_joined(self, tmp_path: Path) -> None:
        rows = [
            ("卡信息", "", "持卡人", "", "单位名称"),
            ("社保卡号", "批次号", "姓名", "社会保障号码", ""),
            ("SL1", "P1", "张伟", "X", "某单位"),
        ]
        header = header_of(tmp_path, rows)
        assert (header.row, header.last_row) == (1, 2)
        assert set(header.mapping) == {"card", "number", "name", "batch", "unit"}
        assert [n for n, _ in body_of(tmp_path, rows)[1]] == [3]

    def test_the_guardian_below_a_merged_head_is_not_taken_for_the_holder(
        self, tmp_path: Path
    ) -> None:
        rows = [
            ("持卡人", "", "", "监护人", ""),
            ("社保卡号", "姓名", "证件号码", "姓名", "证件号码"),
        ]
        header = header_of(tmp_path, rows)
        assert (header.mapping["name"], header.mapping["number"]) == (1, 2)
        assert header.unused == ("监护人姓名", "监护人证件号码")

    def test_full_width_heads_and_signs_do_not_matter(self, tmp_path: Path) -> None:
        header = header_of(
            tmp_path, [("＊社保卡号：", "姓　名", "证件号码（18位）", "ＡＡＢ００４")]
        )
        assert header.missing == ()
        assert header.unused == ("ＡＡＢ００４",)

    @pytest.mark.parametrize(
        "other", ["姓名（监护人）", "姓名(领卡人)", "姓名【代办人】", "社保卡号（旧）"]
    )
    def test_a_remark_that_means_somebody_else_is_no_remark(self, other: str) -> None:
        assert match([other], LAYOUT) == {}

    @pytest.mark.trust("I18")
    def test_columns_go_by_name_wherever_they_stand(self, tmp_path: Path) -> None:
        # I18
        header = header_of(tmp_path, [("备注", *reversed(HEAD), "新列"), *PEOPLE])
        assert header.mapping == {"card": 5, "number": 4, "name": 3, "batch": 2, "unit": 1}
        assert header.unused == ("备注", "新列")

    @pytest.mark.trust("I18")
    def test_a_title_standing_twice_is_named_and_the_left_one_taken(self, tmp_path: Path) -> None:
        header = header_of(tmp_path, [(*HEAD, "姓 名")])
        assert header.mapping["name"] == 2
        assert header.doubled == header.unclear == ("姓名",)

    def test_only_a_needed_column_that_stands_twice_is_unclear(self, tmp_path: Path) -> None:
        header = header_of(tmp_path, [(*HEAD, "批次号")])
        assert (header.doubled, header.unclear) == (("批次号",), ())
        assert replace(header_of(tmp_path, [(*HEAD, "姓名")]), is_chosen=True).unclear == ()

    def test_a_needed_column_that_stands_there_under_two_names_has_a_rival(
        self, tmp_path: Path
    ) -> None:
        header = header_of(tmp_path, [(*HEAD, "证件号码", "批次")])
        assert header.rivals == (("社会保障号码", "证件号码"),)
        assert replace(header, is_chosen=True).rivals == ()
        assert header_of(tmp_path, [(*HEAD, "监护人证件号码")]).rivals == ()

    @pytest.mark.trust("I18")
    def test_needed_columns_that_miss_are_named(self, tmp_path: Path) -> None:
        assert header_of(tmp_path, [("姓名", "社保卡号")]).missing == ("社会保障号码",)

    def test_a_file_without_a_header_says_what_to_write(self, tmp_path: Path) -> None:
        with pytest.raises(FileRefused) as caught:
            header_of(tmp_path, PEOPLE)
        assert caught.value.code == "no_header"
        assert "社保卡号" in caught.value.remedy

    @pytest.mark.parametrize("mark", [",", "，", ";", "|"])
    def test_whole_rows_in_one_cell_are_told_how_to_be_parted(
        self, tmp_path: Path, mark: str
    ) -> None:
        """A list pasted into one column of a sheet, or every line of a text in quotes."""
        with pytest.raises(FileRefused) as caught:
            rows = [[mark.join(HEAD)], *([mark.join(row)] for row in PEOPLE)]
            find_header(open_table(workbook(tmp_path / "a", rows)), [LAYOUT])
        assert "挤在一格里" in caught.value.sentence and "分列" in caught.value.remedy

    def test_a_file_of_the_bank_is_sent_where_it_belongs(self, tmp_path: Path) -> None:
        path = tmp_path / "a"
        path.write_bytes("BK0000000100000484FFFFFFFFFF\nSL1000001           张伟\n".encode("gbk"))
        with pytest.raises(FileRefused, match="银行答复") as caught:
            find_header(open_table(path), [LAYOUT])
        assert caught.value.code == "bank_file"

    def test_the_layout_that_fits_better_is_chosen(self, tmp_path: Path) -> None:
        other = Layout(
            code="other",
            title="别的",
            columns=(Column(field="name", title="姓名"), Column(field="batch", title="批次号")),
        )
        table = open_table(text_file(tmp_path / "a", [HEAD]))
        assert find_header(table, [other, LAYOUT]).layout is LAYOUT


class TestFingerprint:
    def test_is_the_same_whatever_the_spacing(self, tmp_path: Path) -> None:
        spaced = [tuple(f" {title[:1]}　{title[1:]}： " for title in HEAD)]
        first, second = header_of(tmp_path, [HEAD]), header_of(tmp_path, spaced)
        assert first.fingerprint == second.fingerprint

    def test_differs_when_columns_change_places(self, tmp_path: Path) -> None:
        turned = header_of(tmp_path, [tuple(reversed(HEAD))])
        assert turned.fingerprint != header_of(tmp_path, [HEAD]).fingerprint

    def test_does_not_see_the_columns_of_our_error_sheet(self, tmp_path: Path) -> None:
        returned = header_of(tmp_path, [(*HEAD, "错误信息：批次 P1 少 2 行", "处理建议")])
        assert returned.fingerprint == header_of(tmp_path, [HEAD]).fingerprint
        assert returned.unused == ()

    def test_tidy_keeps_what_distinguishes(self) -> None:
        assert tidy("社保卡号（旧卡）") != tidy("社保卡号（9位）") == tidy("社保卡号")


class TestBatchLines:
    @pytest.mark.parametrize(
        "line",
        [
            ("批次号", "P2026", "批次人数", "3", "卡商", "某卡商", "银行", "某银行"),
            ("批次号：P2026", "批次人数：3"),
            ("批次号：", "P2026", "批次人数：", "3"),
            ("批次号：P2026  批次人数：3  银行：某银行",),
            ("批次号：P2026，批次人数：3；银行：某银行",),
            ("批次号", "P2026", "", "批次人数", "3人"),
        ],
    )
    def test_what_a_batch_line_above_the_head_declares_is_known(
        self, tmp_path: Path, line: tuple[str, ...]
    ) -> None:
        body, names = body_of(tmp_path, [line, HEAD, *PEOPLE])
        assert body.header.preamble["批次号"] == "P2026"
        assert body.declared == {"P2026": 3}
        assert [name for _, name in names] == NAMES

    def test_batch_lines_between_the_rows_are_no_data_and_declare_too(
        self, tmp_path: Path
    ) -> None:
        first = ("批次号", "P1", "批次人数", "3")
        second = ("批次号：P2", "批次人数：3")
        body, names = body_of(tmp_path, [first, HEAD, *PEOPLE, second, HEAD, *PEOPLE])
        assert body.declared == {"P1": 3, "P2": 3}
        assert [number for number, _ in names] == [3, 4, 5, 8, 9, 10]
        assert body.skipped == {"页眉页脚": 1, "重复的表头": 1}

    def test_task_lines_declare_and_are_no_data(self, tmp_path: Path) -> None:
        ruler = ("----------",)
        rows = [
            *TASKS,
            ruler, ("T1", "1", "某银行", "2", "商州"),
            ("T1", "1", "张伟", "X1", "SL1"), ("T1", "2", "李娜", "X2", "SL2"),
            ruler, ("T2", "1", "某银行", "1", "洛南"),
            ("T2", "1", "王芳", "X3", "SL3"),
        ]  # fmt: skip
        body, names = body_of(tmp_path, rows)
        assert body.declared == {"T1": 2, "T2": 1}
        assert names == [(5, "张伟"), (6, "李娜"), (9, "王芳")]
        assert body.skipped == {"分隔线": 2, "任务行": 2}

    @pytest.mark.parametrize(
        "words",
        ["注：以上人员均已核实", "说明:空白的由县区补填", "以上共三人，请于本月底前领取。",
         "备注1、卡号以实物为准"],
    )  # fmt: skip
    def test_a_sentence_below_the_table_is_no_data_and_is_told(
        self, tmp_path: Path, words: str
    ) -> None:
        body, names = body_of(tmp_path, [HEAD, *PEOPLE, (words,)])
        assert [name for _, name in names] == NAMES
        assert body.skipped == {"说明文字": 1}

    @pytest.mark.parametrize(
        "lone", ["赵敏", "SL0000009", "2026", "空白", "乾佑街道", "赵敏 610102199001011234。"]
    )
    def test_a_row_of_one_cell_that_is_no_sentence_stays_an_error(
        self, tmp_path: Path, lone: str
    ) -> None:
        table = open_table(text_file(tmp_path / "a", [HEAD, *PEOPLE, (lone,)]))
        body = Body(table, find_header(table, [LAYOUT]))
        assert len([*body.rows()]) == len(PEOPLE) + 1
        assert body.skipped == {}

    @pytest.mark.trust("D6")
    @pytest.mark.parametrize(
        "total",
        [("合计", "4"), ("", "总计：4 人"), ("合计", "", "共 4 张"), ("已选择4行。",),
         ("4 rows selected.",), ("共4人",), ("", "共 4 条。")],
    )  # fmt: skip
    def test_a_total_that_is_not_the_number_of_rows_is_an_error(
        self, tmp_path: Path, total: tuple[str, ...]
    ) -> None:
        body, names = body_of(tmp_path, [HEAD, *PEOPLE, total])
        (problem,) = body.miscounted(len(names))
        assert (problem.row, problem.code, problem.is_error) == (5, "declared_count", True)
        assert "合计行写明 4，文件中有 3 行" in problem.sentence

    @pytest.mark.parametrize(
        "lines",
        [
            [("合计", "3")],
            [("小计", "2")],
            [("本页合计", "2")],
            [("合计", "2", "5")],
            [("合计", "2 盒")],
            [("合计", "2"), ("合计", "1")],
            [("共3张",)],
            [("共4页",)],
            [("共2人",), ("共1人",)],
        ],
    )
    def test_a_right_total_and_sums_of_something_else_are_none(
        self, tmp_path: Path, lines: list[tuple[str, ...]]
    ) -> None:
        body, names = body_of(tmp_path, [HEAD, *PEOPLE, *lines])
        assert not list(body.miscounted(len(names)))

    def test_walking_twice_counts_once(self, tmp_path: Path) -> None:
        body, _ = body_of(tmp_path, [HEAD, *PEOPLE, ("合计", "3")])
        assert len(list(body.rows())) == 3
        assert body.skipped == {"合计行": 1}


@pytest.mark.trust("I12")
class TestNoRowIsLost:
    # I12
    def test_a_row_below_a_ruler_is_data_unless_tasks_were_announced(self, tmp_path: Path) -> None:
        _, names = body_of(tmp_path, [HEAD, ("-----",), *PEOPLE])
        assert [name for _, name in names] == NAMES

    @pytest.mark.parametrize(
        "total",
        [
            ("合计", "", "3"),
            ("", "合计：3 人"),
            ("总计", "", "3人", "制表人：某某"),
            ("本页小计", "100"),
            ("第 1 页 共 3 页",),
            ("制表人：某某", "审核人："),
            ("====", "====="),
            ("制表人：某某", "", "审核人：某某", "", "2026年11月1日"),
            ("", "", "", "", "2026-11-27"),
            ("", "", "", "", "（盖章）"),
            ("以下空白",),
            ("——以下空白——",),
            ("此页以下无正文",),
            ("——完——",),
            ("EOF",),
            ("-1-",),
            ("— 12 —",),
            ("已选择3行。",),
            ("3 rows selected.",),
            ("3 rows in set (0.01 sec)",),
            ("(3 行受影响)",),
        ],
    )
    def test_totals_and_feet_are_no_data(self, tmp_path: Path, total: tuple[str, ...]) -> None:
        body, names = body_of(tmp_path, [HEAD, *PEOPLE, total])
        assert [name for _, name in names] == NAMES
        assert sum(body.skipped.values()) == 1

    @pytest.mark.parametrize(
        "row",
        [
            ("SL1", "X", "合计", "P1", "某单位"),
            ("合计1", "X", "总计", "", ""),
            ("", "X", "合计平", "P1", "某单位"),
            ("合计科技公司", "", "张伟", "", ""),
            ("", "", "", "", "总计有限公司"),
            ("SL1", "X", "姓名", "批次号", "某单位"),
        ],
    )
    def test_a_row_with_values_is_data_whatever_its_words(
        self, tmp_path: Path, row: tuple[str, ...]
    ) -> None:
        table = open_table(text_file(tmp_path / "a", [HEAD, *PEOPLE, row]))
        body = Body(table, find_header(table, [LAYOUT]))
        assert [found.number for found in body.rows()] == [2, 3, 4, 5]

    def test_heads_repeated_on_every_page_are_no_data(self, tmp_path: Path) -> None:
        title = ("商州区到货明细",)
        rows: list[tuple[str, ...]] = []
        for _ in range(3):
            rows += [title, HEAD, *PEOPLE, ()]
        body, names = body_of(tmp_path, rows)
        assert [name for _, name in names] == NAMES * 3
        assert body.skipped == {"重复的表头": 4}

    @pytest.mark.trust("I12")
    def test_a_second_head_with_its_columns_in_another_order_is_refused(
        self, tmp_path: Path
    ) -> None:
        """Batch and unit would change places below it, and nobody would notice."""
        swapped = (*HEAD[:3], HEAD[4], HEAD[3])
        with pytest.raises(FileRefused) as refused:
            body_of(tmp_path, [HEAD, *PEOPLE, swapped, *PEOPLE])
        assert refused.value.code == "head_differs"
        assert "第 5 行" in refused.value.sentence and "“单位名称”" in refused.value.sentence

    def test_a_second_head_that_lacks_or_adds_a_column_is_no_data(self, tmp_path: Path) -> None:
        again = [(*HEAD[:4], "", "备注"), (*HEAD[:2], "", *HEAD[3:])]
        body, names = body_of(tmp_path, [HEAD, *PEOPLE, again[0], *PEOPLE, again[1], *PEOPLE])
        assert [name for _, name in names] == NAMES * 3
        assert body.skipped == {"重复的表头": 2}

    def test_a_repeated_head_of_two_rows_is_no_data(self, tmp_path: Path) -> None:
        head = [("卡信息", "", "持卡人", ""), ("社保卡号", "批次号", "姓名", "证件号码")]
        row = ("SL1", "P1", "张伟", "X")
        body, names = body_of(tmp_path, [*head, row, *head, row])
        assert [number for number, _ in names] == [3, 6]
        assert body.skipped == {"重复的表头": 2}

    def test_blank_rows_keep_the_numbers_of_the_others(self, tmp_path: Path) -> None:
        _, names = body_of(tmp_path, [HEAD, (), PEOPLE[0], (), (), PEOPLE[1]])
        assert [number for number, _ in names] == [3, 6]


class TestFamilies:
    @pytest.mark.parametrize("family", list(Family))
    def test_every_card_of_a_real_family_is_found_at_its_row(
        self, tmp_path: Path, family: Family
    ) -> None:
        cards = cards_of(230)
        path = tmp_path / f"a{family.suffix}"
        expected = write_manifest(path, family=family, cards=cards)
        table = open_table(path)
        body = Body(table, find_header(table, [LAYOUT]))
        place = body.header.mapping["name"]
        found = [(row.number, texts(row)[place]) for row in body.rows()]
        assert found == list(zip(expected, [card.name for card in cards], strict=True))
        claimed = sum(body.declared.values())
        assert claimed == (0 if family is Family.F2 else len(cards))
