"""Chapter 8: temporary cards, lent while a card is being made (Art. 27)."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from cardbook.lifecycle.facts.issuing import Relation, Signer, Signing
from cardbook.lifecycle.facts.stranded import Channel


@dataclass(frozen=True, slots=True, kw_only=True)
class TemporaryCardsStocked:
    """Temporary cards came into stock, in one box."""

    box: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TemporaryCardVoided:
    """A temporary card was found damaged and taken out of stock."""

    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TemporaryCardLent:
    """A temporary card was lent to `person_id` until a day; who fetched it is `agent`, charged by
    `mandate` where he is no guardian, a paper signed on a day and good until another; `relation`
    is what a guardian is to the holder."""

    person_id: int
    application: int
    valid_until: date
    signing: Signing
    received_by: Signer = Signer.HOLDER
    signature: str = ""
    agent: int | None = None
    mandate_signed_on: date | None = None
    mandate_until: date | None = None
    mandate: int | None = None
    self_supporting: bool = False
    incapacitated: bool = False
    relation: Relation | None = None
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TemporaryCardExtended:
    """It may be used longer, and why."""

    valid_until: date
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TemporaryCardTakenBack:
    """It came back, sound or not."""

    sound: bool
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TemporaryCardLost:
    """Its holder has lost it; it was stopped."""

    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TemporaryCardExcused:
    """The new card may be handed over though this one is still out: two people say why (X3)."""

    words: str
    excused: bool = True


class DunResult(StrEnum):
    """What came of asking for a temporary card back (Art. 27)."""

    WILL_RETURN = "will_return"
    TOLD = "told"
    NO_ANSWER = "no_answer"
    WRONG_NUMBER = "wrong_number"
    AWAY = "away"
    SAYS_LOST = "says_lost"
    WILL_NOT = "will_not"

    @property
    def label(self) -> str:
        """The word on the list and in the register."""
        return {
            "will_return": "答应来还",
            "told": "已告知",
            "no_answer": "无人接听",
            "wrong_number": "号码不对",
            "away": "外出未归",
            "says_lost": "称已遗失",
            "will_not": "拒绝归还",
        }[self]


@dataclass(frozen=True, slots=True, kw_only=True)
class BorrowerDunned:
    """Its borrower was asked for it back: by which way, with what result, when to ask again."""

    channel: Channel
    result: DunResult
    words: str = ""
    again_on: date | None = None
