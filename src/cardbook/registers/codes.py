"""What a QR of ours says: `~KIND:body:check`, ASCII, short, safe against a slip of the scanner.

Sheets, slips, mandates and box labels carry one (Art. 6, 8, 10, 20); a wedge scanner types it.
"""

import io
import re
from dataclasses import dataclass
from functools import lru_cache

import segno

from cardbook.lib.plain import InputError
from cardbook.lib.sm import sm3

DOCUMENT, BOX, SLIP, MANDATE = "DOC", "BOX", "SLIP", "MND"
_KINDS = {DOCUMENT: "登记表", BOX: "盒标签", SLIP: "领卡凭条", MANDATE: "委托书"}
_SHAPE = re.compile(r"~([A-Z]+):(.+):([0-9A-F]{4})")
# What a Chinese input method makes of the marks while a scanner types (V1).
_HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}


@dataclass(frozen=True, slots=True)
class ScannedCode:
    """What a scanned code refers to: its kind and the parts of its body."""

    kind: str
    parts: tuple[str, ...]


def _check(kind: str, body: str) -> str:
    return sm3(f"{kind}:{body}".encode()).hex()[:4].upper()


def scan_code(kind: str, *parts: str) -> str:
    """This function will write the text of a QR.

    :raises ValueError: when a part is empty, holds a slash or is not ASCII.
    """
    if not all(part and part.isascii() and "/" not in part for part in parts):
        raise ValueError("parts of a code are ASCII without slashes")
    body = "/".join(parts)
    return f"~{kind}:{body}:{_check(kind, body)}"


def half_width(text: str) -> str:
    """This function will undo what a Chinese input method makes of a code that is scanned."""
    return text.strip().translate(_HALF_WIDTH)


def read_code(text: str) -> ScannedCode:
    """This function will read what a scanner typed.

    :raises InputError: `not_ours` when it is no code of ours, `check` when characters were lost.
    """
    found = _SHAPE.fullmatch(half_width(text))
    if found is None or found[1] not in _KINDS:
        raise InputError(
            "not_ours", "这不是本系统的二维码；请扫登记表、盒标签、委托书或领卡凭条上的二维码"
        )
    if found[3] != _check(found[1], found[2]):
        raise InputError("check", f"{_KINDS[found[1]]}二维码没有读全；请对准再扫一次")
    return ScannedCode(found[1], tuple(found[2].split("/")))


@lru_cache(maxsize=512)
def qr_svg(text: str) -> str:
    """This function will draw a text as a QR in SVG, with the quiet zone of the standard."""
    out = io.BytesIO()
    code = segno.make(text, error="m", micro=False, boost_error=False)
    code.save(out, kind="svg", xmldecl=False, border=4)
    return out.getvalue().decode()
