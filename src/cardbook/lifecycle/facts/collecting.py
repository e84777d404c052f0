"""Chapter 3: received, counted, sorted."""

from dataclasses import dataclass


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
class CardUnsorted:
    """A card was taken off its slot and laid back on the pile of the office."""

    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawerFilled:
    """A card was taken from the store into the drawer of the window, to be handed out."""

    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedDown:
    """A card was given to another office, which has to acknowledge it; `receiver` is its id."""

    receiver: int
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandDownAcknowledged:
    """The other office counted the card in; `scanned` one by one, or a sealed box as a whole."""

    shipment: int
    scanned: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class HandDownDiffers:
    """A card on the list was not among those that came; it stays in transit until explained."""

    shipment: int
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HandDownTakenBack:
    """The sender has the card again, because it was recalled or never left."""

    shipment: int
    words: str
