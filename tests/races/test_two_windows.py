"""A thousand cards, four windows: nobody gets a card twice (Art. 7 to 9; R1, R4, D1).

Processes with connections of their own against a database of the test's own, with real commits.
Every round is one card that all four want at one moment; `rounds.py` and `conftest.py` say how.
"""

from collections.abc import Callable

import pytest

from cardbook.cards.models import Card
from cardbook.chapters.issuance.defect.commands import record_defect
from cardbook.law import notices
from cardbook.ledger.models import Event
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.facts import Defect, DefectRecorded, IssueUndone
from cardbook.lifecycle.perform import Done, Step, perform
from cardbook.orgs.actors import Actor
from cardbook.testing import factories as make
from cardbook.testing.factories import NOON, City
from tests.fire.processes import in_rounds, together
from tests.fire.recounts import all_promises_hold
from tests.races.rounds import Answer, asked, parted, stories

pytestmark = pytest.mark.races
Play = Callable[[int], Answer]


def hand_over(cards: list[Card], *, by: Actor, tab: str) -> Play:
    """A window hands the card of the round to its holder."""

    def play(round_: int) -> Answer:
        card = cards[round_]
        step = make.issue_step(card)
        return asked(lambda: perform(step, by=by, at=NOON, key=f"{tab}-{card.pk}"))

    return play


def issued_cards(city: City, count: int) -> list[Card]:
    """Cards that their holders took home, each by an act of its own."""
    cards = make.received_cards(city, city.here, count=count)
    quarters = [cards[place::4] for place in range(4)]

    def issue(some: list[Card]) -> Callable[[], int]:
        play = hand_over(some, by=city.here.clerk, tab="first")
        return lambda: sum(isinstance(play(place), Done) for place in range(len(some)))

    assert sum(together([issue(some) for some in quarters])) == count
    return cards


def undo(cards: list[Card], *, by: Actor, second: Actor, tab: str) -> Play:
    """A window takes back what it handed over by mistake, with a second signature."""
    events = dict(
        Event.objects.filter(act="card.issue", subject_id__in=[card.pk for card in cards])
        .order_by("subject_id")
        .values_list("subject_id", "pk")
    )

    def play(round_: int) -> Answer:
        card = cards[round_]
        step = Step(
            act=act("issue.undo"),
            facts=IssueUndone(event=events[card.pk], words="拿错证件"),
            subject_ids=[card.pk],
        )
        return asked(lambda: perform(step, by=by, second=second, at=NOON, key=f"{tab}-{card.pk}"))

    return play


@pytest.mark.trust("R1")
@pytest.mark.rounds(100)
@pytest.mark.article(8, 4)
def test_of_two_windows_one_hands_the_card_over_and_the_other_is_told_who(
    city: City, rounds: int
) -> None:
    cards = make.received_cards(city, city.here, count=rounds)
    clerks = [city.here.clerk, city.here.other_clerk] * 2
    windows = [hand_over(cards, by=by, tab=str(place)) for place, by in enumerate(clerks)]
    for answers in in_rounds(windows, rounds=rounds):
        done, told = parted(answers)
        assert len(done) == 1 and len(told) == 3
        for refused in told:
            (refusal,) = refused.refusals
            assert refusal.code == "ALREADY_ISSUED"
            assert "号窗口" in refusal.sentence and "2026-11-20 12:00" in refusal.sentence
    assert Event.objects.filter(act="card.issue").count() == rounds
    assert set(Card.objects.values_list("stage", "version")) == {("issued", 3)}
    all_promises_hold()


@pytest.mark.trust("D1")
@pytest.mark.rounds(10)
def test_the_same_request_ten_times_at_once_gives_ten_equal_answers(
    city: City, rounds: int
) -> None:
    cards = make.received_cards(city, city.here, count=rounds)
    ten = [hand_over(cards, by=city.here.clerk, tab="same")] * 10
    for answers in in_rounds(ten, rounds=rounds):
        done, told = parted(answers)
        assert not told and len({answer.batch for answer in done}) == 1
        assert [answer.repeated for answer in done].count(False) == 1
    assert Event.objects.filter(act="card.issue").count() == rounds
    all_promises_hold()


@pytest.mark.trust("R4")
@pytest.mark.rounds(10)
@pytest.mark.article(7)
def test_taking_back_races_a_second_undo_and_only_one_wins(city: City, rounds: int) -> None:
    here, cards = city.here, issued_cards(city, rounds)
    works = [
        undo(cards, by=by, second=here.reviewer, tab=f"undo {place}")
        for place, by in enumerate([here.clerk, here.other_clerk] * 2)
    ]
    for answers in in_rounds(works, rounds=rounds):
        assert len(parted(answers)[0]) == 1
    assert Event.objects.filter(act="issue.undo").count() == rounds
    all_promises_hold()


@pytest.mark.trust("R4")
@pytest.mark.rounds(10)
@pytest.mark.article(7)
def test_taking_back_races_the_next_hand_over(city: City, rounds: int) -> None:
    """No window can hand a card over before another has taken it back (R4)."""
    here, cards = city.here, issued_cards(city, rounds)
    works = [
        undo(cards, by=here.clerk, second=here.reviewer, tab="undo 1"),
        undo(cards, by=here.other_clerk, second=here.reviewer, tab="undo 2"),
        hand_over(cards, by=here.clerk, tab="next 1"),
        hand_over(cards, by=here.other_clerk, tab="next 2"),
    ]
    played = in_rounds(works, rounds=rounds)
    told_of = stories([card.pk for card in cards])
    for card, answers in zip(cards, played, strict=True):
        undone, handed = parted(answers[:2])[0], parted(answers[2:])[0]
        assert len(undone) == 1 and len(handed) <= 1
        for refused in parted(answers[2:])[1]:
            assert refused.codes == {"ALREADY_ISSUED"}
        expected = ["issue.undo", "card.issue"] if handed else ["issue.undo"]
        assert told_of[card.pk][3:] == expected
    all_promises_hold()


@pytest.mark.trust("R4")
@pytest.mark.rounds(10)
@pytest.mark.article(9)
def test_a_hand_over_races_a_defect_and_the_card_has_one_story(city: City, rounds: int) -> None:
    """Two windows hand over what two others call defective: recalled in the end, told in order."""
    here, cards = city.here, make.received_cards(city, city.here, count=rounds)
    facts = DefectRecorded(defect=Defect.UNREADABLE, reader_tried=True)

    def defective(by: Actor, tab: str) -> Play:
        def play(round_: int) -> Answer:
            card = cards[round_]
            return asked(
                lambda: record_defect(
                    card_id=card.pk, facts=facts, told=(notices.DEFECT.code,), by=by, at=NOON,
                    key=f"{tab}-{card.pk}",
                )
            )  # fmt: skip

        return play

    works = [
        defective(here.clerk, "defect 1"),
        defective(here.other_clerk, "defect 2"),
        hand_over(cards, by=here.clerk, tab="issue 1"),
        hand_over(cards, by=here.other_clerk, tab="issue 2"),
    ]
    played = in_rounds(works, rounds=rounds)
    told_of = stories([card.pk for card in cards])
    for card, answers in zip(cards, played, strict=True):
        called, gone = parted(answers[:2])[0], parted(answers[2:])[0]
        assert len(called) == 1, "recalled once"
        assert len(gone) <= 1
        assert told_of[card.pk][2:] == ["card.issue"] * len(gone) + ["defect.record"]
    assert set(Card.objects.values_list("stage", flat=True)) == {"recalled"}
    all_promises_hold()
