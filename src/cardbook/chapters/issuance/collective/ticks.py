"""What a clerk types to read a signed sheet back: rows and what became of them (Art. 8 para. 3).

Pure text, no database: `1-30,35`, `除7,12` (all but), `7=1;12=3t`. `drafts.py` writes it down.
"""

import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from cardbook.lib.plain import InputError
from cardbook.lifecycle.facts import Signer, Unclaimed

SIGNED, OPEN, RETURNED, WRONG, CLEAR = "signed", "open", "returned", "wrong", "clear"
# The codes printed at the foot of the sheet, typed as digits.
REASONS: dict[str, Unclaimed] = {
    str(place): reason for place, reason in enumerate(Unclaimed, start=1)
}
SIGNERS: dict[str, Signer] = {
    "B": Signer.HOLDER, "D": Signer.PROXY, "J": Signer.GUARDIAN, "S": Signer.HOLDER,
}  # fmt: skip
_MARK = re.compile(r"(?P<signer>[BDJS])|(?P<reason>[1-7])(?P<back>T?)|(?P<wrong>C)|(?P<clear>X)")
_ALL_BUT = re.compile(r"^(除|!|ALL ?BUT)\s*")
_SPAN = re.compile(r"(\d{1,5})(?:-(\d{1,5}))?")
_CARD = re.compile(r"[A-Z0-9]{9}")


@dataclass(frozen=True, slots=True)
class Mark:
    """What became of a row; a reason belongs to a row without signature.

    `self_supporting`: a holder of 16 or 17 signed, who lives on his own work (Art. 11).
    """

    result: str
    signer: str = ""
    reason: str = ""
    self_supporting: bool = False


@dataclass(frozen=True, slots=True)
class Tick:
    """Some rows and one mark for all; `cards` are card numbers scanned instead of rows."""

    rows: tuple[int, ...]
    mark: Mark
    cards: tuple[str, ...] = ()


SIGNED_BY_HOLDER = Mark(SIGNED, signer=Signer.HOLDER)


def read_mark(text: str) -> Mark:
    """This function will read the part after `=`: b d j s, 1 to 7, 1t to 7t, c, x.

    :raises InputError: `mark` when it is none of these.
    """
    found = _MARK.fullmatch(text.strip().upper())
    if found is None:
        raise InputError(
            "mark",
            f"看不懂“={text[:10]}”；请用 b 本人、s 满 16 周岁自食其力的本人、d 代领、"
            "j 监护人、1–7 未领原因（加 t 退回）、c 错卡、x 清除",
        )
    if found["signer"]:
        signer = found["signer"]
        return Mark(SIGNED, signer=SIGNERS[signer], self_supporting=signer == "S")
    if found["reason"]:
        back = RETURNED if found["back"] else OPEN
        return Mark(back, reason=REASONS[found["reason"]])
    return Mark(WRONG if found["wrong"] else CLEAR)


def read_ticks(text: str, *, last: int, undecided: Collection[int]) -> list[Tick]:
    """This function will read a whole line; `all but` means the rows not decided yet.

    :raises InputError: `empty`, `rows`, `mark` - in Chinese, with what to type instead.
    """
    plain = unicodedata.normalize("NFKC", text).strip().upper()
    plain = plain.replace("。", ";").replace("、", ",").replace("—", "-").replace("~", "-")
    parts = [part for part in plain.split(";") if part.strip()]
    if not parts:
        raise InputError("empty", "请输入行号，例如 1-30,35，或 除7,12")
    named = [_named(part, last=last) for part in parts]
    # A row with a mark of its own is not among "all but" of the same line.
    own = {row for part, (rows, _) in zip(parts, named, strict=True)
           if not _ALL_BUT.match(part.strip()) for row in rows}  # fmt: skip
    others = [row for row in range(1, last + 1) if row in undecided and row not in own]
    return [_tick(part, given, others) for part, given in zip(parts, named, strict=True)]


def _named(part: str, *, last: int) -> tuple[tuple[int, ...], tuple[str, ...]]:
    rows_text = _ALL_BUT.sub("", part.partition("=")[0].strip())
    rows: list[int] = []
    cards: list[str] = []
    for piece in re.split(r"[,\s]+", rows_text.strip()):
        found = _SPAN.fullmatch(piece)
        if found:
            rows.extend(_span(found, last=last))
        elif _CARD.fullmatch(piece):
            cards.append(piece)
        elif piece:
            raise InputError("rows", f"看不懂“{piece[:12]}”；行号写成 1-30,35 这样")
    return tuple(dict.fromkeys(rows)), tuple(dict.fromkeys(cards))


def _span(found: re.Match[str], *, last: int) -> range:
    first, end = int(found[1]), int(found[2] or found[1])
    if first < 1 or end > last or end < first:
        raise InputError("rows", f"本表是第 1 至 {last} 行，没有“{found[0]}”；请照表上的序号填写")
    return range(first, end + 1)


def _tick(
    part: str, named: tuple[tuple[int, ...], tuple[str, ...]], others: Sequence[int]
) -> Tick:
    rows, cards = named
    before, equals, after = part.partition("=")
    mark = read_mark(after) if equals else SIGNED_BY_HOLDER
    if _ALL_BUT.match(before.strip()):
        if cards:
            raise InputError("rows", "“除”后面请写行号")
        rows = tuple(row for row in others if row not in set(rows))
    elif not rows and not cards:
        raise InputError("rows", "等号前面没有行号；写成 7,12=1 这样")
    return Tick(rows, mark, cards)
