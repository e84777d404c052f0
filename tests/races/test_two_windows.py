"""A thousand cards, four windows: nobody gets a card twice (Art. 8 para. 4; R1-R6, D1).

Processes with connections of their own against a database of the test's own, with real commits;
`make soak` plays ten times as many rounds (CARDBOOK_SOAK_FACTOR).
"""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pytest

from cardbook.cards.models import Card
from cardbook.chapters.issuance.defect.commands import record_defect
from cardbook.custody.models import Account
from cardbook.custody.places import Place
from cardbook.custody.postings import Destination
from cardbook.law import notices
from cardbook.ledger.models import Event
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.facts import (
    CardSorted,
    Defect,
    DefectRecorded,
    DeliveryReceived,
    IssueUndone,
)
from cardbook.lifecycle.perform import Done, Step, perform
from cardbook.lifecycle.refusals import Refusal, Refused
from cardbook.orgs.actors import Actor
from cardbook.testing import factories as make
from cardbook.testing.factories import NOON, City
from tests.fire.processes import together
from tests.fire.recounts import all_promises_hold

pytestmark = pytest.mark.races
FACTOR = int(os.environ.get("CARDBOOK_SOAK_FACTOR", "1"))
ROUNDS = 1000 * FACTOR


@dataclass(frozen=True, slots=True)
class Told:
    """A refusal, brought over from the process that met it."""

    refusals: tuple[Refusal, ...]

    @property
    def codes(self) -> set[str]:
        return {refusal.code for refusal in self.refusals}


Answer = Done | Told


def asked(work: Callable[[], Done]) -> Answer:
    try:
        return work()
    except Refused as refused:
        return Told(refused.refusals)


def promises_are_kept() -> None:
    """N1 to N6 from raw rows."""
    all_promises_hold()


@pytest.fixture
def city(fresh_database: str) -> City:
    return make.city()


@pytest.mark.trust("R1")
@pytest.mark.article(8, 4)
def test_of_two_windows_one_hands_the_card_over_and_the_other_is_told_who(city: City) -> None:
    cards = make.received_cards(city, city.here, count=ROUNDS)
    clerks = [city.here.clerk, city.here.other_clerk] * 2

    def window(place: int, by: Actor) -> Callable[[], list[Answer]]:
        def hand_over(card: Card) -> Answer:
            step = make.issue_step(card)
            return asked(lambda: perform(step, by=by, at=NOON, key=f"{place}-{card.pk}"))

        return lambda: [hand_over(card) for card in cards]

    answers = together([window(place, by) for place, by in enumerate(clerks)])
    for of_card in zip(*answers, strict=True):
        done = [answer for answer in of_card if isinstance(answer, Done)]
        told = [answer for answer in of_card if isinstance(answer, Told)]
        assert len(done) == 1 and len(told) == 3
        for refused in told:
            (refusal,) = refused.refusals
            assert refusal.code == "ALREADY_ISSUED"
            assert "号窗口" in refusal.sentence and "2026-11-20 12:00" in refusal.sentence
    assert Event.objects.filter(act="card.issue").count() == ROUNDS
    assert set(Card.objects.values_list("stage", "version")) == {("issued", 3)}
    promises_are_kept()


@pytest.mark.trust("D1")
def test_the_same_request_ten_times_at_once_gives_ten_equal_answers(city: City) -> None:
    (card,) = make.received_cards(city, city.here)

    def ask() -> list[Answer]:
        return [
            asked(lambda: perform(make.issue_step(card), by=city.here.clerk, at=NOON, key="k"))
        ]

    answers = [answer for (answer,) in together([ask] * 10)]
    assert all(isinstance(answer, Done) for answer in answers)
    assert len({answer.batch for answer in answers if isinstance(answer, Done)}) == 1
    assert [a.repeated for a in answers if isinstance(a, Done)].count(False) == 1
    assert Event.objects.filter(act="card.issue").count() == 1


@pytest.mark.trust("R6")
@pytest.mark.article(6)
def test_a_box_received_twice_at_once_gives_one_receipt(city: City) -> None:
    cards = make.cards_in_transit(city, city.here, count=50)
    step = Step(
        act=act("delivery.receive"),
        facts=DeliveryReceived(delivery=1, count=1, box="1", seal_intact=True),
        subject_ids=[card.pk for card in cards],
    )

    def receive(key: str) -> Callable[[], list[Answer]]:
        here = city.here
        return lambda: [
            asked(lambda: perform(step, by=here.keeper, second=here.reviewer, at=NOON, key=key))
        ]

    answers = [answer for (answer,) in together([receive(f"tab {n}") for n in range(4)])]
    refused = [answer for answer in answers if isinstance(answer, Told)]
    assert len(refused) == 3
    assert {r.code for answer in refused for r in answer.refusals} == {"ALREADY_RECEIVED"}
    assert Event.objects.filter(act="delivery.receive").count() == 50
    promises_are_kept()


@pytest.mark.article(20)
def test_two_clerks_filling_one_box_at_once_share_its_slots(city: City) -> None:
    cards = make.received_cards(city, city.here, count=80)
    box = Account.objects.create(
        kind=Place.BOX, organization=city.here.card_body, code="A-1-01", capacity=60
    )

    def sort(some: Sequence[Card], key: str) -> Callable[[], list[Answer]]:
        step = Step(
            act=act("card.sort"),
            facts=CardSorted(order="town", box="A-1-01"),
            subject_ids=[card.pk for card in some],
            destination=Destination(box.pk),
        )
        return lambda: [asked(lambda: perform(step, by=city.here.keeper, at=NOON, key=key))]

    piles = [sort(cards[place * 20 : place * 20 + 20], f"pile {place}") for place in range(4)]
    answers = [answer for (answer,) in together(piles)]
    assert sum(isinstance(answer, Done) for answer in answers) == 3
    (full,) = [answer for answer in answers if isinstance(answer, Told)]
    assert full.refusals[0].code == "BOX_TOO_SMALL"
    assert set(box.positions.values_list("slot", flat=True)) == set(range(1, 61))
    promises_are_kept()


@pytest.mark.trust("R4")
@pytest.mark.article(7)
def test_taking_back_races_a_second_undo_and_only_one_wins(city: City) -> None:
    cards = [make.issued_card(city, city.here) for _ in range(40 * FACTOR)]
    here = city.here

    def undo(by: Actor, tab: int) -> Callable[[], list[Answer]]:
        def take_back(card: Card) -> Answer:
            event = Event.objects.get(subject_kind="card", subject_id=card.pk, seq=3)
            step = Step(
                act=act("issue.undo"),
                facts=IssueUndone(event=event.pk, words="拿错证件"),
                subject_ids=[card.pk],
            )
            key = f"{tab}-{card.pk}"
            return asked(lambda: perform(step, by=by, second=here.reviewer, at=NOON, key=key))

        return lambda: [take_back(card) for card in cards]

    answers = together([undo(here.clerk, 1), undo(here.other_clerk, 2)])
    for pair in zip(*answers, strict=True):
        assert sum(isinstance(answer, Done) for answer in pair) == 1
    assert Event.objects.filter(act="issue.undo").count() == 40 * FACTOR
    promises_are_kept()


@pytest.mark.trust("R4")
@pytest.mark.article(20)
def test_two_clerks_who_choose_the_same_slots_do_not_lie_two_cards_on_one(city: City) -> None:
    """Slots picked on the screen may be taken meanwhile: each slot has one winner (R4)."""
    cards = make.received_cards(city, city.here, count=80)
    box = Account.objects.create(
        kind=Place.BOX, organization=city.here.card_body, code="A-1-01", capacity=40
    )

    def put(some: Sequence[Card], key: str) -> Callable[[], list[Answer]]:
        def one(card: Card, slot: int) -> Answer:
            step = Step(
                act=act("card.sort"),
                facts=CardSorted(order="town", box="A-1-01"),
                subject_ids=[card.pk],
                destination=Destination(box.pk, [slot]),
            )
            return asked(
                lambda: perform(step, by=city.here.keeper, at=NOON, key=f"{key}-{card.pk}")
            )

        return lambda: [one(card, slot) for slot, card in enumerate(some, start=1)]

    answers = together([put(cards[:40], "one"), put(cards[40:], "other")])
    for pair in zip(*answers, strict=True):
        assert sum(isinstance(answer, Done) for answer in pair) == 1
        (refused,) = [answer for answer in pair if isinstance(answer, Told)]
        assert refused.refusals[0].code in {"SLOT_TAKEN", "BOX_TOO_SMALL"}
    assert set(box.positions.values_list("slot", flat=True)) == set(range(1, 41))
    promises_are_kept()


@pytest.mark.trust("R4")
@pytest.mark.article(20)
def test_putting_back_into_stock_races_the_hand_over(city: City) -> None:
    """A keeper sorts the cards of the shelf while a window hands them out: never both (R4)."""
    cards = make.received_cards(city, city.here, count=200 * FACTOR)
    box = Account.objects.create(
        kind=Place.BOX, organization=city.here.card_body, code="A-1-01", capacity=200 * FACTOR
    )

    def sort(card: Card) -> Answer:
        step = Step(
            act=act("card.sort"),
            facts=CardSorted(order="town", box="A-1-01"),
            subject_ids=[card.pk],
            destination=Destination(box.pk),
        )
        return asked(lambda: perform(step, by=city.here.keeper, at=NOON, key=f"s{card.pk}"))

    def issue(card: Card) -> Answer:
        step = make.issue_step(card)
        return asked(lambda: perform(step, by=city.here.clerk, at=NOON, key=f"i{card.pk}"))

    handed, sorted_ = together(
        [lambda: [issue(card) for card in cards], lambda: [sort(card) for card in cards]]
    )
    assert all(isinstance(answer, Done) for answer in handed), "sorting hinders nobody"
    for card, answer in zip(cards, sorted_, strict=True):
        acts = list(
            Event.objects.filter(subject_kind="card", subject_id=card.pk)
            .order_by("seq")
            .values_list("act", flat=True)
        )
        if isinstance(answer, Told):
            assert {refusal.code for refusal in answer.refusals} == {"ALREADY_ISSUED"}
            assert "card.sort" not in acts
        else:
            assert acts[-2:] == ["card.sort", "card.issue"], "sorted first, handed out after"
    assert box.positions.count() == 0
    promises_are_kept()


@pytest.mark.trust("R4")
@pytest.mark.article(7)
def test_taking_back_races_the_next_hand_over(city: City) -> None:
    """A second window cannot hand a card over before the first has taken it back (R4)."""
    cards = [make.issued_card(city, city.here) for _ in range(60 * FACTOR)]
    here = city.here

    def undo(card: Card) -> Answer:
        event = Event.objects.get(subject_kind="card", subject_id=card.pk, seq=3)
        step = Step(
            act=act("issue.undo"),
            facts=IssueUndone(event=event.pk, words="拿错证件"),
            subject_ids=[card.pk],
        )
        key = f"u{card.pk}"
        return asked(lambda: perform(step, by=here.clerk, second=here.reviewer, at=NOON, key=key))

    def issue(card: Card) -> Answer:
        step = make.issue_step(card)
        return asked(lambda: perform(step, by=here.other_clerk, at=NOON, key=f"i{card.pk}"))

    undone, handed = together(
        [lambda: [undo(card) for card in cards], lambda: [issue(card) for card in cards]]
    )
    assert all(isinstance(answer, Done) for answer in undone)
    for card, answer in zip(cards, handed, strict=True):
        card.refresh_from_db()
        if isinstance(answer, Done):
            assert (card.stage, card.version) == ("issued", 5)
        else:
            assert {refusal.code for refusal in answer.refusals} == {"ALREADY_ISSUED"}
            assert (card.stage, card.version) == ("in_custody", 4)
    promises_are_kept()


@pytest.mark.article(9)
@pytest.mark.trust("R4")
def test_a_hand_over_races_a_defect_and_the_card_has_one_story(city: City) -> None:
    """Two windows hand over what two others call defective: recalled in the end, told in order."""
    cards = make.received_cards(city, city.here, count=150 * FACTOR)
    facts = DefectRecorded(defect=Defect.UNREADABLE, reader_tried=True)

    def defective(by: Actor, place: int) -> Callable[[], list[Answer]]:
        return lambda: [
            asked(
                lambda card=card: record_defect(  # type: ignore[misc]
                    card_id=card.pk, facts=facts, told=(notices.DEFECT.code,), by=by, at=NOON,
                    key=f"d{place}-{card.pk}",
                )
            )
            for card in cards
        ]  # fmt: skip

    def handed(by: Actor, place: int) -> Callable[[], list[Answer]]:
        return lambda: [
            asked(
                lambda card=card: perform(  # type: ignore[misc]
                    make.issue_step(card), by=by, at=NOON, key=f"i{place}-{card.pk}"
                )
            )
            for card in reversed(cards)
        ]

    here = city.here
    works = [
        defective(here.clerk, 1), defective(here.other_clerk, 2),
        handed(here.clerk, 3), handed(here.other_clerk, 4),
    ]  # fmt: skip
    answers = together(works)
    for place, card in enumerate(cards):
        called = [answer[place] for answer in answers[:2]]
        gone = [answer[len(cards) - 1 - place] for answer in answers[2:]]
        assert sum(isinstance(answer, Done) for answer in called) == 1, "recalled once"
        assert sum(isinstance(answer, Done) for answer in gone) <= 1
        acts = list(
            Event.objects.filter(subject_kind="card", subject_id=card.pk)
            .order_by("seq")
            .values_list("act", flat=True)
        )
        assert acts[2:] in (["card.issue", "defect.record"], ["defect.record"])
        assert ("card.issue" in acts) == any(isinstance(answer, Done) for answer in gone)
    assert set(Card.objects.values_list("stage", flat=True)) == {"recalled"}
    promises_are_kept()
