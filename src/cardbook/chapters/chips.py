"""What the chip of a card says beside what the book has of it, field by field (Art. 13, 22)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms

from cardbook.cards.models import Card
from cardbook.lib import citizen_number
from cardbook.lib.chip import LONGEST, Chip, read_chip
from cardbook.lib.masking import mask_number
from cardbook.lib.names import parse_name
from cardbook.lib.plain import InputError
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.facts import ChipRead
from cardbook.lifecycle.refusals import Refusal
from cardbook.people.holders import holder_of

# The act that takes a wrong card back and lists it.
TAKEN_BACK_BY = "error.record"
# A name that fills its field may be longer on the document; a character has up to four bytes.
_FULL = (range(27, 31), range(47, 51))


class ChipField(forms.CharField):
    """What a reader typed of the card that lies in it; left empty where there is no reader."""

    def __init__(self, **more: Any) -> None:
        """As long as a reading can be; a browser remembers nothing of it."""
        settings: dict[str, Any] = {
            "label": "读芯片",
            "max_length": LONGEST,
            "widget": forms.TextInput(attrs={"autocomplete": "off"}),
        }
        super().__init__(required=False, **(settings | more))

    def clean(self, value: Any) -> Chip | None:
        """This function will read the chip, or return None where nothing was read."""
        text: str = super().clean(value)
        if not text:
            return None
        try:
            return read_chip(text)
        except InputError as problem:
            raise forms.ValidationError(problem.sentence) from None


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """How chip and book differ, in the words of the screen, and what is odd about the chip."""

    differences: tuple[tuple[str, str, str], ...]
    odd: tuple[str, ...]


def compared(chip: Chip, *, card_number: str, number: str, name: str, on: date) -> Compared:
    """This function will compare what the chip says; what it does not say differs from nothing."""
    found = []
    if chip.card_number and chip.card_number != card_number:
        found.append(("社保卡卡号", chip.card_number, card_number))
    said = _number(chip.number, on=on)
    if said and said != number:
        found.append(("社会保障号码", *_hidden(said, number)))
    called, odd = _name(chip.name), chip.odd
    if called and called != name:
        if name.startswith(called) and _fills_its_field(called):
            odd = (*odd, "芯片的姓名栏写满了，只比对了写下的部分")
        else:
            found.append(("姓名", called, name))
    return Compared(differences=tuple(found), odd=odd)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadAtDesk:
    """One reading of a card beside the book: asked once, for the facts and for the refusals."""

    card_id: int
    chip: Chip | None
    beside: Compared

    @property
    def facts(self) -> dict[str, object]:
        """What the act records: that it was read and what was odd, no data."""
        if self.chip is None:
            return {"chip": ChipRead.NOT_READ}
        whole = bool(self.chip.number and self.chip.name)
        return {
            "chip": ChipRead.AGREES if whole else ChipRead.PARTLY,
            "chip_version": self.chip.version, "chip_odd": self.beside.odd,
        }  # fmt: skip

    def objections(self) -> Iterator[Refusal]:
        """Each field in which the chip is not this holder's card."""
        for what, chips, books in self.beside.differences:
            values = {"field": what, "chip": chips, "book": books}
            yield Refusal(no.CHIP_DIFFERS, values, self.card_id, remedy=TAKEN_BACK_BY)


def read_at_desk(chip: Chip | None, *, card_id: int, on: date) -> ReadAtDesk:
    """This function will put what a reader said beside the book; nothing is asked without one."""
    if chip is None:
        return ReadAtDesk(card_id=card_id, chip=None, beside=Compared(differences=(), odd=()))
    card = Card.objects.select_related("person").get(pk=card_id)
    holder = holder_of(card.person)
    beside = compared(chip, card_number=card.number, number=holder.number, name=holder.name, on=on)
    return ReadAtDesk(card_id=card_id, chip=chip, beside=beside)


def _number(text: str, *, on: date) -> str:
    """As the book writes it; what is no number at all stays as it is, to be shown."""
    try:
        return citizen_number.parse(text, today=on).number if text else ""
    except InputError:
        return text


def _name(text: str) -> str:
    try:
        return parse_name(text).name if text else ""
    except InputError:
        return text


def _hidden(chips: str, books: str) -> tuple[str, str]:
    """Both numbers masked; where that hides the difference it is said where it is."""
    shown = mask_number(chips), mask_number(books)
    if shown[0] != shown[1]:
        return shown
    places = [str(place) for place, (one, other) in enumerate(zip(chips, books, strict=False), 1)
              if one != other]  # fmt: skip
    return f"{shown[0]}（第 {'、'.join(places)} 位不同）", shown[1]


def _fills_its_field(name: str) -> bool:
    length = len(name.encode("gb18030"))
    return any(length in full for full in _FULL)
