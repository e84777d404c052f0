"""Which parameters no code reads yet: found by looking for their names, not by a list (Art. 33).

A number that nothing reads changes nothing, however often it is confirmed; pages say so.
"""

import re
from functools import cache
from pathlib import Path

from cardbook.law.parameters import all_parameters

HOUSE = Path(__file__).resolve().parents[1]
NOT_USED = "尚未使用"
_KINDS = frozenset({".py", ".sql", ".html", ".js", ".typ"})


@cache
def unused_parameters(*, house: Path = HOUSE) -> frozenset[str]:
    """This function will list the parameters that no source file names; tests do not count."""
    said = " ".join(
        path.read_text(encoding="utf-8")
        for path in house.rglob("*")
        if path.suffix in _KINDS and "tests" not in path.parts and "vendor" not in path.parts
    )
    words = set(re.findall(r"[\"']([a-z0-9_]+)[\"']", said))
    return frozenset(one.key for one in all_parameters() if one.key not in words)
