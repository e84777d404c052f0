"""How a card stands on the other side, in our words; every adapter translates its codes into them.

The codes collide (2 is formal loss in one place, temporary loss in another; domain.md 2.2), so no
number of another system ever leaves its adapter.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Standing(StrEnum):
    """One line a card's state in any of the systems comes down to."""

    MADE = "made"
    NORMAL = "normal"
    ORAL_LOSS = "oral_loss"
    FORMAL_LOSS = "formal_loss"
    LOCKED = "locked"
    VOID = "void"
    CANCELLED = "cancelled"

    @property
    def label(self) -> str:
        """What a clerk calls it."""
        return {
            "made": "封存（未启用）",
            "normal": "正常",
            "oral_loss": "临时挂失",
            "formal_loss": "正式挂失",
            "locked": "应用锁定",
            "void": "作废（已补换）",
            "cancelled": "注销",
        }[self]


class CodeUnknown(ValueError):
    """The other side used a code its description does not have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeMap:
    """Codes of one system and our standings, total both ways.

    Several codes may mean one standing; the first listed is the one we say. What the other side
    has no code for is named in `unsayable`: a standing added to ours is a gap that a test finds.
    """

    system: str
    codes: Mapping[str, Standing]
    unsayable: frozenset[Standing] = frozenset()

    def ours(self, code: str) -> Standing:
        """This function will translate a code of theirs.

        :raises CodeUnknown: when their description does not have it.
        """
        try:
            return self.codes[code]
        except KeyError:
            raise CodeUnknown(f"{self.system}回复了未约定的状态代码“{code}”") from None

    def theirs(self, standing: Standing) -> str:
        """This function will give their code for a standing of ours.

        :raises CodeUnknown: when they have none.
        """
        for code, meant in self.codes.items():
            if meant is standing:
                return code
        raise CodeUnknown(f"{self.system}没有“{standing.label}”的代码")
