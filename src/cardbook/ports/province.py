"""The province's card system asked directly: cards, applications, person, photo (domain.md 9.2a).

What is asked is asked in the moment somebody needs it; the answer is shown with its source and
time. Whoever asks must go on without an answer: `Unreachable` is an ordinary one.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from cardbook.ports.messages import Correspondent
from cardbook.ports.standings import Standing

_LIVING = frozenset(
    {Standing.MADE, Standing.NORMAL, Standing.ORAL_LOSS, Standing.FORMAL_LOSS, Standing.LOCKED}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvinceCard:
    """A card as the province has it."""

    number: str
    standing: Standing

    @property
    def lives(self) -> bool:
        """Whether it is neither cancelled nor replaced."""
        return self.standing in _LIVING


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvinceApplication:
    """An application the province has in hand: for a first card or another one, since when."""

    replacement: bool
    since: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvincePerson:
    """A person as the province has him registered; empty where it has nothing."""

    name: str = field(repr=False)
    sex: str = field(default="", repr=False)
    nation: str = field(default="", repr=False)
    born_on: date | None = field(default=None, repr=False)
    phone: str = field(default="", repr=False)
    address: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Which applications are asked for: from day to day, of an office."""

    since: date
    until: date
    office: str


class ProvinceDesk(Protocol):
    """What the province answers at once; every question may raise `Unreachable`."""

    def cards_of(self, *, name: str, number: str) -> Sequence[ProvinceCard]:
        """The cards it has of a person, those of every city."""
        ...

    def applications_of(self, *, number: str, span: Span) -> Sequence[ProvinceApplication]:
        """What is in hand for a person."""
        ...

    def person_of(self, *, name: str, number: str) -> ProvincePerson | None:
        """The person, or None when it has nobody of that number and name."""
        ...

    def photo_of(self, *, name: str, number: str) -> bytes | None:
        """His photo as kept there, or None."""
        ...


class Province(Correspondent, ProvinceDesk, Protocol):
    """The province's card system: told by messages, asked directly."""
