"""What is captured of a holder for his card: sealed, and fit for the bank's file (Art. 25).

The bank's file has fields of so many bytes; a text is measured as it will be encoded, never cut.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from datetime import date

from cardbook.law.parameters import parameter
from cardbook.lib.canonical import canonical_json
from cardbook.lib.damage import MARK
from cardbook.lib.sm import sm3
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.facts import Relation
from cardbook.lifecycle.refusals import Refusal
from cardbook.people import vault
from cardbook.people.holders import holder_of
from cardbook.people.models import Person

CONTEXT = b"application"


@dataclass(frozen=True, slots=True, kw_only=True)
class Captured:
    """A holder as he stands on the application; `bank_name` is how the bank writes a rare name.

    `nation` is a code of GB/T 3304, `guardian_relation` one of `Relation`; empty when nobody said
    it.
    """

    name: str
    number: str
    sex: str = ""
    phone: str = ""
    address: str = ""
    post_address: str = ""
    guardian_name: str = ""
    guardian_number: str = ""
    bank_name: str = ""
    nation: str = ""
    guardian_relation: str = ""

    @property
    def sent_name(self) -> str:
        """The name as it goes to the bank: as it is, or as agreed for rare characters."""
        return self.bank_name or self.name

    @property
    def guardian_words(self) -> str:
        """The guardian with what he is to the holder, as a screen names him."""
        if not self.guardian_relation:
            return self.guardian_name
        return f"{self.guardian_name}（{Relation(self.guardian_relation).label}）"


@dataclass(frozen=True, slots=True, kw_only=True)
class SentField:
    """One field of the bank's file: so many bytes once encoded (domain.md 3.2, F3)."""

    key: str
    title: str
    most_bytes: int


SENT_FIELDS = (
    SentField(key="sent_name", title="姓名", most_bytes=30),
    SentField(key="number", title="证件号码", most_bytes=18),
    SentField(key="sex", title="性别", most_bytes=1),
    SentField(key="phone", title="手机号码", most_bytes=11),
    SentField(key="address", title="联系地址", most_bytes=60),
    SentField(key="guardian_name", title="监护人姓名", most_bytes=60),
    SentField(key="guardian_number", title="监护人证件号码", most_bytes=18),
)


def encoding_on(day: date) -> str:
    """This function will name the encoding of the banks' files on a day."""
    return str(parameter("bank_file_encoding").on(day).value)


def misfits(
    captured: Captured, *, encoding: str, application_id: int | None = None
) -> Iterator[Refusal]:
    """This function will yield what the bank's file cannot carry, field by field."""
    for field in SENT_FIELDS:
        text = getattr(captured, field.key)
        rare = "".join(dict.fromkeys(char for char in text if not _fits(char, encoding)))
        if rare:
            values: dict[str, object] = {
                "field": field.title, "characters": rare, "encoding": encoding.upper(),
            }  # fmt: skip
            yield Refusal(no.NAME_NOT_ENCODABLE, values, application_id)
        elif (size := len(text.encode(encoding))) > field.most_bytes:
            values = {"field": field.title, "bytes": size, "most": field.most_bytes}
            yield Refusal(no.TEXT_TOO_LONG, values, application_id)


def _fits(character: str, encoding: str) -> bool:
    try:
        character.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def sent_record(captured: Captured, *, encoding: str) -> bytes:
    """This function will write what goes to the bank: fields of fixed width, padded by bytes.

    :raises UnicodeEncodeError: when `misfits` was not asked first.
    """
    parts = (
        getattr(captured, field.key).encode(encoding).ljust(field.most_bytes)
        for field in SENT_FIELDS
    )
    return b"".join(parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """Whether the bank's file can carry what was captured: in so many bytes, or why not."""

    encoding: str
    byte_count: int
    unfit: tuple[Refusal, ...]


def fit_of(captured: Captured, *, on: date) -> Fit:
    """This function will measure what was captured as the bank's file will encode it (Art. 25)."""
    encoding = encoding_on(on)
    unfit = tuple(misfits(captured, encoding=encoding))
    size = 0 if unfit else len(sent_record(captured, encoding=encoding))
    return Fit(encoding=encoding.upper(), byte_count=size, unfit=unfit)


def seal_captured(captured: Captured) -> bytes:
    """This function will seal what was captured, as one text."""
    return vault.seal_text(json.dumps(asdict(captured), ensure_ascii=False), context=CONTEXT)


def open_captured(sealed: bytes | memoryview) -> Captured:
    """This function will open what was captured; a field of another edition is left out.

    :raises cardbook.lib.sm.Damaged: when it was altered.
    """
    text = vault.open_text(sealed, context=CONTEXT)
    if text == MARK:
        return Captured(name=MARK, number=MARK)
    given = json.loads(text)
    known = {field.name for field in fields(Captured)}
    return Captured(**{name: value for name, value in given.items() if name in known})


def digest_of(captured: Captured, *, photo: str) -> str:
    """This function will make the digest of what the holder read before he signed."""
    return sm3(canonical_json({"captured": asdict(captured), "photo": photo}).encode()).hex()


def captured_of(person: Person, *, phone: str = "", address: str = "") -> Captured:
    """This function will take over what the book knows; a new phone or address comes first."""
    holder = holder_of(person)
    kept = (
        vault.open_text(person.address_sealed, context=vault.ADDRESS)
        if person.address_sealed
        else ""
    )
    return Captured(
        name=holder.name, number=holder.number, sex=holder.sex,
        phone=phone or holder.phone, address=address or kept,
    )  # fmt: skip
