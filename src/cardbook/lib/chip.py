"""What a card's chip answers: records of EF05 and EF06, or a reader's line (domain.md 4.2 to 4.4).

Of generations 1 and 2 everything reads; of the third what its EF06 guards is missing. What is not
as the standard has it is named, never guessed at, and nothing is refused for it (Art. 22).
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from cardbook.lib.plain import InputError

LONGEST = 4000
_HEX = re.compile(r"(?:[0-9A-Fa-f]{2}[\s,]*)+")
_PRINTED = re.compile(r"[^0-9A-Za-z.]")
_DONE = bytes.fromhex("9000")
# Statuses that end an answer and say why there is nothing to read (ISO/IEC 7816-4).
_STATUS = {
    0x61: "卡片还有数据没有取出", 0x6C: "读的长度不对，卡片要求重读", 0x69: "卡片要求先认证",
    0x6A: "卡里没有这份文件",
}  # fmt: skip
_DATES, _NUMBER, _HOLDER_NAME, _MORE_NAME = {0x05, 0x06, 0x0D}, 0x08, 0x09, 0x4E
_YEARS = range(1900, 2201)
# As a national reader returns it, parted by bars.
_LINE = (
    "region", "number", "card_number", "card_code", "name", "reset", "version", "issued_on",
    "valid_until",
)  # fmt: skip
_FIELDS = {
    0x01: "card_code", 0x02: "kind", 0x03: "version", 0x04: "maker", 0x05: "issued_on",
    0x06: "valid_until", 0x07: "card_number", _NUMBER: "number", _HOLDER_NAME: "name",
    _MORE_NAME: "more_name", 0x0A: "sex", 0x0B: "nation", 0x0C: "birth_place", 0x0D: "born_on",
}  # fmt: skip
_TITLES = {"issued_on": "发卡日期", "valid_until": "卡有效期", "born_on": "出生日期"}
_PACKED, _NAMES = {0x01, 0x04, 0x0B, 0x0C}, {_HOLDER_NAME, _MORE_NAME}


@dataclass(frozen=True, slots=True, kw_only=True)
class Chip:
    """What was read; what the chip does not say is empty. `odd` names what is not as it should."""

    card_number: str = ""
    number: str = field(default="", repr=False)
    name: str = field(default="", repr=False)
    version: str = ""
    card_code: str = field(default="", repr=False)
    issued_on: date | None = None
    valid_until: date | None = None
    odd: tuple[str, ...] = ()


def read_chip(text: str) -> Chip:
    """This function will read what a reader typed: a line with bars, or the answers in hex.

    :raises InputError: `empty`, `not_a_reading`, `status`, `cut_off`, `nothing_read`.
    """
    said = text.strip()
    if not said:
        raise InputError("empty", "没有读到芯片；没有读卡器的留空")
    if "|" in said:
        return _of_line([part.strip() for part in said.split("|")])
    if not _HEX.fullmatch(said):
        raise InputError("not_a_reading", "这不是读卡结果；请把光标放在这一栏，重新插卡读一次")
    return _of_records(bytes.fromhex(re.sub(r"[\s,]", "", said)))


# ------------------------------------------------------------------------------ records in hex
def _of_records(content: bytes) -> Chip:
    odd: list[str] = []
    found: dict[str, Any] = {}
    for tag, value in _records(content):
        name = _FIELDS.get(tag)
        if name is None:
            odd.append(f"有标准没有的记录 {tag:02X}")
        elif name in found:
            odd.append(f"记录 {tag:02X} 读到两次，以第一次为准")
        else:
            found[name] = _value(tag, value, odd)
    if not found:
        raise InputError("nothing_read", "卡片有应答，但没有读出发卡信息和持卡人信息")
    if "number" not in found and "name" not in found:
        odd.append("没有读出持卡人信息（第三代卡须先认证，或只读了发卡信息）")
    # One name in two fields: a character may begin in the first and end in the second.
    found["name"] = _words(found.get("name", b"") + found.get("more_name", b""), "姓名", odd)
    return _chip(found, odd)


def _records(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Tag, length, value in turn; 9000 ends an answer and the next one begins."""
    place = 0
    while place < len(content):
        tag = content[place]
        if content[place : place + 2] == _DONE:
            place += 2
            continue
        if tag in _STATUS and len(content) - place == 2:
            words = _STATUS[tag]
            raise InputError("status", f"{words}（{content[place:].hex().upper()}），请重新读卡")
        length = content[place + 1] if place + 1 < len(content) else -1
        value = content[place + 2 : place + 2 + length]
        if length < 0 or len(value) < length:
            raise InputError("cut_off", f"读卡结果到第 {place + 1} 个字节断了，请重新读卡")
        yield tag, value
        place += 2 + length


def _value(tag: int, value: bytes, odd: list[str]) -> Any:
    if tag in _DATES:
        return _day(value, _TITLES[_FIELDS[tag]], odd)
    if tag in _PACKED:
        return value.hex().upper().rstrip("F")
    filled = value.rstrip(b"\x00 ")
    return filled if tag in _NAMES else _words(filled, f"记录 {tag:02X} ", odd)


def _words(value: bytes, what: str, odd: list[str]) -> str:
    try:
        return value.decode("gb18030").strip()
    except UnicodeDecodeError:
        odd.append(f"{what}不是 GB 18030 文字")
        return ""


def _day(value: bytes, what: str, odd: list[str]) -> date | None:
    """Packed digits by the standard; some cards carry them as text, some of those a year alone."""
    packed = _as_day(value.hex())
    if packed is not None:
        return packed
    text = value.rstrip(b"\x00 ").decode("ascii", errors="replace")
    if text.isdigit() and len(text) <= 8:
        odd.append(f"{what}写成了文字“{text}”，标准是 BCD 码")
        return _as_day(text)
    if value.strip(b"\x00\xff"):
        odd.append(f"{what}不是日期")
    return None


def _as_day(digits: str) -> date | None:
    if len(digits) != 8 or not digits.isdigit() or int(digits[:4]) not in _YEARS:
        return None
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None


# ------------------------------------------------------------------------------ a reader's line
def _of_line(parts: Sequence[str]) -> Chip:
    if len(parts) < len(_LINE):
        words = f"读卡结果有 {len(parts)} 段，应至少 {len(_LINE)} 段，请重新读卡"
        raise InputError("cut_off", words)
    odd: list[str] = []
    found: dict[str, Any] = dict(zip(_LINE, parts, strict=False))
    for name in ("issued_on", "valid_until"):
        text = found[name]
        found[name] = _as_day(text)
        if text and found[name] is None:
            odd.append(f"{_TITLES[name]}不是日期")
    if not found["number"] and not found["card_number"]:
        raise InputError("nothing_read", "读卡结果里没有卡号和社会保障号码，请重新读卡")
    return _chip(found, odd)


def _chip(found: Mapping[str, Any], odd: Sequence[str]) -> Chip:
    text: Callable[[str], str] = lambda name: str(found.get(name, "")).strip()  # noqa: E731
    return Chip(
        card_number=text("card_number").upper(), number=text("number").upper(),
        name=text("name"), version=_PRINTED.sub("", text("version"))[:10],
        card_code=text("card_code"),
        issued_on=found.get("issued_on"), valid_until=found.get("valid_until"),
        odd=tuple(dict.fromkeys(odd)),
    )  # fmt: skip
