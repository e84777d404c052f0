"""Chapter 5: a wrong card taken back, checked again, entered above, made anew."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class FoundAt(StrEnum):
    """Where in a card's life the wrong information was found (Art. 13)."""

    COUNTING = "counting"
    ISSUING = "issuing"
    ACTIVATION = "activation"
    USE = "use"

    @property
    def label(self) -> str:
        """The word on the list of wrong cards."""
        return {"counting": "清点", "issuing": "发放", "activation": "激活", "use": "使用"}[self]


class WrongField(StrEnum):
    """What on the face of the card may be wrong (Art. 13)."""

    NAME = "name"
    NUMBER = "number"
    SEX = "sex"
    ETHNICITY = "ethnicity"
    BIRTH = "birth"
    PHOTO = "photo"
    OTHER = "other"

    @property
    def label(self) -> str:
        """The word on the list of wrong cards."""
        return {
            "name": "姓名",
            "number": "社会保障号码",
            "sex": "性别",
            "ethnicity": "民族",
            "birth": "出生日期",
            "photo": "照片",
            "other": "其他",
        }[self]


class Fault(StrEnum):
    """By whose doing the face is wrong; decides the fee of the new card (Art. 15, 26)."""

    CAPTURE = "capture"
    MAKER = "maker"
    POLICE = "police"
    HOLDER = "holder"

    @property
    def label(self) -> str:
        """The word on the list of wrong cards."""
        return {
            "capture": "采集差错",
            "maker": "制卡差错",
            "police": "公安数据差错",
            "holder": "本人信息变更",
        }[self]

    @property
    def is_free(self) -> bool:
        """Whether the holder owes nothing for the new card."""
        return self is not Fault.HOLDER

    @property
    def needs_police(self) -> bool:
        """Whether the police's own data change first; a slip of ours leaves them as they are."""
        return self in (Fault.POLICE, Fault.HOLDER)


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorRecorded:
    """A card whose face differs from the holder's document was taken back.

    Which fields differ; what they say is personal data and lies sealed with the correction.
    `reported` is who pointed it out: `holder`, `agent` or `staff`.
    """

    found: FoundAt
    fields: tuple[WrongField, ...]
    reported: str
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionOpened:
    """The handling of a wrong card began; `card` is the card's id."""

    card: int
    found: FoundAt
    fields: tuple[WrongField, ...]
    fault: Fault


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorExplained:
    """The holder or the proxy was told what is wrong and what to do: by which way, in what words.

    `told` is `holder` or `agent`; who a proxy was lies sealed with the correction. `expected_on`
    is the day by which the police will have mended its data, where it has to (Art. 15).
    """

    told: str
    way: str
    words: str
    expected_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorRechecked:
    """Another person went through every field again: the entry is complete and right.

    `fields` are those found wrong the second time, should they differ from the first.
    """

    complete: bool
    fields: tuple[WrongField, ...] = ()
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvinceAnswered:
    """What the province's system answered, typed from its screen while there is no interface."""

    reference: str
    answered_on: date
    by_hand: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionResumed:
    """The handling ended in a new application; `corrected_on` when the police mended its data."""

    corrected_on: date | None
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorReplacementOpened:
    """A replacement was opened for a wrong card; whose fault decided the fee."""

    old_card: int
    correction: int
    fault: Fault
    fee_fen: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionDropped:
    """The entry was a mistake: the face is right after all, said in words."""

    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorLifted:
    """A card taken back by mistake goes back to where it may be issued or used."""

    correction: int
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SentHome:
    """A wrong or defective card an outlet took back left for its county's card body."""

    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeAcknowledged:
    """The card body counted it in."""

    shipment: int
    scanned: bool
