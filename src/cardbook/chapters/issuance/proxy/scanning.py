"""What is scanned when somebody comes for another: a document, a printed mandate (Art. 10, 11).

Who came is known before he is entered, so the screen carries him sealed; nobody reads him there.
"""

import base64
import binascii
import json
import re
from dataclasses import dataclass
from datetime import date

from cardbook.chapters.issuance.proxy.commands import Comer
from cardbook.chapters.mandates import Matter
from cardbook.chapters.printed_mandates import PrintedMandate, read_mandate
from cardbook.lib import citizen_number
from cardbook.lib.identifiers import parse_card_number
from cardbook.lib.names import parse_name
from cardbook.lib.plain import InputError
from cardbook.lib.sm import Damaged
from cardbook.lifecycle.facts import IdentityReading
from cardbook.people import vault

_CONTEXT = b"comer on the screen"
_NUMBER = re.compile(r"(?<!\d)(\d{17}[\dXx]|\d{15})(?![\dXx])")
_BETWEEN = " \t,，;；|^:：\u3000"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """What one scan was: a person's document, a card, a mandate, or a problem in words."""

    comer: Comer | None = None
    card_number: str = ""
    mandate: PrintedMandate | None = None
    problem: str = ""


def read_scan(text: str, *, today: date) -> Scan:
    """This function will tell what was scanned.

    A reader that works as a keyboard may give the name with the number: "张三,9999…" either way
    round; one that gives the number alone leaves the name to be typed.
    """
    text = text.strip()
    if text.startswith(("~", "～")) and len(text) > 12:
        return _read_mandate(text)
    found = _NUMBER.search(text.upper())
    if found is None:
        try:
            return Scan(card_number=parse_card_number(text.removeprefix("~")).value)
        except InputError:
            return Scan(problem="没有读到证件号码。请再扫一次，或照证件输入 18 位号码。")
    rest = (text[: found.start()] + text[found.end() :]).strip(_BETWEEN)
    try:
        number = citizen_number.parse(found[1], today=today).number
        name = parse_name(rest).name if rest else ""
    except InputError as problem:
        return Scan(problem=problem.sentence)
    return Scan(comer=Comer(number=number, name=name))


def _read_mandate(text: str) -> Scan:
    found = read_mandate(text)
    if isinstance(found, str):
        return Scan(problem=found)
    if found.matter is not Matter.PICK_UP:
        return Scan(
            problem=f"这份委托书委托的是“{found.matter.label}”，没有委托领卡。"
            "请在页面上方的查询框里扫它，会打开该事项的办理页。"
        )
    return Scan(mandate=found)


def sealed(comer: Comer) -> str:
    """This function will seal who came for the way to the screen and back."""
    text = json.dumps([comer.number, comer.name, comer.identity])
    return base64.urlsafe_b64encode(vault.seal_text(text, context=_CONTEXT)).decode()


def opened(text: str) -> Comer | None:
    """This function will open what `sealed` made, or None when it is not whole."""
    try:
        number, name, identity = json.loads(
            vault.open_text(base64.urlsafe_b64decode(text.encode()), context=_CONTEXT)
        )
    except (binascii.Error, Damaged, ValueError):
        return None
    return Comer(number=number, name=name, identity=IdentityReading(identity))
