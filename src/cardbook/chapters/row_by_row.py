"""Does an act on a selection with a result for each row: who can be served is, who cannot is told.

`perform` does all or none; here the rows it names are left out and the others done (Art. 16, 18).
What was left out is kept before the others are done: whoever asks again hears what he heard first.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from cardbook.cards.states import Subject
from cardbook.chapters.asked_before import events_of
from cardbook.imports.models import LeftOut
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.perform import Done
from cardbook.lifecycle.refusals import CATALOGUE, Refusal, Refused
from cardbook.people import vault

CONTEXT = b"left-out"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a selection: ids done, and the first reason against each of the others."""

    done: tuple[int, ...]
    refused: Mapping[int, Refusal]


def row_by_row(
    ids: Sequence[int],
    *,
    key: str,
    work: Callable[[Sequence[int], str], Done],
    subject: Subject = Subject.CARD,
) -> Outcome:
    """This function will do `work` on all rows, or on those nothing speaks against.

    Work of several steps is refused step by step, so what is left is tried until it is done.
    Asked again once some were done, the answer is the first one: nothing is judged anew.

    :raises Refused: when a reason is about no row (the second person, the papers), or the key
        stands for another selection.
    """
    chosen, rest = list(dict.fromkeys(ids)), f"{key}-rest"[:100]
    if (before := _first_outcome(chosen, rest=rest, subject=subject)) is not None:
        return before
    refused: dict[int, Refusal] = {}
    left, attempt = chosen, key[:100]
    while left:
        try:
            done = work(left, attempt)
        except Refused as problem:
            # A twin of this request may have done its part meanwhile.
            if (before := _first_outcome(chosen, rest=rest, subject=subject)) is not None:
                return before
            rows = {one.subject_id: one for one in reversed(problem.refusals) if one.subject_id}
            if not rows.keys() & set(left) or any(not r.subject_id for r in problem.refusals):
                raise
            refused.update(rows)
            left, attempt = [id_ for id_ in left if id_ not in refused], rest
            if left:
                _keep(refused, rest=rest)
        else:
            return Outcome(done=done.subject_ids, refused=refused)
    return Outcome(done=(), refused=refused)


def _first_outcome(chosen: Sequence[int], *, rest: str, subject: Subject) -> Outcome | None:
    """What came of it the first time, or None where nothing was done under the key yet.

    :raises Refused: when it was asked for other rows then.
    """
    events = events_of(rest, subject=subject, ids=chosen)
    done = frozenset(events.values_list("subject_id", flat=True))
    if not done:
        return None
    refused = _kept(rest)
    if not done | refused.keys() >= set(chosen):
        raise Refused([Refusal(no.KEY_REUSED)])
    return Outcome(done=tuple(id_ for id_ in chosen if id_ in done), refused=refused)


# ---------------------------------------------------------------------------------- kept reasons
def _keep(refused: Mapping[int, Refusal], *, rest: str) -> None:
    """The reasons so far, sealed: what fills a sentence may name somebody."""
    rows = [
        [
            id_, one.code, {name: f"{value}" for name, value in one.values.items()}, one.basis,
            one.where,
        ]
        for id_, one in refused.items()
    ]  # fmt: skip
    # Escaped, for `vault` seals no word of damage, and a reason may name a damaged holder (P7).
    sealed = vault.seal_text(json.dumps(rows), context=CONTEXT)
    LeftOut.objects.update_or_create(key=rest, defaults={"reasons_sealed": sealed})


def _kept(rest: str) -> dict[int, Refusal]:
    sealed = LeftOut.objects.filter(key=rest).values_list("reasons_sealed", flat=True).first()
    rows = json.loads(vault.open_text(sealed, context=CONTEXT)) if sealed else []
    return {
        id_: Refusal(CATALOGUE[code], values, id_, basis, where)
        for id_, code, values, basis, where in rows
    }
