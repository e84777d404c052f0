"""Asks the real judge about one letter of `regulation.py`: no database, no pages, no own acts.

`outcome_of` makes the case, the actor and the papers a letter speaks of and says what came out.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from cardbook.cards.states import IMPOSSIBLE, Subject
from cardbook.custody.places import Place
from cardbook.law.roles import Role
from cardbook.lifecycle import facts as f
from cardbook.lifecycle.acts import Act
from cardbook.lifecycle.cases import Case, LastEvent
from cardbook.lifecycle.judge import (
    refusals_of_actor,
    refusals_of_case,
    refusals_of_facts,
)
from cardbook.lifecycle.refusals import Refusal
from cardbook.orgs.actors import Actor
from cardbook.testing import factories as make
from tests.law.regulation import ROLES, Cell, cells_of

NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
CITY, COUNTY, OFFICE, SISTER, FOREIGN = "1.", "1.2.", "1.2.3.", "1.2.5.", "1.8.9."
NUMBER = "T00000001"

_OF_LOST = {"opening.find_kept", "opening.find_held"}
_STAGES = {**dict.fromkeys(_OF_LOST, "missing"), "stock.hand_on_defects": "recalled"}
_OF_UNCLEAR = {"opening.find_function"}
_SETTLED = f.OpeningSettled(claims=(1,), words="查过柜")
FACTS: Mapping[str, object] = {
    **dict.fromkeys(
        ("opening.find_kept", "opening.find_held", "opening.confirm"), _SETTLED
    ),
    **dict.fromkeys(
        ("stock.hand_on", "stock.hand_on_defects"),
        f.StockHandedOn(predecessor=1, successor=2, words="批文"),
    ),
    "opening.find_function": f.FunctionFound(social="active", claims=(1,), words="查过"),
    "delivery.register": f.DeliveryRegistered(manifest="m", receiver=1),
    "delivery.receive": f.DeliveryReceived(delivery=1, count=1, box="1", seal_intact=True),
    "delivery.note_shortage": f.ShortageRecorded(delivery=1, count=1, box="1"),
    "delivery.explain_found": f.DifferenceExplained(delivery=1, words="夹在箱底"),
    "delivery.explain_missing": f.DifferenceExplained(delivery=1, words="查无下落"),
    "card.sort": f.CardSorted(order="unit", box="1-1-1"),
    "card.issue": make.hand_over_facts(NUMBER),
    "issue.undo": f.IssueUndone(event=1, words="点错了人"),
    "defect.record": f.DefectRecorded(defect=f.Defect.SOILED, reader_tried=True),
    "replacement.open_free": f.FreeReplacementOpened(old_card=1, defect=f.Defect.SOILED),
    "application.withdraw": f.ApplicationWithdrawn(words="本人不办了"),
    "temporary.stock_in": f.TemporaryCardsStocked(box="1"),
    "temporary.void": f.TemporaryCardVoided(words="折断"),
}  # fmt: skip
# What PICK_UP calls a missing paper; whatever else a row asks for is shown (factories).
MISSING = {"original": "id_card_original", "copy": "id_card_copy", "signed": "signature_paper"}
FINDINGS: dict[str, tuple[dict[str, object], dict[str, object]]] = {
    "original_not_seen": ({"original_seen": False}, {}),
    "face_differs": ({"face_matches": False}, {}),
    "does_not_read": ({"reads": False}, {}),
    "other_card_scanned": ({"scanned": "T00000002"}, {}),
    "nobody_signed": ({"signing": f.Signing.NONE}, {}),
    "holder_is_dead": ({}, {"died_on": date(2026, 3, 1)}),
    "holder_is_minor": ({}, {"born_on": date(2008, 11, 21)}),
    "holder_is_adult_today": ({}, {"born_on": date(2008, 11, 20)}),
}


def actor(role: Role, *, user_id: int = 1) -> Actor:
    """Somebody of the office that keeps the card, in a role."""
    above = role is Role.CITY_MANAGER
    return Actor(
        user_id=user_id, name="某人", post_id=user_id, role=role, org_id=3, org_name="卡管中心",
        org_path=CITY if above else OFFICE, county_id=None if above else 2,
        county_path=CITY if above else COUNTY,
    )  # fmt: skip


def case_for(act: Act) -> Case:
    """The subject as it usually is when the act is due."""
    lost, unclear = act.code in _OF_LOST, act.code in _OF_UNCLEAR
    home = act.code == "issue.undo" or unclear
    regions = {
        Subject.CARD: {
            "stage": _STAGES.get(act.code, "issued" if home else "in_custody"),
            "social": "unknown" if unclear else "sealed", "hold": "none", "bank": "unknown",
        },
        Subject.APPLICATION: {"progress": "captured"},
        Subject.TEMPORARY_CARD: {"stage": "in_stock"},
    }[act.subject]  # fmt: skip
    place = Place.STORE
    if act.code.startswith("delivery."):
        place = Place.TRANSIT
    if home:
        place = Place.HOLDER
    if lost:
        place = Place.MISSING
    if act.code == "stock.hand_on_defects":
        place = Place.DEFECT
    return Case(
        subject=act.subject, id=1, version=2, regions=regions, number=NUMBER, person_id=1,
        born_on=date(1980, 5, 17), died_on=None, custodian_path=OFFICE, custodian_name="卡管中心",
        place=place if act.subject is Subject.CARD else None, account_id=1, place_text="",
        hold_until=None,
        last=LastEvent(
            id=1, act="x", happened_at=NOON, recorded_at=NOON,
            org_name="一号窗口", actor_name="某人",
        ),
    )  # fmt: skip


def usual_actor(code: str) -> Actor:
    """The first role the regulation names for the act, or else the first it leaves open."""
    letters = {cell.column: cell.letter for cell in cells_of("WHO") if cell.row == code}
    for wanted in "y?":
        for column in ("keeper", *letters):
            if letters[column] == wanted:
                return actor(ROLES[column])
    raise AssertionError(f"nobody does {code}")


def judged(
    act: Act,
    *,
    by: Actor | None = None,
    case: Case | None = None,
    facts: object = None,
    without: str = "",
    alone: bool = False,
) -> list[Refusal]:
    """Everything the judge has against the act, as `perform` would collect it."""
    by, case = by or usual_actor(act.code), case or case_for(act)
    second = None if alone else actor(Role.REVIEWER, user_id=2)
    found = list(refusals_of_actor(act=act, by=by, second=second))
    if found or act.on is None:
        return found
    found = list(refusals_of_case(act=act, case=case, by=by, at=NOON))
    papers = [paper for paper in make.usual_papers(act.code) if paper.kind != MISSING.get(without)]
    told = [] if without == "notice" else [notice.code for notice in act.notices]
    return found + list(
        refusals_of_facts(
            act=act, case=case, facts=facts or FACTS[act.code], papers=papers, told=told
        )
    )


def outcome_of(cell: Cell, acts: Mapping[str, Act]) -> list[Refusal]:
    """What the judge says to the circumstance a letter describes."""
    if cell.table == "PICK_UP":
        return judged(acts["card.issue"], without=cell.row)
    if cell.table == "FOUND":
        act = acts["card.issue"]
        facts, about = FINDINGS[cell.row]
        return judged(
            act,
            case=replace(case_for(act), **about),  # type: ignore[arg-type]
            facts=replace(FACTS["card.issue"], **facts),  # type: ignore[type-var]
        )
    act = acts[cell.row]
    match cell.table:
        case "WHO":
            return judged(act, by=actor(ROLES[cell.column]))
        case "SECOND":
            return judged(act, alone=True)
        case "PLACE":
            return judged(act, case=replace(case_for(act), place=Place(cell.column)))
        case "REACH":
            kept = {"own": OFFICE, "county": SISTER, "other": FOREIGN}[cell.column]
            case = replace(case_for(act), custodian_path=kept)
            if cell.letter == "y":
                return judged(act, case=case)
            # Nobody of a county may, so the mildest answer any of them gets is what counts.
            county = [role for role in act.who if role is not Role.CITY_MANAGER]
            return min((judged(act, case=case, by=actor(role)) for role in county), key=len)
    return judged(act, case=_with_state(act, cell))


def _with_state(act: Act, cell: Cell) -> Case:
    region = {"TEMPORARY": "stage"}.get(cell.table, cell.table.lower())
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
    if cell.table == "SOCIAL" and cell.letter == "n" and _cannot_be(cell, acts[cell.row]):
        return True
    if cell.table == "SECOND":  # the letter answers "is one person alone refused?"
        return bool(refusals) == (cell.letter == "y")
    return bool(refusals) == (cell.letter == "n")
