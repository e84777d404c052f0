"""A card found bad is never given to anybody again, by however many acts and people (Art. 9).

Once over the table itself, every way its rows lead; once along the longest way through the door.
"""

from collections.abc import Iterator

import pytest
from django.db import IntegrityError, connection

from cardbook.cards.models import Card
from cardbook.cards.states import IMPOSSIBLE, Hold, Social, Stage, Subject
from cardbook.custody.places import Place
from cardbook.custody.postings import Destination, account_of
from cardbook.lifecycle.acts import ROWS, Act, act
from cardbook.lifecycle.judge import Presented
from cardbook.lifecycle.perform import Done, Step, perform
from cardbook.lifecycle.refusals import Refused
from cardbook.testing import factories as make
from cardbook.testing.factories import NOON, City
from tests.law.usual import facts_for

pytestmark = pytest.mark.article(9)

FINDINGS = ("defect.record", "stock.damage")
State = tuple[str, str, str]
REGIONS = ("stage", "social", "hold")


def _after(row: Act, state: State) -> State | None:
    """Where the row leads from a state; None when it does not start there or cannot arrive."""
    now = dict(zip(REGIONS, state, strict=True))
    if row.on is None or any(now[one] not in row.on.get(one, {now[one]}) for one in REGIONS):
        return None
    then = {**now, **{one: str(value) for one, value in row.becomes.items() if one in now}}
    return then["stage"], then["social"], then["hold"]


def _reached_from(state: State) -> Iterator[State]:
    acts = [row for row in ROWS if row.subject is Subject.CARD]
    seen, open_ = {state}, [state]
    while open_:
        here = open_.pop()
        yield here
        new = {after for row in acts if (after := _after(row, here)) is not None} - seen
        seen |= new
        open_ += sorted(new)


@pytest.mark.parametrize("code", FINDINGS)
@pytest.mark.parametrize("social", list(Social))
def test_no_row_of_the_table_leads_from_a_defect_back_to_a_holder(code: str, social: str) -> None:
    found = act(code).becomes
    reached = set(_reached_from((str(found["stage"]), str(social), str(found["hold"]))))
    assert {stage for stage, _, _ in reached} == {
        Stage.RECALLED, Stage.RETURNED, Stage.MISSING, Stage.CANCELLED, Stage.DESTROYED,
    }  # fmt: skip
    assert {hold for stage, _, hold in reached if stage != Stage.DESTROYED} == {Hold.DEFECT}


def test_no_source_may_claim_a_bad_card_for_issue() -> None:
    claiming = [row for row in ROWS if "hold" in row.claims]
    assert {row.code for row in claiming if Hold.DEFECT in row.claims["hold"]} == {
        "opening.recall", "opening.return", "opening.miss",
    }  # fmt: skip
    assert any(name == "defective_card_given" for name, _, _ in IMPOSSIBLE)


@pytest.mark.django_db
class TestTheLongestWayRound:
    """Missed, found, passed on and received back: two people, five acts, and no way out."""

    def _step(self, city: City, card: Card, code: str, place: Place | None = None) -> Done:
        here = city.here
        to = account_of(organization_id=here.card_body.pk, kind=place).pk if place else None
        row = act(code)
        step = Step(
            act=row,
            facts=facts_for(code),
            subject_ids=[card.pk],
            destination=Destination(to) if to else None,
            papers=[Presented(kind="defect_report")] if code == "defect.record" else [],
            told=[notice.code for notice in row.notices],
        )
        return perform(step, by=here.keeper, second=here.reviewer, at=NOON, key=make.key())

    def _received_back(self, city: City, first: str) -> Card:
        (card,) = make.received_cards(city, city.here)
        self._step(city, card, first)
        self._step(city, card, "stock.miss_set_aside")
        self._step(city, card, "stock.find_stopped")
        self._step(city, card, "stranded.pass_on", Place.TRANSIT)
        self._step(city, card, "stranded.receive_back")
        card.refresh_from_db()
        assert (card.stage, card.hold) == (Stage.RETURNED, Hold.DEFECT)
        return card

    @pytest.mark.parametrize("first", FINDINGS)
    def test_ends_before_the_shelf(self, city: City, first: str) -> None:
        card = self._received_back(city, first)
        with pytest.raises(Refused) as refused:
            self._step(city, card, "stranded.put_back")
        assert {one.code for one in refused.value.refusals} == {"CARD_DEFECTIVE"}

    def test_leads_on_to_the_scrap(self, city: City) -> None:
        card = self._received_back(city, "defect.record")
        self._step(city, card, "card.cancel_returned")
        card.refresh_from_db()
        assert (card.stage, card.hold) == (Stage.CANCELLED, Hold.DEFECT)

    def test_the_database_would_not_have_it_either(self, city: City) -> None:
        card = self._received_back(city, "defect.record")
        with (
            pytest.raises(IntegrityError, match="card_defective_card_given"),
            connection.cursor() as cursor,
        ):
            cursor.execute("UPDATE cards_card SET stage = 'in_custody' WHERE id = %s", [card.pk])
