"""Bends one thing in one row of the table of acts and asks whether the truth table notices.

What nothing notices must be a matter the regulation leaves open, and is listed with its reason.
"""

from collections.abc import Iterator, Mapping
from dataclasses import fields, replace
from functools import cache
from pathlib import Path

import pytest

from cardbook.cards.states import REGIONS
from cardbook.custody.places import Place
from cardbook.law.papers import PaperRule
from cardbook.law.roles import Role
from cardbook.lifecycle.acts import ACTS, Act
from cardbook.orgs.reach import Reach
from tests.law.judging import agrees, outcome_of
from tests.law.regulation import Cell, held_cells

SURVIVORS = Path(__file__).parent / "mutants_left_open.txt"
Mutant = tuple[str, Act]


def _roles(act: Act) -> Iterator[Mutant]:
    for role in Role:
        if role in act.who:
            others = {r: reach for r, reach in act.who.items() if r is not role}
            yield f"drop role {role}", replace(act, who=others)
            for reach in (Reach.OWN, Reach.CITY):
                if reach is not act.who[role]:
                    yield f"let {role} reach {reach}", replace(act, who={**act.who, role: reach})
        else:
            yield f"add role {role}", replace(act, who={**act.who, role: Reach.COUNTY})


def _states(act: Act) -> Iterator[Mutant]:
    for region, allowed in (act.on or {}).items():
        for value in REGIONS[act.subject][region]:
            changed = allowed ^ {value}
            word = "drop" if value in allowed else "add"
            yield f"{word} {region} {value}", replace(act, on={**act.on, region: changed})  # type: ignore[dict-item]
        rest = {name: values for name, values in (act.on or {}).items() if name != region}
        yield f"forget {region}", replace(act, on=rest)


def _places(act: Act) -> Iterator[Mutant]:
    if act.move is None or act.on is None:
        return
    for place in Place:
        word = "drop" if place in act.move.sources else "add"
        move = replace(act.move, sources=act.move.sources ^ {place})
        yield f"{word} place {place}", replace(act, move=move)
    yield "forget the place", replace(act, move=None)


def _demands(act: Act) -> Iterator[Mutant]:
    for at, group in enumerate(act.papers.groups if act.papers else ()):
        assert act.papers is not None
        rest = act.papers.groups[:at] + act.papers.groups[at + 1 :]
        yield f"drop paper {group[0].code}", replace(act, papers=PaperRule(rest) if rest else None)
    for name in ("notices", "guards", "checks"):
        given = getattr(act, name)
        for at, one in enumerate(given):
            word = getattr(one, "code", None) or one.__name__
            yield f"drop {name} {word}", replace(act, **{name: given[:at] + given[at + 1 :]})
    if act.second:
        yield "one person is enough", replace(act, second=frozenset())
    else:
        yield "ask for a second person", replace(act, second=frozenset({Role.REVIEWER}))
    if act.witness:
        yield "nobody need see it", replace(act, witness=frozenset())


def _marks(act: Act) -> Iterator[Mutant]:
    """Whatever a row says with a bare word: by another, beyond the county, and the like."""
    for one in fields(act):
        if getattr(act, one.name) is True and one.name != "batch_only":
            yield f"drop {one.name}", replace(act, **{one.name: False})  # type: ignore[arg-type]
    for one in fields(act.move) if act.move else ():
        if getattr(act.move, one.name) is True:
            move = replace(act.move, **{one.name: False})  # type: ignore[type-var]
            yield f"drop move {one.name}", replace(act, move=move)


def mutants_of(act: Act) -> Iterator[Mutant]:
    """Every single bend of a row."""
    for kind in (_roles, _states, _places, _demands, _marks):
        for what, bent in kind(act):
            yield f"{act.code}: {what}", bent


@cache
def _letters() -> Mapping[str, list[Cell]]:
    about: dict[str, list[Cell]] = {}
    for cell in held_cells():
        about.setdefault(cell.act, []).append(cell)
    return about


def noticed(code: str, acts: Mapping[str, Act]) -> bool:
    """Whether some letter about the act disagrees with the bent table."""
    return any(not agrees(cell, outcome_of(cell, acts), acts) for cell in _letters()[code])


@cache
def survivors() -> frozenset[str]:
    """The bends that no letter notices."""
    return frozenset(
        what
        for code, act in ACTS.items()
        for what, bent in mutants_of(act)
        if not noticed(code, {**ACTS, code: bent})
    )


def _left_open() -> frozenset[str]:
    lines = SURVIVORS.read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))


def test_the_straight_table_is_not_called_bent() -> None:
    assert [code for code in ACTS if noticed(code, ACTS)] == []


def test_what_nothing_notices_is_what_the_regulation_leaves_open() -> None:
    assert sorted(survivors() - _left_open()) == [], (
        "a letter of tests/law/tables must notice it (a guard: found.txt, and FINDINGS in "
        "usual.py); what the regulation leaves open goes into tests/law/mutants_left_open.txt"
    )
    assert sorted(_left_open() - survivors()) == [], (
        "noticed now: take the line out of tests/law/mutants_left_open.txt"
    )


def test_most_bends_are_noticed() -> None:
    total = sum(1 for act in ACTS.values() for _ in mutants_of(act))
    assert total > 300
    assert len(survivors()) < total / 2


# Acts by which a card comes into somebody's hands, and what the regulation does not say of each.
# (That a card in custody is sealed, the schema says.)
GIVEN: Mapping[str, frozenset[str]] = {
    # Whose county answers for a card an outlet gave away is judged by `perform`.
    "card.issue": frozenset({"drop move home"}),
    "card.issue_proxy": frozenset(),
    "card.issue_guardian": frozenset(),
    "card.issue_collective": frozenset({"add hold oral_loss", "add hold formal_loss"}),
    "card.issue_posted": frozenset({"add hold oral_loss", "add hold formal_loss"}),
    "card.issue_home": frozenset({"one person is enough"}),
}
_SCHEMA_SAYS = frozenset(
    {"add social active", "add social locked", "add social cancelled", "forget social"}
)


@pytest.mark.article(8, 4)
@pytest.mark.article(10)
@pytest.mark.article(11)
@pytest.mark.parametrize("code", GIVEN)
def test_every_bend_that_would_give_a_card_to_the_wrong_hands_is_noticed(code: str) -> None:
    """Left open: who besides the window, and the temporary card (Art. 27 says nothing of it)."""
    open_questions = {
        line.removeprefix(f"{code}: ") for line in survivors() if line.startswith(f"{code}: ")
    }
    besides = {line for line in open_questions if " role " in line or " reach " in line}
    others = {"ask for a second person", "drop guards temporary_card_is_back"}
    assert open_questions - besides - others <= _SCHEMA_SAYS | GIVEN[code]
