"""From owed to done: order, pauses, refusals, deaths of whoever carries (domain.md 9.3)."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from cardbook.cards.models import Card
from cardbook.outbox import leasing
from cardbook.outbox.deliver import deliver, deliver_all
from cardbook.outbox.models import Line, Message
from cardbook.outbox.tests.other_side import (
    BROKE_OFF,
    DONE,
    GONE,
    NO,
    OtherSide,
    owe_for_occasion,
)
from cardbook.ports.messages import Answer, Letter, MessageKind, Outcome, Party
from cardbook.testing import factories as make
from cardbook.testing.factories import NOON, City

pytestmark = pytest.mark.django_db
# Rows are owed by the database's own clock; these rounds come long after.
LATER = datetime.now(tz=NOON.tzinfo) + timedelta(hours=1)


def at(moment: datetime) -> Callable[[], datetime]:
    return lambda: moment


def carry(city: City, side: OtherSide, *, after: timedelta = timedelta(0)) -> None:
    deliver(
        party=Party.PROVINCE, recipient_id=city.here.county.pk, correspondent=side,
        clock=at(LATER + after),
    )  # fmt: skip


def with_interface(city: City, *kinds: MessageKind) -> None:
    """The line says these kinds by itself, as the worker notes before it carries."""
    leasing.note_interface(party=Party.PROVINCE, recipient_id=city.here.county.pk, carries=kinds)


def owed(card: Card, *kinds: MessageKind) -> None:
    """Messages about one card, one after the other."""
    for place, kind in enumerate(kinds):
        owe_for_occasion(kind, [card.pk], occasion=f"{place}")


def states() -> list[tuple[str, str]]:
    return [(m.kind.partition(".")[2], m.state) for m in Message.objects.order_by("id")]


@pytest.fixture
def card(city: City) -> Card:
    (made,) = make.received_cards(city, city.here)
    return made


ACTIVATE, ORAL, RELEASE, CANCEL = (
    MessageKind.PROVINCE_ACTIVATE,
    MessageKind.PROVINCE_ORAL_LOSS,
    MessageKind.PROVINCE_RELEASE_LOSS,
    MessageKind.PROVINCE_CANCEL,
)


@pytest.mark.article(22)
class TestCarrying:
    def test_writes_down_what_the_other_side_answered(self, city: City, card: Card) -> None:
        owed(card, ACTIVATE)
        side = OtherSide()
        carry(city, side)
        message = Message.objects.get()
        assert (message.state, message.external_reference, message.attempts) == ("done", "P-1", 1)
        (letter,) = side.heard
        assert (letter.card_number, letter.about.name) == (card.number, "王小明")
        assert letter.office == city.here.county.code

    def test_keeps_the_order_of_one_card(self, city: City, card: Card) -> None:
        owed(card, ACTIVATE, ORAL, RELEASE, CANCEL)
        side = OtherSide()
        carry(city, side)
        assert [letter.kind for letter in side.heard] == [ACTIVATE, ORAL, RELEASE, CANCEL]
        assert {state for _, state in states()} == {"done"}

    def test_holds_later_news_back_behind_a_refusal(self, city: City, card: Card) -> None:
        owed(card, ACTIVATE, CANCEL)
        carry(city, OtherSide(lambda letter: NO))
        assert states() == [("activate", "refused"), ("cancel", "owed")]
        assert Message.objects.earliest("id").answer_words == "此人无卡"

    @pytest.mark.article(28)
    def test_never_holds_a_stop_back(self, city: City, card: Card) -> None:
        owed(card, ACTIVATE, ORAL)
        carry(city, OtherSide(lambda letter: NO if letter.kind is ACTIVATE else DONE))
        assert states() == [("activate", "refused"), ("oral_loss", "done")]

    @pytest.mark.article(28)
    def test_never_holds_a_stop_back_behind_a_stop_that_was_refused(
        self, city: City, card: Card
    ) -> None:
        owed(card, ORAL, RELEASE)
        carry(city, OtherSide(lambda letter: NO))
        assert states() == [("oral_loss", "refused"), ("release_loss", "owed")]
        owe_for_occasion(ORAL, [card.pk], occasion="the card is lost again")
        carry(city, OtherSide())
        # The end of a loss nobody registered came before it and would turn it back now.
        assert states() == [
            ("oral_loss", "refused"), ("release_loss", "parked"), ("oral_loss", "done"),
        ]  # fmt: skip

    @pytest.mark.article(28)
    def test_tells_a_stop_again_that_was_refused_because_it_came_first(
        self, city: City, card: Card
    ) -> None:
        """After a long silence it may be tried before the card was put to use over there."""
        with_interface(city, ACTIVATE, ORAL)
        owed(card, ACTIVATE, ORAL)
        Message.objects.filter(kind=ACTIVATE).update(
            attempts=3, next_at=LATER + timedelta(hours=1)
        )
        heard: list[MessageKind] = []

        def not_before_activation(letter: Letter) -> Answer:
            heard.append(letter.kind)
            return DONE if ACTIVATE in heard else NO

        side = OtherSide(not_before_activation)
        carry(city, side)
        assert states() == [("activate", "owed"), ("oral_loss", "owed")]
        message = Message.objects.get(kind=ORAL)
        assert (message.answered_at, message.answer_words) == (None, "此人无卡")
        carry(city, side, after=timedelta(hours=1))
        carry(city, side, after=timedelta(hours=1, minutes=5))
        assert states() == [("activate", "done"), ("oral_loss", "done")]
        assert heard[0] is ORAL and heard[-2:] == [ACTIVATE, ORAL]

    @pytest.mark.article(28)
    def test_a_stop_refused_for_its_own_reason_stays_refused(self, city: City, card: Card) -> None:
        with_interface(city, ACTIVATE, ORAL)
        owed(card, CANCEL, ORAL)
        carry(city, OtherSide(lambda letter: NO, carries=frozenset({ACTIVATE, ORAL})))
        # What nobody carries for us never comes: the refusal is an answer.
        assert states() == [("cancel", "owed"), ("oral_loss", "refused")]

    def test_parks_what_comes_after_later_news(self, city: City, card: Card) -> None:
        owed(card, ACTIVATE, ORAL)
        carry(city, OtherSide(lambda letter: NO if letter.kind is ACTIVATE else DONE))
        Message.objects.filter(kind=ACTIVATE).update(state="owed")
        side = OtherSide()
        carry(city, side)
        assert side.heard == []
        assert states() == [("activate", "parked"), ("oral_loss", "done")]

    def test_asks_first_when_what_it_parked_died_in_somebodys_hand(
        self, city: City, card: Card
    ) -> None:
        owed(card, ACTIVATE, ORAL)
        leasing.take(
            party=Party.PROVINCE, recipient_id=city.here.county.pk, kinds=[ACTIVATE], most=1,
            at=LATER,
        )  # fmt: skip
        Message.objects.filter(kind=ORAL).update(state="done")
        carry(city, OtherSide(), after=timedelta(minutes=5))
        message = Message.objects.get(kind=ACTIVATE)
        assert (message.state, message.answer_code, message.maybe_arrived) == (
            "parked", "late", True,
        )  # fmt: skip

    def test_leaves_to_people_what_the_line_cannot_say(self, city: City, card: Card) -> None:
        owed(card, CANCEL, ACTIVATE)
        carry(city, OtherSide(carries=frozenset({ACTIVATE})))
        assert states() == [("cancel", "owed"), ("activate", "done")]

    @pytest.mark.article(32)
    def test_keeps_no_name_the_other_side_repeats(self, city: City, card: Card) -> None:
        owed(card, ACTIVATE)
        said = Answer(outcome=Outcome.REFUSED, code="2", words="王小明与公安姓名不符")
        carry(city, OtherSide(lambda letter: said))
        assert Message.objects.get().answer_words == "〔略〕与公安姓名不符"


class TestALineThatIsSilent:
    def test_pauses_longer_each_time_and_begins_again_with_one(self, city: City) -> None:
        cards = make.received_cards(city, city.here, count=3)
        for one in cards:
            owed(one, ACTIVATE)
        silent = OtherSide(lambda letter: GONE)
        pauses = []
        after = timedelta(0)
        for _ in range(4):
            carry(city, silent, after=after)
            line = Line.objects.get()
            assert line.next_at is not None
            pauses.append(line.next_at - (LATER + after))
            after += pauses[-1]
        assert pauses == [timedelta(seconds=s) for s in (5, 10, 20, 40)]
        assert len(silent.heard) == 4 and line.silent_since == LATER
        carry(city, OtherSide(), after=after)
        line.refresh_from_db()
        assert (line.failures, line.silent_since) == (0, None)
        assert {state for _, state in states()} == {"done"}

    def test_is_not_tried_before_its_time(self, city: City, card: Card) -> None:
        owed(card, ACTIVATE)
        carry(city, OtherSide(lambda letter: GONE))
        side = OtherSide()
        carry(city, side, after=timedelta(seconds=4))
        assert side.heard == []

    def test_never_parks_a_message_while_nobody_answers_at_all(
        self, city: City, card: Card
    ) -> None:
        owed(card, ACTIVATE)
        for day in range(20):
            carry(city, OtherSide(lambda letter: GONE), after=timedelta(days=day))
        assert states() == [("activate", "owed")]

    def test_does_not_hold_up_another_countys(self, city: City, card: Card) -> None:
        (other,) = make.received_cards(city, city.neighbour)
        owed(card, ACTIVATE)
        owed(other, ACTIVATE)
        sides = {
            city.here.county.pk: OtherSide(lambda letter: GONE),
            city.neighbour.county.pk: OtherSide(),
        }
        tally = deliver_all(
            party=Party.PROVINCE, switchboard=lambda _, who: sides[who], clock=at(LATER)
        )
        assert (tally.answered, tally.silent) == (1, True)


class TestAMessageThatIsTheTroubleItself:
    def test_is_parked_when_the_line_carries_others(self, city: City) -> None:
        poisoned, *others = make.received_cards(city, city.here, count=30)
        owed(poisoned, ACTIVATE)

        def answer(letter: Letter) -> Answer:
            return BROKE_OFF if letter.card_number == poisoned.number else DONE

        for round_, other in enumerate(others):
            owed(other, ACTIVATE)
            carry(city, OtherSide(answer), after=timedelta(hours=round_))
        assert [state for _, state in states()].count("done") == 29
        assert Message.objects.get(card_id=poisoned.pk).state == "parked"

    def test_is_parked_at_once_when_an_adapter_stumbles_over_it(self, city: City) -> None:
        broken, fine = make.received_cards(city, city.here, count=2)
        owed(broken, ACTIVATE)
        owed(fine, ACTIVATE)

        def answer(letter: Letter) -> Answer:
            if letter.card_number == broken.number:
                raise ValueError(letter.about.name)
            return DONE

        carry(city, OtherSide(answer))
        assert states() == [("activate", "parked"), ("activate", "done")]
        said = Message.objects.get(card_id=broken.pk).answer_words
        assert "ValueError" in said and "王小明" not in said


class TestADeathOfWhoeverCarries:
    def test_leaves_a_lease_that_ends_and_one_effect_in_all(self, city: City, card: Card) -> None:
        owed(card, ACTIVATE)
        side = OtherSide()
        lease = leasing.take(
            party=Party.PROVINCE, recipient_id=city.here.county.pk, kinds=[ACTIVATE],
            most=9, at=LATER,
        )  # fmt: skip
        list(side.tell(lease.letters))  # told, and dead before the answer was written down
        carry(city, side, after=timedelta(seconds=30))
        assert states() == [("activate", "leased")]
        carry(city, side, after=timedelta(minutes=2))
        assert states() == [("activate", "already_so")]
        assert side.heard[-1].again and len(side.effects) == 1

    def test_an_answer_that_comes_after_somebody_settled_it_changes_nothing(
        self, city: City, card: Card
    ) -> None:
        owed(card, ACTIVATE)
        lease = leasing.take(
            party=Party.PROVINCE, recipient_id=city.here.county.pk, kinds=[ACTIVATE],
            most=9, at=LATER,
        )  # fmt: skip
        Message.objects.update(state="withdrawn", lease=None, leased_until=None)
        leasing.record(lease, answers=[(lease.letters[0].reference, DONE)], at=LATER)
        assert states() == [("activate", "withdrawn")]

    def test_a_break_after_leaving_is_told_to_the_next_attempt(
        self, city: City, card: Card
    ) -> None:
        owed(card, ACTIVATE)
        carry(city, OtherSide(lambda letter: BROKE_OFF))
        side = OtherSide()
        carry(city, side, after=timedelta(minutes=5))
        assert side.heard[0].again


def test_two_carriers_never_hold_one_message(city: City) -> None:
    for one in make.received_cards(city, city.here, count=6):
        owed(one, ACTIVATE)
    first, second = (
        leasing.take(
            party=Party.PROVINCE, recipient_id=city.here.county.pk, kinds=[ACTIVATE],
            most=4, at=LATER,
        )
        for _ in range(2)
    )  # fmt: skip
    held = [letter.reference for lease in (first, second) for letter in lease.letters]
    assert (len(first.letters), len(second.letters), len(set(held))) == (4, 2, 6)
