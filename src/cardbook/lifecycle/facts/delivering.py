"""Chapter 4: sent by post, or taken to the holder's home (Art. 7)."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from cardbook.lifecycle.facts.issuing import CardIssued, Relation, Signer


@dataclass(frozen=True, slots=True, kw_only=True)
class CardPosted:
    """A card was given to the post, with the number of the parcel."""

    parcel: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PostedCardReceived:
    """The post's receipt came back signed: the holder has the card.

    Of a guardian who signed for a minor `guardian` is the person's id (Art. 11).
    """

    parcel: str
    received_on: date
    signed_by: Signer
    guardian: int | None = None
    relation: Relation | None = None
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PostedCardBack:
    """The parcel came back."""

    parcel: str
    words: str


class VisitReason(StrEnum):
    """Why the holder does not come to the window, so that the office goes to him (Art. 7)."""

    HEALTH = "health"
    AGE = "age"
    REMOTE = "remote"
    OTHER = "other"

    @property
    def label(self) -> str:
        """The word on the screen."""
        return {
            "health": "身体原因",
            "age": "年老体弱",
            "remote": "路远、交通不便",
            "other": "其他原因",
        }[self]


@dataclass(frozen=True, slots=True, kw_only=True)
class CardTakenOut:
    """Two took a card along to its holder: why, and on which day they mean to be there."""

    reason: VisitReason
    planned_on: date
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CardIssuedAtHome(CardIssued):
    """A card was given to its holder at his home, on a day, after the checks of the window."""

    handed_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class CardBroughtBack:
    """A card that was taken along came back: why it was not handed over."""

    words: str
