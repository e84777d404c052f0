"""What a screen or a poster shows of a number or a name (domain.md 8.3 X7; Art. 32 item 4).

The full value is shown on demand, with a reason, by the pages themselves.
"""

import re
from collections.abc import Iterable

from cardbook.lib.damage import MARK

_STAR = "*"
_LEFT_OUT = "〔略〕"
_LONG_NUMBER = re.compile(r"\d{11,}[Xx]?")


def _keep(text: str, *, head: int, tail: int) -> str:
    if text == MARK:
        return text
    # A text too short to hide anything in keeps its last two characters at most.
    if len(text) <= head + tail:
        shown = text[-2:] if len(text) > 4 else ""
        return _STAR * (len(text) - len(shown)) + shown
    return text[:head] + _STAR * (len(text) - head - tail) + text[-tail:]


def mask_number(number: str) -> str:
    """This function will show the first six and last four characters of a document number."""
    return _keep(number, head=6, tail=4)


def mask_phone(phone: str) -> str:
    """This function will show the first three and last four digits of a phone number."""
    return _keep(phone, head=3, tail=4)


def leave_out(text: str, secrets: Iterable[str]) -> str:
    """This function will take out of another's words whatever names a person."""
    for secret in sorted(secrets, key=len, reverse=True):
        if len(secret) > 1:
            text = text.replace(secret, _LEFT_OUT)
    return text


def mask_in(text: str) -> str:
    """This function will hide the middle of every document, bank or phone number in a text."""
    return _LONG_NUMBER.sub(lambda found: _masked(found[0]), text)


def _masked(number: str) -> str:
    return mask_number(number) if len(number) >= 15 else mask_phone(number)


def mask_name(name: str) -> str:
    """This function will hide a name for a poster or a call sheet: 张*明, 李*.

    Staff screens show names in full: the clerk compares them with the document (Art. 8 s. 4).
    """
    if name == MARK:
        return name
    if len(name) <= 2:
        return name[:1] + _STAR if len(name) == 2 else _STAR * len(name)
    return name[0] + _STAR * (len(name) - 2) + name[-1]
