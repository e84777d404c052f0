"""Columns of a file, declared once: names they go by, whether needed, how read (domain.md 3.2).

A layout is data of a slice; `RowReader` turns a raw row into values and every problem it has.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from cardbook.imports.reading import Cell, Odd, OddCell, Row
from cardbook.imports.text_tables import is_mojibake
from cardbook.lib.masking import mask_number, mask_phone
from cardbook.lib.plain import InputError

TAKEN_BACK = "taken_back"
NO_DATA = "no_data"
TEXT_REMEDY = "请将该列设为文本格式，从原系统重新导出（数值格式会丢失末几位）"


@dataclass(frozen=True, slots=True)
class Reading:
    """A value as it will be kept: what reading changed, and what stayed and deserves a look."""

    value: object
    changes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One field: `aliases` are header texts it goes by.

    Cells that are numbers (`numeric`), or dates and the eight digits of one (`dated`), are
    harmless for it. `repeats`: the same few values fill the whole file (a bank, a town), so each
    is read once.
    """

    field: str
    title: str
    aliases: tuple[str, ...] = ()
    required: bool = False
    numeric: bool = False
    repeats: bool = False
    dated: bool = False
    parse: Callable[[str], Reading] | None = None
    remedy: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """A family of files: its columns and how people call it."""

    code: str
    title: str
    columns: tuple[Column, ...]

    def column(self, field: str) -> Column:
        """The column of a field.

        :raises KeyError: when there is none.
        """
        for column in self.columns:
            if column.field == field:
                return column
        raise KeyError(field)


@dataclass(frozen=True, slots=True, kw_only=True)
class RowProblem:
    """One thing wrong in one row, in Chinese, without the clear number or name."""

    row: int
    title: str
    code: str
    sentence: str
    remedy: str
    is_error: bool = True


_PHONE_DIGITS = 12
_ERROR_VALUE = re.compile(r"#(N/A|REF!|VALUE!|NAME\?|DIV/0!|NUM!|NULL!|SPILL!|CALC!|GETTING_DATA)")
_AS_ABOVE = frozenset({"〃", "″", '"', "”", "''", "同上", "同前", "同左"})
_NO_ROOM = re.compile(r"#{3,}")
_WORDS = re.compile("(?!.*[0-9]{6}).*[\u4e00-\u9fff].*", re.DOTALL)
_LONG_NUMBER = re.compile(r"(?<![0-9])[0-9]{10,19}[0-9Xx]?(?![0-9])")


def masked(sentence: str) -> str:
    """This function will hide the middle of long numbers in a sentence: phones 3+4, others 6+4."""

    def hide(found: re.Match[str]) -> str:
        text = found[0]
        return mask_phone(text) if len(text) <= _PHONE_DIGITS else mask_number(text)

    return _LONG_NUMBER.sub(hide, sentence)


_BLANK = Reading("")
_MOST_REMEMBERED = 20_000


class RowReader:
    """Reads the rows of one file: every mapped field of a row, and everything wrong with it."""

    def __init__(self, layout: Layout, mapping: Mapping[str, int], *, width: int = 0) -> None:
        """Prepare once for all rows; a column the file does not have is blank in each of them.

        `width`: how many cells a row may fill (0: any), see `Body.width`.
        """
        self._width = width
        places = {column.field: mapping.get(column.field, -1) for column in layout.columns}
        self._blank: dict[str, object] = {
            column.field: ""
            for column in layout.columns
            if places[column.field] < 0 and not column.required
        }
        self._needs_more = sum(column.required for column in layout.columns) > 1
        self._columns: list[tuple[Column, int, dict[Cell, Reading]]] = [
            (column, places[column.field], {})
            for column in layout.columns
            if column.field not in self._blank
        ]

    def __call__(self, row: Row) -> tuple[dict[str, object], list[RowProblem]]:
        """Values by field, and problems; notes on harmless changes have `is_error` False."""
        cells, width = row.cells, len(row.cells)
        values = self._blank.copy()
        problems = [_hidden(row)] if row.hidden else []
        if row.doubt:
            problems.append(_taken_back(row))
        struck = False
        if width > self._width > 0 and any(cells[self._width :]):
            problems.append(_shifted(row, self._width))
        for column, place, known in self._columns:
            cell = cells[place] if 0 <= place < width else ""
            reading = known.get(cell)
            if reading is None:
                try:
                    reading = _read(column, cell)
                except InputError as problem:
                    # A row that is struck out from end to end is said once.
                    if not (struck and problem.code == "cell_struck"):
                        problems.append(_problem(row, column, problem))
                    struck = struck or problem.code == "cell_struck"
                    continue
                if column.repeats and len(known) < _MOST_REMEMBERED:
                    known[cell] = reading
            values[column.field] = reading.value
            if reading.changes or reading.warnings:
                problems += _notes(row, column, reading)
        if problems and self._needs_more and (words := _only_words(row)):
            return {}, [_no_data(row, words)]
        return values, problems


def _read(column: Column, cell: Cell) -> Reading:
    text = _text(column, cell)
    if not text:
        if column.required:
            raise InputError("missing", f"{column.title}为空")
        return _BLANK
    reading = column.parse(text) if column.parse else Reading(text)
    if column.required and reading.value == "":
        raise InputError("missing", f"{column.title}写的是“{text[:20]}”，等于没有填写")
    return reading


def _hidden(row: Row) -> RowProblem:
    return RowProblem(
        row=row.number,
        title="整行",
        code="hidden_row",
        sentence="该行在工作表中是隐藏的",
        remedy="请取消隐藏后确认：需要的保留，不需要的删除",
    )


def _taken_back(row: Row) -> RowProblem:
    title, says = row.doubt
    return RowProblem(
        row=row.number,
        title=title,
        code=TAKEN_BACK,
        sentence=masked(f"{title}{says}，看不出这一行还要不要登记")[:300],
        remedy="作废的请删去该行；要登记的，请改掉这几个字（或取消删除线）再导入",
    )


def _only_words(row: Row) -> str:
    """The only cell of a row where it is Chinese and nobody's number: a title, a remark."""
    filled = [text for text in row.texts if text]
    return filled[0] if len(filled) == 1 and _WORDS.fullmatch(filled[0]) else ""


def _no_data(row: Row, words: str) -> RowProblem:
    """One sentence, and not one for each column that is missing."""
    return RowProblem(
        row=row.number,
        title="整行",
        code=NO_DATA,
        sentence=masked(f"该行只写着“{words[:60]}”，不像要登记的一行"),
        remedy="标题、说明请删去该行；漏填的请补全",
    )


def _shifted(row: Row, width: int) -> RowProblem:
    return RowProblem(
        row=row.number,
        title="整行",
        code="too_many_cells",
        sentence=f"该行有 {len(row.cells)} 格，表头只有 {width} 格，后面的内容错位了",
        remedy="请查看该行是否有多余的分隔符；内容中有逗号的，用双引号括起来；末尾是没有列名的备注，请加上列名",
    )


def _notes(row: Row, column: Column, reading: Reading) -> Iterator[RowProblem]:
    for note in reading.changes:
        yield _note(row, column, note, remedy="已自动处理，请核对")
    for note in reading.warnings:
        yield _note(row, column, note, remedy="照原样登记，没有改动")


def _note(row: Row, column: Column, note: str, *, remedy: str) -> RowProblem:
    return RowProblem(
        row=row.number,
        title=column.title,
        code="note",
        sentence=masked(note),
        remedy=remedy,
        is_error=False,
    )


def _text(column: Column, cell: Cell) -> str:
    """The text of a cell, or why it is none."""
    if isinstance(cell, OddCell):
        if cell.kind is Odd.NUMBER and (column.numeric or column.dated):
            return cell.text
        if cell.kind is Odd.DATE and column.dated:
            return cell.text
        sentences = {
            Odd.NUMBER: f"{column.title}是数值格式，末几位可能已丢失",
            Odd.DATE: f"{column.title}是日期格式",
            Odd.ERROR: f"{column.title}的单元格是错误值（{cell.text}）",
            Odd.FORMULA: f"{column.title}是公式，没有保存计算结果",
            Odd.STRUCK: f"{column.title}划了删除线，看不出这一行是否作废",
        }
        raise InputError(f"cell_{cell.kind}", sentences[cell.kind])
    if cell in _AS_ABOVE:
        raise InputError("as_above", f"{column.title}写的是“{cell}”，不是内容")
    if cell[:1] == "#" and (said := _error_text(column, cell)):
        raise said
    if not cell.isascii() and is_mojibake(cell):
        raise InputError("mojibake", f"{column.title}是乱码")
    return cell


def _error_text(column: Column, cell: str) -> InputError | None:
    """What a spreadsheet wrote into a text file where it had no value to write, or no room."""
    if _ERROR_VALUE.fullmatch(cell):
        return InputError("cell_error", f"{column.title}的单元格是错误值（{cell}）")
    if _NO_ROOM.fullmatch(cell):
        return InputError("cell_narrow", f"{column.title}只有“{cell[:8]}”，列太窄时导出的")
    return None


_REMEDIES = {
    "missing": "请补填",
    "cell_number": TEXT_REMEDY,
    "cell_date": TEXT_REMEDY,
    "cell_error": "请改正公式，或复制后“粘贴为数值”",
    "cell_narrow": "请在原表中加宽该列，重新导出",
    "cell_formula": "请在表格软件中打开、保存后再导入，或“粘贴为数值”",
    "as_above": "请逐行写出内容",
    "cell_struck": "作废的行请删除；要登记的请取消删除线",
    "mojibake": "编码在别处已经弄错，请从原系统重新导出",
    "check_digit": "请对照身份证原件改正",
}


def _problem(row: Row, column: Column, problem: InputError) -> RowProblem:
    sentence, _, remedy = problem.sentence.partition("；")
    return RowProblem(
        row=row.number,
        title=column.title,
        code=problem.code,
        sentence=masked(sentence)[:300],
        remedy=masked(remedy or _REMEDIES.get(problem.code, column.remedy) or "请核对后改正")[
            :300
        ],
    )
