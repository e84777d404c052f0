"""A quality problem found when a card is replaced is a finding like any other (Art. 9)."""

from datetime import timedelta

import pytest
from django.urls import reverse

from cardbook.cards.models import Card
from cardbook.chapters.issuance.defect.register import FORM, finding_sheet
from cardbook.chapters.issuance.defect.returns import (
    DefectsWanted,
    batch_rates,
    count_defects,
    defect_rows,
)
from cardbook.chapters.issuance.defect.tests.test_defect import record
from cardbook.chapters.usage.production.commands import AnswerKind, withdraw_application
from cardbook.chapters.usage.production.tests.test_commands import answer
from cardbook.chapters.usage.replacement.tests.windows import (
    Taken,
    Windows,
    taken,
    the_application,
    windows,
)
from cardbook.lib.clock import local_day
from cardbook.lifecycle.facts import ApplyReason, Defect, Reading, Verdict
from cardbook.orgs.actors import Actor
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import NOON

pytestmark = [pytest.mark.django_db, pytest.mark.article(9)]
TODAY = local_day(NOON)


@pytest.fixture
def there() -> Windows:
    return windows()


@pytest.fixture
def card(there: Windows) -> Card:
    """A card in its holder's hands."""
    return make.issued_card(there.city, there.city.here)


def lines(there: Windows, **more: object) -> list[dict[str, str]]:
    """The rows of the sheet of the county, by column."""
    chosen = {"office": there.city.here.county, "start": TODAY, "end": TODAY, "since": None,
              "until": None, **more}  # fmt: skip
    sheet = finding_sheet(
        chosen=chosen, masked=False, printed_by="甲", printed_at=NOON + timedelta(days=1),
        limit=None,
    )  # fmt: skip
    return [dict(zip([one.key for one in FORM.columns], row, strict=True)) for row in sheet.rows]


def withdraw(there: Windows, one: Taken) -> None:
    """The bank sends it back, and the window takes it back."""
    answer(the_application(one), AnswerKind.REFUSE, there.teller, words="照片不清")
    withdraw_application(
        application_id=one.application_id, words="检测有误", by=there.clerk, at=NOON,
        key=make.key(),
    )  # fmt: skip


def defects(by: Actor) -> list[tuple[int, int]]:
    return [(one.cards, one.defects) for one in batch_rates(by=by, today=TODAY)]


def test_stands_on_the_sheet_with_test_and_verdict(there: Windows, card: Card) -> None:
    application = taken(there, card, ApplyReason.DEFECT)
    (line,) = lines(there)
    assert (line["card_number"], line["actor"]) == (card.number, there.clerk.name)
    assert line["defect"] == Defect.UNREADABLE.label and line["fee"] == "0.00 元"
    assert line["reading"] == Reading.SILENT.label and line["verdict"] == Verdict.MADE.label
    assert line["application"] == str(application.application_id)
    assert lines(there, card=card.number) == [line]


def test_counts_in_the_rate_of_the_makers_batch_and_leads_to_its_rows(
    there: Windows, card: Card
) -> None:
    make.received_cards(there.city, there.city.here, count=9)
    taken(there, card, ApplyReason.DEFECT)
    assert defects(there.city.here.keeper) == [(10, 1)]
    assert defects(there.city.neighbour.keeper) == []
    behind = signed_in(there.city.here.keeper).get(
        reverse("defect.stock"), {"batch": card.batch_id}
    )
    assert card.number in behind.content.decode()


def test_lies_not_in_the_stock_while_the_holder_has_the_card(there: Windows, card: Card) -> None:
    taken(there, card, ApplyReason.DEFECT)
    path = there.city.here.keeper.county_path
    assert count_defects(DefectsWanted(in_stock=True), office_path=path) == 0
    assert count_defects(DefectsWanted(), office_path=path) == 1


def test_what_is_replaced_for_another_reason_is_none(there: Windows, card: Card) -> None:
    taken(there, card, ApplyReason.DAMAGED)
    assert lines(there) == [] and defects(there.city.here.keeper) == []


def test_what_was_withdrawn_is_none_and_found_again_it_counts_once(
    there: Windows, card: Card
) -> None:
    first = taken(there, card, ApplyReason.DEFECT)
    withdraw(there, first)
    assert lines(there) == [] and defects(there.city.here.keeper) == []
    again = taken(there, card, ApplyReason.DEFECT, at=NOON + timedelta(hours=1))
    (line,) = lines(there)
    assert line["application"] == str(again.application_id)
    assert defects(there.city.here.keeper) == [(1, 1)]


def test_a_card_that_was_taken_back_counts_once_with_its_replacement(there: Windows) -> None:
    (stock,) = make.received_cards(there.city, there.city.here)
    record(stock, by=there.clerk)
    other = make.issued_card(there.city, there.city.here)
    taken(there, other, ApplyReason.DEFECT)
    assert sorted(line["card_number"] for line in lines(there)) == sorted(
        [stock.number, other.number]
    )
    assert defects(there.city.here.keeper) == [(2, 2)]


def test_each_period_has_the_last_finding_within_it(there: Windows, card: Card) -> None:
    taken(there, card, ApplyReason.DEFECT)
    path = there.city.here.county.path
    for since, until, count in (
        (NOON, NOON + timedelta(days=1), 1), (NOON + timedelta(days=1), None, 0),
        (None, NOON, 0),
    ):  # fmt: skip
        wanted = DefectsWanted(since=since, until=until)
        assert len(defect_rows(wanted, office_path=path, today=TODAY)) == count
