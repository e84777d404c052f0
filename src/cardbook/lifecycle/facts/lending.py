"""Chapter 8: temporary cards, lent while a card is being made (Art. 27)."""

from dataclasses import dataclass
from datetime import date

from cardbook.lifecycle.facts.issuing import Relation, Signer, Signing


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
