"""What an act leaves owed: once, in its own transaction, for one card and for fifty thousand."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cardbook.cards.states import Subject
from cardbook.chapters.corrections.wrong_cards.tests import wrong
from cardbook.chapters.issuance.individual.commands import undo_issue
from cardbook.ledger.models import Event
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.births import GivenRows
from cardbook.lifecycle.facts import TemporaryCardsStocked
from cardbook.lifecycle.perform import Step, perform
from cardbook.lifecycle.refusals import Refused
from cardbook.outbox.models import Message
from cardbook.outbox.owing import owe, take_back
from cardbook.ports.messages import MessageKind
from cardbook.testing import factories as make
from cardbook.testing.factories import NOON, City

pytestmark = pytest.mark.django_db


@pytest.mark.article(8, 4)
class TestAnActThatTells:
    def test_owes_the_province_one_message_made_of_its_event(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        event = Event.objects.get(subject_kind="card", subject_id=card.pk, act="card.issue")
        message = Message.objects.get()
        assert message.reference == f"province.issued/{event.pk}"
        assert (message.state, message.party, message.recipient_id, message.card_id) == (
            "owed", "province", city.here.county.pk, card.pk,
        )  # fmt: skip
        assert message.payload == event.facts
        assert (message.thread, message.sequence) == (f"card:{card.pk}", event.pk)

    def test_owes_nothing_when_it_is_refused(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here)
        with pytest.raises(Refused):
            perform(
                make.issue_step(card, face_matches=False),
                by=city.here.clerk, at=NOON, key=make.key(),
            )  # fmt: skip
        assert not Message.objects.exists()

    def test_owes_once_however_often_it_is_asked(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here)
        again = make.key()
        for _ in range(2):
            perform(make.issue_step(card), by=city.here.clerk, at=NOON, key=again)
        owe((MessageKind.PROVINCE_ISSUED,), subject=Subject.CARD, ids=[card.pk])
        assert Message.objects.count() == 1

    def test_holds_no_person_in_what_it_keeps(self, city: City) -> None:
        holder = make.person(name="欧阳娜娜")
        make.issued_card(city, city.here, holder=holder)
        message = Message.objects.values().get()
        assert message["person_id"] == holder.pk
        assert "欧阳娜娜" not in str(message)

    def test_is_one_statement_for_any_number_of_cards(self, city: City) -> None:
        cards = [card.pk for card in make.received_cards(city, city.here, count=40)]
        with CaptureQueriesContext(
            connection,
        ) as asked:
            owe(
                (MessageKind.PROVINCE_ACTIVATE, MessageKind.BANK_ACTIVATION_REQUEST),
                subject=Subject.CARD, ids=cards,
            )  # fmt: skip
        assert len(asked) == 1
        assert Message.objects.count() == 80
        banks = Message.objects.filter(party="bank").values_list("recipient_id", flat=True)
        assert set(banks) == {city.bank.pk}


class TestABankThatIsUnknown:
    def test_leaves_the_message_parked_because_nobody_can_be_told(self, city: City) -> None:
        births = GivenRows(columns=("number", "county_id"), rows=(("L0001", city.here.county.pk),))
        step = Step(
            act=act("temporary.stock_in"), facts=TemporaryCardsStocked(box="1"), births=births
        )
        done = perform(step, by=city.here.keeper, at=NOON, key=make.key())
        owe(
            (MessageKind.BANK_CANCEL_NOTICE,),
            subject=Subject.TEMPORARY_CARD, ids=done.subject_ids,
        )  # fmt: skip
        message = Message.objects.get(party="bank")
        assert (message.state, message.answer_code) == ("parked", "no_bank")


@pytest.mark.article(8, 4)
class TestAnActThatTakesBack:
    def undo(self, city: City, card_id: int) -> None:
        event = Event.objects.get(subject_kind="card", subject_id=card_id, act="card.issue")
        undo_issue(
            card_id=card_id, event_id=event.pk, words="拿错卡", by=city.here.clerk,
            second=city.here.reviewer, at=NOON + timedelta(minutes=5), key=make.key(),
        )  # fmt: skip

    def test_withdraws_what_never_left(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        self.undo(city, card.pk)
        assert [m.state for m in Message.objects.order_by("id")] == ["withdrawn"]

    def test_owes_the_opposite_of_what_left(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        Message.objects.update(state="done")
        self.undo(city, card.pk)
        kinds = [(m.kind, m.state) for m in Message.objects.order_by("id")]
        assert kinds == [("province.issued", "done"), ("province.issue_undone", "owed")]

    def test_owes_the_opposite_of_what_may_have_arrived(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        Message.objects.update(maybe_arrived=True)
        take_back(
            {MessageKind.PROVINCE_ISSUED: MessageKind.PROVINCE_ISSUE_UNDONE},
            subject=Subject.CARD, ids=[card.pk],
        )  # fmt: skip
        assert set(Message.objects.values_list("state", flat=True)) == {"owed"}
        assert Message.objects.count() == 2


@pytest.mark.article(14)
class TestAnActThatSettles:
    def test_closes_what_was_owed_with_the_reference_the_province_gave(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        correction = wrong.recorded(card, city.here)
        wrong.recheck(correction, by=city.here.reviewer)
        registered = Message.objects.get(kind=MessageKind.PROVINCE_ERROR_REGISTERED)
        assert (registered.state, registered.card_id) == ("owed", card.pk)
        wrong.enter(correction, by=city.here.keeper, facts=wrong.answer("SX-77"))
        registered.refresh_from_db()
        assert (registered.state, registered.external_reference, registered.settled_by_id) == (
            "by_hand", "SX-77", city.here.keeper.user_id,
        )  # fmt: skip
        assert Message.objects.get(kind=MessageKind.PROVINCE_ERROR_CONFIRMED).state == "owed"

    def test_a_mistaken_entry_that_never_left_is_withdrawn(self, city: City) -> None:
        correction = wrong.recorded(make.issued_card(city, city.here), city.here)
        wrong.recheck(correction, by=city.here.reviewer)
        wrong.drop(correction, by=city.here.clerk, second=city.here.reviewer)
        states = set(Message.objects.filter(subject_kind="correction").values_list("state"))
        assert states == {("withdrawn",)}
