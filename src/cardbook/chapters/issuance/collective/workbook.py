"""The sheet as a workbook to fill in without a network, and read back (Art. 8 para. 3; R8.11).

What was entered meanwhile wins: a row that differs is listed as a conflict, never overwritten.
"""

import io
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

import xlsxwriter

from cardbook.chapters.issuance.collective.naming import (
    NOBODY,
    OTHERS,
    PROOF_CHOICES,
    Named,
    named_in,
    read_number,
    refuse_other_papers,
)
from cardbook.chapters.issuance.collective.queries import rows_of
from cardbook.chapters.issuance.collective.signing_days import handed_on_of, signing_day
from cardbook.chapters.issuance.models import Bundle, Result
from cardbook.imports.reading import Cell, FileRefused, Odd, OddCell, Row, open_file, open_table
from cardbook.lib.masking import mask_in, mask_number
from cardbook.lib.names import parse_name
from cardbook.lib.plain import InputError
from cardbook.lifecycle.facts import Relation, Signer, Unclaimed
from cardbook.people import vault
from cardbook.registers.xlsx import TEXT_ONLY

LARGEST_BYTES = 5 * 1024 * 1024
TITLES = ("序号", "社保卡卡号", "姓名", "社会保障号码", "结果", "签收人", "领取日期", "未领原因",
          "备注", "代领人姓名", "证件号码", "关系", "证明材料")  # fmt: skip
_WIDTHS = (6, 13, 16, 21, 8, 9, 12, 12, 22, 13, 21, 16, 20)
_SHEET = "签字明细表"
_HEAD = 2
_RESULTS = {one.label: one.value for one in Result}
# A holder of 16 or 17 who lives on his own work signs himself (Art. 11).
SELF_SUPPORTING = "本人（满16周岁自食其力）"
_SIGNERS = {one.label: str(one) for one in Signer} | {SELF_SUPPORTING: str(Signer.HOLDER)}
_REASONS = {one.label: str(one) for one in Unclaimed}
_RELATIONS = {one.label: str(one) for one in Relation}
_PROOFS = {title: code for code, title in PROOF_CHOICES}


def write_workbook(bundle: Bundle) -> bytes:
    """This function will write the sheet with columns to fill in; numbers are masked."""
    out = io.BytesIO()
    rows = rows_of(bundle.pk)
    with xlsxwriter.Workbook(out, TEXT_ONLY) as book:
        page = book.add_worksheet(_SHEET)
        bold = book.add_format({"bold": True, "font_size": 12})
        head = book.add_format({"bold": True, "border": 1, "bg_color": "#EEF2F6"})
        fixed = book.add_format({"border": 1, "num_format": "@", "bg_color": "#F5F5F5"})
        free = book.add_format({"border": 1, "num_format": "@"})
        page.write_string(0, 0, f"签字明细表 {bundle.number}　{bundle.unit.name}", bold)
        page.write_string(
            1,
            0,
            "只填白色的列；日期写成 2026-11-25；结果填实发、未发、退回、错卡。"
            "代领人、监护人签收的行，填他的姓名、证件号码、关系、证明材料。填好后传回。",
        )
        for place, (title, width) in enumerate(zip(TITLES, _WIDTHS, strict=True)):
            page.set_column(place, place, width)
            page.write_string(_HEAD, place, title, head)
        for line, row in enumerate(rows, start=_HEAD + 1):
            for place, text in enumerate(_cells(row)):
                page.write(line, place, text or None, fixed if place < 4 else free)
        last = _HEAD + len(rows)
        for place, choices in (
            (4, _RESULTS),
            (5, _SIGNERS),
            (7, _REASONS),
            (11, _RELATIONS),
            (12, _PROOFS),
        ):
            page.data_validation(
                _HEAD + 1, place, last, place, {"validate": "list", "source": list(choices)}
            )
        page.freeze_panes(_HEAD + 1, 3)
    return out.getvalue()


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    number = vault.open_text(row["number_sealed"], context=vault.NUMBER)
    agent = named_in(row)
    return (
        str(row["row"]),
        row["number"],
        vault.open_text(row["name_sealed"], context=vault.NAME),
        mask_number(number),
        Result(row["result"]).label if row["result"] else "",
        _signer_words(row),
        str(row["signed_on"] or ""),
        Unclaimed(row["reason"]).label if row["reason"] else "",
        row["words"],
        agent.name,
        agent.masked_number,
        agent.relation_label,
        agent.proof_title,
    )


def _signer_words(row: dict[str, Any]) -> str:
    if row["self_supporting"]:
        return SELF_SUPPORTING
    return Signer(row["signer"]).label if row["signer"] else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One row as a file says it."""

    row: int
    number: str
    result: str
    signer: str
    signed_on: date | None
    reason: str
    words: str
    agent: Named = NOBODY
    self_supporting: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    """A row of the file that cannot be taken: which, and why."""

    line: int
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What a file says: rows with a result, and rows that cannot be read."""

    entries: tuple[Entry, ...]
    wrong: tuple[Wrong, ...]


def read_workbook(content: bytes, *, bundle: Bundle, today: date) -> Sent:
    """This function will read a workbook that was filled in.

    :raises FileRefused: when it is no workbook of this sheet, with what to do instead.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sheet.xlsx"
        path.write_bytes(content)
        sheet = _our_sheet(path, bundle)
        rows = [(row.number, row.cells) for row in open_table(path, sheet=sheet).rows()]
    _refuse_other_sheet(rows, bundle)
    _refuse_moved_columns(rows)
    known = {str(row["row"]): named_in(row) for row in rows_of(bundle.pk)}
    handed_on = handed_on_of(bundle, today=today)
    entries, wrong = [], []
    for line, cells in rows:
        try:
            entry = _entry(cells, known=known, handed_on=handed_on, today=today)
        except InputError as problem:
            wrong.append(Wrong(line=line, sentence=problem.sentence))
            continue
        except ValueError as problem:
            wrong.append(Wrong(line=line, sentence=str(problem)))
            continue
        if entry is not None:
            entries.append(entry)
    return Sent(entries=tuple(entries), wrong=tuple(wrong))


def _our_sheet(path: Path, bundle: Bundle) -> str:
    """Ours by its name, or the only one with this number on top: people add and rename sheets."""
    sheets = open_file(path).sheets
    if _SHEET in sheets or len(sheets) < 2:
        return _SHEET if _SHEET in sheets else ""
    found = [
        name
        for name in sheets
        if bundle.number in _top(islice(open_table(path, sheet=name).rows(), _HEAD))
    ]
    return found[0] if len(found) == 1 else ""


def _top(rows: Iterable[Row]) -> str:
    return "".join(_text(cell) for row in rows for cell in row.cells)


def _refuse_other_sheet(rows: list[tuple[int, tuple[Cell, ...]]], bundle: Bundle) -> None:
    top = "".join(_text(cell) for _, cells in rows[:2] for cell in cells)
    if bundle.number not in top:
        raise FileRefused(
            "other_sheet",
            f"这不是签字明细表 {bundle.number} 的文件。",
            "请上传从本表页面下载、填好的那一份，第一行不要改动。",
        )


def _refuse_moved_columns(rows: list[tuple[int, tuple[Cell, ...]]]) -> None:
    """What stands in another column than ours would be read as something else."""
    for _, cells in rows[: _HEAD + 1]:
        head = [_text(cell) for cell in cells]
        if not {TITLES[0], TITLES[4]} <= set(head):
            continue
        own = [title for title in head[: len(TITLES)] if title]
        if head[: len(own)] == list(TITLES[: len(own)]):
            return
        break
    raise FileRefused(
        "columns_moved",
        "表头与下载时不同，列可能增、删或移动过。",
        f"列的次序应为：{'、'.join(TITLES)}；请恢复，或重新下载后把结果抄进去。",
    )


def _text(cell: Cell) -> str:
    text = cell.text if isinstance(cell, OddCell) else cell
    return text.strip()


def _entry(
    cells: tuple[Cell, ...], *, known: Mapping[str, Named], handed_on: date, today: date
) -> Entry | None:
    texts = [_text(cell) for cell in cells] + [""] * len(TITLES)
    if not texts[0].isdecimal() or not any(texts[4 : len(TITLES)]):
        return None
    for cell in cells[: len(TITLES)]:
        if isinstance(cell, OddCell) and cell.kind in (Odd.ERROR, Odd.FORMULA):
            raise ValueError(f"有公式或错误值“{cell.text}”，请改成文字")
        if isinstance(cell, OddCell) and cell.kind is Odd.STRUCK:
            raise ValueError(f"“{cell.text}”划了删除线，看不出还算不算；请删去内容，或取消删除线")
    result = _one_of(texts[4], _RESULTS, "结果")
    signed = result == Result.SIGNED
    signer = _one_of(texts[5], _SIGNERS, "签收人") if signed and texts[5] else Signer.HOLDER
    return Entry(
        row=int(texts[0]),
        number=texts[1],
        result=result,
        signer=signer if signed else "",
        signed_on=_day(texts[6], since=handed_on, today=today) if signed else None,
        reason="" if signed or not texts[7] else _one_of(texts[7], _REASONS, "未领原因"),
        words=mask_in(texts[8][:200]),
        agent=_agent(texts[9:13], signer=signer, known=known.get(texts[0], NOBODY), today=today),
        self_supporting=signed and texts[5] == SELF_SUPPORTING,
    )


def _agent(texts: Sequence[str], *, signer: str, known: Named, today: date) -> Named:
    """Who signed for the holder: all of him, or the row is not taken; his paper may be on file."""
    if signer not in OTHERS:
        if any(texts):
            raise ValueError("填了代领人，签收人请填代领人或监护人")
        return NOBODY
    missing = [title for title, text in zip(TITLES[9:12], texts, strict=False) if not text]
    if missing:
        raise ValueError(f"由{Signer(signer).label}签收，请填他的{'、'.join(missing)}")
    proof = _one_of(texts[3], _PROOFS, "证明材料") if texts[3] else ""
    refuse_other_papers(signer, proof)
    return Named(
        name=parse_name(texts[0]).name,
        number=read_number(texts[1], today=today, known=known),
        relation=_one_of(texts[2], _RELATIONS, "关系"),
        proof=proof,
    )


def _one_of(text: str, allowed: dict[str, str], title: str) -> str:
    if text not in allowed:
        raise ValueError(f"{title}“{text[:20]}”不认识，请填{'、'.join(allowed)}")
    return allowed[text]


def _day(text: str, *, since: date, today: date) -> date:
    plain = text[:10].replace("/", "-").replace(".", "-")
    try:
        year, month, day = (int(part) for part in plain.split("-"))
        on = date(year, month, day)
    except ValueError as problem:
        raise ValueError(f"领取日期“{text[:20]}”不是日期，请写成 2026-11-25") from problem
    return signing_day(on, since=since, today=today)
