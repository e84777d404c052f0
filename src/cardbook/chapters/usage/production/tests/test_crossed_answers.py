"""A bank's file that crossed our own word: an order was taken back while the bank made it (25)."""

import pytest

from cardbook.cards.states import Progress
from cardbook.chapters.usage.production.commands import AnswerKind, withdraw_application
from cardbook.chapters.usage.production.tests.test_bank_files import (
    audited,
    person,
    problems,
    progress,
    take,
)
from cardbook.chapters.usage.production.tests.test_commands import (
    answer,
    captured,
    first_card,
    submitted,
)
from cardbook.chapters.usage.replacement.tests.windows import Windows, windows
from cardbook.testing import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.article(25), pytest.mark.article(29)]


@pytest.fixture
def there() -> Windows:
    return windows()


def test_of_an_order_stopped_meanwhile_holds_up_no_other_row(there: Windows) -> None:
    stopped, going_on = submitted(there), submitted(there)
    answer(stopped, AnswerKind.REFUSE, there.teller, words="姓名不符")
    withdraw_application(
        application_id=stopped.pk, words="不办了", by=there.clerk, at=make.NOON, key=make.key()
    )
    content = audited((stopped, "1", ""), (going_on, "1", ""))
    for again in (False, True):
        taken = take(there, content)
        assert (taken.entered, taken.repeated, problems(taken)) == (
            True, again, [(1, "stopped")],
        )  # fmt: skip
        (note,) = taken.notes
        assert "已停止制卡或撤回" in note and "按退回的卡注销" in note
    assert progress(stopped, going_on) == [Progress.WITHDRAWN, Progress.ACCEPTED]


def test_of_an_order_of_before_is_not_taken_for_the_new_one(there: Windows) -> None:
    holder_first = submitted(there)
    content = audited((holder_first, "1", ""))
    answer(holder_first, AnswerKind.REFUSE, there.teller, words="姓名不符")
    withdraw_application(
        application_id=holder_first.pk, words="重办", by=there.clerk, at=make.NOON,
        key=make.key(),
    )  # fmt: skip
    again = captured(there, first_card(there, number=person(holder_first)["number"]))
    taken = take(there, content)
    assert (taken.entered, problems(taken)) == (True, [(1, "stopped")])
    assert progress(again) == [Progress.CONFIRMED]
