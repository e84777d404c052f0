"""What a page says of whom it shows; `web/looking.py` writes it down afterwards (Art. 32 item 3).

A page whose address names a card, an application or a person says nothing: its address says it.
A desk that finds somebody by what was typed calls `looked_at`. The rows: `liability.access_log`.
"""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date

from django.db import models
from django.http import HttpRequest

from cardbook.lib import citizen_number
from cardbook.lib.identifiers import parse_card_number, parse_phone
from cardbook.lib.plain import InputError

_PHONE_DIGITS = 11


class How(models.TextChoices):
    """How somebody was found. What was typed is not kept: it may be anybody's number."""

    NUMBER = "number", "按证件号码"
    CARD = "card", "按卡号"
    PHONE = "phone", "按电话"
    MANDATE = "mandate", "扫描委托书"
    WORDS = "words", "按姓名、尾号等"
    OPENED = "opened", "从页面打开"


class Whom(models.TextChoices):
    """What the ids of a look are of, by the names addresses have for them; or nobody was shown."""

    CARD = "card_id"
    APPLICATION = "application_id"
    TEMPORARY = "temporary_id"
    CORRECTION = "correction_id"
    PERSON = "person_id"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """Whom one answer shows. `page` is the name of an address: an act's code, where it is one's.

    Not `counted`: it counts when the page it leads to is opened, or not at all. A `part` of a
    page, a photo, is a look only when it is asked for without its page.
    """

    whom: Whom
    ids: tuple[int, ...] = ()
    how: How
    page: str = ""
    counted: bool = True
    part: bool = False


def how_of(text: str, *, today: date) -> How:
    """This function will tell what a typed or scanned text was taken for."""
    text = text.strip().removeprefix("~")
    with suppress(InputError):
        citizen_number.parse(text, today=today)
        return How.NUMBER
    if sum(char.isdecimal() for char in text) == _PHONE_DIGITS:
        with suppress(InputError):
            parse_phone(text)
            return How.PHONE
    with suppress(InputError):
        parse_card_number(text)
        return How.CARD
    return How.WORDS


def looked_at(
    request: HttpRequest,
    whom: Whom,
    ids: Iterable[int | None],
    *,
    how: How,
    page: str = "",
    counted: bool = True,
) -> None:
    """This function will say that the answer to a request shows these; the last said counts."""
    found = tuple(dict.fromkeys(id_ for id_ in ids if id_))
    request.look = Look(  # type: ignore[attr-defined]
        whom=whom if found else Whom.NOBODY, ids=found, how=how, page=page, counted=counted
    )


def found_at_desk(
    request: HttpRequest, *, card: int | None, person: int | None = None, text: str, today: date
) -> None:
    """This function will say whom a desk shows for what was typed; "" when a card was chosen."""
    how = how_of(text, today=today) if text else How.OPENED
    whom = Whom.CARD if card else Whom.PERSON
    looked_at(request, whom, [card or person], how=how)
