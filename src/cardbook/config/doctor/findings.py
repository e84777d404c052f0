"""What a check says: how bad it is, in one sentence, and the one next step."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How bad a finding is."""

    WELL = "well"
    NOTE = "note"
    WRONG = "wrong"

    @property
    def mark(self) -> str:
        """The sign in front of the line."""
        return {"well": "✓", "note": "!", "wrong": "✗"}[self.value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One line of the table; `remedy` is empty when nothing is to be done."""

    code: str
    title: str
    level: Level
    said: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """A check under its name; what it says is `well`, worth a `note`, or `wrong`."""

    code: str
    title: str

    def well(self, said: str) -> Finding:
        """All is as it should be."""
        return Finding(code=self.code, title=self.title, level=Level.WELL, said=said)

    def note(self, said: str, remedy: str) -> Finding:
        """It works, and somebody should know."""
        return Finding(
            code=self.code, title=self.title, level=Level.NOTE, said=said, remedy=remedy
        )

    def wrong(self, said: str, remedy: str) -> Finding:
        """It must be put right."""
        return Finding(
            code=self.code, title=self.title, level=Level.WRONG, said=said, remedy=remedy
        )
