"""Chapter 7: what became of stock on the shelf."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class StockMissed:
    """A card was not where the book has it: found missing in a stock-take or reported lost.

    `stocktake` and `incident` are ids of what it stands in, when it stands in one.
    """

    words: str
    stocktake: int | None = None
    incident: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StockFound:
    """A card registered as missing is there: where it was, in words."""

    words: str
    stocktake: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StockDamaged:
    """A card was spoilt in the office's keeping (fire, water, magnet, crushing …)."""

    kind: str
    words: str
    incident: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HarmReported:
    """Whoever has the card said that it was damaged or lost, by what cause (Art. 20, 21).

    `report` is the id of what was said; `harm` and `cause` are its codes.
    """

    harm: str
    cause: str
    words: str
    report: int
