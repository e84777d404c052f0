"""Files a bank brings of its own: what became of orders, how its half of cards stands (22, 25).

Adapters read them; a person enters them and answers for it, for nobody here speaks for a bank.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from cardbook.lib.sm import sm3
from cardbook.ports.messages import MadeCard
from cardbook.ports.standings import Standing


class SheetRefused(ValueError):
    """The file is cut, miscounted or of no agreed kind; nothing of it may be taken."""


class Said(StrEnum):
    """What a bank may say of an order by file."""

    ACCEPT = "accept"
    REFUSE = "refuse"
    MADE = "made"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRow:
    """What is said of the order for the holder of a document; `detail` names the order itself.

    `made` is the card itself, where the file describes it.
    """

    row: int
    said: Said
    number: str = field(repr=False)
    words: str = ""
    reference: str = ""
    detail: str = ""
    made: MadeCard | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class HalfRow:
    """How the bank's half of a card stands and since when; `trouble` is what cannot be read."""

    row: int
    card_number: str
    standing: Standing | None = None
    at: datetime | None = None
    reference: str = ""
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class BankSheet:
    """A file read whole: rows of orders, or rows of halves."""

    title: str
    orders: tuple[OrderRow, ...] = ()
    halves: tuple[HalfRow, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """A file a bank left that waits for a person."""

    name: str
    title: str
    at: datetime
    is_of_halves: bool


class BankInbox(Protocol):
    """What a bank left in its folder and no worker may enter (docs/operate/exchange.md)."""

    def arrived(self) -> Sequence[Arrived]:
        """Files that wait for a person, by name."""
        ...

    def content(self, name: str) -> bytes:
        """One of them; raises `KeyError` when it is there no more."""
        ...

    def keep(self, name: str) -> None:
        """Put it away: it was entered."""
        ...

    def refused_files(self) -> list[tuple[str, str]]:
        """Names and reasons of files the bank has to send again."""
        ...


def order_detail(reference: str) -> str:
    """This function will make the twelve characters that name an order in a bank's files.

    They come from what owes it, the same in every attempt.
    """
    return sm3(reference.encode()).hex()[:12]
