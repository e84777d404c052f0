"""How a message owed stands; pure data without Django."""

from enum import StrEnum


class State(StrEnum):
    """Values are stored: never rename or reuse one."""

    label: str

    def __new__(cls, value: str, label: str) -> "State":
        """Make a member that is its value and carries its Chinese word."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member

    @classmethod
    def choices(cls) -> list[tuple[str, str]]:
        """Value and Chinese word of every member, for the model and the page."""
        return [(str(member), member.label) for member in cls]

    OWED = "owed", "待送"
    LEASED = "leased", "正在送"
    SENT = "sent", "已送出，等回执"
    DONE = "done", "对方已办"
    ALREADY_SO = "already_so", "对方早已如此"
    REFUSED = "refused", "对方不受理"
    PARKED = "parked", "搁置待查"
    BY_HAND = "by_hand", "已手工办结"
    WITHDRAWN = "withdrawn", "已撤回，不必再送"


# What somebody still waits for, and what needs a person.
OPEN = (State.OWED, State.LEASED, State.SENT, State.REFUSED, State.PARKED)
STUCK = (State.REFUSED, State.PARKED)
