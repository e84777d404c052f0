"""The only door through which anything changes: one act, one transaction, all or none.

Find the request -> lock in id order -> collect every refusal -> append events -> change state ->
post custody -> owe messages -> keep the promises now. Set-based: fifty thousand cards, one call.
"""

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import IntegrityError, connection, transaction

from cardbook.custody.models import Account
from cardbook.custody.places import Place
from cardbook.custody.postings import Destination, account_of, free_slots, post_movement
from cardbook.law.articles import EDITION
from cardbook.ledger.append import Entry, append_events
from cardbook.ledger.requests import KeyReused, first_answer, keep_answer
from cardbook.lib.canonical import canonical_json, digest
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.acts import Act, Move
from cardbook.lifecycle.births import Births, bring_into_being
from cardbook.lifecycle.cases import Case
from cardbook.lifecycle.changes import change_state
from cardbook.lifecycle.judge import (
    Presented,
    refusals_of_actor,
    refusals_of_case,
    refusals_of_facts,
)
from cardbook.lifecycle.load import load_cases
from cardbook.lifecycle.refusals import Refusal, Refused
from cardbook.orgs.actors import Actor
from cardbook.outbox.owing import owe, settle, take_back

# What a slice knows and the table cannot say (a mandate, a sheet, a limit): asked with the
# subjects locked, before anything is written.
Objections = Callable[[Sequence[Case]], Iterable[Refusal]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One act on some subjects. `facts` is one value for all, or one for each subject's id.

    `objections` yields the slice's own reasons to refuse, and locks what they rest on. With
    `of_born` the subjects are those the step before brought into being.
    """

    act: Act
    facts: object
    subject_ids: Sequence[int] = ()
    births: Births | None = None
    papers: Sequence[Presented] = ()
    told: Sequence[str] = ()
    destination: Destination | None = None
    objections: Objections | None = None
    of_born: bool = False


# A step that is made within the transaction: its facts name people entered in the same breath.
Deferred = Callable[[], Step]


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What was done: the batch that ties its events and movements, and the subjects' ids."""

    batch: uuid.UUID
    subject_ids: tuple[int, ...]
    repeated: bool = False


# The second person and the witness, where the act asks for them.
Others = tuple[Actor | None, Actor | None]

# Batches are made from keys under this name, so that an event tells the request it answers.
_REQUESTS = uuid.UUID("6b7d1c1e-0b52-5d0a-9a34-3f0f6c3a5e77")

# What the schema refuses after the table let it pass: somebody else was faster by an instant.
_BY_CONSTRAINT = {
    "application_one_open_per_person": Refusal(no.APPLICATION_OPEN, {"which": ""}),
    "correction_one_open_per_card": Refusal(no.CORRECTION_OPEN),
    "mandate_once": Refusal(no.MANDATE_JUST_REGISTERED),
    "card_one_active_per_person": Refusal(no.OTHER_CARD_ACTIVE),
    "card_number_once": Refusal(no.CARD_NUMBER_TAKEN),
    "organization_is_open": Refusal(no.ORG_CLOSED_NOW),
    "temporary_one_live_per_person": Refusal(no.TEMPORARY_LENT_ALREADY),
    "receipt_once_per_office": Refusal(no.RECEIPT_TAKEN),
    "slot_holds_one_card": Refusal(no.SLOT_TAKEN, {"box": "", "slots": "所选"}),
}


def perform(
    *steps: Step | Deferred,
    by: Actor,
    at: datetime,
    key: str,
    second: Actor | None = None,
    witness: Actor | None = None,
    also: Callable[[Done], None] | None = None,
) -> Done:
    """This function will do the steps in one transaction, all or none, exactly once for `key`.

    `at` is when it happened as claimed, `key` is made by whoever asks (a form, a file's digest):
    the same key with the same content gets the first answer again, marked `repeated`. `also`
    writes what the slice keeps for itself (a count, a delivery) in the same transaction. A step
    may be a function that makes it, called first of all; asked again it must make the same.

    :raises Refused: with every reason for every subject; nothing was changed.
    :raises django.db.IntegrityError: when the database refuses what the table let pass.
    """
    try:
        return _perform(steps, by=by, at=at, key=key, others=(second, witness), also=also)
    except IntegrityError as problem:
        name = getattr(getattr(problem.__cause__, "diag", None), "constraint_name", None)
        if name not in _BY_CONSTRAINT:
            raise
        raise Refused([_BY_CONSTRAINT[name]]) from problem


def _perform(
    asked: Sequence[Step | Deferred],
    *,
    by: Actor,
    at: datetime,
    key: str,
    others: Others,
    also: Callable[[Done], None] | None,
) -> Done:
    with transaction.atomic(durable=True):
        steps = [one if isinstance(one, Step) else one() for one in asked]
        content = digest(request_content(*steps, by=by))
        batch = batch_of(key)
        known = _known_answer(steps)
        try:
            before = first_answer(
                key=key, digest=content, act=steps[0].act.code, actor_id=by.user_id, batch=batch,
                answer=known,
            )  # fmt: skip
        except KeyReused as problem:
            raise Refused([Refusal(no.KEY_REUSED)]) from problem
        if before is not None:
            return Done(batch=batch, subject_ids=before, repeated=True)
        ids: list[int] = []
        born: list[int] = []
        for given in steps:
            step = replace(given, subject_ids=born) if given.of_born else given
            born = _do(step, by=by, others=others, at=at, batch=batch)
            ids.extend(born)
        if known is None:
            keep_answer(key=key, subject_ids=ids)
        done = Done(batch=batch, subject_ids=tuple(ids))
        if also is not None:
            also(done)
        with connection.cursor() as cursor:
            # A broken promise belongs to this act, not to a commit later on.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
    return done


def _known_answer(steps: Sequence[Step]) -> list[int] | None:
    """The subjects of all steps, before anything is done; None when some are yet to be born."""
    if any(step.births is not None or step.of_born for step in steps):
        return None
    return [id_ for step in steps for id_ in dict.fromkeys(step.subject_ids)]


def batch_of(key: str) -> uuid.UUID:
    """This function will name the batch of a request: every event leads back to its key."""
    return uuid.uuid5(_REQUESTS, key)


def request_content(*steps: Step, by: Actor) -> dict[str, Any]:
    """This function will say what makes two requests the same: who asks, and for what."""
    return {"by": by.user_id, "steps": [_content(step) for step in steps]}


def _content(step: Step) -> dict[str, Any]:
    """What makes two requests the same: the act, the subjects and what was said of them."""
    return {
        "act": step.act.code,
        "subjects": sorted(step.subject_ids),
        "births": step.births.content() if step.births else None,
        "facts": {str(key): value for key, value in step.facts.items()}
        if isinstance(step.facts, Mapping)
        else step.facts,
        "papers": [(paper.kind, paper.digest) for paper in step.papers],
        "told": sorted(step.told),
        "account": step.destination.account_id if step.destination else None,
    }


def _do(step: Step, *, by: Actor, others: Others, at: datetime, batch: uuid.UUID) -> list[int]:
    second, witness = others
    refused = list(refusals_of_actor(act=step.act, by=by, second=second, witness=witness))
    if refused:
        raise Refused(refused)
    entry = _entry(step, by=by, second=second, at=at, batch=batch)
    if step.births is not None:
        if step.births.target is not None:
            _reachable(_account(step.births.target), by=by)
        born = bring_into_being(
            act=step.act, births=step.births, entry=entry, facts=canonical_json(step.facts), by=by
        )
        _tell(step.act, born, news=born)
        return born
    cases = _judged(step, by=by, at=at)
    ids = [case.id for case in cases]
    if not ids:
        return ids
    append_events(
        entry=entry,
        kind=step.act.subject,
        ids=ids,
        seqs=[case.version + 1 for case in cases],
        facts=[canonical_json(step.facts[id_]) for id_ in ids]
        if isinstance(step.facts, Mapping)
        else canonical_json(step.facts),
    )
    given = step.facts if isinstance(step.facts, Mapping) else dict.fromkeys(ids, step.facts)
    change_state(act=step.act, facts=given, ids=ids)
    if step.act.move is not None and (step.destination or not step.act.move.stays):
        _move(step, cases=cases, by=by, at=at, batch=batch)
    heard = step.act.told_before.items()
    news = [case.id for case in cases if not (heard and heard <= case.regions.items())]
    _tell(step.act, ids, news=news)
    return ids


def _tell(act: Act, ids: Sequence[int], *, news: Sequence[int]) -> None:
    """What the other side must hear of is owed in the same breath; it leaves after the commit."""
    owe(act.tells, subject=act.subject, ids=news)
    settle(act.settles, subject=act.subject, ids=ids)
    take_back(act.takes_back, subject=act.subject, ids=ids)


def _entry(
    step: Step, *, by: Actor, second: Actor | None, at: datetime, batch: uuid.UUID
) -> Entry:
    return Entry(
        act=step.act.code,
        act_version=step.act.version,
        happened_at=at,
        actor_id=by.user_id,
        second_id=second.user_id if second else None,
        post_id=by.post_id,
        org_id=by.org_id,
        device=by.device,
        basis=step.act.basis_text,
        edition=EDITION,
        papers=[f"{paper.kind}:{paper.digest}" for paper in step.papers],
        told=[notice.text_id for notice in step.act.notices if notice.code in step.told],
        batch=batch,
    )


def _judged(step: Step, *, by: Actor, at: datetime) -> list[Case]:
    """The subjects, locked and found fit; every refusal of every one is collected first."""
    found = load_cases(subject=step.act.subject, ids=step.subject_ids, lock=True, at=at)
    refused = [
        Refusal(no.SUBJECT_UNKNOWN, {"id": id_, "subject": step.act.subject.label}, id_)
        for id_ in step.subject_ids
        if id_ not in found
    ]
    for case in found.values():
        standing = list(refusals_of_case(act=step.act, case=case, by=by, at=at))
        refused += standing
        if not standing:
            given = step.facts[case.id] if isinstance(step.facts, Mapping) else step.facts
            refused += refusals_of_facts(
                act=step.act, case=case, facts=given, papers=step.papers, told=step.told
            )
    if step.objections is not None:
        refused += step.objections(list(found.values()))
    if refused:
        raise Refused(refused)
    return [found[id_] for id_ in dict.fromkeys(step.subject_ids)]


def _move(step: Step, *, cases: Sequence[Case], by: Actor, at: datetime, batch: uuid.UUID) -> None:
    assert step.act.move is not None
    if step.destination is not None:
        parts = [(step.destination, _account(step.destination), cases)]
    else:
        own = _own_accounts(step.act, cases=cases, by=by)
        parts = [(Destination(account.pk), account, moved) for account, moved in own]
    for target, account, moved in parts:
        _reachable(account, by=by, move=step.act.move, cases=moved)
        assert account.kind == step.act.move.target
        in_box = account.kind == Place.BOX
        post_movement(
            act=step.act.code,
            batch=batch,
            happened_at=at,
            card_ids=[case.id for case in moved],
            source_ids=[case.account_id or 0 for case in moved],
            destination=_with_slots(account, target, count=len(moved)) if in_box else target,
        )


def _account(target: Destination) -> Account:
    return Account.objects.select_related("organization").get(pk=target.account_id)


def _reachable(
    account: Account, *, by: Actor, move: Move | None = None, cases: Sequence[Case] = ()
) -> None:
    """Where cards go: nobody puts them into another county's hands by himself.

    `beyond` lets them leave it for an office above it or a bank, `home` come back into their own.
    """
    organization = account.organization
    stays = bool(cases) and all(case.custodian_path == organization.path for case in cases)
    above = move is not None and move.beyond and organization.county_id is None
    if move is not None and move.home and organization.county_id is not None:
        above = all(case.county_id == organization.county_id for case in cases)
    if not stays and not above and not organization.path.startswith(by.county_path):
        raise Refused([Refusal(no.DESTINATION_OUT_OF_REACH)])
    if not organization.in_force:
        raise Refused([Refusal(no.ORG_CLOSED_NOW)])


def _own_accounts(
    act: Act, *, cases: Sequence[Case], by: Actor
) -> list[tuple[Account, Sequence[Case]]]:
    """Where cards go when nobody says: the county's holders, or the office's own place.

    A card stays in the county that has it: whoever reaches into a county from above puts it into
    the place of the office that has it, not into his own (Art. 5, 20). A bank's outlet lies in no
    county: what it gave away or lost his county answers for, what is spoilt stays where it lies.
    """
    assert act.move is not None
    if act.move.target is Place.BOX:
        raise Refused([Refusal(no.DESTINATION_MISSING)])
    shared = act.move.target in (Place.HOLDER, Place.MISSING, Place.TRANSIT)
    above, own = by.county_id is None, by.county_id if shared and by.county_id else by.org_id
    by_office: dict[int, list[Case]] = {}
    for case in cases:
        office, county, keeper = own, case.custodian_county_id, case.custodian_id
        within = case.custodian_path.startswith(by.county_path)
        if above and county is not None:
            office = county if shared else keeper
        elif county is None and not shared and (within if above else not within):
            office = keeper
        elif above and act.move.target is Place.HOLDER and case.county_id is not None:
            office = case.county_id
        by_office.setdefault(office, []).append(case)
    return [
        (account_of(organization_id=office, kind=act.move.target), moved)
        for office, moved in sorted(by_office.items())
    ]


def _with_slots(account: Account, target: Destination, *, count: int) -> Destination:
    """Slots in a box: those asked for, or the lowest free ones; the box is locked meanwhile.

    Two clerks may fill one box at once: the second waits and gets what is left.
    """
    Account.objects.select_for_update(no_key=True).get(pk=account.pk)
    free = free_slots(account)
    if len(free) < count:
        values = {"box": account.code, "free": len(free), "count": count}
        raise Refused([Refusal(no.BOX_TOO_SMALL, values)])
    slots = list(target.slots or free[:count])
    clash = sorted(set(slots).difference(free))
    if clash or len(set(slots)) != count:
        named = "、".join(str(slot) for slot in clash[:10]) or "重复的"
        raise Refused([Refusal(no.SLOT_TAKEN, {"box": account.code, "slots": named})])
    return Destination(account.pk, slots)
