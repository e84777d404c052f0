"""What leaves for whoever makes cards and for the bank that keeps the accounts (Art. 25).

A maker gets rows and photos (F4 of domain.md 3.2), a bank the pairs of card and account (F5).
Adapters write them; nothing is cut, and a row that does not fit is named with its field.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from cardbook.ports.messages import Addressee, MadeCard


@dataclass(frozen=True, slots=True)
class Trouble:
    """What stops a row: which one, and field, reason and remedy in words."""

    row: int
    words: str


class OrderRefused(ValueError):
    """Nothing was written; `troubles` name every row that does not fit."""

    def __init__(self, troubles: Sequence[Trouble]) -> None:
        """Keep every one of them."""
        self.troubles = tuple(troubles)
        super().__init__("；".join(one.words for one in self.troubles[:3]))


@dataclass(frozen=True, slots=True, kw_only=True)
class MakerRow:
    """One card to be made; `order` is the number under which the bank knows the application."""

    order: str
    about: Addressee = field(repr=False)
    card_number: str = ""
    photo: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class MakerOrder:
    """A task for one bank's cards, ordered on a day, valid until another."""

    task: str
    bank: str
    office: str
    office_name: str
    made_on: date
    valid_until: date
    rows: tuple[MakerRow, ...]


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """A file by its name, and for how many people it is."""

    name: str
    content: bytes = field(repr=False)
    rows: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountRow:
    """A made card with its account and whose it is."""

    about: Addressee = field(repr=False)
    made: MadeCard = field(repr=False)
