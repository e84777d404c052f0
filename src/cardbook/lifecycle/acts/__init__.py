"""THE TABLE: every act, in the order of the articles. One row says all there is to say about it.

Permission, buttons and why one is grey, papers asked for, notices, state diagrams, the index of
articles and the refusal catalogue are derived from the rows; nothing is written twice. A chapter
of the regulation is a file; `rows.py` says what a row is made of.
"""

from collections.abc import Mapping

from cardbook.cards.states import Subject
from cardbook.lifecycle.acts import (
    applying,
    collecting,
    corrections,
    delivering,
    duties,
    issuing,
    lending,
    opening,
    safekeeping,
    stranded,
    using,
)
from cardbook.lifecycle.acts.rows import Act, Move, States, states

__all__ = ["ACTS", "ROWS", "Act", "Move", "States", "act", "acts_on", "states"]

ROWS: tuple[Act, ...] = (
    *duties.ROWS,
    *opening.ROWS,
    *collecting.ROWS,
    *issuing.ROWS,
    *delivering.ROWS,
    *corrections.ROWS,
    *stranded.ROWS,
    *safekeeping.ROWS,
    *applying.ROWS,
    *lending.ROWS,
    *using.ROWS,
)

ACTS: Mapping[str, Act] = {row.code: row for row in ROWS}


def act(code: str) -> Act:
    """This function will return the row of an act.

    :raises KeyError: when there is no such act.
    """
    return ACTS[code]


def acts_on(subject: Subject) -> tuple[Act, ...]:
    """This function will list the acts that apply to an existing subject, in the law's order."""
    return tuple(row for row in ROWS if row.subject is subject and row.on is not None)
