"""A death is recorded for all of the holder's cards, stops what it must, and can be taken back."""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial

import pytest
import time_machine
from django.http import HttpResponseBase
from django.urls import reverse

from cardbook.cards.models import Card
from cardbook.chapters.usage.tests.calling import call
from cardbook.chapters.usage.tests.sending import answers, refused_with, send
from cardbook.insight.check import recount
from cardbook.insight.tests.test_check import broken
from cardbook.law.roles import Role
from cardbook.ledger.models import Event
from cardbook.ledger.tests.tampering import tamper
from cardbook.lib.clock import local_day
from cardbook.lifecycle.perform import perform
from cardbook.lifecycle.refusals import Refused
from cardbook.orgs.actors import Actor
from cardbook.orgs.models import User
from cardbook.people.models import Person
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import NOON, PASSWORD, City
from cardbook.testing.races import together

pytestmark = [pytest.mark.article(17), pytest.mark.article(29)]
# The day after the cards of these tests were handed over.
DIED_ON = local_day(NOON) + timedelta(days=1)
DIED = {"died_on": DIED_ON.isoformat(), "source": "certificate", "reference": "死证 2026-1"}
MISTAKEN = {"words": "同名，本人持证到场"}
SUCCESSOR = {
    "asker": "successor", "reason": "death", "plastic": "none",
    "paper_successor_proof": "on",
}  # fmt: skip


def username(actor: Actor) -> str:
    return User.objects.get(pk=actor.user_id).get_username()


def note(card: Card, *, by: Actor, second: Actor, **given: object) -> HttpResponseBase:
    signed = {"second_name": username(second), "second_password": PASSWORD}
    return send("holder.note_death", card, by=by, **(DIED | signed | given))


def undo(card: Card, *, by: Actor, second: Actor, **given: object) -> HttpResponseBase:
    signed = {"second_name": username(second), "second_password": PASSWORD}
    return send("holder.undo_death", card, by=by, **(MISTAKEN | signed | given))


def died_on(card: Card) -> date | None:
    return Person.objects.get(pk=card.person_id).died_on


def how_it_stands(card: Card) -> tuple[object, ...]:
    card.refresh_from_db()
    return card.stage, card.social, card.hold, card.bank, card.position.account_id


def hand_over(card: Card, by: Actor) -> set[str]:
    """The reasons the desk has against handing the card to its holder."""
    try:
        perform(make.issue_step(card), by=by, at=NOON + timedelta(days=2), key=make.key())
    except Refused as refused:
        return {one.code for one in refused.refusals}
    return set()


@pytest.fixture(autouse=True)
def days_later() -> Iterator[None]:
    """The office hears of it some days after the hand-over."""
    with time_machine.travel(NOON + timedelta(days=5)):
        yield


@pytest.fixture
def kept(city: City) -> Card:
    """A card that waits on the county's shelf."""
    (card,) = make.received_cards(city, city.here)
    return card


@pytest.fixture
def issued(city: City) -> Card:
    """A card its holder took home."""
    return make.issued_card(city, city.here)


@pytest.mark.django_db
class TestNote:
    def test_records_the_day_and_leaves_the_card_as_it_is(self, city: City, issued: Card) -> None:
        before = how_it_stands(issued)
        answer = note(issued, by=city.here.clerk, second=city.here.reviewer)
        assert answer.status_code == 302 and died_on(issued) == DIED_ON
        assert how_it_stands(issued) == before
        event = Event.objects.get(act="holder.note_death")
        assert event.second_id == city.here.reviewer.user_id
        assert event.papers == ["death_proof:"] and '"source":"certificate"' in event.facts
        assert broken(recount()) == {}

    @pytest.mark.article(8, 4)
    def test_from_then_on_the_desk_hands_nothing_over(self, city: City, kept: Card) -> None:
        note(kept, by=city.here.keeper, second=city.here.reviewer)
        assert hand_over(kept, city.here.clerk) == {"HOLDER_DEAD"}

    def test_it_is_the_holders_so_his_other_card_knows_of_it(
        self, city: City, issued: Card
    ) -> None:
        (other,) = make.received_cards(city, city.here, people=[issued.person])
        note(issued, by=city.here.clerk, second=city.here.keeper)
        assert "HOLDER_DEAD" in hand_over(other, city.here.clerk)
        again = note(other, by=city.here.clerk, second=city.here.keeper)
        assert refused_with(again) == {"DEATH_NOTED_ALREADY"}

    def test_then_the_successor_cancels_and_before_he_cannot(
        self, city: City, issued: Card
    ) -> None:
        early = send("card.cancel", issued, by=city.here.clerk, **SUCCESSOR)
        assert refused_with(early) == {"SUCCESSOR_TOO_EARLY"}
        note(issued, by=city.here.clerk, second=city.here.reviewer)
        assert send("card.cancel", issued, by=city.here.clerk, **SUCCESSOR).status_code == 302
        assert how_it_stands(issued)[:2] == ("issued", "cancelled") and broken(recount()) == {}

    @pytest.mark.parametrize("stage", ["in transit", "on loss"])
    def test_any_card_of_the_county_will_do(self, city: City, issued: Card, stage: str) -> None:
        if stage == "in transit":
            (issued,) = make.cards_in_transit(city, city.here)
        else:
            formal = {"asked_by": "holder", "channel": "window"}
            send("loss.formal", issued, by=city.here.clerk, **formal)
        manager = make.worker("局长", Role.COUNTY_MANAGER, city.here.county)
        before = how_it_stands(issued)
        answer = note(issued, by=city.here.keeper, second=manager)
        assert answer.status_code == 302 and how_it_stands(issued) == before

    @pytest.mark.parametrize(
        ("day", "reason"),
        [("2099-01-01", "DEATH_AHEAD"), ("1900-01-01", "DEATH_BEFORE_BIRTH")],
    )
    def test_the_day_lies_within_his_life(
        self, city: City, issued: Card, day: str, reason: str
    ) -> None:
        answer = note(issued, by=city.here.clerk, second=city.here.reviewer, died_on=day)
        assert refused_with(answer) == {reason} and died_on(issued) is None

    @pytest.mark.parametrize(
        ("name", "said"), [("died_on", "请照证明填写死亡日期"), ("source", "请选择从何得知")]
    )
    def test_the_form_says_what_is_missing(
        self, city: City, issued: Card, name: str, said: str
    ) -> None:
        answer = note(issued, by=city.here.clerk, second=city.here.reviewer, **{name: None})
        assert answer.status_code == 422 and said in answer.content.decode()

    def test_without_proof_nobody_dies(self, city: City, issued: Card) -> None:
        bare = note(issued, by=city.here.clerk, second=city.here.reviewer, paper_death_proof=None)
        assert refused_with(bare) == {"PAPER_MISSING"} and died_on(issued) is None

    def test_nor_by_one_persons_word(self, city: City, issued: Card) -> None:
        alone = note(issued, by=city.here.keeper, second=city.here.keeper)
        assert refused_with(alone) == {"SECOND_PERSON_SAME"} and died_on(issued) is None
        unfit = note(issued, by=city.here.keeper, second=city.here.clerk)
        assert refused_with(unfit) == {"SECOND_PERSON_MAY_NOT"}

    def test_a_neighbour_finds_no_card_and_other_posts_no_page(
        self, city: City, issued: Card
    ) -> None:
        there = city.neighbour
        assert note(issued, by=there.clerk, second=there.reviewer).status_code == 404
        for by in (city.here.reviewer, city.here.auditor):
            assert note(issued, by=by, second=city.here.keeper).status_code == 403
        assert died_on(issued) is None

    def test_the_same_form_twice_is_one_death(self, city: City, issued: Card) -> None:
        signed = {"second_name": username(city.here.reviewer), "second_password": PASSWORD}
        form = answers("holder.note_death", **DIED, **signed)
        client = signed_in(city.here.clerk)
        for _ in range(2):
            sent = client.post(reverse("holder.note_death", args=[issued.pk]), form)
            assert sent.status_code == 302
        assert Event.objects.filter(act="holder.note_death").count() == 1

    def test_the_card_page_leads_here(self, city: City, issued: Card) -> None:
        client = signed_in(city.here.clerk)
        page = client.get(reverse("card.show", args=[issued.pk])).content.decode()
        assert reverse("holder.note_death", args=[issued.pk]) in page
        shown = client.get(reverse("holder.note_death", args=[issued.pk])).content.decode()
        assert "家属或村（社区）反映" in shown and "已查验：死亡证明或户籍注销证明" in shown

    def test_by_api_it_is_the_same_act(self, city: City, issued: Card) -> None:
        body = {
            **DIED, "papers": ["death_proof"], "second_password": PASSWORD,
            "second_name": username(city.here.reviewer),
        }  # fmt: skip
        path = f"cards/{issued.number}/holder.note_death"
        agency = make.worker("经办员", Role.AGENCY_CLERK, city.here.window)
        assert call(path, body, by=agency).status_code == 200
        assert died_on(issued) == DIED_ON
        again = call(path, body, by=agency)
        assert (again.status_code, again.json()["code"]) == (409, "DEATH_NOTED_ALREADY")


@pytest.mark.django_db
class TestUndo:
    @pytest.fixture(autouse=True)
    def dead(self, city: City, kept: Card) -> None:
        note(kept, by=city.here.clerk, second=city.here.keeper)

    def test_the_holder_lives_and_is_given_his_card(self, city: City, kept: Card) -> None:
        before = how_it_stands(kept)
        answer = undo(kept, by=city.here.keeper, second=city.here.reviewer)
        assert answer.status_code == 302 and died_on(kept) is None
        assert how_it_stands(kept) == before and broken(recount()) == {}
        assert hand_over(kept, city.here.clerk) == set()

    def test_a_reviewer_may_and_another_day_is_recorded_after(
        self, city: City, kept: Card
    ) -> None:
        undo(kept, by=city.here.reviewer, second=city.here.keeper)
        day = DIED_ON + timedelta(days=1)
        note(kept, by=city.here.clerk, second=city.here.keeper, died_on=day.isoformat())
        assert died_on(kept) == day and broken(recount()) == {}

    def test_is_refused_when_nobody_died(self, city: City, issued: Card) -> None:
        answer = undo(issued, by=city.here.keeper, second=city.here.reviewer)
        assert refused_with(answer) == {"DEATH_NOT_NOTED"}

    def test_says_why(self, city: City, kept: Card) -> None:
        silent = undo(kept, by=city.here.keeper, second=city.here.reviewer, words="")
        assert silent.status_code == 422 and "怎样查明是误登" in silent.content.decode()
        blank = undo(kept, by=city.here.keeper, second=city.here.reviewer, words="  ")
        assert blank.status_code == 422 and died_on(kept) == DIED_ON

    def test_takes_two_and_no_clerk_or_neighbour(self, city: City, kept: Card) -> None:
        alone = undo(kept, by=city.here.keeper, second=city.here.keeper)
        assert refused_with(alone) == {"SECOND_PERSON_SAME"}
        assert undo(kept, by=city.here.clerk, second=city.here.keeper).status_code == 403
        there = city.neighbour
        assert undo(kept, by=there.keeper, second=there.reviewer).status_code == 404
        assert died_on(kept) == DIED_ON


@pytest.mark.races
class TestTwoAtOnce:
    @pytest.fixture
    def town(self, fresh_database: str) -> City:
        return make.city()

    def test_of_two_windows_one_records_it(self, town: City) -> None:
        card = make.issued_card(town, town.here)
        sent = [
            partial(note, card, by=by, second=town.here.reviewer)
            for by in (town.here.clerk, town.here.other_clerk)
        ]
        assert sorted(one.status_code for one in together(*sent)) == [302, 409]
        assert broken(recount()) == {}

    def test_of_two_cards_of_one_holder_one_records_it(self, town: City) -> None:
        card = make.issued_card(town, town.here)
        (other,) = make.received_cards(town, town.here, people=[card.person])
        later = (DIED_ON + timedelta(days=1)).isoformat()
        sent = [
            partial(note, card, by=town.here.clerk, second=town.here.reviewer),
            partial(
                note, other, by=town.here.other_clerk, second=town.here.reviewer, died_on=later
            ),
        ]
        assert sorted(one.status_code for one in together(*sent)) == [302, 409]
        assert Event.objects.filter(act="holder.note_death").count() == 1
        assert broken(recount()) == {}

    def test_a_day_changed_by_hand_is_named(self, town: City) -> None:
        card = make.issued_card(town, town.here)
        note(card, by=town.here.clerk, second=town.here.reviewer)
        event = Event.objects.get(act="holder.note_death").pk
        tamper(f"UPDATE people_person SET died_on = NULL WHERE id = {card.person_id}")
        assert broken(recount())["n5_death_is_replayed"] == (
            f"持卡人 {card.person_id}：现登记死亡日期为空，台账记录 {event} 为{DIED_ON}"
        )


@pytest.mark.django_db
def test_a_death_learned_of_later_makes_no_earlier_hand_over_a_broken_promise(city: City) -> None:
    """Nobody could know at the window; whoever took the card is asked for."""
    card = make.issued_card(city, city.here)
    early = (local_day(NOON) - timedelta(days=30)).isoformat()
    note(card, by=city.here.clerk, second=city.here.reviewer, died_on=early)
    assert died_on(card) == local_day(NOON) - timedelta(days=30) and broken(recount()) == {}
