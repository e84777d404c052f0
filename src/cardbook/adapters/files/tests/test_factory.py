"""A card maker's order and return: rows and photos one to one, its own task and bank (Art. 25)."""

import io
import zipfile

import pytest

from cardbook.adapters.files.factory import (
    FROM_MAKER,
    TO_MAKER,
    read_order,
    read_return,
    write_order,
    write_return,
)
from cardbook.adapters.files.fixed import FileRefused, RowsRefused
from cardbook.adapters.files.piped import Task

pytestmark = pytest.mark.article(25)
NUMBERS = ("999999198005170012", "999999198005170020")
PHOTOS = {number: b"\xff\xd8" + number.encode() for number in NUMBERS}


def task(*, task_id: str = "T1", bank: str = "B1", rows: tuple[str, ...] = NUMBERS) -> Task:
    return Task(
        {"task_id": task_id, "bank_id": bank},
        tuple({"task_id": task_id, "cert_no": one, "name": "张三"} for one in rows),
    )


def test_the_return_has_fifteen_columns() -> None:
    assert len(FROM_MAKER.row) == 15


def test_an_order_is_read_as_it_was_written_with_its_photos() -> None:
    content, archive = write_order([task()], PHOTOS)
    (read,) = read_order(content, archive)
    assert read.values["recordcount"] == "2"
    assert [row["photofilename"] for row in read.rows] == [f"{one}.jpg" for one in NUMBERS]
    lines = content.decode("gbk").splitlines()
    assert lines[0].startswith("task_id|card_type|bank_id|recordcount|") and lines[2] == "-" * 10


def test_the_same_order_is_the_same_bytes() -> None:
    assert write_order([task()], PHOTOS) == write_order([task()], PHOTOS)


def test_a_row_without_a_photo_stops_the_order() -> None:
    with pytest.raises(RowsRefused, match="第 2 行“照片”"):
        write_order([task()], {NUMBERS[0]: b"1"})


def test_a_photo_too_many_refuses_the_order() -> None:
    content, _ = write_order([task()], PHOTOS)
    extra = io.BytesIO()
    with zipfile.ZipFile(extra, "w") as folder:
        for name in (*NUMBERS, "stranger"):
            folder.writestr(f"{name}.jpg", b"1")
    with pytest.raises(FileRefused, match="照片 3 张，记录 2 条"):
        read_order(content, extra.getvalue())


class TestAReturn:
    def read(self, content: bytes, *, bank: str = "B1") -> list[Task]:
        return read_return(content, in_production={"T1": "B1"}, bank=bank)

    def test_is_read_when_all_fits(self) -> None:
        (read,) = self.read(write_return([task()]))
        assert [row["cert_no"] for row in read.rows] == list(NUMBERS)

    @pytest.mark.parametrize("pipe", ["|", ""], ids=["closed", "open"])
    def test_may_name_its_columns_by_their_official_titles(self, pipe: str) -> None:
        titled = "|".join(["task_id", "data_seq", "client_id", *list(FROM_MAKER.row.values())[3:]])
        lines = write_return([task()]).decode("gbk").splitlines()
        rows = [line.removesuffix("|") + pipe for line in lines[4:]]
        content = "\n".join([lines[0], titled + pipe, *lines[2:4], *rows, ""]).encode("gbk")
        (read,) = self.read(content)
        assert [row["cert_no"] for row in read.rows] == list(NUMBERS)

    def test_with_a_column_nobody_agreed_on_is_refused(self) -> None:
        content = write_return([task()]).replace(b"voucher", b"remarks")
        with pytest.raises(FileRefused, match="列名与卡商回盘不符"):
            self.read(content)

    def test_of_an_unknown_task_is_refused(self) -> None:
        with pytest.raises(FileRefused, match="不在制卡中"):
            self.read(write_return([task(task_id="T9")]))

    def test_of_another_bank_is_refused(self) -> None:
        with pytest.raises(FileRefused, match="不是这家银行的"):
            self.read(write_return([task(bank="B2")]))

    def test_whose_count_is_wrong_is_refused(self) -> None:
        cut = b"".join(write_return([task()]).splitlines(keepends=True)[:-1])
        with pytest.raises(FileRefused, match="写明 2 条，实有 1 条"):
            self.read(cut)

    def test_that_mixes_tasks_is_refused(self) -> None:
        mixed = Task({"task_id": "T1", "bank_id": "B1"}, ({"task_id": "T2", "cert_no": "1"},))
        with pytest.raises(FileRefused, match="混有任务 T2"):
            self.read(write_return([mixed]))

    def test_with_other_columns_is_refused(self) -> None:
        content, _ = write_order([task()], PHOTOS)
        with pytest.raises(FileRefused, match="列名"):
            self.read(content)

    def test_whose_last_line_is_cut_is_refused(self) -> None:
        with pytest.raises(FileRefused, match=r"不完整|列"):
            self.read(write_return([task()])[:-3])


def test_a_pipe_in_a_name_is_an_error_of_its_row() -> None:
    bad = Task({"task_id": "T1"}, ({"task_id": "T1", "cert_no": NUMBERS[0], "name": "张|三"},))
    with pytest.raises(RowsRefused, match="第 1 行“姓名”"):
        write_order([bad], PHOTOS)
    assert "name" in TO_MAKER.row


@pytest.mark.parametrize("name", ["𠮷镇窗口", "城关|窗口"])
def test_an_office_whose_name_does_not_fit_is_named_and_nothing_is_written(name: str) -> None:
    bad = Task({"task_id": "T1", "sname": name}, task().rows)
    with pytest.raises(RowsRefused, match="第 1 行“服务网点”"):
        write_order([bad], PHOTOS)
