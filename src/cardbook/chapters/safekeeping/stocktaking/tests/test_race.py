"""Two at once at one stock-take (Art. 20): ending it, starting it, telling a difference."""

from collections import Counter
from functools import partial

import pytest

from cardbook.chapters.safekeeping.models import Finding, Scan, Stocktake
from cardbook.chapters.safekeeping.stocktaking.closing import close_findings
from cardbook.chapters.safekeeping.stocktaking.commands import end_stocktake, start_stocktake
from cardbook.chapters.safekeeping.stocktaking.tests.counts import (
    begin,
    boxed,
    ended,
    numbers,
    scan,
    verdict,
)
from cardbook.insight.check import recount
from cardbook.law.roles import Role
from cardbook.ledger.models import Event
from cardbook.lifecycle.perform import perform
from cardbook.lifecycle.refusals import Refused
from cardbook.testing import factories as make
from cardbook.testing.factories import NOON
from cardbook.testing.races import in_words, together

pytestmark = pytest.mark.article(20)


@pytest.mark.usefixtures("fresh_database")
def test_two_ending_at_once_make_one_end() -> None:
    city = make.city()
    box, (card, gone) = boxed(city, city.here, 2)
    take = begin(city.here, box)
    scan(take, city.here, box, card.number)
    colleague = make.worker("库管员", Role.CARD_KEEPER, city.here.card_body)
    answers = together(
        partial(end_stocktake, take_id=take.pk, by=city.here.keeper),
        partial(end_stocktake, take_id=take.pk, by=colleague),
    )
    assert Counter(in_words(answers, done=lambda _: "ended")) == Counter(
        ["ended", "STOCKTAKE_ENDED"]
    )
    assert [one.number for one in Finding.objects.all()] == [gone.number]


@pytest.mark.usefixtures("fresh_database")
def test_two_starting_at_once_count_together() -> None:
    city = make.city()
    box, _ = boxed(city, city.here, 1)
    colleague = make.worker("库管员", Role.CARD_KEEPER, city.here.card_body)
    answers = together(
        *(
            partial(start_stocktake, scope="place", account_id=box.pk, by=who)
            for who in (city.here.keeper, colleague)
        )
    )
    assert len({one.pk for one in answers if isinstance(one, Stocktake)}) == 1


@pytest.mark.usefixtures("fresh_database")
def test_scanning_while_somebody_ends_counts_or_says_so() -> None:
    city = make.city()
    box, cards = boxed(city, city.here, 6)
    take = begin(city.here, box)
    scan(take, city.here, box, *numbers(cards[:3]))
    answers = together(
        partial(end_stocktake, take_id=take.pk, by=city.here.keeper),
        partial(scan, take, city.here, box, *numbers(cards[3:])),
    )
    late = any(isinstance(answer, Refused) for answer in answers)
    assert Scan.objects.count() == (3 if late else 6)
    assert Finding.objects.filter(kind="missing").count() == (3 if late else 0)


@pytest.mark.usefixtures("fresh_database")
def test_missing_and_issued_at_once_is_one_of_both() -> None:
    city = make.city()
    box, (there, gone) = boxed(city, city.here, 2)
    take = begin(city.here, box)
    scan(take, city.here, box, there.number)
    ended(take, city.here)
    finding = Finding.objects.get()
    answers = together(
        partial(
            close_findings, take_id=take.pk, finding_ids=[finding.pk],
            verdict=verdict(city.here, "missed"),
        ),
        partial(
            perform, make.issue_step(gone), by=city.here.clerk, at=NOON, key=make.key()
        ),
    )  # fmt: skip
    assert sum(isinstance(answer, Refused) for answer in answers) == 1
    gone.refresh_from_db()
    finding.refresh_from_db()
    assert (gone.stage == "missing") == (finding.closed_at is not None)
    assert recount().holds


@pytest.mark.usefixtures("fresh_database")
def test_two_telling_one_difference_tell_it_once() -> None:
    city = make.city()
    box, (there, _) = boxed(city, city.here, 2)
    take = begin(city.here, box)
    scan(take, city.here, box, there.number)
    ended(take, city.here)
    finding = Finding.objects.get()
    answers = together(
        *(
            partial(
                close_findings, take_id=take.pk, finding_ids=[finding.pk],
                verdict=verdict(city.here, "missed"),
            )
            for _ in range(2)
        )
    )  # fmt: skip
    assert sum(isinstance(answer, Refused) for answer in answers) == 1
    assert Event.objects.filter(act="stock.miss").count() == 1
