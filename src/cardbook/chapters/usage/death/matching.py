"""A list of deaths from the police or civil affairs, matched with holders row by row (Art. 17).

Looked up, it changes nothing; signed by two, each row that fits is an act of its own. A row that
does not fit is answered in words and changes nothing; the others are done.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from cardbook.cards.models import Card
from cardbook.cards.states import Stage
from cardbook.chapters.asked import Answered
from cardbook.chapters.usage.ending import about_the_holder, with_what_ends, write_death
from cardbook.lib import citizen_number
from cardbook.lib.canonical import digest
from cardbook.lib.clock import local_day
from cardbook.lib.days import day_of
from cardbook.lib.masking import mask_number
from cardbook.lib.names import parse_name
from cardbook.lib.plain import InputError
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.facts import DeathNoted, DeathSource, EndReason
from cardbook.lifecycle.perform import Step, perform
from cardbook.lifecycle.refusals import Refused
from cardbook.orgs.actors import Actor
from cardbook.people import vault
from cardbook.people.holders import holder_of

MOST_ROWS = 500
# Of several cards of one holder, whose death is noted once, the one that is still about.
_ABOUT: Mapping[str, int] = {Stage.ISSUED: 0, Stage.IN_CUSTODY: 1, Stage.RETURNED: 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchRow:
    """One row of the list: whom it names, what the book knows, what was done."""

    line: int
    number: str
    name: str
    said: str
    card_id: int | None = None
    fits: bool = False
    done: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Noting:
    """What holds for every row: whose list it is, its number, what was shown, who signs."""

    source: DeathSource
    reference: str
    answered: Answered
    second: Actor | None
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Named:
    line: int
    number: str
    name: str
    died_on: date


def match_deaths(
    *, text: str, by: Actor, at: datetime, noting: Noting | None = None
) -> list[MatchRow]:
    """This function will look every row up among the county's holders; with `noting` it will also
    record each death that fits, one act each.

    :raises InputError: when there are too many rows for one go.
    """
    lines = [(place, line) for place, line in enumerate(text.splitlines(), 1) if line.strip()]
    if len(lines) > MOST_ROWS:
        raise InputError("too_many", f"一次最多 {MOST_ROWS} 行，现有 {len(lines)} 行，请分次粘贴")
    read = [_read(place, line, today=local_day(at)) for place, line in lines]
    cards = _cards_of([one.number for one in read if isinstance(one, _Named)], by=by)
    seen: dict[str, int] = {}
    found = []
    for one in read:
        row = one if isinstance(one, MatchRow) else _looked_up(one, cards, seen)
        if row.fits and noting is not None and isinstance(one, _Named):
            row = _noted(row, one, noting, by=by, at=at)
        found.append(row)
    return found


def _read(place: int, line: str, *, today: date) -> _Named | MatchRow:
    cells = [cell.strip() for cell in re.split(r"\t|,|，|\s+", line.strip())]
    try:
        if len(cells) != 3:
            said = f"应有证件号码、姓名、死亡日期三列，现有 {len(cells)} 列"
            raise InputError("columns", said)
        number = citizen_number.parse(cells[0], today=today).number
        name, day = parse_name(cells[1]).name, day_of(cells[2])
        if day is None:
            raise InputError("day", f"“{cells[2][:20]}”不是日期，请写成 2026-11-20 的样子")
    except InputError as problem:
        return MatchRow(
            line=place, number=mask_number(cells[0][:18]), name="", said=problem.sentence
        )
    return _Named(line=place, number=number, name=name, died_on=day)


def _cards_of(numbers: Sequence[str], *, by: Actor) -> dict[bytes, list[Card]]:
    """The county's cards of whoever bears the numbers, what is still about first; one query."""
    keys = [vault.number_index(number) for number in numbers]
    found: dict[bytes, list[Card]] = {}
    cards = Card.objects.filter(
        person__number_index__in=keys, county__path__startswith=by.county_path
    ).select_related("person")
    for card in sorted(cards, key=lambda one: (_ABOUT.get(one.stage, 9), -one.pk)):
        found.setdefault(bytes(card.person.number_index), []).append(card)
    return found


def _looked_up(one: _Named, cards: dict[bytes, list[Card]], seen: dict[str, int]) -> MatchRow:
    row = MatchRow(line=one.line, number=mask_number(one.number), name=one.name, said="")
    if one.number in seen:
        return replace(row, said=f"与第 {seen[one.number]} 行是同一个人，本行没有办理")
    seen[one.number] = one.line
    own = cards.get(bytes(vault.number_index(one.number)), [])
    if not own:
        return replace(row, said="本县区没有他的卡，不用办理")
    holder = holder_of(own[0].person)
    if holder.name != one.name:
        said = f"台账姓名是“{holder.name}”，与名单不一致；请核对是不是同一个人，没有办理"
        return replace(row, card_id=own[0].pk, said=said)
    stand = "；".join(f"{card.number} {Stage.of(card.stage).label}" for card in own)
    if holder.died_on:
        return replace(row, card_id=own[0].pk, said=f"已登记 {holder.died_on} 去世（{stand}）")
    said = f"还没有登记死亡（{stand}）"
    return replace(row, card_id=own[0].pk, said=said, fits=True)


def _noted(row: MatchRow, one: _Named, noting: Noting, *, by: Actor, at: datetime) -> MatchRow:
    assert row.card_id is not None
    key = f"{noting.key[:20]}-{digest([noting.key, one.number]).hex()[:40]}"
    step = Step(
        act=act("holder.note_death"),
        facts=DeathNoted(died_on=one.died_on, source=noting.source, reference=noting.reference),
        subject_ids=[row.card_id],
        papers=noting.answered.papers,
        told=noting.answered.told,
    )
    card_id = row.card_id
    try:
        perform(
            *with_what_ends(about_the_holder(step, at=at), reason=EndReason.DEATH, key=key),
            by=by, second=noting.second, at=at, key=key,
            also=lambda done: write_death(card_id, one.died_on),
        )  # fmt: skip
    except Refused as refused:
        said = "".join(f"{one.sentence}{one.way_out}" for one in refused.refusals[:2])
        return replace(row, said=said, fits=False)
    return replace(row, said=f"已登记 {one.died_on} 去世", done=True)
