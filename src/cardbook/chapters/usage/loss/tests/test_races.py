"""Two at once: a loss and a pick-up, a finding and a replacement, two operators (Art. 28)."""

import pytest
from django.db import connection, transaction

from cardbook.cards.models import Application, Card
from cardbook.chapters.usage.loss.commands import lift_loss
from cardbook.chapters.usage.loss.tests.lost import (
    BY_PHONE,
    days,
    hotline,
    lose,
    write_down,
)
from cardbook.chapters.usage.loss.tests.test_commands import order_replacement
from cardbook.insight.check import RULES
from cardbook.insight.table_sql import pieces
from cardbook.ledger.models import Event
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.facts import OldCardVoided
from cardbook.lifecycle.perform import Step, perform
from cardbook.lifecycle.refusals import Refused
from cardbook.orgs.actors import Actor
from cardbook.testing import factories as make
from cardbook.testing.factories import City
from cardbook.testing.races import in_words, together

pytestmark = [pytest.mark.article(28)]
ROUNDS = 25


@pytest.fixture
def city(fresh_database: None) -> City:
    """A small city in a database of its own, with real commits."""
    return make.city()


def broken(name: str) -> list[object]:
    """What a rule of the recount finds wrong."""
    (rule,) = [one for one in RULES if one.name == name]
    with connection.cursor() as cursor:
        cursor.execute(rule.query(pieces()))
        return list(cursor.fetchall())


def acts_of(card: Card) -> list[str]:
    found = Event.objects.filter(subject_kind="card", subject_id=card.pk).order_by("seq")
    return list(found.values_list("act", flat=True))


class TestLossAgainstPickUp:
    def test_a_card_is_never_handed_over_after_its_loss_was_recorded(self, city: City) -> None:
        operator, clerk = hotline(city), city.here.clerk
        cards = make.received_cards(city, city.here, count=ROUNDS)
        for card in cards:
            together(
                lambda card=card: lose(card, by=operator, at=days(0)),
                lambda card=card: perform(
                    make.issue_step(card), by=clerk, at=days(0), key=make.key()
                ),
            )
            done = acts_of(card)
            assert "loss.report" in done, "the loss is never turned away by a pick-up"
            if "card.issue" in done:
                assert done.index("card.issue") < done.index("loss.report")
        assert broken("n4_not_issued_on_loss") == []

    def test_the_recount_would_find_one(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here)
        lose(card, by=hotline(city))
        # As if the door had let it pass: the event is there, the loss before it holds.

        from cardbook.ledger.append import Entry, append_events

        with transaction.atomic(), connection.cursor() as cursor:
            entry = Entry(
                act="card.issue", act_version=1, happened_at=days(1), basis="x", edition="x",
                device="", actor_id=city.here.clerk.user_id, post_id=None,
                org_id=city.here.window.pk, second_id=None,
            )  # fmt: skip
            append_events(entry=entry, kind="card", ids=[card.pk], seqs=[4], facts="{}")
            cursor.execute("UPDATE cards_card SET version = 4 WHERE id = %s", [card.pk])
            assert len(broken("n4_not_issued_on_loss")) == 1
            transaction.set_rollback(True)


class TestTwoOperators:
    def test_one_report_and_a_refusal_that_says_so(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        one, other = hotline(city), city.here.clerk
        answers = together(lambda: lose(card, by=one), lambda: lose(card, by=other))
        assert sorted(in_words(answers, done=lambda _: "done")) == ["CARD_ON_LOSS", "done"]
        assert acts_of(card).count("loss.report") == 1

    def test_one_enter_sent_twice_at_once_is_one_report(self, city: City) -> None:
        card, operator = make.issued_card(city, city.here), hotline(city)
        answers = together(
            lambda: lose(card, by=operator, at=days(0), key="enter"),
            lambda: lose(card, by=operator, at=days(0.00001), key="enter"),
        )
        assert sorted(answer.repeated for answer in answers) == [False, True]  # type: ignore[attr-defined]


class TestFoundAgainstReplacement:
    def lift(self, card: Card, *, by: Actor) -> object:
        return lift_loss(
            card_id=card.pk, heard=BY_PHONE, card_seen=True, told=["found"], by=by, at=days(1),
            key=make.key(),
        )  # fmt: skip

    def test_a_replacement_never_kills_a_card_that_was_found(self, city: City) -> None:
        operator = hotline(city)
        for _ in range(5):
            card = make.issued_card(city, city.here)
            lose(card, by=operator)
            answers = together(
                lambda card=card: self.lift(card, by=operator),
                lambda card=card: order_replacement(card, by=city.here.keeper),
            )
            refusals = [one.refusals[0].code for one in answers if isinstance(one, Refused)]
            card.refresh_from_db()
            # Ordered first, the finding is refused; found first, the old card lives on and what
            # would kill it is refused until it is lost again.
            assert (refusals, card.hold) in (
                (["REPLACEMENT_UNDER_WAY"], "oral_loss"),
                ([], "none"),
            )
            assert Application.objects.filter(old_card=card).count() == 1
            void = Step(act=act("old_card.void"), facts=OldCardVoided(), subject_ids=[card.pk])
            with pytest.raises(Refused):
                perform(void, by=city.here.clerk, at=days(2), key=make.key())

    def test_a_card_is_either_found_or_dead(self, city: City) -> None:
        operator = hotline(city)
        for _ in range(5):
            card = make.issued_card(city, city.here)
            lose(card, by=operator)

            def replaced(card: Card = card) -> object:
                write_down(card, by=city.here.clerk, at=days(1))
                step = Step(act=act("old_card.void"), facts=OldCardVoided(), subject_ids=[card.pk])
                return perform(step, by=city.here.clerk, at=days(1), key=make.key())

            together(lambda card=card: self.lift(card, by=operator), replaced)
            card.refresh_from_db()
            # Whoever lost the race, the written loss came last or refused the lifting.
            assert (card.social, card.hold) == ("cancelled", "formal_loss")
