"""Of several sheets the one that holds people is meant; a second one is asked about."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from cardbook.imports.reading import FileRefused
from cardbook.imports.tests.sheets import HEAD, LAYOUT, PEOPLE, old_workbook, texts, workbook
from cardbook.imports.which_sheet import choices, open_meant

pytestmark = [pytest.mark.article(6), pytest.mark.trust("I12")]
Rows = Sequence[Sequence[str]]
NUMBER = "999999199001010014"
BANKS = [("银行名称", "编号"), ("示范银行", "B01")]
WORDS = [("填表说明",), ("一、请逐行填写。",)]
MORE = [(f"G0000000{n}", NUMBER, "王小明", "P2026") for n in range(3)]
make = pytest.mark.parametrize("make", [workbook, old_workbook])


def beside(name: str, rows: Rows, *, hidden: bool = False) -> Callable[[Any, Any], None]:
    """Adds another sheet to a workbook of either kind."""

    def add(book: Any, _: Any) -> None:
        is_new = hasattr(book, "add_worksheet")
        page = book.add_worksheet(name) if is_new else book.add_sheet(name)
        for number, row in enumerate(rows):
            for column, text in enumerate(row):
                page.write(number, column, text)
        if hidden and is_new:
            page.hide()
        elif hidden:
            page.visibility = 1

    return add


def refusal(path: Path) -> FileRefused:
    with pytest.raises(FileRefused) as caught:
        open_meant(path, layout=LAYOUT)
    assert caught.value.sentence.endswith("。") and caught.value.remedy.endswith("。")
    return caught.value


@make
@pytest.mark.parametrize("hidden", [False, True])
class TestBesideTheTable:
    @pytest.mark.parametrize("rows", [BANKS, WORDS], ids=["banks", "words"])
    def test_a_sheet_of_words_is_left_out_and_told(
        self, tmp_path: Path, make: Any, hidden: bool, rows: Rows
    ) -> None:
        table = open_meant(
            make(tmp_path / "a", also=beside("说明", rows, hidden=hidden)), layout=LAYOUT
        )
        assert table.sheet == "明细"
        assert [texts(row) for row in table.rows()] == [HEAD, *PEOPLE]
        assert [note for note in table.notes if "“说明”" in note and "没有读取" in note]

    @pytest.mark.parametrize(
        "rows",
        [[HEAD, *MORE], MORE, [("证件号码", "人名"), (NUMBER, "李娜")]],
        ids=["its own head", "goes on without a head", "another head"],
    )
    def test_a_second_sheet_of_people_is_a_persons_to_decide(
        self, tmp_path: Path, make: Any, hidden: bool, rows: Rows
    ) -> None:
        path = make(tmp_path / "a", also=beside("续", rows, hidden=hidden))
        refused = refusal(path)
        assert refused.code == "several_sheets"
        assert f"明细、续{'（隐藏）' if hidden else ''}" in refused.sentence
        assert ("取消隐藏" in refused.remedy) is hidden
        assert choices(path, layout=LAYOUT) == (("明细",) if hidden else ("明细", "续"))
        chosen = open_meant(path, layout=LAYOUT, sheet="明细")
        assert [texts(row) for row in chosen.rows()] == [HEAD, *PEOPLE]


@make
def test_people_only_in_a_hidden_sheet_are_not_missed_for_the_words_that_are_seen(
    tmp_path: Path, make: Any
) -> None:
    path = make(tmp_path / "a", rows=WORDS, also=beside("数据", [HEAD, *MORE], hidden=True))
    refused = refusal(path)
    assert (refused.code, "“数据”是隐藏的" in refused.sentence) == ("hidden_sheet", True)


@make
def test_sheets_without_anybody_are_asked_about_as_before(tmp_path: Path, make: Any) -> None:
    path = make(tmp_path / "a", rows=WORDS, also=beside("代码", BANKS))
    assert refusal(path).code == "several_sheets"


@make
def test_a_single_sheet_needs_no_choice(tmp_path: Path, make: Any) -> None:
    path = make(tmp_path / "a")
    assert choices(path, layout=LAYOUT) == ()
    assert open_meant(path, layout=LAYOUT, in_page=True).sheet == "明细"
