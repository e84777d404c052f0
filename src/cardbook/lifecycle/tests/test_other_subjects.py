"""The application and the temporary card go through the same door as the card (Art. 9, 25, 27)."""

from dataclasses import dataclass

import pytest
from django.db import IntegrityError

from cardbook.cards.models import Application, TemporaryCard
from cardbook.cards.states import Subject
from cardbook.ledger.models import Event
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.births import GivenRows
from cardbook.lifecycle.facts import (
    ApplicationWithdrawn,
    Defect,
    FreeReplacementOpened,
    TemporaryCardsStocked,
    TemporaryCardVoided,
)
from cardbook.lifecycle.guards import reason_is_given
from cardbook.lifecycle.load import load_cases
from cardbook.lifecycle.perform import Done, Step, perform
from cardbook.lifecycle.refusals import Refused
from cardbook.orgs.actors import Actor
from cardbook.testing import factories as make
from cardbook.testing.factories import NOON, City

pytestmark = pytest.mark.django_db


def opened(city: City, *, fee_fen: int = 0) -> Application:
    """A free replacement for a defective card, under way."""
    (card,) = make.received_cards(city, city.here)
    row = (card.person_id, card.county_id, "replacement", "defect", card.pk, fee_fen)
    columns = ("person_id", "county_id", "kind", "reason", "old_card_id", "fee_fen")
    step = Step(
        act=act("replacement.open_free"),
        facts=FreeReplacementOpened(old_card=card.pk, defect=Defect.SOILED),
        births=GivenRows(columns, (row,)),
    )
    done = perform(step, by=city.here.clerk, at=NOON, key=make.key())
    return Application.objects.get(pk=done.subject_ids[0])


def withdraw(application: Application, *, by: Actor, words: str = "持卡人要原卡") -> Done:
    step = Step(
        act=act("application.withdraw"),
        facts=ApplicationWithdrawn(words=words),
        subject_ids=[application.pk],
    )
    return perform(step, by=by, at=NOON, key=make.key())


def codes(refused: pytest.ExceptionInfo[Refused]) -> set[str]:
    return {refusal.code for refusal in refused.value.refusals}


@pytest.mark.article(25)
class TestStepOfBorn:
    def test_acts_on_what_the_step_before_brought_into_being(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here)
        row = (card.person_id, card.county_id, "replacement", "defect", card.pk, 0)
        columns = ("person_id", "county_id", "kind", "reason", "old_card_id", "fee_fen")
        opening = Step(
            act=act("replacement.open_free"),
            facts=FreeReplacementOpened(old_card=card.pk, defect=Defect.SOILED),
            births=GivenRows(columns, (row,)),
        )
        facts = ApplicationWithdrawn(words="当场不要了")
        taken_back = Step(act=act("application.withdraw"), facts=facts, of_born=True)
        first = perform(opening, taken_back, by=city.here.clerk, at=NOON, key="born")
        again = perform(opening, taken_back, by=city.here.clerk, at=NOON, key="born")
        application = Application.objects.get()
        assert (application.progress, application.version) == ("withdrawn", 2)
        assert first.subject_ids == (application.pk, application.pk)
        assert again.repeated and again.subject_ids == first.subject_ids


@pytest.mark.article(25)
class TestWithdrawApplication:
    def test_ends_it_with_one_more_event(self, city: City) -> None:
        application = opened(city)
        withdraw(application, by=city.here.clerk)
        application.refresh_from_db()
        assert (application.progress, application.version) == ("withdrawn", 2)
        acts = Event.objects.filter(subject_kind="application", subject_id=application.pk)
        assert list(acts.order_by("seq").values_list("act", flat=True)) == [
            "replacement.open_free",
            "application.withdraw",
        ]

    def test_needs_a_reason(self, city: City) -> None:
        application = opened(city)
        with pytest.raises(Refused) as refused:
            withdraw(application, by=city.here.clerk, words=" ")
        assert codes(refused) == {"REASON_MISSING"}

    def test_refuses_the_neighbour_county(self, city: City) -> None:
        application = opened(city)
        with pytest.raises(Refused) as refused:
            withdraw(application, by=city.neighbour.clerk)
        assert codes(refused) == {"OUT_OF_REACH"}

    def test_refuses_a_card_keeper(self, city: City) -> None:
        application = opened(city)
        with pytest.raises(Refused) as refused:
            withdraw(application, by=city.here.keeper)
        assert codes(refused) == {"ROLE_MAY_NOT"}

    def test_cannot_be_done_twice(self, city: City) -> None:
        application = opened(city)
        withdraw(application, by=city.here.clerk)
        with pytest.raises(Refused) as refused:
            withdraw(application, by=city.here.clerk)
        assert codes(refused) == {"APPLICATION_WITHDRAWN"}

    @pytest.mark.article(9)
    def test_a_person_has_one_open_application_at_most(self, city: City) -> None:
        first = opened(city)
        columns = ("person_id", "county_id", "kind", "reason", "old_card_id", "fee_fen")
        again = (first.person_id, first.county_id, "replacement", "defect", first.old_card_id, 0)
        step = Step(
            act=act("replacement.open_free"),
            facts=FreeReplacementOpened(old_card=first.old_card_id or 0, defect=Defect.SOILED),
            births=GivenRows(columns, (again,)),
        )
        with pytest.raises(Refused) as refused:
            perform(step, by=city.here.clerk, at=NOON, key=make.key())
        assert codes(refused) == {"APPLICATION_OPEN"}


def stocked(city: City, *numbers: str) -> list[TemporaryCard]:
    rows = tuple((number, city.here.county.pk) for number in numbers)
    step = Step(
        act=act("temporary.stock_in"),
        facts=TemporaryCardsStocked(box="LS-1"),
        births=GivenRows(("number", "county_id"), rows),
    )
    done = perform(step, by=city.here.keeper, at=NOON, key=make.key())
    return list(TemporaryCard.objects.filter(pk__in=done.subject_ids).order_by("number"))


@pytest.mark.article(27)
class TestTemporaryCards:
    def test_come_into_stock_without_a_person(self, city: City) -> None:
        one, two = stocked(city, "L0001", "L0002")
        assert (one.stage, one.version, one.person_id) == ("in_stock", 1, None)
        assert Event.objects.filter(subject_kind="temporary_card", seq=1).count() == 2
        assert one.number != two.number

    def test_a_number_comes_in_once(self, city: City) -> None:
        stocked(city, "L0001")
        with pytest.raises(IntegrityError):
            stocked(city, "L0001")

    def void(self, card: TemporaryCard, *, by: Actor) -> Done:
        step = Step(
            act=act("temporary.void"),
            facts=TemporaryCardVoided(words="芯片脱落"),
            subject_ids=[card.pk],
        )
        return perform(step, by=by, at=NOON, key=make.key())

    def test_a_damaged_one_leaves_the_stock(self, city: City) -> None:
        (card,) = stocked(city, "L0001")
        self.void(card, by=city.here.clerk)
        card.refresh_from_db()
        assert (card.stage, card.version) == ("void", 2)

    def test_refuses_the_neighbour_and_a_second_time(self, city: City) -> None:
        (card,) = stocked(city, "L0001")
        with pytest.raises(Refused) as refused:
            self.void(card, by=city.neighbour.keeper)
        assert codes(refused) == {"OUT_OF_REACH"}
        self.void(card, by=city.here.keeper)
        with pytest.raises(Refused) as refused:
            self.void(card, by=city.here.keeper)
        assert codes(refused) == {"TEMPORARY_VOID"}


@dataclass(frozen=True)
class SomethingTakenBack:
    """A fact no guard has heard of."""

    words: str


@pytest.mark.article(32)
@pytest.mark.parametrize(("words", "codes"), [("折断", []), (" ", ["REASON_MISSING"])])
def test_any_fact_with_words_gives_its_reason(city: City, words: str, codes: list[str]) -> None:
    (card,) = make.received_cards(city, city.here)
    case = load_cases(subject=Subject.CARD, ids=[card.pk], lock=False)[card.pk]
    found = reason_is_given(case, SomethingTakenBack(words))
    assert [refusal.code for refusal in (found,) if refusal is not None] == codes
