"""Two answer one complaint at once: one answer stands (Art. 24)."""

from collections.abc import Callable

import pytest
from django.utils import timezone

from cardbook.chapters.usage.bank_offers import complaints as said
from cardbook.chapters.usage.bank_offers.tests.test_complaints import taken
from cardbook.chapters.usage.bank_offers.tests.test_offers import teller_of
from cardbook.testing import factories as make
from cardbook.testing.races import together

pytestmark = pytest.mark.article(24)


def test_two_tellers_at_once_leave_one_answer(fresh_database: None) -> None:
    city = make.city()
    row, teller = taken(city, city.here.clerk), teller_of(city)

    def answer(words: str) -> Callable[[], bool]:
        return lambda: said.answer_complaint(
            complaint_id=row.pk, answer=words, by=teller, at=timezone.now()
        )

    assert sorted(together(answer("一"), answer("二"))) == [False, True]
