"""Writes manifests as offices receive them: families F1, F2 and F4-return (domain.md 3.2; Art. 6).

`people.py` beside it makes the holders; `intake/receive` reads what this module writes.
"""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import groupby
from pathlib import Path
from random import Random

import xlsxwriter

from cardbook.demo.people import SyntheticPerson
from cardbook.demo.words import MAKER
from cardbook.law.divisions import CITY_CODE, CITY_NAME
from cardbook.law.groups import group_label
from cardbook.lib.identifiers import luhn_digit

BANK_PREFIX = "629999"
_PAGE = 100
_DASHES = "-" * 10


class Family(StrEnum):
    """The kinds of manifest the demo writes."""

    F1 = "F1"
    F2 = "F2"
    F4_RETURN = "F4-return"

    @property
    def suffix(self) -> str:
        """The ending of its files."""
        return {"F1": ".csv", "F2": ".xlsx", "F4-return": ".txt"}[self]

    @property
    def label(self) -> str:
        """What an office calls it."""
        return {
            "F1": "省平台批次明细（CSV）",
            "F2": "窗口导入表（XLSX）",
            "F4-return": "卡厂回盘文件（竖线分隔）",
        }[self]


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifestCard:
    """One row as it will be written: plain text, so that a test can put anything into it.

    `number` may be a float: that is what a spreadsheet makes of a number column.
    """

    card_number: str
    number: str | float
    name: str
    phone: str
    address: str
    batch: str
    carton: int
    box: int
    place: int
    unit_code: str
    unit_name: str
    group: str
    town: str
    village: str
    bank: str
    bank_number: str
    county: str
    office: str

    @property
    def packing(self) -> str:
        """装箱位置: batch, carton, box and place, joined by hyphens."""
        return f"{self.batch}-{self.carton}-{self.box}-{self.place}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """What the cards of one batch share; `card_prefix` is 1 to 5 letters or digits."""

    batch: str
    bank: str
    county: str
    office: str
    card_prefix: str
    boxes_per_carton: int = 3
    cards_per_box: int = 100


def pack(people: Sequence[SyntheticPerson], *, lot: Lot) -> tuple[ManifestCard, ...]:
    """This function will make a card for each person and pack them in order into boxes.

    Card numbers are the lot's prefix and a running number, 9 characters together (AAZ500).
    """
    return tuple(_packed(person, place, lot) for place, person in enumerate(people))


def _packed(person: SyntheticPerson, place: int, lot: Lot) -> ManifestCard:
    box = place // lot.cards_per_box
    serial = f"{place + 1:0{9 - len(lot.card_prefix)}d}"
    bank_number = BANK_PREFIX + f"{int(lot.card_prefix, 36)}{serial}".rjust(12, "0")
    return ManifestCard(
        card_number=lot.card_prefix + serial,
        number=person.number,
        name=person.name,
        phone=person.phone,
        address=person.address,
        batch=lot.batch,
        carton=box // lot.boxes_per_carton + 1,
        box=box % lot.boxes_per_carton + 1,
        place=place % lot.cards_per_box + 1,
        unit_code=person.unit.code if person.unit else "",
        unit_name=person.unit.name if person.unit else "",
        group=person.group,
        town=person.town_name,
        village=person.village,
        bank=lot.bank,
        bank_number=bank_number + luhn_digit(bank_number),
        county=lot.county,
        office=lot.office,
    )


# Columns in the order of the offices' own files; each names how a card fills it.
_F1_HEAD = (
    "序号", "社保卡号", "身份证号", "姓名", "批次号", "装箱位置", "单位编号", "单位名称",
    "联系电话", "联系手机", "通讯地址", "所属城市", "所属银行", "经办机构", "有效标志",
)  # fmt: skip
_F2_HEAD = (
    "姓名", "社会保障号码", "社保卡号", "批次", "单位编号", "单位名称", "联系地址", "联系电话",
    "所属银行", "银行卡号", "所属城市", "经办机构", "装箱位置",
)  # fmt: skip
# What some offices add, so that nobody has to read the town out of an address.
_F2_MORE = ("人群", "镇街", "村社区")
_F4_TASK_HEAD = (
    "task_id", "card_type", "bank_id", "recordcount", "taskaddr", "serid", "sname", "companyid",
    "company", "region_name", "street", "community",
)  # fmt: skip
_F4_HEAD = (
    "task_id", "data_seq", "client_id", "姓名", "证件号码", "接触卡号", "非接卡号", "主类型",
    "子类型", "条形码", "卡识别码", "接触复位信息", "非接复位信息", "银行卡号", "银行凭证号",
)  # fmt: skip


def _f1_row(card: ManifestCard, seq: int) -> tuple[str | float, ...]:
    return (
        str(seq), card.card_number, card.number, card.name, card.batch, card.packing,
        card.unit_code, card.unit_name, "", card.phone, card.address, CITY_NAME, card.bank,
        card.office, "有效",
    )  # fmt: skip


def _f2_row(card: ManifestCard) -> tuple[str | float, ...]:
    return (
        card.name, card.number, card.card_number, card.batch, card.unit_code, card.unit_name,
        card.address, card.phone, card.bank, card.bank_number, CITY_NAME, card.office,
        card.packing, group_label(card.group), card.town, card.village,
    )  # fmt: skip


def _f4_row(card: ManifestCard, seq: int, task: str) -> tuple[str | float, ...]:
    # The card's identifier: issuing code, RID of the ministry, serial, check code (domain.md 3.1).
    identifier = f"{CITY_CODE}D156000005{seq:08X}{seq * 2654435761 % 2**32:08X}"
    return (
        task, str(seq), f"{task}{seq:06d}", card.name, card.number, card.card_number,
        card.card_number, "1", "01", card.packing, identifier, "", "", card.bank_number, "",
    )  # fmt: skip


class NotWritable(ValueError):
    """A name cannot be written in the encoding asked for; GB 18030 writes every name."""


def write_manifest(
    path: Path,
    *,
    family: Family,
    cards: Sequence[ManifestCard],
    encoding: str = "gb18030",
    title: str = "",
) -> tuple[int, ...]:
    """This function will write a manifest and say in which line (row, 1-based) each card stands.

    `encoding` is of no use to F2; `title` puts a merged title row above the head of an F2.

    :raises NotWritable: when a character does not exist in `encoding` (䶮 in GBK).
    """
    if family is Family.F2:
        return _write_workbook(path, cards=cards, title=title)
    text, lines = _f1(cards) if family is Family.F1 else _f4_return(cards)
    try:
        path.write_bytes(text.encode(encoding))
    except UnicodeEncodeError as problem:
        lost = problem.object[problem.start : problem.end]
        raise NotWritable(f"编码 {encoding} 写不出“{lost}”，请改用 GB18030。") from problem
    return lines


def _f1(cards: Sequence[ManifestCard]) -> tuple[str, tuple[int, ...]]:
    """Pages of 100 rows; every page repeats the head of the batch and of the columns."""
    out, lines, line = io.StringIO(newline=""), [], 0
    writer = csv.writer(out)
    for seq, card in enumerate(cards, start=1):
        if seq % _PAGE == 1:
            writer.writerow(
                ("批次号", card.batch, "批次人数", len(cards), "卡商", MAKER, "银行", card.bank)
            )
            writer.writerow(_F1_HEAD)
            line += 2
        writer.writerow(_f1_row(card, seq))
        line += 1
        lines.append(line)
    return out.getvalue(), tuple(lines)


def _f4_return(cards: Sequence[ManifestCard]) -> tuple[str, tuple[int, ...]]:
    """Two head lines; for each task - one carton - a line of dashes, the task and its cards."""
    rows: list[tuple[str | float, ...]] = [_F4_TASK_HEAD, _F4_HEAD]
    lines: list[int] = []
    for (batch, carton), group in groupby(cards, key=lambda card: (card.batch, card.carton)):
        task, packed = f"{batch}{carton:02d}", list(group)
        first = packed[0]
        rows.append((_DASHES,))
        rows.append(
            (task, "1", first.bank, str(len(packed)), first.office, str(carton), MAKER, "", "",
             first.county, "", "")
        )  # fmt: skip
        for seq, card in enumerate(packed, start=1):
            rows.append(_f4_row(card, seq, task))
            lines.append(len(rows))
    return "".join("|".join(map(str, row)) + "\n" for row in rows), tuple(lines)


def _write_workbook(path: Path, *, cards: Sequence[ManifestCard], title: str) -> tuple[int, ...]:
    options = {"strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}
    head = _F2_HEAD + _F2_MORE
    top = 1 if title else 0
    with xlsxwriter.Workbook(str(path), options) as workbook:
        sheet = workbook.add_worksheet("导入明细")
        if title:
            sheet.merge_range(0, 0, 0, len(head) - 1, title)
        sheet.write_row(top, 0, head)
        for row, card in enumerate(cards, start=top + 1):
            for column, value in enumerate(_f2_row(card)):
                if isinstance(value, float):
                    sheet.write_number(row, column, value)
                else:
                    sheet.write_string(row, column, value)
    return tuple(range(top + 2, top + 2 + len(cards)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Planted:
    """One wrong row: where it stands among the cards, which field, what is wrong with it.

    `field` is the card's attribute, `is_error` whether the row must not be posted. The row a twin
    was made from may be named as well: nobody can say which of the two is right.
    """

    index: int
    kind: str
    field: str
    is_error: bool = True


def _wrong_check_digit(card: ManifestCard) -> ManifestCard:
    number = str(card.number)
    return replace(card, number=number[:17] + ("1" if number[17] != "1" else "2"))


def _full_width(text: str) -> str:
    return "".join(chr(ord(char) + 0xFEE0) for char in text)


_SPOILERS = (
    ("wrong_check_digit", "number", True, _wrong_check_digit),
    ("impossible_date", "number", True,
     lambda card: replace(card, number=f"{str(card.number)[:10]}1332{str(card.number)[14:]}")),
    ("number_as_float", "number", True,
     lambda card: replace(card, number=float(str(card.number)[:17] + "0"))),
    ("number_too_short", "number", True,
     lambda card: replace(card, number=str(card.number)[:16])),
    ("number_missing", "number", True, lambda card: replace(card, number="")),
    ("full_width_number", "number", False,
     lambda card: replace(card, number=_full_width(str(card.number)))),
    ("spaced_number", "number", False,
     lambda card: replace(card, number=f" {str(card.number)[:6]} {str(card.number)[6:]}")),
    ("card_number_too_short", "card_number", True,
     lambda card: replace(card, card_number=card.card_number[:8])),
    ("card_number_with_cyrillic", "card_number", True,
     lambda card: replace(card, card_number="\u0412" + card.card_number[1:])),
    ("name_missing", "name", True, lambda card: replace(card, name="")),
    ("name_mojibake", "name", True, lambda card: replace(card, name="锟斤拷锟斤拷")),
    ("wrong_bank_digit", "bank_number", True,
     lambda card: replace(card, bank_number=card.bank_number[:-1]
                          + str((int(card.bank_number[-1]) + 1) % 10))),
    ("phone_too_short", "phone", True, lambda card: replace(card, phone=card.phone[:9])),
)  # fmt: skip
KINDS: tuple[str, ...] = (*(spoiler[0] for spoiler in _SPOILERS), "card_twice", "person_twice")


def plant_errors(
    cards: Sequence[ManifestCard], *, seed: int, kinds: Sequence[str] = KINDS
) -> tuple[tuple[ManifestCard, ...], tuple[Planted, ...]]:
    """This function will spoil one row for each kind and return the rows and what is wrong where.

    Rows repeated (`card_twice`, `person_twice`) are added at the end; nothing else moves. F1 has
    no bank number and F4-return no phone: leave those kinds out there.

    :raises ValueError: when there are fewer cards than kinds, or a kind is not known.
    """
    if unknown := set(kinds) - set(KINDS):
        raise ValueError(f"no such kind of error: {sorted(unknown)}")
    chosen = sorted(Random(seed).sample(range(len(cards)), len(kinds)))  # noqa: S311
    rows, truth = list(cards), []
    spoilers = {name: (field, is_error, spoil) for name, field, is_error, spoil in _SPOILERS}
    for index, kind in zip(chosen, kinds, strict=True):
        if kind in spoilers:
            field, is_error, spoil = spoilers[kind]
            rows[index] = spoil(rows[index])
            truth.append(Planted(index=index, kind=kind, field=field, is_error=is_error))
            continue
        field = "card_number" if kind == "card_twice" else "number"
        rows.append(_repeated(cards[index], kind=kind))
        truth.append(Planted(index=len(rows) - 1, kind=kind, field=field))
    return tuple(rows), tuple(truth)


def _repeated(card: ManifestCard, *, kind: str) -> ManifestCard:
    if kind == "card_twice":
        return card
    number = str(int(card.card_number[-4:]) + 5000)[-4:]
    return replace(card, card_number=card.card_number[:-4] + number)
