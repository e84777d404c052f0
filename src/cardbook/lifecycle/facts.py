"""What each act records: frozen, versioned, people by reference only (architecture, section 4).

A fact class is named in the past; `canonical_json` of it is what the ledger keeps.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class IdentityReading(StrEnum):
    """How the identity document was read at the window."""

    READER = "reader"
    TYPED = "typed"


class Signing(StrEnum):
    """How the receiver signed the 领卡登记表 (Art. 8 para. 4; thumb print with witness, X8)."""

    SCREEN = "screen"
    PAPER = "paper"
    THUMB = "thumb"
    NONE = "none"


class Defect(StrEnum):
    """The quality problems Article 9 names, and the rest."""

    SOILED = "soiled"
    INCOMPLETE = "incomplete"
    UNREADABLE = "unreadable"
    OTHER = "other"

    @property
    def label(self) -> str:
        """The words of the article."""
        return {
            "soiled": "卡面污损",
            "incomplete": "残缺不能辨认",
            "unreadable": "不能在读卡设备上读写",
            "other": "其他质量问题",
        }[self]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpeningClaimed:
    """A source says how a card stood on a day before this book began; nothing in it was guessed.

    `file` is the digest of the source as it came, `row` the line in it. `dated` tells whether the
    source gave the day, else it is `as_of`. `place` is the source's own word. `inferred` says that
    the source named no place and the articles did: only a card that was handed over is activated
    (Art. 22) or reported lost by its holder (Art. 28).
    """

    source: str
    file: str
    row: int
    as_of: date
    dated: bool
    social: str
    hold: str
    bank: str
    place: str
    activated_on: date | None
    lost_on: date | None
    inferred: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OpeningSettled:
    """What an opening balance left open or disputed was found out: how, in words.

    `claims` are the ids of the sources' claims it answers.
    """

    claims: tuple[int, ...]
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionFound:
    """How the social function of a card stands was found out, which no source had said."""

    social: str
    claims: tuple[int, ...]
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StockHandedOn:
    """A card went along when its office was merged or split; ids of the organisations."""

    predecessor: int
    successor: int
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryRegistered:
    """A manifest was posted; the cards are on their way to the county's card body.

    `manifest` is the digest of the file as it came, `receiver` the organisation's id.
    """

    manifest: str
    receiver: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryReceived:
    """A box was counted blind by two people and these cards were in it."""

    delivery: int
    count: int
    box: str
    seal_intact: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ShortageRecorded:
    """A listed card was not in its box; it stays in transit until explained."""

    delivery: int
    count: int
    box: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DifferenceExplained:
    """What became of a card that was short: in words, with the paper that shows it."""

    delivery: int
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CardSorted:
    """A card was put into a slot, by which order of sorting."""

    order: str
    box: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CardIssued:
    """A card was given to its holder at a window, after the checks of Articles 8 and 9."""

    way: str
    identity: IdentityReading
    original_seen: bool
    face_matches: bool
    reads: bool
    scanned: str
    signing: Signing
    signature: str = ""
    copy_kept: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueUndone:
    """A hand-over was registered by mistake and the card is back in the office's hands."""

    event: int
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DefectRecorded:
    """A card failed inspection: which problem, how it was found, in whose words."""

    defect: Defect
    reader_tried: bool
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FreeReplacementOpened:
    """A free replacement was opened for a defective card."""

    old_card: int
    defect: Defect


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationWithdrawn:
    """An application was taken back, and why."""

    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TemporaryCardsStocked:
    """Temporary cards came into stock, in one box."""

    box: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TemporaryCardVoided:
    """A temporary card was found damaged and taken out of stock."""

    words: str
