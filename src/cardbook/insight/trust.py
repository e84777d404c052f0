"""The list of trust: what may go wrong, what must come of it, which test shows that it does.

Rows are `trust.toml`; tests claim them by a mark (`marks.py`). Serves every article.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from cardbook.insight.marks import TrustTest, trust_tests

_ROW = re.compile(r"([A-Z])([1-9][0-9]?)")


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustRow:
    """One row: what happens, what must come of it, what is not proven yet and why."""

    id: str
    when: str
    then: str
    open: str = ""

    @property
    def group(self) -> str:
        """The letter it stands under."""
        return self.id[0]


@cache
def trust_groups() -> Mapping[str, str]:
    """This function will give the letters of the list with their titles, in order."""
    return {letter: str(title) for letter, title in _read()["groups"].items()}


@cache
def trust_rows() -> Mapping[str, TrustRow]:
    """This function will give every row by its id, in the order of the list.

    :raises ValueError: when a row has no group, or its id is none.
    """
    rows = {}
    for id_, said in _read()["rows"].items():
        found = _ROW.fullmatch(id_)
        if found is None or found[1] not in trust_groups():
            raise ValueError(f"trust.toml: {id_}")
        rows[id_] = TrustRow(id=id_, **said)
    return rows


def _read() -> dict[str, Any]:
    text = files("cardbook.insight").joinpath("trust.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def claims() -> Mapping[str, tuple[TrustTest, ...]]:
    """This function will list the tests that claim each row, also rows that do not exist."""
    found: dict[str, list[TrustTest]] = {}
    for test in trust_tests():
        found.setdefault(test.row, []).append(test)
    return {row: tuple(tests) for row, tests in found.items()}
