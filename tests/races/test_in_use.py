"""Cards in use, four at one card: loss, pick-up, finding, ordering, death (Art. 10, 26, 28, 29).

Every round is one card that all four want at one moment; `rounds.py` and `conftest.py` say how.
"""

from collections.abc import Callable, Sequence
from datetime import timedelta

import pytest

from cardbook.cards.models import Application, Card
from cardbook.chapters.issuance.proxy.tests.cases import comer, to_proxy
from cardbook.chapters.usage.death.commands import note_death
from cardbook.chapters.usage.death.forms import NoteForm
from cardbook.chapters.usage.death.late_queries import late_hand_overs
from cardbook.chapters.usage.loss.commands import lift_loss
from cardbook.chapters.usage.loss.tests.lost import BY_PHONE, hotline, lose
from cardbook.chapters.usage.replacement.tests import windows as at_the
from cardbook.chapters.usage.replacement.tests.windows import Windows, taken
from cardbook.demo.asking import send
from cardbook.ledger.models import Event
from cardbook.lib.clock import local_day
from cardbook.lifecycle.facts import ApplyReason
from cardbook.orgs.actors import Actor
from cardbook.orgs.models import Organization
from cardbook.people.models import Person
from cardbook.testing import factories as make
from cardbook.testing.factories import NOON, City
from tests.fire.processes import in_rounds
from tests.fire.recounts import all_promises_hold
from tests.races.rounds import Told, asked, stories
from tests.races.test_two_windows import hand_over, issued_cards

pytestmark = pytest.mark.races
Play = Callable[[int], "Told | None"]


def heard(work: Callable[[int], object]) -> Play:
    """Done, or refused with reasons, brought over from the process that met it."""

    def play(round_: int) -> Told | None:
        answer = asked(lambda: work(round_))
        return answer if isinstance(answer, Told) else None

    return play


def codes(answers: Sequence[Told | None]) -> set[str]:
    return {code for one in answers if one is not None for code in one.codes}


def done(answers: Sequence[Told | None]) -> int:
    return sum(one is None for one in answers)


@pytest.mark.trust("R2")
@pytest.mark.rounds(25)
@pytest.mark.article(28)
def test_a_loss_races_a_pick_up_and_no_card_leaves_after_it(city: City, rounds: int) -> None:
    here, operator = city.here, hotline(city)
    cards = make.received_cards(city, here, count=rounds)

    def report(by: Actor, tab: str) -> Play:
        return heard(lambda round_: lose(cards[round_], by=by, key=f"{tab}-{round_}"))

    works = [
        report(operator, "loss 1"),
        report(here.other_clerk, "loss 2"),
        hand_over(cards, by=here.clerk, tab="issue 1"),
        hand_over(cards, by=here.other_clerk, tab="issue 2"),
    ]
    played = in_rounds(works, rounds=rounds)
    told_of = stories([card.pk for card in cards])
    for card, answers in zip(cards, played, strict=True):
        assert done(answers[:2]) == 1 and codes(answers[:2]) == {"CARD_ON_LOSS"}
        gone = [one for one in answers[2:] if not isinstance(one, Told)]
        refused = codes([one for one in answers[2:] if isinstance(one, Told)])
        if gone:
            assert told_of[card.pk][2:] == ["card.issue", "loss.report"]
            assert refused <= {"ALREADY_ISSUED", "CARD_ON_LOSS"}
        else:
            assert told_of[card.pk][2:] == ["loss.report"] and refused == {"CARD_ON_LOSS"}
    assert set(Card.objects.values_list("hold", flat=True)) == {"oral_loss"}
    all_promises_hold()


@pytest.mark.trust("R3")
@pytest.mark.rounds(25)
@pytest.mark.article(28)
@pytest.mark.article(26)
def test_a_finding_races_a_new_card_and_no_dead_card_revives(city: City, rounds: int) -> None:
    there, operator = at_the.windows(city), hotline(city)
    cards = issued_cards(city, rounds)
    for card in cards:
        lose(card, by=operator)

    def find(tab: str) -> Play:
        return heard(
            lambda round_: lift_loss(
                card_id=cards[round_].pk, heard=BY_PHONE, card_seen=True, told=["found"],
                by=operator, at=NOON, key=f"{tab}-{round_}",
            )
        )  # fmt: skip

    works = [
        find("find 1"), find("find 2"), _order(there, cards, by=there.clerk, tab="order 1"),
        _order(there, cards, by=there.teller, tab="order 2"),
    ]  # fmt: skip
    played = in_rounds(works, rounds=rounds)
    told_of = stories([card.pk for card in cards])
    for card, answers in zip(cards, played, strict=True):
        found, ordered = done(answers[:2]), done(answers[2:])
        assert ordered == 1 and found <= 1
        acts = told_of[card.pk][4:]
        assert acts == ["loss.lift"] * found + ["loss.formal", "old_card.void"]
    ends = set(Card.objects.values_list("social", "hold"))
    assert ends == {("cancelled", "formal_loss")}
    assert Application.objects.count() == rounds
    all_promises_hold()


def _order(
    there: Windows, cards: Sequence[Card], *, by: Actor, tab: str,
    reason: ApplyReason = ApplyReason.LOST, bank: Organization | None = None,
) -> Play:  # fmt: skip
    at = {"bank_id": bank.pk} if bank else {}
    return heard(
        lambda round_: taken(
            there, cards[round_], reason, by=by, key=f"{tab}-{cards[round_].pk}", **at
        )
    )


@pytest.mark.trust("R7")
@pytest.mark.rounds(25)
@pytest.mark.article(10)
@pytest.mark.article(29)
def test_a_death_races_a_proxy_who_is_refused_or_looked_into(city: City, rounds: int) -> None:
    here = city.here
    cards = make.received_cards(city, here, count=rounds)
    proxies = [comer(f"代领{chr(0x4E00 + place)}") for place in range(2 * rounds)]

    def bury(by: Actor, tab: str) -> Play:
        return heard(
            lambda round_: send(
                NoteForm, cards[round_].pk, note_death, key=f"{tab}-{cards[round_].pk}", by=by,
                at=NOON, second=here.reviewer, source="certificate",
                died_on=f"{local_day(NOON) - timedelta(days=2)}",
            )
        )  # fmt: skip

    def fetch(by: Actor, first: int) -> Play:
        return heard(
            lambda round_: to_proxy(
                cards[round_], by=by, who=proxies[first + round_], key=f"fetch {first} {round_}"
            )
        )

    works = [
        bury(here.keeper, "death 1"), bury(here.clerk, "death 2"), fetch(here.clerk, 0),
        fetch(here.other_clerk, rounds),
    ]  # fmt: skip
    played = in_rounds(works, rounds=rounds)
    told_of = stories([card.pk for card in cards])
    fetched = set()
    for card, answers in zip(cards, played, strict=True):
        assert done(answers[:2]) == 1 and codes(answers[:2]) == {"DEATH_NOTED_ALREADY"}
        gone = done(answers[2:])
        expected = ["card.issue_proxy"] * gone + ["holder.note_death"]
        assert gone <= 1 and told_of[card.pk][2:] == expected
        if gone:
            fetched.add(card.pk)
        else:
            assert codes(answers[2:]) == {"HOLDER_DEAD"}
    # Who was faster than the news is listed, for somebody to find out who fetched the card.
    assert {row.card_id for row in late_hand_overs(within=here.clerk.county_path)} == fetched
    assert not Person.objects.filter(cards__in=cards, died_on=None).exists()
    all_promises_hold()


@pytest.mark.trust("R8")
@pytest.mark.rounds(25)
@pytest.mark.article(26)
def test_of_two_orders_at_two_banks_the_second_hears_of_the_first(city: City, rounds: int) -> None:
    there = at_the.windows(city)
    cards = issued_cards(city, rounds)
    worn = ApplyReason.DAMAGED
    works = [
        _order(there, cards, by=there.teller, tab="own bank 1", reason=worn),
        _order(there, cards, by=there.teller, tab="own bank 2", reason=worn),
        _order(there, cards, by=there.clerk, tab="other 1", reason=worn, bank=there.other_bank),
        _order(there, cards, by=city.here.other_clerk, tab="other 2", reason=worn,
               bank=there.other_bank),
    ]  # fmt: skip
    played = in_rounds(works, rounds=rounds)
    first = dict(Application.objects.values_list("old_card_id", "pk"))
    for card, answers in zip(cards, played, strict=True):
        assert done(answers) == 1 and codes(answers) == {"APPLICATION_OPEN"}
        for told in answers:
            assert told is None or f"（申请 {first[card.pk]}，" in told.refusals[0].sentence
    assert Application.objects.count() == rounds
    assert Event.objects.filter(act="fee.take").count() == rounds
    all_promises_hold()
