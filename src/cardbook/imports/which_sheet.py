"""Which sheet is meant when nobody said: the only one that holds people or cards (I12, Art. 6).

Seen or hidden, a second one is a person's to decide; sheets of words are left out with a note.
"""

import re
from dataclasses import replace
from itertools import islice
from pathlib import Path

from cardbook.imports.columns import Layout
from cardbook.imports.headers import Body, find_header
from cardbook.imports.reading import (
    FileRefused,
    Row,
    Table,
    kind_of,
    looked_through,
    only_sheet,
    open_table,
)

# Numbers of people and cards, also where a program has made an amount of them.
_NUMBER = re.compile(r"'?(?:[0-9]{15}|[0-9]{17}[0-9Xx]|[A-Z][0-9]{8}|[0-9]\.[0-9]+[eE]\+1[47])")
_LOOKED_AT = 50


def open_meant(path: Path, *, layout: Layout, sheet: str = "", in_page: bool = False) -> Table:
    """This function will open the sheet asked for, or the only one with rows of a layout.

    `in_page`: somebody waits for it and sees the beginning.

    :raises FileRefused: as `open_table`; `several_sheets` also when the second one is hidden.
    """
    if sheet or kind_of(path) == "text":
        return open_table(path, sheet=sheet, in_page=in_page)
    with looked_through(path, in_page=in_page) as book:
        seen, hidden = book.filled, book.filled_hidden
        if len(seen) + len(hidden) < 2:
            return book.table(only_sheet(seen, hidden))
        found = {name for name in (*seen, *hidden) if _holds_rows(book.table(name), layout)}
        held = [name for name in seen if name in found]
        unseen = [name for name in hidden if name in found]
        if len(held) > 1 or (held and unseen):
            raise _several(held, unseen)
        if not held:
            return book.table(only_sheet((), unseen) if unseen else only_sheet(seen, hidden))
        table = book.table(held[0])
        left = (f"工作表“{name}”没有人员或卡，没有读取" for name in seen if name not in held)
        return replace(table, notes=(*table.notes, *left))


def choices(path: Path, *, layout: Layout) -> tuple[str, ...]:
    """This function will list the sheets to choose from; none when it is clear which is meant.

    :raises FileRefused: when the file cannot be read.
    """
    try:
        open_meant(path, layout=layout, in_page=True)
    except FileRefused as problem:
        if problem.code != "several_sheets":
            raise
        with looked_through(path, in_page=True) as book:
            return book.filled
    return ()


def _several(seen: list[str], hidden: list[str]) -> FileRefused:
    names = [*seen, *(f"{name}（隐藏）" for name in hidden)]
    also = "隐藏的那张要导入的，请先取消隐藏、核对内容，另存后再导入；" if hidden else ""
    return FileRefused(
        "several_sheets",
        f"工作簿有 {len(names)} 张工作表写着人员或卡：{'、'.join(names[:8])}。",
        f"{also}请选择要导入的一张，或只留这一张，另存后再导入。",
    )


def _holds_rows(table: Table, layout: Layout) -> bool:
    """Whether there is a row below a head with all that is needed, or anybody's number at all."""
    top = list(islice(table.rows(), _LOOKED_AT))
    if any(_shows_number(row) for row in top):
        return True
    try:
        header = find_header(table, [layout])
    except FileRefused:
        return False
    return not header.missing and any(islice(Body(table, header).rows(), 1))


def _shows_number(row: Row) -> bool:
    return any(_NUMBER.fullmatch(text.strip()) for text in row.texts)
