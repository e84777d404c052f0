"""The sheet as a workbook and back: what was entered meanwhile wins (Art. 8 para. 3; R8.11)."""

import io
from collections.abc import Mapping

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl.styles import Font

from cardbook.chapters.issuance.collective.naming import Named, named_in
from cardbook.chapters.issuance.collective.tests.bundles import Out, out, proxy, tick
from cardbook.chapters.issuance.collective.workbook import SELF_SUPPORTING
from cardbook.chapters.issuance.models import Bundle
from cardbook.lib.masking import mask_number
from cardbook.people.holders import holder_of
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import City

pytestmark = [pytest.mark.django_db, pytest.mark.article(8, 3)]
FIRST_ROW = 4
SIGNED = {5: "实发", 6: "本人"}
NUMBER = make.citizen_number()
SON = {10: "李四", 11: NUMBER, 12: "子女", 13: "直系亲属出具的证明"}
BY_SON = {5: "实发", 6: "代领人", **SON}


@pytest.fixture
def clerk(city: City) -> Client:
    return signed_in(city.here.clerk)


@pytest.fixture
def given(city: City) -> Out:
    return out(city, count=4, at=timezone.now())


def downloaded(clerk: Client, bundle: Bundle) -> openpyxl.Workbook:
    content = clerk.get(reverse("bundle.workbook", args=[bundle.pk])).content
    return openpyxl.load_workbook(io.BytesIO(content))


def sent_back(
    clerk: Client, bundle: Bundle, filled: Mapping[int, Mapping[int, str]],
    book: openpyxl.Workbook | None = None, *, page: str = "",
) -> str:  # fmt: skip
    """Fill cells of rows (columns counted from 1) and send the file back."""
    book = book or downloaded(clerk, bundle)
    sheet = book[page] if page else book.active
    assert sheet is not None
    for row, cells in filled.items():
        for column, text in cells.items():
            sheet.cell(FIRST_ROW + row - 1, column, text)
    content = io.BytesIO()
    book.save(content)
    file = SimpleUploadedFile("a.xlsx", content.getvalue())
    address = reverse("bundle.take", args=[bundle.pk])
    return clerk.post(address, {"file": file}, follow=True).content.decode()


def results(bundle: Bundle) -> list[str]:
    return list(bundle.rows.order_by("row").values_list("result", flat=True))


class TestWorkbook:
    def test_goes_out_masked_and_comes_back_with_results(
        self, city: City, clerk: Client, given: Out
    ) -> None:
        today = str(timezone.localdate())
        book = downloaded(clerk, given.bundle)
        texts = [str(cell.value) for row in book.active.iter_rows() for cell in row]  # type: ignore[union-attr]
        assert holder_of(given.cards[0].person).number not in texts
        filled = {
            1: {**SIGNED, 6: SELF_SUPPORTING, 7: today},
            2: {5: "实发", 6: "代领人", 7: today, **SON},
            3: {5: "未发", 8: "外出未归"}, 4: {5: "退回", 8: "死亡", 9: "村里开了证明"},
        }  # fmt: skip
        answer = sent_back(clerk, given.bundle, filled)
        assert "4 行已登记" in answer
        assert results(given.bundle) == ["signed", "signed", "open", "returned"]
        second = given.bundle.rows.get(row=2)
        assert second.signer == "proxy" and named_in(vars(second)) == Named(
            name="李四", number=NUMBER, relation="child", proof="relative_proof"
        )
        first = given.bundle.rows.get(row=1)
        assert (first.signer, first.self_supporting) == ("holder", True)
        again = downloaded(clerk, given.bundle)
        texts = [str(cell.value) for row in again.active.iter_rows() for cell in row]  # type: ignore[union-attr]
        assert "李四" in texts and mask_number(NUMBER) in texts and NUMBER not in texts
        assert "4 行与现有登记相同" in sent_back(clerk, given.bundle, {}, again)
        assert SELF_SUPPORTING in [cell.value for cell in again.active["F"]]  # type: ignore[index]

    def test_what_was_entered_meanwhile_wins_and_is_shown(
        self, city: City, clerk: Client, given: Out
    ) -> None:
        book = downloaded(clerk, given.bundle)
        tick(given.bundle, "1=2;2", by=city.here.clerk, on=timezone.localdate())
        today = str(timezone.localdate())
        filled = {row: {**SIGNED, 7: today} for row in (1, 2, 3)}
        answer = sent_back(clerk, given.bundle, filled, book)
        assert "1 行已登记" in answer and "1 行与现有登记相同" in answer
        assert "1 行有冲突，保留现有登记" in answer
        assert "未发 联系不上" in answer and f"实发 本人 {today}" in answer
        assert results(given.bundle) == ["open", "signed", "signed", ""]

    @pytest.mark.article(10)
    def test_another_proxy_in_the_file_is_a_conflict(
        self, city: City, clerk: Client, given: Out
    ) -> None:
        today = timezone.localdate()
        son = proxy("张三", number=NUMBER)
        tick(given.bundle, "1=d", by=city.here.clerk, on=today, agent=son)
        filled = {1: {**BY_SON, 7: str(today)}}
        answer = sent_back(clerk, given.bundle, filled)
        assert "1 行有冲突，保留现有登记" in answer
        assert "张三 " in answer and "李四 " in answer and NUMBER not in answer
        assert named_in(vars(given.bundle.rows.get(row=1))) == son

    @pytest.mark.parametrize(
        ("cells", "words"),
        [
            ({5: "领了"}, "结果“领了”不认识"),
            ({**SIGNED, 7: "昨天"}, "领取日期“昨天”不是日期"),
            ({**SIGNED, 7: "2014-01-01"}, "领取日期 2014-01-01 不在"),
            ({**SIGNED, 7: "2099-01-01"}, "领取日期 2099-01-01 不在"),
            ({5: "未发", 8: "不知道"}, "未领原因“不知道”不认识"),
            ({2: "Z99999999", 5: "未发", 8: "死亡"}, "卡 Z99999999 不在签字明细表"),
            ({**BY_SON, 10: "", 12: ""}, "由代领人签收，请填他的代领人姓名、关系"),
            ({**BY_SON, 11: "610000"}, "位"),
            ({**BY_SON, 12: "邻居"}, "关系“邻居”不认识"),
            ({**BY_SON, 13: "户口簿"}, "“户口簿”不能作代领人的证明材料"),
            ({**BY_SON, 6: "本人"}, "填了代领人，签收人请填代领人或监护人"),
        ],
    )
    def test_a_row_that_cannot_be_read_says_why(
        self, clerk: Client, given: Out, cells: Mapping[int, str], words: str
    ) -> None:
        good = {5: "未发", 8: "死亡"}
        answer = sent_back(
            clerk, given.bundle, {1: {7: str(timezone.localdate()), **cells}, 2: good}
        )
        assert words in answer and "1 行已登记" in answer
        assert results(given.bundle) == ["", "open", "", ""]

    def test_the_file_of_another_sheet_is_refused(
        self, city: City, clerk: Client, given: Out
    ) -> None:
        other = out(city, count=1)
        book = downloaded(clerk, other.bundle)
        answer = sent_back(clerk, given.bundle, {}, book)
        assert f"这不是签字明细表 {given.bundle.number} 的文件" in answer

    def test_a_sheet_added_beside_ours_is_left_alone(self, clerk: Client, given: Out) -> None:
        book = downloaded(clerk, given.bundle)
        book.create_sheet("单位自己的表").append(["张三", "已通知"])
        answer = sent_back(clerk, given.bundle, {1: {5: "未发", 8: "死亡"}}, book)
        assert "1 行已登记" in answer

    def test_ours_is_found_under_another_name_beside_others(
        self, clerk: Client, given: Out
    ) -> None:
        book = downloaded(clerk, given.bundle)
        assert book.active is not None
        book.active.title = "东街村"
        book.create_sheet("单位自己的表", 0).append(["张三", "已通知"])
        answer = sent_back(clerk, given.bundle, {1: {5: "未发", 8: "死亡"}}, book, page="东街村")
        assert "1 行已登记" in answer

    @pytest.mark.parametrize("column", [3, 5, 7])
    def test_a_column_put_between_ours_is_told_and_nothing_taken(
        self, clerk: Client, given: Out, column: int
    ) -> None:
        book = downloaded(clerk, given.bundle)
        page = book.active
        assert page is not None
        page.cell(FIRST_ROW, 5, "未发")
        page.insert_cols(column)  # type: ignore[union-attr]
        answer = sent_back(clerk, given.bundle, {}, book)
        assert "列可能增、删或移动过" in answer and "重新下载" in answer
        assert results(given.bundle) == [""] * 4

    def test_a_result_that_is_struck_out_is_no_result(self, clerk: Client, given: Out) -> None:
        book = downloaded(clerk, given.bundle)
        page = book.active
        assert page is not None
        page.cell(FIRST_ROW, 5).font = Font(strike=True)
        answer = sent_back(clerk, given.bundle, {1: {5: "未发", 8: "死亡"}}, book)
        assert "“未发”划了删除线" in answer
        assert results(given.bundle) == [""] * 4

    def test_what_is_no_workbook_is_refused(self, clerk: Client, given: Out) -> None:
        address = reverse("bundle.take", args=[given.bundle.pk])
        file = SimpleUploadedFile("a.xlsx", b"%PDF-1.4 nothing")
        answer = clerk.post(address, {"file": file}, follow=True).content.decode()
        assert "PDF" in answer
        assert results(given.bundle) == [""] * 4
