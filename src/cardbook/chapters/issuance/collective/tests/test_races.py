"""Two at once: one success and one sentence (Art. 8 para. 3)."""

from pathlib import Path

import pytest

from cardbook.chapters.issuance.collective.tests.bundles import (
    add_pages,
    file,
    hand_out,
    out,
    prepared,
    proxy,
    tick,
)
from cardbook.chapters.issuance.models import BundleFiling
from cardbook.insight.check import recount
from cardbook.ledger.models import Event
from cardbook.people.models import PickUp
from cardbook.testing import factories as make
from cardbook.testing.races import in_words, together

pytestmark = pytest.mark.article(8, 3)


@pytest.fixture(autouse=True)
def store(tmp_path: Path, settings: object) -> None:
    settings.PAPERS_ROOT = tmp_path  # type: ignore[attr-defined]


def test_two_file_the_same_sheet_at_once(fresh_database: str) -> None:
    city = make.city()
    given = out(city, count=6)
    tick(given.bundle, "1-4;5=1;6=2t", by=city.here.clerk)
    add_pages(given.bundle, by=city.here.clerk)
    answers = together(
        lambda: file(given.bundle, by=city.here.clerk),
        lambda: file(given.bundle, by=city.here.other_clerk),
    )
    assert sorted(in_words(answers, done=lambda _: "filed")) == ["SHEET_FILED", "filed"]
    assert BundleFiling.objects.count() == 1
    assert Event.objects.filter(act="card.issue_collective").count() == 4
    assert recount().holds


def test_two_hand_out_the_same_bundle_at_once(fresh_database: str) -> None:
    city = make.city()
    bundle = prepared(city, make.received_cards(city, city.here, count=3))
    answers = together(
        lambda: hand_out(bundle, by=city.here.clerk),
        lambda: hand_out(bundle, by=city.here.other_clerk),
    )
    words = in_words(answers, done=lambda _: "out")
    assert words.count("out") == 1
    assert Event.objects.filter(act="bundle.hand_out").count() == 3


def test_a_double_click_is_one_filing(fresh_database: str) -> None:
    city = make.city()
    given = out(city, count=2)
    tick(given.bundle, "1-2", by=city.here.clerk)
    add_pages(given.bundle, by=city.here.clerk)
    key = make.key()
    answers = together(*[lambda: file(given.bundle, by=city.here.clerk, key=key)] * 2)
    words = in_words(answers, done=lambda done: f"{done.repeated}")  # type: ignore[attr-defined]
    assert sorted(words) == ["False", "True"]


@pytest.mark.article(10)
def test_two_sheets_filed_at_once_keep_a_proxys_day(fresh_database: str) -> None:
    city, son = make.city(), proxy()
    sheets = [out(city) for _ in range(2)]
    for given in sheets:
        tick(given.bundle, "1-2=d;3-4", by=city.here.clerk, agent=son)
        add_pages(given.bundle, by=city.here.clerk)
    answers = together(
        lambda: file(sheets[0].bundle, by=city.here.clerk),
        lambda: file(sheets[1].bundle, by=city.here.other_clerk),
    )
    assert sorted(in_words(answers, done=lambda _: "filed")) == ["AGENT_LIMIT", "filed"]
    assert PickUp.objects.count() == 2
    assert recount().holds
