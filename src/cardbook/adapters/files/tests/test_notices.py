"""Lines with a count in their head: whole or not at all, with or without a last pipe (22, 28)."""

import pytest

from cardbook.adapters.files.fixed import FileRefused
from cardbook.adapters.files.reports import TAG, decode
from cardbook.ports.standings import Standing

pytestmark = pytest.mark.article(22)
LINE = "T00000013|1|20261120120000|支行|BK1"


def written(*lines: str, count: int | None = None) -> bytes:
    head = f"ZT|{len(lines) if count is None else count}|\n"
    return (head + "".join(f"{line}\n" for line in lines)).encode("gbk")


@pytest.mark.parametrize("line", [LINE, f"{LINE}|"], ids=["open", "closed by a pipe"])
def test_a_line_is_read_either_way(line: str) -> None:
    (row,) = decode(written(line))
    assert (row.card_number, row.standing, row.reference) == (
        "T00000013", Standing.NORMAL, "BK1",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (written("T00000013|1"), "第 1 条有 2 列，应为 5 列（社保卡号、状态"),
        (written(LINE, count=2), "写明 2 条，实有 1 条"),
        (written(LINE)[:-1], "文件不完整"),
        (TAG + b"1|\n\xff\xfe\n", "不是 GBK 编码"),
    ],
)
def test_what_is_not_whole_is_refused_with_what_is_wrong(content: bytes, said: str) -> None:
    with pytest.raises(FileRefused, match=said):
        list(decode(content))
