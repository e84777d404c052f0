"""Which rows of a list cannot go, so that a clerk knows what to put aside (Art. 8, 19, 20).

What is wrong with many cards alike is said once, with its rows.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from cardbook.lifecycle.refusals import Refusal

_NAMED = 3
Row = tuple[int, str]


def said_of_rows(rows: Mapping[int, Row], refusals: Sequence[Refusal]) -> tuple[Refusal, ...]:
    """This function will put the rows before each reason; none where it holds for every row.

    `rows` are the list's: its number and the card's by the card's id.
    """
    first: dict[tuple[str, str, str], Refusal] = {}
    met: dict[tuple[str, str, str], list[Row]] = {}
    for one in refusals:
        same = (one.code, one.sentence, one.way_out)
        first.setdefault(same, one)
        row = rows.get(one.subject_id or 0)
        if row is not None:
            met.setdefault(same, []).append(row)
    return tuple(
        replace(one, where=_where(sorted(met.get(same, ())), of=len(rows)))
        for same, one in first.items()
    )


def _where(rows: Sequence[Row], *, of: int) -> str:
    if not rows or len(rows) == of > 1:
        return ""
    places = "、".join(str(row) for row, _ in rows)
    numbers = "、".join(number for _, number in rows)
    return f"第 {places} 行（{numbers if len(rows) <= _NAMED else f'共 {len(rows)} 张'}）："
