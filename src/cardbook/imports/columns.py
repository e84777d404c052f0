"""Columns of a file, declared once: names they go by, whether needed, how read (domain.md 3.2).

A layout is data of a slice; `check_row` turns a raw row into values and every problem it has.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from cardbook.imports.reading import Cell, Odd, OddCell, Row
from cardbook.imports.text_tables import MOJIBAKE
from cardbook.lib.masking import mask_number, mask_phone
from cardbook.lib.plain import InputError

TEXT_REMEDY = "请将该列设为文本格式，从原系统重新导出（数值格式会丢失末几位）"


@dataclass(frozen=True, slots=True)
class Reading:
    """A value as it will be kept, and what a person should know of how it was read."""

    value: object
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One field: `aliases` are header texts it goes by; `numeric` cells are harmless for it."""

    field: str
    title: str
    aliases: tuple[str, ...] = ()
    required: bool = False
    numeric: bool = False
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
_LONG_NUMBER = re.compile(r"(?<![0-9])[0-9]{10,19}[0-9Xx]?(?![0-9])")


def masked(sentence: str) -> str:
    """This function will hide the middle of long numbers in a sentence: phones 3+4, others 6+4."""

    def hide(found: re.Match[str]) -> str:
        text = found[0]
        return mask_phone(text) if len(text) <= _PHONE_DIGITS else mask_number(text)

    return _LONG_NUMBER.sub(hide, sentence)


def check_row(
    layout: Layout, mapping: Mapping[str, int], row: Row
) -> tuple[dict[str, object], list[RowProblem]]:
    """This function will read every mapped field of a row and collect everything wrong with it.

    Notes on harmless changes come as problems with `is_error` False.
    """
    values: dict[str, object] = {}
    problems: list[RowProblem] = []
    if row.hidden:
        problems.append(
            RowProblem(
                row=row.number,
                title="整行",
                code="hidden_row",
                sentence="该行在工作表中是隐藏的",
                remedy="请取消隐藏后确认：需要的保留，不需要的删除",
            )
        )
    for column in layout.columns:
        cell = _cell(row, mapping.get(column.field, -1))
        try:
            text = _text(column, cell)
            if not text:
                if column.required:
                    raise InputError("missing", f"{column.title}为空")
                values[column.field] = ""
                continue
            reading = column.parse(text) if column.parse else Reading(text)
        except InputError as problem:
            problems.append(_problem(row, column, problem))
            continue
        values[column.field] = reading.value
        problems += [
            RowProblem(
                row=row.number,
                title=column.title,
                code="note",
                sentence=masked(note),
                remedy="已自动处理，请核对",
                is_error=False,
            )
            for note in reading.notes
        ]
    return values, problems


def _cell(row: Row, place: int) -> Cell:
    return row.cells[place] if 0 <= place < len(row.cells) else ""


def _text(column: Column, cell: Cell) -> str:
    """The text of a cell, or why it is none."""
    if isinstance(cell, OddCell):
        if cell.kind is Odd.NUMBER and column.numeric:
            return cell.text
        sentences = {
            Odd.NUMBER: f"{column.title}是数值格式，末几位可能已丢失",
            Odd.DATE: f"{column.title}是日期格式",
            Odd.ERROR: f"{column.title}的单元格是错误值（{cell.text}）",
            Odd.FORMULA: f"{column.title}是公式，没有保存计算结果",
        }
        raise InputError(f"cell_{cell.kind}", sentences[cell.kind])
    if MOJIBAKE.search(cell):
        raise InputError("mojibake", f"{column.title}是乱码")
    return cell


_REMEDIES = {
    "missing": "请补填",
    "cell_number": TEXT_REMEDY,
    "cell_date": TEXT_REMEDY,
    "cell_error": "请改正公式，或复制后“粘贴为数值”",
    "cell_formula": "请在表格软件中打开、保存后再导入，或“粘贴为数值”",
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
