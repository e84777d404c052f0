"""Does an act on a selection with a result for each row: who can be served is, who cannot is told.

`perform` does all or none; here the rows it names are left out and the others done (Art. 16, 18).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from cardbook.cards.states import Subject
from cardbook.chapters.asked_before import events_of
from cardbook.lifecycle.perform import Done
from cardbook.lifecycle.refusals import Refusal, Refused


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
    Asked again under the same key, the rows that were done then are done, not refused.

    :raises Refused: when a reason is about no row (the second person, the papers).
    """
    rest = f"{key}-rest"[:100]
    before = frozenset(
        events_of(rest, subject=subject, ids=ids).values_list("subject_id", flat=True)
    )
    refused: dict[int, Refusal] = {}
    left, attempt = list(dict.fromkeys(ids)), key[:100]
    while left:
        try:
            done = work(left, attempt)
        except Refused as problem:
            rows = {one.subject_id: one for one in reversed(problem.refusals) if one.subject_id}
            if not rows.keys() & set(left) or any(not r.subject_id for r in problem.refusals):
                raise
            refused.update((id_, rows[id_]) for id_ in rows if id_ not in before)
            if before:
                return Outcome(done=tuple(i for i in left if i in before), refused=refused)
            left, attempt = [id_ for id_ in left if id_ not in refused], rest
        else:
            return Outcome(done=done.subject_ids, refused=refused)
    return Outcome(done=(), refused=refused)
