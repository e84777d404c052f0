"""Handlers come home from one village with their workbooks: nobody is given a card twice (R5).

Art. 8 para. 3. Every round is one sheet that all four bring back at one moment, each as he saw it.
"""

from collections.abc import Callable
from pathlib import Path

import pytest

from cardbook.chapters.issuance.collective.taking_in import Taken, take_entries
from cardbook.chapters.issuance.collective.tests.bundles import TODAY, add_pages, file, out
from cardbook.chapters.issuance.collective.workbook import Entry
from cardbook.chapters.issuance.models import Result
from cardbook.law.roles import Role
from cardbook.ledger.models import Event
from cardbook.lifecycle.facts import Signer, Unclaimed
from cardbook.orgs.actors import Actor
from cardbook.testing import factories as make
from cardbook.testing.factories import City
from tests.fire.processes import in_rounds
from tests.fire.recounts import all_promises_hold

pytestmark = pytest.mark.races


@pytest.fixture(autouse=True)
def store(tmp_path: Path, settings: object) -> None:
    settings.PAPERS_ROOT = tmp_path  # type: ignore[attr-defined]


def signed(row: int, number: str) -> Entry:
    return Entry(
        row=row, number=number, result=Result.SIGNED, signer=Signer.HOLDER, signed_on=TODAY,
        reason="", words="",
    )  # fmt: skip


def not_met(row: int, number: str, why: Unclaimed) -> Entry:
    return Entry(
        row=row, number=number, result=Result.OPEN, signer="", signed_on=None, reason=why, words=""
    )


@pytest.mark.trust("R5")
@pytest.mark.rounds(10)
@pytest.mark.article(8, 3)
def test_workbooks_of_one_sheet_brought_home_at_once_give_no_card_twice(
    city: City, rounds: int
) -> None:
    """The first to be read is written down; the others are told where they say something else."""
    here, unit = city.here, make.ready_unit(city.here)
    sheets = [out(city, count=3, unit=unit) for _ in range(rounds)]
    handlers = [here.clerk, here.other_clerk]
    handlers += [make.worker("窗口经办", Role.WINDOW_CLERK, here.window) for _ in range(2)]
    seen = (Unclaimed.AWAY, Unclaimed.MOVED, Unclaimed.REFUSES, Unclaimed.UNREACHED)

    def bring_home(place: int, by: Actor) -> Callable[[int], Taken]:
        """All met the first holder, each says something else of the second, one met the third."""

        def play(round_: int) -> Taken:
            one, two, three = (card.number for card in sheets[round_].cards)
            entries = [signed(1, one), not_met(2, two, seen[place])]
            entries += [signed(3, three)] if place == 0 else []
            return take_entries(bundle_id=sheets[round_].bundle.pk, entries=entries, by=by)

        return play

    works = [bring_home(place, by) for place, by in enumerate(handlers)]
    for sheet, answers in zip(sheets, in_rounds(works, rounds=rounds), strict=True):
        assert sum(answer.count for answer in answers) == 3, "each row is written down once"
        assert sum(answer.same for answer in answers) == 3, "the others met the first holder too"
        told = [one for answer in answers for one in answer.conflicts]
        assert {one.row for one in told} == {2} and len(told) == 3
        kept = sheet.bundle.rows.get(row=2).reason
        assert {one.here for one in told} == {f"未发 {Unclaimed(kept).label}"}
        add_pages(sheet.bundle, by=here.clerk)
        file(sheet.bundle, by=here.clerk)
    assert Event.objects.filter(act="card.issue_collective").count() == 2 * rounds
    all_promises_hold()
