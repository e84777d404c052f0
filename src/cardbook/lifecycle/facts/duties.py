"""Chapter 2: an office changes."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class StockHandedOn:
    """A card went along when its office was merged or split; ids of the organisations."""

    predecessor: int
    successor: int
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CountyJoined:
    """The county it belonged to went into another; ids of both bureaus. It stays where it is."""

    predecessor: int
    successor: int
    words: str
