"""The table of acts as lists of SQL values, so that a recount asks what the table says now.

`check.py` puts them where a `sql/*.sql` names them; nothing here comes from outside the house.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields

from cardbook.cards.states import (
    CLOSED_APPLICATIONS,
    CLOSED_CORRECTIONS,
    REGIONS,
    Hold,
    Stage,
    Subject,
)
from cardbook.custody.places import Place
from cardbook.law.papers import PaperKind
from cardbook.lifecycle.acts import ROWS, Act
from cardbook.lifecycle.load import TABLES

Tuple = tuple[object, ...]
_LOSSES = (Hold.ORAL_LOSS, Hold.FORMAL_LOSS)


def _literal(value: object) -> str:
    if value is None:
        return "NULL::int"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, list | tuple):
        return f"ARRAY[{', '.join(_literal(item) for item in value)}]::text[]"
    return "'{}'".format(str(value).replace("'", "''"))


def values(rows: Iterable[Tuple]) -> str:
    """This function will write rows as the inside of VALUES."""
    return ", ".join(f"({', '.join(_literal(item) for item in row)})" for row in rows)


def stage_places() -> set[tuple[str, str]]:
    """This function will list which kind of place a card may be in at which stage.

    An act that moves leaves the card at its target; an act that only changes the stage leaves it
    where its earlier stage had it, so this is repeated until nothing new is found.
    """
    acts = [row for row in ROWS if row.subject is Subject.CARD]
    found = {
        (stage, str(row.move.target)) for row in acts if row.move for stage in _stages_after(row)
    }
    while True:
        more = {
            (after, place)
            for row in acts
            if row.move is None and "stage" in row.becomes and row.on
            for stage, place in found
            if stage in row.on.get("stage", frozenset())
            for after in _stages_after(row)
        }
        if more <= found:
            return found
        found |= more


def _stages_after(row: Act) -> frozenset[str]:
    if "stage" in row.becomes:
        return frozenset({str(row.becomes["stage"])})
    return (row.on or {}).get("stage", frozenset())


_ALWAYS = ("%",)


def _papers() -> Iterator[Tuple]:
    """Every group of papers with the facts that call for it, as patterns of canonical JSON."""
    for row in ROWS:
        for group in row.papers.groups if row.papers else ():
            yield _asked(row, group, _ALWAYS)
        for when in row.papers_when:
            patterns = tuple(_fact(when.field, value) for value in sorted(when.values))
            for group in when.rule.groups:
                yield _asked(row, group, patterns)


def _fact(name: str, value: str) -> str:
    written = value.lower() if value in ("True", "False") else f'"{value}"'
    return f'%"{name}":{written}%'


def _asked(row: Act, group: tuple[PaperKind, ...], facts: tuple[str, ...]) -> Tuple:
    return (
        row.code,
        row.version,
        row.title,
        "或".join(kind.title for kind in group),
        [kind.code for kind in group],
        [kind.code for kind in group if kind.is_image],
        facts,
    )


def _has(row: Act, name: str) -> bool:
    """Whether the act records a fact of this name."""
    return any(one.name == name for one in fields(row.facts))


def _is_signed_for(row: Act) -> bool:
    """Whether somebody's own document is read and he signs (Art. 8 para. 4)."""
    return _has(row, "signing") and _has(row, "original_seen")


def _gives(row: Act) -> bool:
    """Whether the act puts a card into its holder's hands, who is then told about it (Art. 12)."""
    return row.move is not None and row.move.target is Place.HOLDER and bool(row.notices)


def _day_of(row: Act) -> str:
    """The fact that says on which day the holder received it; none when it is the act's own."""
    return next(
        (name for name in ("signed_on", "received_on", "handed_on") if _has(row, name)), ""
    )


def _loss_acts() -> Mapping[str, str]:
    """The acts that put a card on loss, and those that take whatever held it off (Art. 28)."""
    holding = [row for row in ROWS if "hold" in row.becomes]
    losing = [row for row in holding if row.becomes["hold"] in _LOSSES]
    return {
        "losing_acts": ", ".join(_literal(row.code) for row in losing),
        "unholding_acts": ", ".join(_literal(row.code) for row in holding if row not in losing),
    }


def pieces() -> Mapping[str, str]:
    """This function will return every list a query may name, by its name."""
    return {
        "stage_places": values(sorted(stage_places())),
        "closed_applications": ", ".join(_literal(value) for value in CLOSED_APPLICATIONS),
        "closed_corrections": ", ".join(_literal(value) for value in CLOSED_CORRECTIONS),
        "papers": values(_papers()),
        "signed_acts": ", ".join(_literal(row.code) for row in ROWS if _is_signed_for(row)),
        "notices": values(
            (row.code, row.version, row.title, notice.code, notice.title)
            for row in ROWS
            # What is owed and told later has a list of its own (Art. 28).
            if not row.told_later
            for notice in row.notices
        ),
        "two_people": values((row.code, row.version) for row in ROWS if row.second),
        "other_people": values((row.code, row.version) for row in ROWS if row.by_another),
        "witnessed": values(
            (row.code, row.version, sorted(str(role) for role in row.witness))
            for row in ROWS
            if row.witness
        ),
        "given_acts": values((row.code, _day_of(row)) for row in ROWS if _gives(row)),
        "undoing_acts": ", ".join(_literal(row.code) for row in ROWS if _has(row, "event")),
        **_loss_acts(),
        "destroying_acts": ", ".join(
            _literal(row.code) for row in ROWS if row.becomes.get("stage") == Stage.DESTROYED
        ),
        "harmless_acts": ", ".join(
            _literal(row.code)
            for row in ROWS
            if row.on is not None and Stage.DESTROYED in row.on.get("stage", {Stage.DESTROYED})
        ),
        "known_acts": values((row.subject, row.code, row.version) for row in ROWS),
        "moving_acts": values(
            (row.code, row.version) for row in ROWS if row.move and not row.move.stays
        ),
    }


_AS_CLAIMED = -1


def _step(row: Act, region: str, numbers: Mapping[str, int]) -> int | None:
    """Which value of the region the act leads to, by number; None when it leaves it alone."""
    if region in row.claims:
        return _AS_CLAIMED
    return numbers[str(row.becomes[region])] if region in row.becomes else None


def _made(region: str, numbers: Mapping[str, int]) -> str:
    """The number of the value: the act's own, or of the opening balance what its facts claim."""
    claimed = f"array_position({_literal(list(numbers))}, e.facts::json->>'{region}') - 1"
    return f"CASE WHEN step.{region} = {_AS_CLAIMED} THEN {claimed} ELSE step.{region} END"


def replay_pieces(subject: Subject) -> Mapping[str, str]:
    """This function will return what replays one kind of subject: steps, folds, comparisons."""
    regions = REGIONS[subject]
    numbers = {
        region: {str(value): number for number, value in enumerate(members)}
        for region, members in regions.items()
    }
    rows = [row for row in ROWS if row.subject is subject]
    return {
        "kind": subject,
        "table": TABLES[subject],
        "step_columns": "".join(f", {region}" for region in regions),
        "steps": values(
            (
                row.code,
                *(_step(row, region, numbers[region]) for region in regions),
            )
            for row in rows
        ),
        "folds": "".join(
            f",\n           max(e.seq::bigint * 100 + {_made(region, numbers[region])}) % 100"
            f" AS {region}"
            for region in regions
        ),
        "now_values": ", ".join(f"s.{region}::text" for region in regions),
        "replayed_values": ", ".join(
            f"(ARRAY[{', '.join(_literal(value) for value in numbers[region])}])[r.{region} + 1]"
            for region in regions
        ),
    }
