"""A loss from the call to its end: stopped, told, renewed, written, lifted, lapsed (Art. 28)."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from cardbook.cards.models import Application, Card
from cardbook.chapters.issuance.collective.tests.bundles import out
from cardbook.chapters.usage.loss.commands import (
    lift_formal_loss,
    lift_loss,
    make_loss_formal,
    report_loss,
    tell_loss,
)
from cardbook.chapters.usage.loss.tests.lost import (
    AT_WINDOW,
    BY_PHONE,
    WRITTEN,
    days,
    hotline,
    lose,
    renew,
    teller,
    write_down,
)
from cardbook.law.roles import Role
from cardbook.ledger.models import Event
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.births import GivenRows
from cardbook.lifecycle.facts import Defect, FreeReplacementOpened, RequestChannel, Signer
from cardbook.lifecycle.judge import Presented
from cardbook.lifecycle.perform import Done, Step, perform
from cardbook.lifecycle.refusals import Refused
from cardbook.orgs.actors import Actor
from cardbook.orgs.models import Kind
from cardbook.testing import factories as make
from cardbook.testing.factories import NOON, City
from cardbook.testing.parameters import ruled

pytestmark = [pytest.mark.django_db, pytest.mark.article(28)]
_APPLICATION = ("person_id", "county_id", "kind", "reason", "old_card_id", "fee_fen")


@pytest.fixture
def city() -> City:
    """A small city."""
    return make.city()


@pytest.fixture
def operator(city: City) -> Actor:
    """Who answers 12333."""
    return hotline(city)


def codes(refused: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [one.code for one in refused.value.refusals]


def lift(card: Card, *, by: Actor, at: datetime, key: str = "", heard: object = BY_PHONE) -> Done:
    return lift_loss(
        card_id=card.pk, heard=heard, card_seen=False, told=["found"], by=by, at=at,  # type: ignore[arg-type]
        key=key or make.key(),
    )  # fmt: skip


def order_replacement(card: Card, *, by: Actor) -> None:
    """An application in the card's place, as other slices open one."""
    row = (card.person_id, card.county_id, "replacement", "defect", card.pk, 0)
    step = Step(
        act=act("replacement.open_free"),
        facts=FreeReplacementOpened(old_card=card.pk, defect=Defect.SOILED),
        births=GivenRows(_APPLICATION, (row,)),
    )
    perform(step, by=by, at=NOON, key=make.key())


class TestReport:
    def test_stops_the_social_function_at_once(self, city: City, operator: Actor) -> None:
        card = make.issued_card(city, city.here)
        lose(card, by=operator)
        card.refresh_from_db()
        assert (card.hold, card.hold_until) == ("oral_loss", days(7))
        event = Event.objects.get(act="loss.report")
        assert '"questions":["bank","pick_up_office","picked_up"]' in event.facts

    @pytest.mark.parametrize("where", ["sealed", "at a unit"])
    def test_stops_a_card_nobody_has_collected_yet(
        self, city: City, operator: Actor, where: str
    ) -> None:
        if where == "at a unit":
            card = out(city, count=1).cards[0]
        else:
            (card,) = make.received_cards(city, city.here)
        lose(card, by=operator)
        card.refresh_from_db()
        assert (card.stage, card.social, card.hold) == ("in_custody", "sealed", "oral_loss")
        with pytest.raises(Refused) as refused:
            perform(make.issue_step(card), by=city.here.clerk, at=days(1), key=make.key())
        assert "CARD_ON_LOSS" in codes(refused)

    def test_a_dead_holders_card_is_stopped_for_whoever_calls(
        self, city: City, operator: Actor
    ) -> None:
        card = make.issued_card(city, city.here)
        type(card.person).objects.filter(pk=card.person_id).update(died_on=date(2026, 11, 1))
        heard = replace(BY_PHONE, caller=Signer.PROXY)
        report_loss(card_id=card.pk, heard=heard, by=operator, at=NOON, key=make.key())
        with pytest.raises(Refused) as refused:
            lift(card, by=operator, at=days(1))
        assert codes(refused) == ["HOLDER_DEAD"]

    def test_fewer_answers_than_the_rule_asks_are_refused(
        self, city: City, operator: Actor
    ) -> None:
        card = make.issued_card(city, city.here)
        heard = replace(BY_PHONE, questions=("bank", "bank", "picked_up"))
        with pytest.raises(Refused) as refused:
            report_loss(card_id=card.pk, heard=heard, by=operator, at=NOON, key=make.key())
        assert codes(refused) == ["CALLER_NOT_VERIFIED"]

    @pytest.mark.parametrize(
        "role", [role for role in Role if role not in act("loss.report").who], ids=str
    )
    def test_no_other_post_takes_it(self, city: City, role: Role) -> None:
        card = make.issued_card(city, city.here)
        with pytest.raises(Refused) as refused:
            lose(card, by=make.worker("别人", role, city.here.card_body))
        assert codes(refused) == ["ROLE_MAY_NOT"]

    def test_a_card_that_is_dead_is_not_stopped_again(self, city: City, operator: Actor) -> None:
        card = make.issued_card(city, city.here)
        write_down(card, by=city.here.clerk)
        _void(card, by=city.here.clerk)
        with pytest.raises(Refused):
            lose(card, by=operator)

    def test_the_same_enter_a_moment_later_is_the_first_report(
        self, city: City, operator: Actor
    ) -> None:
        card = make.issued_card(city, city.here)
        first = lose(card, by=operator, key="enter")
        again = lose(card, by=operator, at=NOON + timedelta(seconds=1), key="enter")
        assert again.repeated and again.batch == first.batch
        card.refresh_from_db()
        assert card.hold_until == days(7) and card.version == 4

    def test_the_same_key_for_another_card_is_refused(self, city: City, operator: Actor) -> None:
        card, other = (make.issued_card(city, city.here) for _ in range(2))
        lose(card, by=operator, key="enter")
        with pytest.raises(Refused) as refused:
            lose(other, by=operator, at=days(1), key="enter")
        assert codes(refused) == ["KEY_REUSED"]


def _void(card: Card, *, by: Actor) -> None:
    from cardbook.lifecycle.facts import OldCardVoided

    step = Step(act=act("old_card.void"), facts=OldCardVoided(), subject_ids=[card.pk])
    perform(step, by=by, at=days(0.1), key=make.key())


class TestTell:
    def test_needs_the_whole_notice(self, city: City, operator: Actor) -> None:
        card = make.issued_card(city, city.here)
        lose(card, by=operator)
        with pytest.raises(Refused) as refused:
            tell_loss(
                card_id=card.pk, channel=RequestChannel.HOTLINE, told=[], by=operator, at=NOON,
                key=make.key(),
            )  # fmt: skip
        assert codes(refused) == ["NOTICE_NOT_GIVEN"]


class TestRenew:
    def test_begins_anew_while_it_holds(self, city: City, operator: Actor) -> None:
        card = make.issued_card(city, city.here)
        lose(card, by=operator)
        renew(card, by=operator, at=days(6))
        card.refresh_from_db()
        assert card.hold_until == days(13)

    def test_what_has_lapsed_is_not_renewed_but_reported_again(
        self, city: City, operator: Actor
    ) -> None:
        card = make.issued_card(city, city.here)
        lose(card, by=operator)
        with pytest.raises(Refused):
            renew(card, by=operator, at=days(7))
        lose(card, by=operator, at=days(7))
        card.refresh_from_db()
        assert card.hold_until == days(14)


class TestFormal:
    def test_does_not_lapse(self, city: City, operator: Actor) -> None:
        card = make.issued_card(city, city.here)
        lose(card, by=operator)
        write_down(card, by=city.here.clerk, at=days(1))
        card.refresh_from_db()
        assert (card.hold, card.hold_until) == ("formal_loss", None)

    def test_the_bank_of_the_card_takes_it_and_no_other(self, city: City) -> None:
        card, other_card = (make.issued_card(city, city.here) for _ in range(2))
        write_down(card, by=teller(city))
        stranger_bank = make.organization("另一银行", Kind.BANK, parent=city.city)
        stranger = make.worker("柜员", Role.BANK_TELLER, stranger_bank)
        with pytest.raises(Refused) as refused:
            write_down(other_card, by=stranger)
        assert codes(refused) == ["OUT_OF_REACH"]

    def test_without_a_document_nothing_is_written(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        with pytest.raises(Refused) as refused:
            make_loss_formal(
                card_id=card.pk, heard=AT_WINDOW, shown=replace(WRITTEN, papers=()),
                by=city.here.clerk, at=NOON, key=make.key(),
            )  # fmt: skip
        assert codes(refused) == ["PAPER_MISSING"]

    def test_the_hotline_writes_nothing_down(self, city: City, operator: Actor) -> None:
        card = make.issued_card(city, city.here)
        with pytest.raises(Refused) as refused:
            write_down(card, by=operator)
        assert codes(refused) == ["ROLE_MAY_NOT"]


class TestLift:
    def test_restores_exactly_what_was(self, city: City, operator: Actor) -> None:
        card = make.issued_card(city, city.here)
        before = Card.objects.filter(pk=card.pk).values().get()
        lose(card, by=operator)
        lift(card, by=operator, at=days(1))
        after = Card.objects.filter(pk=card.pk).values().get()
        assert {name: value for name, value in after.items() if before[name] != value} == {
            "version": before["version"] + 2
        }

    def test_the_voice_is_verified_again(self, city: City, operator: Actor) -> None:
        card = make.issued_card(city, city.here)
        lose(card, by=operator)
        with pytest.raises(Refused) as refused:
            lift(card, by=operator, at=days(1), heard=replace(BY_PHONE, questions=("bank",)))
        assert codes(refused) == ["CALLER_NOT_VERIFIED"]

    def test_not_while_another_card_is_ordered_in_its_place(
        self, city: City, operator: Actor
    ) -> None:
        card = make.issued_card(city, city.here)
        lose(card, by=operator)
        order_replacement(card, by=city.here.keeper)
        with pytest.raises(Refused) as refused:
            lift(card, by=operator, at=days(1))
        assert codes(refused) == ["REPLACEMENT_UNDER_WAY"]
        assert Application.objects.count() == 1

    def test_what_lapsed_needs_no_lifting(self, city: City, operator: Actor) -> None:
        card = make.issued_card(city, city.here)
        lose(card, by=operator)
        with pytest.raises(Refused):
            lift(card, by=operator, at=days(7))

    def test_a_written_loss_is_not_taken_back(self, city: City, operator: Actor) -> None:
        card = make.issued_card(city, city.here)
        write_down(card, by=city.here.clerk)
        with pytest.raises(Refused):
            lift(card, by=operator, at=days(1))
        with pytest.raises(Refused) as refused:
            lift_formal_loss(
                card_id=card.pk, heard=AT_WINDOW, card_seen=True,
                shown=replace(WRITTEN, told=("found",)), by=city.here.clerk, at=days(1),
                key=make.key(),
            )  # fmt: skip
        assert codes(refused) == ["LOSS_NOT_RELEASABLE"]

    @pytest.mark.parametrize(
        ("rule", "ordered", "lifted"),
        [
            ("never", False, False),
            ("replacement_accepted", False, True),
            ("replacement_accepted", True, True),
            ("replacement_completed", True, True),
        ],
    )
    def test_a_written_loss_is_lifted_as_long_as_the_city_allows(
        self, city: City, rule: str, ordered: bool, lifted: bool
    ) -> None:
        card = make.issued_card(city, city.here)
        before = Card.objects.filter(pk=card.pk).values("stage", "social", "hold", "bank").get()
        write_down(card, by=city.here.clerk)
        if ordered:
            order_replacement(card, by=city.here.keeper)
        given = {
            "card_id": card.pk, "heard": AT_WINDOW, "card_seen": True,
            "shown": replace(WRITTEN, told=("found",)), "by": city.here.clerk, "at": days(1),
            "key": make.key(),
        }  # fmt: skip
        with ruled("formal_loss_releasable_until", rule):
            if not lifted:
                with pytest.raises(Refused):
                    lift_formal_loss(**given)  # type: ignore[arg-type]
                return
            lift_formal_loss(**given)  # type: ignore[arg-type]
        after = Card.objects.filter(pk=card.pk).values("stage", "social", "hold", "bank").get()
        assert after == before

    @pytest.mark.article(32)
    def test_a_written_loss_is_lifted_by_nobody_else(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        write_down(card, by=city.here.clerk)
        allowed = ruled("formal_loss_releasable_until", "replacement_accepted")
        with allowed, pytest.raises(Refused) as refused:
            lift_formal_loss(
                card_id=card.pk, heard=replace(AT_WINDOW, caller=Signer.PROXY), card_seen=True,
                shown=replace(WRITTEN, told=("found",)), by=city.here.clerk, at=days(1),
                key=make.key(),
            )  # fmt: skip
        assert codes(refused) == ["PROXY_LIFTS_NO_FORMAL"]

    @pytest.mark.article(32)
    def test_whoever_writes_a_loss_down_for_another_is_named(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        with pytest.raises(Refused) as refused:
            make_loss_formal(
                card_id=card.pk, heard=replace(AT_WINDOW, caller=Signer.PROXY),
                shown=replace(WRITTEN, papers=(*WRITTEN.papers, Presented(kind="agent_id"))),
                by=city.here.clerk, at=NOON, key=make.key(),
            )  # fmt: skip
        assert codes(refused) == ["AGENT_UNKNOWN"]

    def test_a_written_loss_is_lifted_only_with_the_card_on_the_desk(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        write_down(card, by=city.here.clerk)
        allowed = ruled("formal_loss_releasable_until", "replacement_accepted")
        with allowed, pytest.raises(Refused) as refused:
            lift_formal_loss(
                card_id=card.pk, heard=AT_WINDOW, card_seen=False,
                shown=replace(WRITTEN, told=("found",)), by=city.here.clerk, at=days(1),
                key=make.key(),
            )  # fmt: skip
        assert codes(refused) == ["CARD_NOT_SEEN"]
