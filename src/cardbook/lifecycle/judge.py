"""Judges an act on a case by the table alone: who may, whether it fits, what is missing.

`perform` asks it before writing, `openacts` asks it for buttons; it reads nothing itself.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from cardbook.cards.states import REGION_TITLES, REGIONS
from cardbook.custody.places import Place
from cardbook.law.papers import KINDS, SIGNATURE_PAPER
from cardbook.law.roles import roles_named
from cardbook.lib.clock import to_the_second
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.acts import ACTS, Act
from cardbook.lifecycle.cases import Case
from cardbook.lifecycle.guards.standing import of_reach, of_state
from cardbook.lifecycle.guards.way_back import brings_back
from cardbook.lifecycle.refusals import Refusal, Refused
from cardbook.orgs.actors import Actor
from cardbook.orgs.reach import covers


@dataclass(frozen=True, slots=True, kw_only=True)
class Presented:
    """A paper shown for an act: its kind, and the digest of its image when one was kept."""

    kind: str
    digest: str = ""


def refuse_other_roles(row: Act, *, by: Actor) -> None:
    """This function will refuse a post that does not do the act, for steps that only lead to it.

    :raises Refused: the same refusal as the act itself would give.
    """
    if by.role not in row.who:
        raise Refused([_role_misfit(row, by)])


def _role_misfit(act: Act, by: Actor) -> Refusal:
    values = {"role": by.role.label, "act": act.title, "roles": act.roles_text}
    return Refusal(no.ROLE_MAY_NOT, values)


def refusals_of_actor(
    *, act: Act, by: Actor, second: Actor | None, witness: Actor | None = None
) -> Iterator[Refusal]:
    """This function will yield why the actor's post, or who signs with him, does not allow it."""
    if by.role not in act.who:
        yield _role_misfit(act, by)
    if act.second:
        yield from _refusals_of_second(act, by=by, second=second)
    if act.witness:
        yield from _refusals_of_witness(act, by=by, second=second, witness=witness)


def _refusals_of_second(act: Act, *, by: Actor, second: Actor | None) -> Iterator[Refusal]:
    values = {"act": act.title, "roles": roles_named(act.second)}
    if second is None:
        yield Refusal(no.SECOND_PERSON_MISSING, values)
    elif second.user_id == by.user_id:
        yield Refusal(no.SECOND_PERSON_SAME, {"act": act.title, "name": by.name})
    elif second.role not in act.second or not (
        act.second_elsewhere or by.county_path.startswith(second.county_path)
    ):
        yield Refusal(
            no.SECOND_PERSON_MAY_NOT, {**values, "name": second.name, "role": second.role.label}
        )


def _refusals_of_witness(
    act: Act, *, by: Actor, second: Actor | None, witness: Actor | None
) -> Iterator[Refusal]:
    """A witness belongs to another office than those who act, and is none of them."""
    roles = roles_named(act.witness)
    if witness is None:
        yield Refusal(no.WITNESS_MISSING, {"act": act.title, "roles": roles})
        return
    acting = (by, second or by)
    if witness.role not in act.witness or any(
        one.user_id == witness.user_id or one.org_id == witness.org_id for one in acting
    ):
        values = {"name": witness.name, "role": witness.role.label, "roles": roles}
        yield Refusal(no.WITNESS_MAY_NOT, values)


def refusals_of_case(*, act: Act, case: Case, by: Actor, at: datetime) -> Iterator[Refusal]:
    """This function will yield why the case as it stands does not allow the act."""
    reach = act.who.get(by.role)
    if reach is not None and not covers(
        reach=reach,
        actor_path=by.org_path,
        county_path=by.county_path,
        custodian_path=case.custodian_path,
        bank_path=case.bank_path,
        of_county=case.county_id is not None and case.county_id == by.county_id,
    ):
        values = {"custodian": case.custodian_name, "reach": reach.label}
        yield Refusal(of_reach(case, own=case.county_id == by.county_id), values, case.id)
        return
    if act.by_another and case.begun_by == by.user_id:
        yield Refusal(no.SAME_PERSON_AGAIN, {"act": act.title}, case.id)
        return
    misfit = _state_misfit(act, case, at)
    if misfit is not None:
        yield misfit
        return
    if act.move is not None and case.place is not None and case.place not in act.move.sources:
        yield _place_misfit(act, case)
    yield from (found for guard in act.guards if (found := guard(case, at)) is not None)


def refusals_of_facts(
    *, act: Act, case: Case, facts: object, papers: Sequence[Presented], told: Sequence[str]
) -> Iterator[Refusal]:
    """This function will yield what is wrong with, or missing from, what was given for the act."""
    wrong = [found for check in act.checks if (found := check(case, facts)) is not None]
    yield from wrong
    rules = (act.papers, *(one.rule for one in act.papers_when if one.applies(facts)))
    shown = {paper.kind for paper in papers}
    if any(one.reason is no.SIGNATURE_MISSING for one in wrong):
        shown.add(SIGNATURE_PAPER.code)  # missed once, and not as a paper besides
    for group in (group for rule in rules if rule for group in rule.missing(shown)):
        values = {"paper": group[0].title, "alternatives": "或".join(k.title for k in group)}
        yield Refusal(no.PAPER_MISSING, values, case.id, act.basis_text)
    for paper in papers:
        if (kind := KINDS[paper.kind]).is_image and not paper.digest:
            yield Refusal(no.IMAGE_MISSING, {"paper": kind.title}, case.id, act.basis_text)
    for notice in () if act.told_later else act.notices:
        if notice.code not in told:
            values = {"notice": notice.title}
            yield Refusal(no.NOTICE_NOT_GIVEN, values, case.id, notice.basis_text)


def _state_misfit(act: Act, case: Case, at: datetime) -> Refusal | None:
    """The first region that does not fit, said as the state of affairs it is."""
    regions = case.regions_at(at)
    for region, allowed in (act.on or {}).items():
        value = regions[region]
        if value in allowed:
            continue
        label = REGIONS[case.subject][region].of(value).label
        reason = of_state(case.subject, region, value)
        return Refusal(
            reason, _values(act, case, region=REGION_TITLES[region], value=label), case.id
        )
    return None


def _place_misfit(act: Act, case: Case) -> Refusal:
    assert case.place is not None
    on_shelf, back = case.place.is_store, brings_back(case)
    reason, values = no.PLACE_DOES_NOT_FIT, _values(act, case, place=case.place.label)
    if case.place is Place.TRANSIT:
        reason = no.NOT_RECEIVED
    elif on_shelf and act.move is not None and act.move.sources == {Place.TRANSIT}:
        reason = no.ALREADY_RECEIVED
    elif back:
        values |= {"back": ACTS[back].title, "roles": ACTS[back].roles_text}
        reason = no.CARD_AWAY
    return Refusal(reason, values, case.id, remedy=back)


def _values(act: Act, case: Case, **more: object) -> dict[str, object]:
    last = case.last
    return {
        "act": act.title,
        "custodian": case.custodian_name,
        "given_by": case.given_by,
        "came_at": to_the_second(case.came_at),
        "came_by": ACTS[case.came_by].title if case.came_by in ACTS else "",
        "last_org": last.org_name if last else "",
        "last_at": to_the_second(last.happened_at if last else None),
        **more,
    }
