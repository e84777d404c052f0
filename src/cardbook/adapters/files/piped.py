"""Lines between pipes in GBK: two lines of column names, then tasks and their rows (F4).

Whoever reads compares the column names first, then counts; a file that disagrees with itself is
refused as a whole (domain.md 3.2).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from cardbook.adapters.files.fixed import ENCODING, FileRefused, RowsRefused, RowTrouble

RULE = "-" * 10


@dataclass(frozen=True, slots=True)
class Piped:
    """A file of tasks: columns of a task, columns of its rows, each with its title."""

    title: str
    task: Mapping[str, str]
    row: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Task:
    """One task with its rows, by column names; `recordcount` is written and checked here."""

    values: Mapping[str, str]
    rows: tuple[Mapping[str, str], ...]


def encode(layout: Piped, tasks: Sequence[Task]) -> bytes:
    """This function will write tasks and rows.

    :raises RowsRefused: naming every row and field that holds a pipe or what GBK does not have; of
        the task's own line its first row.
    """
    troubles: list[RowTrouble] = []
    lines = [_line(layout.task), _line(layout.row)]
    number = 0
    for task in tasks:
        lines.append(RULE)
        counted = {**task.values, "recordcount": str(len(task.rows))}
        lines.append(_line(counted.get(name, "") for name in layout.task))
        troubles += _troubles(layout.task, counted, number + 1)
        for row in task.rows:
            number += 1
            lines.append(_line(row.get(name, "") for name in layout.row))
            troubles += _troubles(layout.row, row, number)
    if troubles:
        raise RowsRefused(troubles)
    return ("\n".join(lines) + "\n").encode(ENCODING)


def _line(values: Iterable[str]) -> str:
    return "".join(f"{value}|" for value in values)


def _troubles(
    columns: Mapping[str, str], values: Mapping[str, str], number: int
) -> Iterator[RowTrouble]:
    for name, title in columns.items():
        text = values.get(name, "")
        if any(mark in text for mark in "|\r\n"):
            yield RowTrouble(number, title, "含有竖线或换行，请删除")
        try:
            text.encode(ENCODING)
        except UnicodeEncodeError as problem:
            yield RowTrouble(
                number, title,
                f"“{text[problem.start]}”不在 GBK 字符集内，请与对方约定替代写法后再报",
            )  # fmt: skip


def decode(layout: Piped, content: bytes) -> list[Task]:
    """This function will read tasks and rows, all of them or nothing.

    :raises FileRefused: when column names differ, a task's count is wrong or a line is cut.
    """
    try:
        lines = content.decode(ENCODING).splitlines()
    except UnicodeDecodeError:
        raise FileRefused("文件不是 GBK 编码，整份未读入，请对方核对编码后重新传送") from None
    if len(lines) < 2 or not (_heads(layout.task, lines[0]) and _heads(layout.row, lines[1])):
        raise FileRefused(f"列名与{layout.title}不符，整份未读入，请核对版本")
    if not content.endswith(b"\n"):
        raise FileRefused("最后一行没有写完，文件不完整，整份未读入，请对方重新传送")
    found: list[Task] = []
    place = 2
    while place < len(lines):
        task, place = _task(layout, lines, place)
        found.append(task)
    return found


def _heads(columns: Mapping[str, str], line: str) -> bool:
    """Whether a line names just these columns, each by its name or by its official title."""
    given = line.removesuffix("|").split("|")
    return len(given) == len(columns) and all(
        one.strip() in known for one, known in zip(given, columns.items(), strict=True)
    )


def _task(layout: Piped, lines: Sequence[str], place: int) -> tuple[Task, int]:
    if lines[place] != RULE or place + 1 == len(lines):
        raise FileRefused(f"第 {place + 1} 行应为任务分隔线和任务行，整份未读入")
    values = _values(layout.task, lines[place + 1], place + 2)
    place += 2
    rows = []
    # Whoever ends the names of the columns with a pipe ends every row with one.
    ended = lines[1].endswith("|")
    while place < len(lines) and lines[place] != RULE:
        line = lines[place] if ended else f"{lines[place]}|"
        rows.append(_values(layout.row, line, place + 1))
        place += 1
    if values.get("recordcount") != str(len(rows)):
        raise FileRefused(
            f"任务 {values['task_id']} 写明 {values.get('recordcount')} 条，实有 {len(rows)} 条，"
            "整份未读入，请对方重新传送"
        )
    strangers = {row["task_id"] for row in rows} - {values["task_id"]}
    if strangers:
        raise FileRefused(
            f"任务 {values['task_id']} 中混有任务 {min(strangers)} 的记录，整份未读入"
        )
    return Task(values, tuple(rows)), place


def _values(columns: Mapping[str, str], line: str, number: int) -> dict[str, str]:
    parts = line.split("|")
    if len(parts) != len(columns) + 1 or parts[-1]:
        raise FileRefused(
            f"第 {number} 行有 {len(parts) - 1} 列，应为 {len(columns)} 列，整份未读入"
        )
    return dict(zip(columns, parts[:-1], strict=True))
