"""Chapter 8: applications and temporary cards."""

from dataclasses import dataclass


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
