"""The province's numbers for many cards at once, pasted as rows; each row its own act (Art. 14).

A row that does not fit is answered in words and changes nothing; the others are done.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from cardbook.chapters.corrections.wrong_cards.commands import confirm_province, enter_province
from cardbook.chapters.corrections.wrong_cards.scope import open_correction_of
from cardbook.lib.canonical import digest
from cardbook.lib.days import day_of
from cardbook.lib.identifiers import parse_card_number
from cardbook.lib.plain import InputError
from cardbook.lifecycle.facts import ProvinceAnswered
from cardbook.lifecycle.refusals import Refused
from cardbook.orgs.actors import Actor

MOST_ROWS = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class RowResult:
    """What became of one pasted row."""

    line: int
    card: str
    done: bool
    said: str


def paste_province(*, text: str, step: str, by: Actor, at: datetime, key: str) -> list[RowResult]:
    """This function will enter (`enter`) or confirm (`confirm`) every row, one act each.

    :raises InputError: when there are too many rows for one go.
    """
    lines = [(place, line) for place, line in enumerate(text.splitlines(), 1) if line.strip()]
    if len(lines) > MOST_ROWS:
        raise InputError("too_many", f"一次最多 {MOST_ROWS} 行，现有 {len(lines)} 行，请分次粘贴")
    return list(_results(lines, step=step, by=by, at=at, key=key))


def _results(
    lines: list[tuple[int, str]], *, step: str, by: Actor, at: datetime, key: str
) -> Iterator[RowResult]:
    seen: dict[str, int] = {}
    for place, line in lines:
        cells = [cell.strip() for cell in re.split(r"\t|,|，|\s{2,}", line.strip())]
        card = cells[0][:20]
        try:
            number, facts = _read(cells)
        except InputError as problem:
            yield RowResult(line=place, card=card, done=False, said=problem.sentence)
            continue
        if number in seen:
            said = f"与第 {seen[number]} 行是同一张卡，本行没有办理"
            yield RowResult(line=place, card=number, done=False, said=said)
            continue
        seen[number] = place
        said, done = _do(number, facts, step=step, by=by, at=at, key=key)
        yield RowResult(line=place, card=number, done=done, said=said)


def _read(cells: list[str]) -> tuple[str, ProvinceAnswered]:
    if len(cells) != 3:
        raise InputError("columns", f"应有卡号、登记号、日期三列，现有 {len(cells)} 列")
    day = day_of(cells[2])
    if day is None:
        raise InputError("day", f"“{cells[2][:20]}”不是日期，请写成 2026-11-20 的样子")
    number = parse_card_number(cells[0]).value
    return number, ProvinceAnswered(reference=cells[1][:60], answered_on=day)


def _do(
    number: str, facts: ProvinceAnswered, *, step: str, by: Actor, at: datetime, key: str
) -> tuple[str, bool]:
    found = open_correction_of(card_number=number, by=by)
    if found is None:
        return "本县区没有这张卡办理中的错卡处理，请核对卡号", False
    command = confirm_province if step == "confirm" else enter_province
    own_key = f"{key[:20]}-{digest([key, number, step]).hex()[:40]}"
    try:
        done = command(correction_id=found, facts=facts, by=by, at=at, key=own_key)
    except Refused as refused:
        said = "".join(f"{one.sentence}{one.way_out}" for one in refused.refusals[:2])
        return said, False
    again = "（先前已登记，没有重复）" if done.repeated else ""
    return f"{'已确认' if step == 'confirm' else '已登记'}{again}", True
