"""Chapter 8: what came of reading a chip (Art. 22)."""

from enum import StrEnum


class ChipRead(StrEnum):
    """Whether the chip was read when a card was put to use, and what came of it (Art. 22)."""

    NOT_READ = "not_read"
    PARTLY = "partly"
    AGREES = "agrees"

    @property
    def label(self) -> str:
        """The words on the register."""
        return {
            "not_read": "未读芯片",
            "partly": "已读芯片，读出的与台账一致",
            "agrees": "已读芯片，号码、姓名与台账一致",
        }[self]
