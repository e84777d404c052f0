"""One box, four pairs of hands: one receipt, one card in a slot, never in two places (R4, R6).

Art. 6, 20. Every round is one box, slot or card that all four want at one moment.
"""

from collections.abc import Callable, Sequence

import pytest

from cardbook.cards.models import Card
from cardbook.chapters.intake.models import Count
from cardbook.chapters.intake.receive.commands import close_count, scan_card, start_count
from cardbook.chapters.intake.receive.tests.deliveries import arrive
from cardbook.custody.models import Account
from cardbook.custody.places import Place
from cardbook.custody.postings import Destination
from cardbook.law.roles import Role
from cardbook.ledger.models import Event
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.facts import CardSorted
from cardbook.lifecycle.perform import Done, Step, perform
from cardbook.lifecycle.refusals import Refused
from cardbook.orgs.actors import Actor
from cardbook.testing import factories as make
from cardbook.testing.factories import NOON, City
from tests.fire.processes import in_rounds, together
from tests.fire.recounts import all_promises_hold
from tests.races.rounds import Answer, Told, asked, parted, stories

pytestmark = pytest.mark.races


def box_for(city: City, capacity: int) -> Account:
    return Account.objects.create(
        kind=Place.BOX, organization=city.here.card_body, code="A-1-01", capacity=capacity
    )


def sorting(box: Account, cards: Sequence[Card], slots: list[int] | None = None) -> Step:
    return Step(
        act=act("card.sort"),
        facts=CardSorted(order="town", box=box.code),
        subject_ids=[card.pk for card in cards],
        destination=Destination(box.pk, slots) if slots else Destination(box.pk),
    )


@pytest.mark.trust("R6")
@pytest.mark.rounds(10)
@pytest.mark.article(6)
def test_a_box_confirmed_four_times_at_once_gives_one_receipt(city: City, rounds: int) -> None:
    """A double click of one pair, and two other pairs who counted the same box."""
    here = city.here
    others = [make.worker("库管员", Role.CARD_KEEPER, here.card_body) for _ in range(2)]
    arrived = arrive(city, here, {f"1-{place}": 1 for place in range(rounds)})
    counts = [
        start_count(box_id=box.pk, by=here.keeper, at=NOON) for box in arrived.boxes.values()
    ]
    for count, (card,) in zip(counts, arrived.cards.values(), strict=True):
        scan_card(count_id=count.pk, text=card.number, by=here.keeper)

    def confirm(by: Actor, tab: str) -> Callable[[int], str]:
        def play(round_: int) -> str:
            count = counts[round_]
            try:
                closed, _ = close_count(
                    count_id=count.pk, by=by, second=here.reviewer, at=NOON,
                    key=f"{tab}-{count.pk}",
                )  # fmt: skip
            except Refused as refused:
                return refused.refusals[0].code
            return f"receipt {closed.pk}"

        return play

    one, other = others
    works = [
        confirm(here.keeper, "click"), confirm(here.keeper, "click"), confirm(one, "one"),
        confirm(other, "other"),
    ]  # fmt: skip
    for count, answers in zip(counts, in_rounds(works, rounds=rounds), strict=True):
        clicks, pairs = answers[:2], answers[2:]
        assert set(answers) == {f"receipt {count.pk}", "ALREADY_COUNTED"}
        assert clicks[0] == clicks[1], "a double click has one answer"
        assert pairs.count(f"receipt {count.pk}") + (clicks[0] != "ALREADY_COUNTED") == 1
    assert Event.objects.filter(act="delivery.receive").count() == rounds
    assert Count.objects.filter(closed_at=None).count() == 0
    all_promises_hold()


@pytest.mark.trust("R4")
@pytest.mark.rounds(10)
@pytest.mark.article(20)
def test_four_clerks_who_choose_one_slot_do_not_lie_two_cards_on_it(
    city: City, rounds: int
) -> None:
    """Slots picked on the screen may be taken meanwhile: each slot has one winner (R4)."""
    cards = make.received_cards(city, city.here, count=4 * rounds)
    box = box_for(city, rounds)

    def put(place: int) -> Callable[[int], Answer]:
        def play(round_: int) -> Answer:
            card = cards[4 * round_ + place]
            step = sorting(box, [card], [round_ + 1])
            key = f"put-{card.pk}"
            return asked(lambda: perform(step, by=city.here.keeper, at=NOON, key=key))

        return play

    for answers in in_rounds([put(place) for place in range(4)], rounds=rounds):
        done, told = parted(answers)
        assert len(done) == 1 and len(told) == 3
        assert all(refused.codes <= {"SLOT_TAKEN", "BOX_TOO_SMALL"} for refused in told)
    assert set(box.positions.values_list("slot", flat=True)) == set(range(1, rounds + 1))
    all_promises_hold()


@pytest.mark.trust("R4")
@pytest.mark.rounds(10)
@pytest.mark.article(20)
def test_putting_back_into_stock_races_the_hand_over(city: City, rounds: int) -> None:
    """Two keepers sort a card of the shelf while two windows hand it out: never both (R4)."""
    here, cards = city.here, make.received_cards(city, city.here, count=rounds)
    box = box_for(city, 2 * rounds)
    other = make.worker("库管员", Role.CARD_KEEPER, here.card_body)

    def sort(by: Actor, tab: str) -> Callable[[int], Answer]:
        return lambda round_: asked(
            lambda: perform(
                sorting(box, [cards[round_]]), by=by, at=NOON, key=f"{tab}-{cards[round_].pk}"
            )
        )

    def issue(by: Actor, tab: str) -> Callable[[int], Answer]:
        return lambda round_: asked(
            lambda: perform(
                make.issue_step(cards[round_]), by=by, at=NOON, key=f"{tab}-{cards[round_].pk}"
            )
        )

    works = [
        sort(here.keeper, "sort 1"), sort(other, "sort 2"),
        issue(here.clerk, "issue 1"), issue(here.other_clerk, "issue 2"),
    ]  # fmt: skip
    played = in_rounds(works, rounds=rounds)
    told_of = stories([card.pk for card in cards])
    for card, answers in zip(cards, played, strict=True):
        sorted_, late = parted(answers[:2])
        assert len(parted(answers[2:])[0]) == 1, "sorting hinders nobody, and one window wins"
        assert all(refused.codes == {"ALREADY_ISSUED"} for refused in late)
        assert told_of[card.pk][2:] == ["card.sort"] * len(sorted_) + ["card.issue"]
    assert box.positions.count() == 0
    all_promises_hold()


@pytest.mark.article(20)
def test_four_clerks_filling_one_box_at_once_share_its_slots(city: City) -> None:
    cards = make.received_cards(city, city.here, count=80)
    box = box_for(city, 60)

    def sort(some: Sequence[Card], key: str) -> Callable[[], Answer]:
        step = sorting(box, some)
        return lambda: asked(lambda: perform(step, by=city.here.keeper, at=NOON, key=key))

    piles = [sort(cards[place * 20 : place * 20 + 20], f"pile {place}") for place in range(4)]
    answers = together(piles)
    assert sum(isinstance(answer, Done) for answer in answers) == 3
    (full,) = [answer for answer in answers if isinstance(answer, Told)]
    assert full.codes == {"BOX_TOO_SMALL"}
    assert set(box.positions.values_list("slot", flat=True)) == set(range(1, 61))
    all_promises_hold()
