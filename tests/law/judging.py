"""Asks the real judge about one letter of `regulation.py`: no database, no pages, no own acts.

`outcome_of` makes the case, the actor and the papers a letter speaks of and says what came out.
"""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import timedelta

from cardbook.cards.states import IMPOSSIBLE
from cardbook.custody.places import Place
from cardbook.law.roles import Role
from cardbook.lifecycle import facts as f
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.acts import Act
from cardbook.lifecycle.cases import Case
from cardbook.lifecycle.judge import (
    Presented,
    refusals_of_actor,
    refusals_of_case,
    refusals_of_facts,
)
from cardbook.lifecycle.refusals import Refusal
from cardbook.orgs.actors import Actor
from cardbook.testing import factories as make
from cardbook.testing.parameters import ruled
from tests.law.regulation import ROLES, Cell, cells_of
from tests.law.usual import (
    AGENT,
    CITY,
    COUNTY,
    FINDINGS,
    FOREIGN,
    MISSING,
    NOON,
    OFFICE,
    SISTER,
    Finding,
    case_for,
    facts_for,
)


def actor(role: Role, *, user_id: int = 1, org_id: int = 3) -> Actor:
    """Somebody of the office that keeps the card, in a role."""
    above = role is Role.CITY_MANAGER
    return Actor(
        user_id=user_id, name="某人", post_id=user_id, role=role, org_id=org_id,
        org_name="卡管中心", org_path=CITY if above else OFFICE,
        county_id=None if above else 2, county_path=CITY if above else COUNTY,
    )  # fmt: skip


def usual_actor(code: str) -> Actor:
    """The first role the regulation names for the act, or else the first it leaves open."""
    letters = {cell.column: cell.letter for cell in cells_of("WHO") if cell.row == code}
    for wanted in "y?":
        for column in ("keeper", *letters):
            if letters[column] == wanted:
                return actor(ROLES[column])
    raise AssertionError(f"nobody does {code}")


def _second(act: Act, by: Actor) -> Actor:
    """Somebody of the actor's own level whom the row lets sign with him."""
    roles = sorted(act.second, key=lambda role: (role is not Role.REVIEWER, str(role)))
    other = actor(roles[0] if roles else Role.REVIEWER, user_id=2)
    return replace(other, county_id=by.county_id, county_path=by.county_path)


def _witness(which: str) -> Actor | None:
    """Who saw it: as a rule somebody of another office than those who acted."""
    return {
        "of_the_card_body": actor(Role.CARD_KEEPER, user_id=3, org_id=4),
        "of_the_bank": actor(Role.CARD_KEEPER, user_id=3),
        "himself": actor(Role.CARD_KEEPER, user_id=1, org_id=4),
        "auditor": actor(Role.AUDITOR, user_id=3, org_id=4),
        "nobody": None,
    }[which]


def judged(
    act: Act,
    *,
    by: Actor | None = None,
    second: Actor | None = None,
    case: Case | None = None,
    finding: Finding | None = None,
    without: str = "",
    alone: bool = False,
) -> list[Refusal]:
    """Everything the judge has against the act, as `perform` would collect it."""
    finding = finding or Finding()
    by = by or usual_actor(act.code)
    second = second or _second(act, by)
    if finding.second_elsewhere:
        second = replace(second, county_path=FOREIGN, county_id=8)
    others = {
        "second": None if alone else second,
        "witness": _witness(finding.witness),
    }
    found = list(refusals_of_actor(act=act, by=by, **others))
    if found or act.on is None:
        return found
    case = replace(case or case_for(act), **finding.case)  # type: ignore[arg-type]
    if finding.beginner:
        case = replace(case, begun_by=by.user_id)
    with _city_rules(finding.rule):
        found = list(refusals_of_case(act=act, case=case, by=by, at=NOON))
    return found + _given(act, case, finding, without=without or finding.without)


def _city_rules(until: str) -> AbstractContextManager[object]:
    """The city says until when a loss reported in writing may be lifted (Art. 28: 规定时间).

    The letters of the tables speak of a city that allows it, one finding of one that does not.
    """
    return ruled("formal_loss_releasable_until", until)


def _given(act: Act, case: Case, finding: Finding, *, without: str) -> list[Refusal]:
    missing = MISSING[without or "nothing"]
    facts = replace(facts_for(act.code), **finding.facts)  # type: ignore[type-var]
    if finding is FINDINGS["guardian_signed"]:
        name = "signer" if hasattr(facts, "signer") else "signed_by"
        facts = replace(facts, **{name: f.Signer.GUARDIAN})  # type: ignore[type-var]
    if finding is FINDINGS["guardian_signed"] and isinstance(facts, f.CardIssuedCollectively):
        facts = replace(facts, agent=AGENT, relation=f.Relation.PARENT, proof="household_book")
    if finding is FINDINGS["guardian_signed"] and isinstance(facts, f.PostedCardReceived):
        facts = replace(facts, guardian=AGENT, relation=f.Relation.PARENT)
    papers = [
        replace(paper, digest="d") for paper in shown(act, facts) if paper.kind not in missing
    ]
    told = [] if without == "notice" else [notice.code for notice in act.notices]
    return list(refusals_of_facts(act=act, case=case, facts=facts, papers=papers, told=told))


def shown(act: Act, facts: object) -> list[Presented]:
    """One paper of every group, and of those the facts call for besides."""
    rules = [when.rule for when in act.papers_when if when.applies(facts)]
    besides = [Presented(kind=kind.code) for rule in rules for kind in rule.usual]
    return [*make.usual_papers(act.code), *besides]


def outcome_of(cell: Cell, acts: Mapping[str, Act]) -> list[Refusal]:
    """What the judge says to the circumstance a letter describes."""
    act = acts[cell.act]
    match cell.table:
        case "PAPERS":
            return judged(act, without=cell.circumstance)
        case "FOUND":
            return judged(act, finding=FINDINGS[cell.circumstance])
        case "WHO":
            return judged(act, by=actor(ROLES[cell.column]))
        case "SECOND":
            return _alone_or_twice(act, cell)
        case "PLACE":
            return judged(act, case=_at_place(act, Place(cell.column)))
        case "BEYOND":
            move = act.move
            leaves = move is not None and (move.home if cell.column == "home" else move.beyond)
            return [] if leaves else [Refusal(no.DESTINATION_OUT_OF_REACH)]
        case "TOLD":
            return [] if act.notices else [Refusal(no.NOTICE_NOT_GIVEN)]
        case "REACH":
            return _within_reach(act, cell)
        case "BANK":
            bank = SISTER if cell.column == "own_bank" else FOREIGN
            case = replace(case_for(act), custodian_path=FOREIGN, bank_path=bank)
            return judged(act, case=case, by=actor(Role.BANK_TELLER))
    return judged(act, case=_with_state(act, cell))


def _at_place(act: Act, place: Place) -> Case:
    """The usual subject somewhere else; what is on its way came there from an office."""
    case = replace(case_for(act), place=place)
    if place is Place.TRANSIT and act.code.startswith("stock."):
        return replace(case, came_by="handover.send")
    return case


def _alone_or_twice(act: Act, cell: Cell) -> list[Refusal]:
    """Nobody beside him, or himself once more: where two are needed both must be refused."""
    alone = judged(act, alone=True)
    if cell.letter == "n" or not alone:
        return alone
    by = usual_actor(act.code)
    second = replace(_second(act, by), user_id=by.user_id)
    return judged(act, by=by, second=second)


def _within_reach(act: Act, cell: Cell) -> list[Refusal]:
    kept = {"own": OFFICE, "county": SISTER, "other": FOREIGN}[cell.column]
    # A neighbour's office is no bank's outlet; what an outlet has of the county: orgs, test_reach.
    bank = "1.9." if cell.column == "other" else kept
    case = replace(case_for(act), custodian_path=kept, bank_path=bank)
    if cell.letter == "y":
        return judged(act, case=case)
    # Nobody of a county may, so the mildest answer any of them gets is what counts.
    county = [role for role in act.who if role is not Role.CITY_MANAGER]
    return min((judged(act, case=case, by=actor(role)) for role in county), key=len)


_REGIONS = {"TEMPORARY": "stage", "CORRECTION": "progress", "MANDATE": "standing"}


def _with_state(act: Act, cell: Cell) -> Case:
    region = _REGIONS.get(cell.table, cell.table.lower())
    case = case_for(act)
    until = NOON + timedelta(days=3) if cell.column == "oral_loss" else None
    return replace(case, regions={**case.regions, region: cell.column}, hold_until=until)


def _cannot_be(cell: Cell, act: Act) -> bool:
    """Whether the schema itself excludes the mixture, so that the judge never meets it."""
    regions = _with_state(act, cell).regions
    return any(
        all(regions[region] in values for region, values in mixture.items())
        for _, mixture, _ in IMPOSSIBLE
    )


def agrees(cell: Cell, refusals: list[Refusal], acts: Mapping[str, Act]) -> bool:
    """Whether what came out is what the letter says."""
    if cell.table == "SOCIAL" and cell.letter == "n" and _cannot_be(cell, acts[cell.act]):
        return True
    if cell.table == "SECOND":  # the letter answers "is one person alone refused?"
        return bool(refusals) == (cell.letter == "y")
    return bool(refusals) == (cell.letter == "n")
