"""Strikes an act at each of its statements and judges what is left after it (B2, D3, B8)."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.fire.faults import Fault, Struck, struck
from tests.fire.recounts import added, all_promises_hold, written

MOST_STATEMENTS = 120
RECOUNT_EVERY = 6  # and at the end; what was written is counted after every strike


def _nothing_to_list(is_done: bool) -> None:
    """An act that leaves nothing open stands on no list."""


@dataclass(frozen=True, slots=True)
class Tried:
    """An act made ready: the work, and what the lists must say once it is done, or is not."""

    work: Callable[[], object]
    listed: Callable[[bool], None] = _nothing_to_list


def strike_everywhere(make_ready: Callable[[], Tried], *, fault: Fault) -> None:
    """This function will strike at the first statement, the second, and so on past the last.

    Each time the act is whole or not there, the lists say which, and repeating it does it once.
    """
    tried = make_ready()
    before = written()
    tried.work()
    whole = added(before, written())
    assert any(whole)
    tried.listed(True)
    nothing = tuple(0 for _ in whole)
    outcomes: set[tuple[int, ...]] = set()
    place = 0
    while place < MOST_STATEMENTS:
        place += 1
        tried = make_ready()
        before = written()
        under_fire: Struck = struck(tried.work, place=place, fault=fault)
        found = added(before, written())
        assert found in {whole, nothing}, (place, under_fire)
        assert found == whole or under_fire.answer != "done", (place, under_fire)
        tried.listed(found == whole)
        outcomes.add(found)
        tried.work()
        assert added(before, written()) == whole, (place, under_fire)
        tried.listed(True)
        if place % RECOUNT_EVERY == 0:
            all_promises_hold()
        if not under_fire.reached:
            break
    all_promises_hold()
    assert place < MOST_STATEMENTS, "the act never came to its end"
    assert outcomes == {whole, nothing}, "struck before the commit, and after it"
