"""Does an act on a selection with a result for each row: who can be served is, who cannot is told.

`perform` does all or none; here the rows it names are left out and the others done (Art. 16, 18).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from cardbook.lifecycle.perform import Done
from cardbook.lifecycle.refusals import Refusal, Refused


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a selection: ids done, and the first reason against each of the others."""

    done: tuple[int, ...]
    refused: Mapping[int, Refusal]


def row_by_row(
    ids: Sequence[int], *, key: str, work: Callable[[Sequence[int], str], Done]
) -> Outcome:
    """This function will do `work` on all rows, or on those nothing speaks against.

    :raises Refused: when a reason is about no row (the second person, the papers).
    """
    refused: dict[int, Refusal] = {}
    left = list(dict.fromkeys(ids))
    for attempt in ("", "-rest"):
        if not left:
            break
        try:
            done = work(left, f"{key}{attempt}"[:100])
        except Refused as problem:
            rows = {one.subject_id: one for one in reversed(problem.refusals) if one.subject_id}
            if attempt or len(rows) == 0 or any(not r.subject_id for r in problem.refusals):
                raise
            refused.update(rows)
            left = [id_ for id_ in left if id_ not in refused]
        else:
            return Outcome(done=done.subject_ids, refused=refused)
    return Outcome(done=(), refused=refused)
