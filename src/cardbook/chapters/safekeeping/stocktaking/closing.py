"""Says what became of the differences of a stock-take, by two people (Art. 20).

`commands.py` beside it counts; a card that is missing or found moves by `perform`, one call each.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction

from cardbook.cards.states import Hold, Social, Stage, Subject
from cardbook.chapters.safekeeping.models import Finding, Stocktake
from cardbook.chapters.safekeeping.stocktaking.queries import takes_within
from cardbook.custody.places import Place
from cardbook.custody.postings import Destination, account_of
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.acts import Act, act
from cardbook.lifecycle.cases import Case
from cardbook.lifecycle.facts import CardSorted, StockFound, StockMissed
from cardbook.lifecycle.judge import refusals_of_actor
from cardbook.lifecycle.load import load_cases
from cardbook.lifecycle.perform import Done, Step, perform
from cardbook.lifecycle.refusals import Refusal, Refused
from cardbook.orgs.actors import Actor

Outcome = Finding.Outcome
# Missed while it was out of use, or found so just now (a form that is sent again).
_OUT_OF_USE = frozenset({"stock.miss_set_aside", "stock.find_stopped"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What two people say of some differences: what is done, why, who, when, under which key."""

    outcome: str
    words: str
    by: Actor
    second: Actor | None
    at: datetime
    key: str


def close_findings(*, take_id: int, finding_ids: Sequence[int], verdict: Verdict) -> int:
    """This function will close differences with a reason and a second person, all or none.

    Missing cards are registered as missing, missing ones that were scanned as found, misplaced
    ones go in the book to the box they were scanned in; of the rest the words say what was done.
    Returns how many; the same key again gives the same answer.

    :raises Refused: with every reason for every card: told already, the outcome does not fit, the
        card moved on meanwhile, no words, or the second person may not sign.
    :raises Stocktake.DoesNotExist: when the stock-take is another county's.
    """
    take = takes_within(verdict.by).get(pk=take_id)
    found = list(
        Finding.objects.filter(stocktake=take, pk__in=finding_ids)
        .select_related("card", "account", "book_account")
        .order_by("pk")
    )
    if found and all(one.key == verdict.key for one in found):
        return len(found)
    refused = [
        *refusals_of_actor(act=act("stock.miss"), by=verdict.by, second=verdict.second),
        *(_misfit(one, verdict.outcome) for one in found if not _fits(one, verdict.outcome)),
    ]
    if not verdict.words.strip():
        refused.append(Refusal(no.REASON_MISSING))
    if refused:
        raise Refused(refused)
    if verdict.outcome == Outcome.NOTED:
        with transaction.atomic():
            _close_rows(found, verdict)
        return len(found)
    _perform(take, found, verdict)
    return len(found)


def _fits(one: Finding, outcome: str) -> bool:
    if outcome == Outcome.MISSED:
        return one.kind == Finding.Kind.MISSING
    if outcome == Outcome.FOUND:
        at_missing = one.book_account is not None and one.book_account.kind == Place.MISSING
        return one.kind == Finding.Kind.EXTRA and at_missing
    if outcome == Outcome.RESORTED:
        in_box = one.account is not None and one.account.kind == Place.BOX
        return one.kind == Finding.Kind.MISPLACED and in_box
    return outcome == Outcome.NOTED


def _misfit(one: Finding, outcome: str) -> Refusal:
    values = {
        "number": one.number,
        "kind": one.get_kind_display(),
        "outcome": dict(Outcome.choices).get(outcome, outcome),
    }
    return Refusal(no.FINDING_OUTCOME_MISFIT, values, one.card_id)


def _perform(take: Stocktake, found: Sequence[Finding], verdict: Verdict) -> None:
    """The cards move and the rows are closed in one transaction, locked together."""
    steps = {
        Outcome.MISSED: _missed,
        Outcome.FOUND: _found,
        Outcome.RESORTED: _resorted,
    }[Outcome(verdict.outcome)](take, found, verdict)
    if not steps:
        return
    locking: Callable[[Sequence[Case]], Iterator[Refusal]] = lambda _: _settled(found, verdict)  # noqa: E731
    steps[0] = replace(steps[0], objections=locking)

    def also(done: Done) -> None:
        _close_rows(found, verdict)

    perform(*steps, by=verdict.by, second=verdict.second, at=verdict.at, key=verdict.key,
            also=also)  # fmt: skip


def _missed(take: Stocktake, found: Sequence[Finding], verdict: Verdict) -> list[Step]:
    """Cards for issue are missed by one act, cards that are out of use by another (Art. 18)."""
    facts = StockMissed(words=verdict.words, stocktake=take.pk)
    kept = [one.card_id for one in found if one.card and one.card.stage == Stage.IN_CUSTODY]
    aside = [one.card_id for one in found if one.card and one.card.stage != Stage.IN_CUSTODY]
    steps = (
        Step(act=act("stock.miss"), facts=facts, subject_ids=_ids(kept)),
        Step(act=act("stock.miss_set_aside"), facts=facts, subject_ids=_ids(aside)),
    )
    return [step for step in steps if step.subject_ids]


def _ids(card_ids: Sequence[int | None]) -> tuple[int, ...]:
    return tuple(id_ for id_ in card_ids if id_ is not None)


def _found(take: Stocktake, found: Sequence[Finding], verdict: Verdict) -> list[Step]:
    """Back to the store of the office where it was scanned; out of use, to be cancelled."""
    facts = StockFound(words=verdict.words, stocktake=take.pk)
    groups: dict[tuple[str, int], list[int]] = defaultdict(list)
    cases = _cases([one.card_id for one in found])
    for one in found:
        if one.card is not None and one.account is not None:
            code = act_of_finding(cases[one.card.pk], at=verdict.at).code
            groups[code, one.account.organization_id].append(one.card.pk)
    return [
        Step(
            act=act(code),
            facts=facts,
            subject_ids=ids,
            destination=Destination(account_of(organization_id=office, kind=_home(code)).pk),
        )
        for (code, office), ids in sorted(groups.items())
    ]


def _home(code: str) -> Place:
    return Place.STORE if code == "stock.find" else Place.RETURNED


def _resorted(take: Stocktake, found: Sequence[Finding], verdict: Verdict) -> list[Step]:
    """The book follows the card: into the box it was scanned in, one step for each box."""
    boxes: dict[int, list[Finding]] = defaultdict(list)
    for one in found:
        boxes[one.account_id or 0].append(one)
    return [
        Step(
            act=act("card.sort"),
            facts=CardSorted(order="scan", box=some[0].account.code if some[0].account else ""),
            subject_ids=_ids([one.card_id for one in some]),
            destination=Destination(box),
        )
        for box, some in sorted(boxes.items())
    ]


def _cases(card_ids: Sequence[int | None]) -> dict[int, Case]:
    return load_cases(subject=Subject.CARD, ids=_ids(card_ids), lock=False)


def act_of_finding(case: Case, *, at: datetime) -> Act:
    """This function will say by which act a missing card comes back: for issue, or out of use.

    Whatever was out of use before it went missing does not come back for issue (Art. 18).
    """
    regions = case.regions_at(at)
    fresh = regions["social"] == Social.SEALED and regions["hold"] == Hold.NONE
    out_of_use = case.last is not None and case.last.act in _OUT_OF_USE
    return act("stock.find" if fresh and not out_of_use else "stock.find_stopped")


def _settled(found: Sequence[Finding], verdict: Verdict) -> Iterator[Refusal]:
    """The rows, locked: who was told already is told by whom, unless it was this very request."""
    locked = Finding.objects.select_for_update(no_key=True, of=("self",)).filter(
        pk__in=[one.pk for one in found]
    )
    for one in locked.select_related("closed_by").order_by("pk"):
        if one.closed_at is not None and one.key != verdict.key:
            name = one.closed_by.name if one.closed_by else ""
            values = {"number": one.number, "name": name}
            yield Refusal(no.FINDING_SETTLED, values, one.card_id)


def _close_rows(found: Sequence[Finding], verdict: Verdict) -> None:
    refused = list(_settled(found, verdict))
    if refused:
        raise Refused(refused)
    Finding.objects.filter(pk__in=[one.pk for one in found], closed_at=None).update(
        outcome=verdict.outcome,
        words=verdict.words,
        closed_by_id=verdict.by.user_id,
        second_id=verdict.second.user_id if verdict.second else None,
        closed_at=verdict.at,
        key=verdict.key,
    )


def close_stocktake(*, take_id: int, by: Actor, second: Actor | None, at: datetime) -> Stocktake:
    """This function will close a stock-take whose differences are all told; both sign.

    Closed twice by the same two it is the same receipt.

    :raises Refused: when a difference is open, it is still being counted, others closed it, or the
        second person may not sign.
    :raises Stocktake.DoesNotExist: when it is another county's.
    """
    refused = list(refusals_of_actor(act=act("stock.miss"), by=by, second=second))
    if refused:
        raise Refused(refused)
    with transaction.atomic():
        take = takes_within(by).select_for_update(no_key=True, of=("self",)).get(pk=take_id)
        if take.closed_at is not None:
            if {take.closed_by_id, take.second_id} == {by.user_id, second and second.user_id}:
                return take
            raise Refused([Refusal(no.STOCKTAKE_ENDED, {"number": take.number})])
        still = Finding.objects.filter(stocktake=take, closed_at=None).count()
        if still or take.ended_at is None:
            values = {"number": take.number, "count": still}
            reason = no.FINDINGS_OPEN if still else no.STOCKTAKE_RUNNING
            raise Refused([Refusal(reason, values)])
        Stocktake.objects.filter(pk=take.pk).update(
            closed_by_id=by.user_id, second_id=second.user_id if second else None, closed_at=at
        )
    return Stocktake.objects.get(pk=take.pk)


def act_for_found(card_id: int, *, at: datetime) -> str:
    """This function will name the act by which a missing card comes back.

    :raises KeyError: when there is no such card.
    """
    return act_of_finding(_cases([card_id])[card_id], at=at).code


def find_card(
    *, card_id: int, words: str, by: Actor, second: Actor | None, at: datetime, key: str
) -> Done:
    """This function will register a missing card as found outside a stock-take, by two people.

    It goes to the store of the actor's office; a card that is out of use, to the returned ones.

    :raises Refused: when it is not missing, no words are given or the second may not sign.
    :raises KeyError: when there is no such card.
    """
    row = act(act_for_found(card_id, at=at))
    step = Step(act=row, facts=StockFound(words=words), subject_ids=[card_id])
    return perform(step, by=by, second=second, at=at, key=key)
