"""Reads whatever a bank brings, by how it begins: F3 answers, F4 returns, F5 accounts, reports.

All of a file or nothing; which application or card a row means is asked where it is entered.
"""

import codecs
import re
from collections.abc import Iterator, Mapping

from cardbook.adapters.files import piped, reports
from cardbook.adapters.files.factory import FROM_MAKER
from cardbook.adapters.files.fixed import FileRefused, Layout, decode, tidied
from cardbook.adapters.files.layouts import ACCOUNTS, ANSWER
from cardbook.ports.bank_sheets import BankSheet, OrderRow, Said, SheetRefused
from cardbook.ports.messages import MadeCard

_FIXED = re.compile(rb"(?:SH|BK)\d{8}")
_DETAIL = re.compile(r"[0-9a-f]{12}")
_NO_CHIP = {"card_code": "", "contact_reset": ""}
_CARD = re.compile(r"[0-9A-Z]{9}")
_PIPED = b"task_id|card_type|"


def is_for_people(content: bytes) -> bool:
    """This function will say whether a file is one that only a person may enter.

    What answers a message of ours is not: the worker writes it down beside the message.
    """
    return tidied(content).startswith((reports.TAG, b"BK", _PIPED))


def read(content: bytes) -> BankSheet | None:
    """This function will read a bank's file; None when it is no bank file at all.

    :raises SheetRefused: when it is cut, miscounted or not GBK; the sentence says what to do.
    """
    is_marked, content = content.startswith(codecs.BOM_UTF8), tidied(content)
    kinds = (reports.TAG, _PIPED)
    if (content.startswith(kinds) or _FIXED.match(content)) and _is_utf8(content, is_marked):
        raise SheetRefused("文件是 UTF-8 编码，应为 GBK，整份未读入，请对方改用 GBK 重新传送")
    try:
        if content.startswith(reports.TAG):
            return BankSheet(reports.TITLE, halves=tuple(reports.decode(content)))
        if content.startswith(_PIPED):
            return BankSheet(FROM_MAKER.title, orders=tuple(_made_cards(content)))
        if _FIXED.match(content):
            layout = ANSWER if content.startswith(b"SH") else ACCOUNTS
            return BankSheet(layout.title, orders=tuple(_fixed(layout, content)))
    except FileRefused as refused:
        raise SheetRefused(str(refused)) from None
    return None


def _is_utf8(content: bytes, is_marked: bool) -> bool:
    """Bytes that are letters of GBK are hardly ever several Chinese letters of UTF-8 as well."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return sum("\u4e00" <= char <= "\u9fff" for char in text) >= (1 if is_marked else 2)


def _made_cards(content: bytes) -> Iterator[OrderRow]:
    rows = [row for task in piped.decode(FROM_MAKER, content) for row in task.rows]
    for number, row in enumerate(rows, start=1):
        # Whoever was agreed with puts our 任务明细号 there; others number their customers.
        detail = row["client_id"] if _DETAIL.fullmatch(row["client_id"]) else ""
        yield OrderRow(
            row=number, said=Said.MADE, number=row["cert_no"].strip(), detail=detail,
            reference=row["voucher"] or detail, made=_returned(row),
        )  # fmt: skip


def _returned(row: Mapping[str, str]) -> MadeCard | None:
    """The card a maker's line describes; a line without a card's number describes none."""
    number = row["card_no"].strip().upper()
    if not _CARD.fullmatch(number):
        return None
    return MadeCard(
        number=number, account=row["account"].strip(), chip_code=row["card_code"].strip(),
        reset=row["contact_reset"].strip(), voucher=row["voucher"].strip(),
    )  # fmt: skip


def _fixed(layout: Layout, content: bytes) -> Iterator[OrderRow]:
    for number, row in enumerate(decode(layout, content), start=1):
        if layout is ACCOUNTS:
            yield OrderRow(
                row=number,
                said=Said.MADE,
                number=row["number"],
                reference=row["voucher"],
                made=_returned({**_NO_CHIP, **row, "card_no": row["card"]}),
            )
        else:
            yield OrderRow(
                row=number,
                said=Said.ACCEPT if row["result"] == "1" else Said.REFUSE,
                number=row["number"],
                words=row["reason"],
                reference=row["detail"],
                detail=row["detail"],
            )
