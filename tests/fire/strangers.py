"""Files as strangers send them: real-life dress around known rows, and what fire does to a file.

Seeded like `planted.py`, whose rows and errors are in here too; but every seed is another program:
columns in another order and under another name, titles, totals and feet, encodings, kinds of file.
"""

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

import xlsxwriter
import xlwt

from tests.fire.planted import BANK, CARD, HEAD, KINDS, NAME, NUMBER, PHONE, Row, rows

ALIASES = {
    NAME: ("姓名", "姓 名", "持卡人姓名", "姓名*", "AAC003"),
    NUMBER: ("社会保障号码", "身份证号", "公民身份号码", "证件号码（18位）", "AAC002"),
    CARD: ("社保卡号", "卡号", "社会保障卡卡号", "社保卡卡号：", "AAZ500"),
    PHONE: ("手机号码", "联系电话", "手机"),
    BANK: ("银行卡号", "AAE010"),
    "通讯地址": ("通讯地址", "联系地址", "地址"),
}
_MUST = (NAME, NUMBER, CARD)
_ALWAYS = (*_MUST, "批次号")
# A workbook cannot hold a control character, and a text of 120 rows is no news in one.
_NOT_IN_WORKBOOKS = {"bell in a name"}
# Each leaves the value what it is.
_HARMLESS: tuple[Callable[[str], str], ...] = (
    lambda text: f" {text}", lambda text: f"{text}\u3000", lambda text: f"\u00a0{text}\t",
    lambda text: f"\ufeff{text}", lambda text: f"'{text}", lambda text: f'="{text}"',
    lambda text: f"{text}\u200b",
)  # fmt: skip
Line = list[str]


@dataclass(slots=True)
class Stranger:
    """A file and its truth: the cards of its rows, and the rows that are wrong, by their kind.

    `is_burnt`: fire went over it, so nothing is known but that it must not break the office.
    """

    name: str
    content: bytes
    cards: list[str]
    wrong: dict[int, str] = field(default_factory=dict)
    is_burnt: bool = False


@dataclass(slots=True)
class _Sheet:
    """Physical lines, numbered from 1; `hidden` are numbers of lines nobody sees.

    `odd` are cells, by line and column from 0, that are no text: a number, an error, a formula.
    """

    lines: list[Line] = field(default_factory=list)
    hidden: set[int] = field(default_factory=set)
    odd: dict[tuple[int, int], str] = field(default_factory=dict)

    def add(self, line: Line) -> int:
        self.lines.append(line)
        return len(self.lines)


def stranger(seed: int) -> Stranger:
    """This function will make the file of a seed."""
    random = Random(seed)
    kind = random.choice(("csv", "csv", "xlsx", "xlsx", "xls"))
    people = list(rows(random.randint(3, 40), random=random))
    columns = _columns(random)
    wrong = _plant(people, columns, random, is_workbook=kind != "csv")
    sheet, places = _dressed(people, columns, random)
    made = Stranger(
        f"到货{seed}.{random.choice((kind, kind, kind, 'txt', 'xls'))}",
        b"",
        [row[CARD] for row in people],
        {places[place]: name for place, name in wrong.items()},
    )
    if kind == "xlsx" and random.random() < 0.3:
        hidden = random.choice(places)
        sheet.hidden.add(hidden)
        made.wrong.setdefault(hidden, "hidden row")
    if kind == "xlsx" and random.random() < 0.3:
        number = random.choice(places)
        column = sheet.lines[number - 1].index(people[places.index(number)][NUMBER])
        sheet.odd[number, column] = random.choice(("number", "#N/A", "formula"))
        made.wrong.setdefault(number, sheet.odd[number, column])
    made.content = {"csv": _csv, "xlsx": _xlsx, "xls": _xls}[kind](sheet, random)
    if random.random() < 0.35:
        made.content, made.is_burnt = _burnt(made.content, random), True
    return made


def _columns(random: Random) -> list[str]:
    more = [title for title in HEAD if title not in _ALWAYS]
    columns = [*_ALWAYS, *random.sample(more, random.randint(0, len(more)))]
    random.shuffle(columns)
    return columns


def _plant(
    people: list[Row], columns: Sequence[str], random: Random, *, is_workbook: bool
) -> dict[int, str]:
    """Spoil some rows, and dress others so that they stay what they are."""
    wrong = {}
    kinds = [
        kind for kind in KINDS
        if kind.column in columns and not (is_workbook and kind.name in _NOT_IN_WORKBOOKS)
    ]  # fmt: skip
    for place in random.sample(range(len(people)), random.choice((0, 0, 1, 3))):
        kind = random.choice(kinds)
        people[place][kind.column] = kind.spoil(people[place])
        if kind.is_error:
            wrong[place] = kind.name
    for place in set(range(len(people))) - wrong.keys():
        if random.random() < 0.2:
            column = random.choice(_MUST)
            people[place] = people[place] | {
                column: random.choice(_HARMLESS)(people[place][column])
            }
    return wrong


def _dressed(
    people: Sequence[Row], columns: Sequence[str], random: Random
) -> tuple[_Sheet, list[int]]:
    """The sheet as an office makes it, and on which line each person stands."""
    sheet, places = _Sheet(), []
    titles = [random.choice(ALIASES.get(title, (title,))) for title in columns]
    numbered, noted = random.random() < 0.4, random.random() < 0.3
    head = [*(["序号"] if numbered else []), *titles, *(["备注", "是否本人"] if noted else [])]
    if random.random() < 0.4:
        sheet.add(["某县社会保障卡到货明细表"])
    if random.random() < 0.3:
        sheet.add(["制表日期：2026-11-01", "", "单位：张"])
    if random.random() < 0.2:
        sheet.add([])
    sheet.add(head)
    page = random.choice((0, 0, 0, 10))
    for place, row in enumerate(people):
        if page and place and place % page == 0:
            sheet.add(["小计", f"{page}人"])
            if random.random() < 0.5:
                sheet.add([])
            sheet.add(head)
        values = [row[title] for title in columns]
        notes = [random.choice(("", "已核对")), "是"] if noted else []
        places.append(sheet.add([*([str(place + 1)] if numbered else []), *values, *notes]))
        if random.random() < 0.05:
            sheet.add([""] * len(head))
    if random.random() < 0.4:
        sheet.add(["合计", f"{len(people)}人"])
    if random.random() < 0.3:
        sheet.add(["制表人：", "", "审核人："])
    if random.random() < 0.2:
        sheet.add(["第 1 页 共 1 页"])
    return sheet, places


def _csv(sheet: _Sheet, random: Random) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(
        out,
        delimiter=random.choice(",,,\t;|"),
        lineterminator=random.choice(("\r\n", "\n")),
        quoting=random.choice((csv.QUOTE_MINIMAL, csv.QUOTE_ALL)),
    )
    wide = max(map(len, sheet.lines))
    padded = random.random() < 0.5
    for line in sheet.lines:
        writer.writerow([*line, *[""] * (wide - len(line))] if padded else line or [""])
    text = out.getvalue() + random.choice(("", "", "\r\n", "\x1a"))
    encodings = ("gb18030", "gb18030", "utf-8", "utf-8-sig", "utf-16")
    return text.encode(random.choice(encodings))


def _xlsx(sheet: _Sheet, random: Random) -> bytes:
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_numbers": False, "strings_to_formulas": False}
    with xlsxwriter.Workbook(out, options) as book:
        page = book.add_worksheet(random.choice(("Sheet1", "明细", "2026年11月")))
        sheet = _batches_merged(sheet, page) if random.random() < 0.3 else sheet
        frame: Any = book.add_format({"border": 1}) if random.random() < 0.5 else None
        for number, line in enumerate(sheet.lines):
            for column, text in enumerate(line):
                odd = sheet.odd.get((number + 1, column))
                if odd:
                    _write_odd(page, number, column, odd)
                elif text or frame:
                    page.write_string(number, column, text, frame)
            if number + 1 in sheet.hidden:
                page.set_row(number, None, None, {"hidden": True})
        for number in range(len(sheet.lines), len(sheet.lines) + random.choice((0, 0, 50))):
            page.write_blank(number, 0, None, book.add_format({"border": 1}))
        if random.random() < 0.3:
            page.freeze_panes(1, 0)
            page.autofilter(0, 0, len(sheet.lines), 5)
        if random.random() < 0.3:
            book.add_worksheet("Sheet2")
        if random.random() < 0.2:
            other = book.add_worksheet("代码表")
            other.write_string(0, 0, "银行")
            other.hide()
    return out.getvalue()


def _batches_merged(sheet: _Sheet, page: Any) -> _Sheet:
    """The sheet with each batch written once, beside all rows of it that follow each other."""
    head = next(place for place, line in enumerate(sheet.lines) if "批次号" in line)
    column = sheet.lines[head].index("批次号")
    lines, start = [list(line) for line in sheet.lines], head + 1
    for place in range(head + 1, len(lines) + 1):
        batch = lines[start][column] if column < len(lines[start]) else ""
        if place < len(lines) and sheet.lines[place][column : column + 1] == [batch]:
            continue
        if batch and place - start > 1:
            page.merge_range(start, column, place - 1, column, batch)
            for below in range(start + 1, place):
                lines[below][column] = ""
        start = place
    return replace(sheet, lines=lines)


def _write_odd(page: Any, number: int, column: int, odd: str) -> None:
    if odd == "number":
        page.write_number(number, column, 123456789012345678)
    elif odd == "formula":
        page.write_formula(number, column, "=A1&B1", None, "")
    else:
        page.write_formula(number, column, "=VLOOKUP(A1,B:C,2,0)", None, odd)


def _xls(sheet: _Sheet, random: Random) -> bytes:
    book = xlwt.Workbook(encoding="utf-8")
    page = book.add_sheet(random.choice(("Sheet1", "明细")))
    for number, line in enumerate(sheet.lines):
        for column, text in enumerate(line):
            page.write(number, column, text)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _burnt(content: bytes, random: Random) -> bytes:
    """A cable, a disk or a rogue has been at it."""
    place = random.randrange(1, len(content))
    length = random.randint(1, 60)
    rest = content[place + length :]
    return {
        "cut": content[:place],
        "flipped": content[:place] + bytes([content[place] ^ 1 << random.randrange(8)])
        + content[place + 1 :],
        "zeroed": content[:place] + bytes(length) + rest,
        "lost": content[:place] + rest,
        "noise": content[:place] + random.randbytes(length) + rest,
        "twice": content[:place] + content[max(0, place - length) :],
        "joined": content + content,
        "other letters": content[:place] + "，张伟，".encode("utf-16") + content[place:],
        "lines turned": b"\n".join(reversed(content.split(b"\n"))),
        "no lines": content.replace(b"\n", b""),
    }[random.choice(("cut", "flipped", "zeroed", "lost", "noise", "twice", "joined",
                     "other letters", "lines turned", "no lines"))]  # fmt: skip
