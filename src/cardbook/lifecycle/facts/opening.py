"""Before this book began: what sources claim, and what was found out."""

from dataclasses import dataclass
from datetime import date


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
