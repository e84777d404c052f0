"""What a look through a sheet found out, and when it is too much to read (trust-and-ux.md I4).

`sheet_scan.py` fills it in for XLSX, `old_workbook.py` for XLS; `spreadsheets.py` uses it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from math import inf

from cardbook.imports import limits
from cardbook.imports.reading import FileRefused, OddCell


class Unfinished(Exception):
    """There is more than a page looks through while somebody waits."""


@dataclass(slots=True)
class Patience:
    """How much of a workbook is looked through, all its sheets together; a worker has no end."""

    bytes_left: float = inf
    tags_left: float = inf

    @classmethod
    def of_a_page(cls) -> "Patience":
        """As long as somebody may wait for a page."""
        return cls(limits.MAX_BYTES_IN_REQUEST, limits.MAX_TAGS_IN_REQUEST)

    def search(self, chunk: bytes) -> None:
        """Spend some on a quick search.

        :raises Unfinished: when there is none left.
        """
        self.bytes_left -= len(chunk)
        if self.bytes_left < 0:
            raise Unfinished

    def step(self) -> None:
        """Spend some on a tag of a walk.

        :raises Unfinished: when there is none left.
        """
        self.tags_left -= 1
        if self.tags_left < 0:
            raise Unfinished


@dataclass(slots=True)
class SheetFacts:
    """What a sheet holds; rows and columns count from 1, `right` and `bottom` are the last used.

    `odd` has the cells whose value the library cannot give, by row and then by column;
    `struck` has the columns that are struck out, by row. What
    `is_unfinished` was too much for a page to walk over: nothing is known but that it has rows.
    """

    name: str = ""
    is_hidden: bool = False
    top: int = 0
    bottom: int = 0
    left: int = 0
    right: int = 0
    merged_ranges: int = 0
    merged_cells: int = 0
    blank_cells: int = 0
    is_unfinished: bool = False
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    odd: dict[int, dict[int, OddCell]] = field(default_factory=dict)
    odd_count: int = 0
    struck: dict[int, set[int]] = field(default_factory=dict)
    struck_count: int = 0

    @property
    def is_filled(self) -> bool:
        """Whether there is any cell with a value."""
        return self.bottom > 0

    def take(self, rows: Iterable[int], columns: Iterable[int]) -> None:
        """Widen the rectangle by the places of some cells."""
        for row in rows:
            self.top = min(self.top or row, row)
            self.bottom = max(self.bottom, row)
        for column in columns:
            self.left = min(self.left or column, column)
            self.right = max(self.right, column)

    def hide_columns(self, first: int, last: int) -> None:
        """Remember columns that a person does not see."""
        self.hidden_columns.update(range(first, min(last, limits.MAX_COLUMNS) + 1))

    def adopt(self, found: "SheetFacts") -> None:
        """Take over what a search found."""
        if found.is_filled:
            self.take((found.top, found.bottom), (found.left, found.right))
        self.merged_ranges, self.merged_cells = found.merged_ranges, found.merged_cells
        self.hidden_rows, self.hidden_columns = found.hidden_rows, found.hidden_columns

    def leave_unfinished(self, rows: int) -> None:
        """Nobody looked through it to the end: it counts as filled, and as long as it claims."""
        self.is_unfinished = True
        self.take((1, max(rows, limits.ROWS_FOR_A_WORKER)), (1,))

    def keep_odd(self, row: int, column: int, cell: OddCell) -> None:
        """Remember a cell without a usable value.

        :raises FileRefused: `too_many_formulas`.
        """
        self.odd_count += 1
        if self.odd_count > limits.MAX_ODD_CELLS:
            raise FileRefused(
                "too_many_formulas",
                f"工作表“{self.name}”有超过 {limits.MAX_ODD_CELLS} 个单元格是错误值"
                "或没有结果的公式。",
                "请全选后复制，“粘贴为数值”，另存后再导入。",
            )
        self.odd.setdefault(row, {})[column] = cell

    def strike(self, row: int, column: int) -> None:
        """Remember a cell that somebody struck out.

        :raises FileRefused: `too_many_struck`.
        """
        self.struck_count += 1
        if self.struck_count > limits.MAX_ODD_CELLS:
            raise FileRefused(
                "too_many_struck",
                f"工作表“{self.name}”有超过 {limits.MAX_ODD_CELLS} 个单元格划了删除线。",
                "请删除作废的行，其余的取消删除线，另存后再导入。",
            )
        self.struck.setdefault(row, set()).add(column)

    @property
    def cells(self) -> int:
        """How many cells the rectangle has; the library reserves room for each."""
        return (self.bottom - self.top + 1) * (self.right - self.left + 1)

    @property
    def is_excessive(self) -> bool:
        """Whether it would be refused."""
        return self.right > limits.MAX_COLUMNS or self.cells > limits.MAX_SHEET_CELLS

    def refuse_excess(self) -> None:
        """Refuse a sheet that would cost too much to read.

        :raises FileRefused: `too_wide`, `too_far`, `merged`.
        """
        if self.right > limits.MAX_COLUMNS:
            raise FileRefused(
                "too_wide",
                f"工作表“{self.name}”用到第 {self.right} 列（{letters(self.right)} 列），"
                f"超过 {limits.MAX_COLUMNS} 列。",
                "请删除多余的列后另存再导入。",
            )
        if self.cells > limits.MAX_SHEET_CELLS:
            raise self.too_far()
        self.refuse_many()

    def refuse_many(self) -> None:
        """Refuse what only costs time, as soon as there is too much of it.

        :raises FileRefused: `merged`, `blank`.
        """
        if self.merged_ranges > limits.MAX_MERGED_RANGES:
            raise FileRefused(
                "merged",
                f"工作表“{self.name}”的合并单元格超过 {limits.MAX_MERGED_RANGES} 处。",
                "请取消合并后另存再导入。",
            )
        if self.blank_cells > limits.MAX_BLANK_CELLS:
            raise FileRefused(
                "blank",
                f"工作表“{self.name}”只有格式、没有内容的单元格超过 {limits.MAX_BLANK_CELLS} 个。",
                "请选中数据下面的空行和右边的空列，删除（不是清除内容）后另存再导入。",
            )

    def too_far(self) -> FileRefused:
        """The refusal of a rectangle that is too large."""
        return FileRefused(
            "too_far",
            f"工作表“{self.name}”从 {letters(self.left)}{self.top} 到 "
            f"{letters(self.right)}{self.bottom}，共 {self.cells} 个单元格，"
            f"超过 {limits.MAX_SHEET_CELLS} 个。",
            "请删除表格以外的内容，或按批次分成几个文件，或另存为 CSV 后再导入。",
        )


def letters(column: int) -> str:
    """This function will name a column, counted from 1, as spreadsheet programs do: 28 is AB."""
    name = ""
    while column > 0:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def column_of(name: str) -> int:
    """This function will count a column named by letters from 1: AB is 28."""
    column = 0
    for letter in name:
        column = column * 26 + ord(letter) - 64
    return column


def refuse_many_sheets(count: int) -> None:
    """This function will refuse a workbook of more sheets than are looked through.

    :raises FileRefused: `too_many_sheets`.
    """
    if count > limits.MAX_SHEETS:
        raise FileRefused(
            "too_many_sheets",
            f"工作簿有 {count} 张工作表，超过 {limits.MAX_SHEETS} 张。",
            "请只保留要导入的工作表。",
        )
