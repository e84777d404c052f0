"""Days as people and programs write them; a month without a day names none (domain.md 3.1, 9.2).

`2024-11` is a month and `2024111` might be either of two days: neither is guessed at.
"""

import re
from datetime import date

# Year, month and day: eight digits in a row, or apart by a mark on both sides of the month.
DAY = (
    r"(?=[0-9]{8}(?![0-9])|[0-9]{4}[-/.年][0-9]{1,2}[-/.月])"
    r"([0-9]{4})[-/.年]?([0-9]{1,2})[-/.月]?([0-9]{1,2})日?"
)
_WRITTEN = re.compile(DAY)
# The province's platform writes moments without a mark: YYYYMMDDhhmmss.
_MOMENT = re.compile(r"([0-9]{8})[0-2][0-9][0-5][0-9][0-5][0-9]")
_HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}


def day_of(text: str) -> date | None:
    """This function will read the day a text names, without the time behind it; None: no day."""
    first = text.translate(_HALF_WIDTH).strip().replace("T", " ").split(" ", maxsplit=1)[0]
    moment = _MOMENT.fullmatch(first)
    found = _WRITTEN.fullmatch(moment[1] if moment else first)
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:
        return None
