"""The face of a card against the document, field by field; sealed for keeping (Art. 13; PIPL 51).

A number read from the document travels through the form sealed as well: no page shows it whole.
"""

import base64
import binascii
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from cardbook.lib import citizen_number
from cardbook.lib.citizen_number import Sex
from cardbook.lib.damage import MARK
from cardbook.lib.masking import mask_number
from cardbook.lib.names import parse_name
from cardbook.lib.plain import InputError
from cardbook.lib.sm import Damaged
from cardbook.lifecycle.facts import WrongField
from cardbook.people import vault
from cardbook.people.holders import Holder

# Sealed under contexts of their own: what stands on a face cannot be opened as what is right.
FACE, RIGHT, AGENT, _READING = (
    b"correction-face", b"correction-right", b"correction-agent", b"correction-reading",
)  # fmt: skip
Values = Mapping[WrongField, str]
DIGITS: Mapping[WrongField, int] = {one: place for place, one in enumerate(WrongField, start=1)}
_SEXES = {"1": "男", "2": "女"}


def seal_face(values: Values) -> bytes:
    """This function will seal what the face says."""
    return _sealed(values, context=FACE)


def seal_right(values: Values) -> bytes:
    """This function will seal what the document says."""
    return _sealed(values, context=RIGHT)


def open_face(sealed: bytes | memoryview) -> Values:
    """This function will open what the face says."""
    return _opened(sealed, context=FACE)


def open_right(sealed: bytes | memoryview) -> Values:
    """This function will open what the document says."""
    return _opened(sealed, context=RIGHT)


def seal_agent(name: str) -> bytes | None:
    """This function will seal whom the matter was explained to instead of the holder."""
    return vault.seal_text(name, context=AGENT) if name else None


def open_agent(sealed: bytes | memoryview | None) -> str:
    """This function will open the proxy's name, "" when there was none."""
    return vault.open_text(sealed, context=AGENT) if sealed else ""


def seal_reading(number: str) -> str:
    """This function will seal a document number for one form, as text."""
    return base64.b64encode(vault.seal_text(number, context=_READING)).decode()


def open_reading(text: str) -> str:
    """This function will open what a form brings back; "" when it is none of ours."""
    try:
        return vault.open_text(base64.b64decode(text, validate=True), context=_READING)
    except (binascii.Error, Damaged, UnicodeDecodeError):
        return ""


def _sealed(values: Values, *, context: bytes) -> bytes:
    text = json.dumps({str(field): value for field, value in values.items()}, ensure_ascii=False)
    return vault.seal_text(text, context=context)


def _opened(sealed: bytes | memoryview, *, context: bytes) -> Values:
    text = vault.open_text(sealed, context=context)
    given = dict.fromkeys(WrongField, MARK) if text == MARK else json.loads(text)
    return {WrongField(field): value for field, value in given.items()}


def tidy(field: WrongField, text: str, *, today: date) -> str:
    """This function will bring a value into the one spelling in which it is compared.

    :raises cardbook.lib.plain.InputError: when it cannot be the value of that field.
    """
    text = text.strip()
    if not text:
        return ""
    if field is WrongField.NAME:
        return parse_name(text).name
    if field is WrongField.NUMBER:
        return citizen_number.parse(text, today=today).number
    if field is WrongField.SEX and text not in _SEXES.values():
        raise InputError("sex", "性别只能是“男”或“女”")
    if field is WrongField.BIRTH:
        return _day(text)
    return text


def _day(text: str) -> str:
    try:
        return f"{date.fromisoformat(text)}"
    except ValueError as problem:
        raise InputError("day", "日期请写成 1980-05-17 的样子") from problem


def face_as_registered(holder: Holder) -> Values:
    """This function will say what should stand on the face, as the book has it."""
    return {
        WrongField.NAME: holder.name,
        WrongField.NUMBER: holder.number,
        WrongField.SEX: _SEXES.get(holder.sex, ""),
        WrongField.BIRTH: f"{holder.born_on}",
    }


def right_by_number(number: str, *, today: date) -> Values:
    """This function will say what a document's number tells by itself: birth and sex as well."""
    if not number:
        return {}
    parsed = citizen_number.parse(number, today=today)
    return {
        WrongField.NUMBER: parsed.number,
        WrongField.SEX: _SEXES.get(str(Sex(parsed.sex)), ""),
        WrongField.BIRTH: f"{parsed.born_on}",
    }


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a value; `differs` is highlighted."""

    text: str
    differs: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldRow:
    """One line of the comparison: the face beside the document, the digit that picks it."""

    field: WrongField
    digit: int
    face: tuple[Part, ...]
    right: tuple[Part, ...]
    differs: bool

    @property
    def code(self) -> str:
        """The name in the form."""
        return str(self.field)


def compared(face: Values, right: Values) -> tuple[FieldRow, ...]:
    """This function will set the face beside the document, field by field, numbers masked."""
    return tuple(_row(field, face.get(field, ""), right.get(field, "")) for field in WrongField)


def _row(field: WrongField, face: str, right: str) -> FieldRow:
    shown = mask_number if field is WrongField.NUMBER else str
    differs = bool(face and right) and face != right
    return FieldRow(
        field=field,
        digit=DIGITS[field],
        face=_parts(face, right, masked=shown(face)) if differs else _whole(shown(face)),
        right=_parts(right, face, masked=shown(right)) if differs else _whole(shown(right)),
        differs=differs,
    )


def _whole(text: str) -> tuple[Part, ...]:
    return (Part(text, differs=False),) if text else ()


def _parts(text: str, other: str, *, masked: str) -> tuple[Part, ...]:
    """Where two values part: those characters in clear and marked, the rest as masked."""
    if len(text) != len(other):
        return (Part(text, differs=True),)
    pieces: list[Part] = []
    for own, theirs, hidden in zip(text, other, masked, strict=True):
        differs = own != theirs
        shown = own if differs else hidden
        if pieces and pieces[-1].differs == differs:
            pieces[-1] = Part(pieces[-1].text + shown, differs)
        else:
            pieces.append(Part(shown, differs))
    return tuple(pieces)


def labels_of(fields: Iterable[WrongField | str]) -> str:
    """This function will name fields in words, in the order of the form."""
    picked = {WrongField(field) for field in fields}
    return "、".join(field.label for field in WrongField if field in picked)


def shown_values(fields: Iterable[str], values: Values, *, masked: bool) -> str:
    """This function will write values down for a list: 姓名：王小朋；性别：男."""
    picked = {WrongField(field) for field in fields}
    return "；".join(
        f"{field.label}：{_shown(field, values[field], masked=masked)}"
        for field in WrongField
        if field in picked and values.get(field)
    )


def _shown(field: WrongField, value: str, *, masked: bool) -> str:
    return mask_number(value) if masked and field is WrongField.NUMBER else value
