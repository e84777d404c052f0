"""The one door: what it lets through, what it refuses, and what it promises to do once."""

import pickle
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection

from cardbook.cards.models import Card
from cardbook.custody.models import Position
from cardbook.custody.places import Place
from cardbook.ledger.models import Event
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.facts import IssueUndone, Signing
from cardbook.lifecycle.perform import Step, perform
from cardbook.lifecycle.refusals import Refused
from cardbook.testing import factories as make
from cardbook.testing.factories import NOON, City

pytestmark = pytest.mark.django_db


def codes(refused: pytest.ExceptionInfo[Refused]) -> set[str]:
    return {refusal.code for refusal in refused.value.refusals}


@pytest.mark.article(8, 4)
class TestIssueCard:
    def test_hands_the_card_to_its_holder_in_one_event(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here)
        perform(make.issue_step(card), by=city.here.clerk, at=NOON, key=make.key())
        card.refresh_from_db()
        assert (card.stage, card.version) == ("issued", 3)
        assert Position.objects.get(card=card).account.kind == Place.HOLDER
        event = Event.objects.get(subject_kind="card", subject_id=card.pk, seq=3)
        assert (event.act, event.org_id) == ("card.issue", city.here.window.pk)
        assert "第八条第四款" in event.basis

    def test_says_who_was_faster_when_handed_over_already(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        with pytest.raises(Refused) as refused:
            perform(make.issue_step(card), by=city.here.other_clerk, at=NOON, key=make.key())
        assert codes(refused) == {"ALREADY_ISSUED"}
        assert "甲县一号窗口" in refused.value.refusals[0].sentence

    def test_refuses_a_card_still_in_transit(self, city: City) -> None:
        (card,) = make.cards_in_transit(city, city.here)
        with pytest.raises(Refused) as refused:
            perform(make.issue_step(card), by=city.here.clerk, at=NOON, key=make.key())
        assert codes(refused) == {"NOT_RECEIVED"}

    def test_a_refusal_says_the_same_in_another_process(self, city: City) -> None:
        (card,) = make.cards_in_transit(city, city.here)
        with pytest.raises(Refused) as refused:
            perform(make.issue_step(card), by=city.here.clerk, at=NOON, key=make.key())
        passed_on = pickle.loads(pickle.dumps(refused.value))
        assert str(passed_on) == str(refused.value)
        assert passed_on.refusals == refused.value.refusals

    def test_refuses_the_neighbour_county(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here)
        with pytest.raises(Refused) as refused:
            perform(make.issue_step(card), by=city.neighbour.clerk, at=NOON, key=make.key())
        assert codes(refused) == {"OUT_OF_REACH"}

    def test_refuses_an_auditor(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here)
        with pytest.raises(Refused) as refused:
            perform(make.issue_step(card), by=city.here.auditor, at=NOON, key=make.key())
        assert codes(refused) == {"ROLE_MAY_NOT"}

    @pytest.mark.parametrize(
        ("change", "code"),
        [
            ({"original_seen": False}, "ID_NOT_SEEN"),
            ({"face_matches": False}, "FACE_NOT_CHECKED"),
            ({"reads": False}, "CARD_UNREADABLE"),
            ({"scanned": ""}, "CARD_NOT_SCANNED"),
            ({"scanned": "Z00000001"}, "WRONG_CARD_SCANNED"),
            ({"signing": Signing.NONE}, "SIGNATURE_MISSING"),
            ({"signing": Signing.SCREEN}, "SIGNATURE_MISSING"),
        ],
    )
    def test_refuses_while_one_thing_is_missing(
        self, city: City, change: dict[str, object], code: str
    ) -> None:
        (card,) = make.received_cards(city, city.here)
        with pytest.raises(Refused) as refused:
            perform(make.issue_step(card, **change), by=city.here.clerk, at=NOON, key=make.key())
        assert codes(refused) == {code}
        card.refresh_from_db()
        assert (card.stage, card.version) == ("in_custody", 2)

    @pytest.mark.article(12)
    def test_refuses_while_the_notice_was_not_given(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here)
        step = make.issue_step(card)
        untold = Step(
            act=step.act, facts=step.facts, subject_ids=step.subject_ids, papers=step.papers
        )
        with pytest.raises(Refused) as refused:
            perform(untold, by=city.here.clerk, at=NOON, key=make.key())
        assert codes(refused) == {"NOTICE_NOT_GIVEN"}

    @pytest.mark.article(8, 4)
    def test_names_the_paper_that_is_missing(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here)
        step = make.issue_step(card)
        bare = Step(act=step.act, facts=step.facts, subject_ids=step.subject_ids, told=step.told)
        with pytest.raises(Refused) as refused:
            perform(bare, by=city.here.clerk, at=NOON, key=make.key())
        assert codes(refused) == {"PAPER_MISSING"}
        assert len(refused.value.refusals) == 3

    @pytest.mark.article(17)
    def test_refuses_the_card_of_a_dead_holder(self, city: City) -> None:
        dead = make.person(died_on=date(2026, 3, 1))
        (card,) = make.received_cards(city, city.here, people=[dead])
        with pytest.raises(Refused) as refused:
            perform(make.issue_step(card), by=city.here.clerk, at=NOON, key=make.key())
        assert codes(refused) == {"HOLDER_DEAD"}

    @pytest.mark.trust("T6")
    @pytest.mark.article(11)
    @pytest.mark.parametrize(("days", "refused_code"), [(1, "HOLDER_IS_MINOR"), (0, None)])
    def test_a_minor_comes_of_age_at_midnight(
        self, city: City, days: int, refused_code: str | None
    ) -> None:
        birthday = date(2008, 11, 20) + timedelta(days=days)
        (card,) = make.received_cards(city, city.here, people=[make.person(born_on=birthday)])
        if refused_code is None:
            perform(make.issue_step(card), by=city.here.clerk, at=NOON, key=make.key())
            return
        with pytest.raises(Refused) as refused:
            perform(make.issue_step(card), by=city.here.clerk, at=NOON, key=make.key())
        assert codes(refused) == {refused_code}


class TestAskingTwice:
    def test_gives_the_first_answer_again(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here)
        once = perform(make.issue_step(card), by=city.here.clerk, at=NOON, key="same")
        again = perform(make.issue_step(card), by=city.here.clerk, at=NOON, key="same")
        assert again.repeated and again.batch == once.batch
        assert Event.objects.filter(subject_kind="card", subject_id=card.pk).count() == 3

    @pytest.mark.trust("D2")
    def test_refuses_another_content_under_the_same_key(self, city: City) -> None:
        one, other = make.received_cards(city, city.here, count=2)
        perform(make.issue_step(one), by=city.here.clerk, at=NOON, key="same")
        with pytest.raises(Refused) as refused:
            perform(make.issue_step(other), by=city.here.clerk, at=NOON, key="same")
        assert codes(refused) == {"KEY_REUSED"}


class TestUndoIssue:
    def step(self, card: Card) -> Step:
        event = Event.objects.filter(subject_kind="card", subject_id=card.pk).latest("seq")
        return Step(
            act=act("issue.undo"),
            facts=IssueUndone(event=event.pk, words="点错了人"),
            subject_ids=[card.pk],
        )

    def test_brings_the_card_back_to_the_windows_drawer(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        perform(
            self.step(card), by=city.here.clerk, second=city.here.reviewer, at=NOON, key=make.key()
        )
        card.refresh_from_db()
        assert card.stage == "in_custody"
        assert Position.objects.get(card=card).account.organization_id == city.here.window.pk

    def test_needs_another_person(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        for second, code in [
            (None, "SECOND_PERSON_MISSING"),
            (city.here.clerk, "SECOND_PERSON_SAME"),
            (city.neighbour.reviewer, "SECOND_PERSON_MAY_NOT"),
        ]:
            with pytest.raises(Refused) as refused:
                perform(
                    self.step(card), by=city.here.clerk, second=second, at=NOON, key=make.key()
                )
            assert codes(refused) == {code}


class TestTheDatabaseHasTheLastWord:
    """Whatever the code does, these statements fail; the application's role runs them."""

    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE ledger_event SET act = 'x'",
            "DELETE FROM ledger_event",
            "TRUNCATE ledger_event CASCADE",
            "UPDATE custody_posting SET amount = -amount",
            "DELETE FROM custody_movement",
            "UPDATE custody_position SET slot = 1",
            "DELETE FROM cards_card",
            "ALTER TABLE ledger_event DISABLE TRIGGER ALL",
        ],
    )
    def test_refuses_to_rewrite_the_book(self, city: City, statement: str) -> None:
        make.received_cards(city, city.here)
        with (
            pytest.raises(Exception, match=r"permission denied|must be owner"),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)

    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE cards_card SET stage = 'destroyed', social = 'cancelled'",
            "UPDATE cards_card SET version = version + 1",
            "UPDATE cards_card SET version = version + 2",
        ],
    )
    def test_refuses_a_state_without_its_event(self, city: City, statement: str) -> None:
        make.received_cards(city, city.here)
        with (
            pytest.raises(IntegrityError, match="没有对应的台账记录"),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)

    def test_refuses_an_event_without_its_state(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here)
        with (
            pytest.raises(IntegrityError, match="未随之变更"),
            connection.cursor() as cursor,
        ):
            cursor.execute(
                "INSERT INTO ledger_event (subject_kind, subject_id, seq, act, act_version, "
                "happened_at, actor_id, org_id, device, facts, papers, told, basis, edition, "
                "batch) "
                "SELECT subject_kind, subject_id, seq + 1, act, 1, happened_at, actor_id, org_id, "
                "device, facts, papers, told, basis, edition, batch FROM ledger_event "
                "WHERE subject_kind = 'card' AND subject_id = %s AND seq = 2",
                [card.pk],
            )
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    @pytest.mark.parametrize(
        ("kind", "complaint"), [("card", "状态未随之变更"), ("delivery", "序号不连续")]
    )
    def test_refuses_a_gap_in_the_sequence(self, city: City, kind: str, complaint: str) -> None:
        (card,) = make.received_cards(city, city.here)
        with pytest.raises(IntegrityError, match=complaint), connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO ledger_event (subject_kind, subject_id, seq, act, act_version, "
                "happened_at, actor_id, org_id, device, facts, papers, told, basis, edition, "
                "batch) "
                "SELECT %s, subject_id, seq + 5, act, 1, happened_at, actor_id, org_id, "
                "device, facts, papers, told, basis, edition, batch FROM ledger_event "
                "WHERE subject_kind = 'card' AND subject_id = %s AND seq = 2",
                [kind, card.pk],
            )
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    @pytest.mark.parametrize(
        ("rows", "complaint"),
        [
            ("(%(m)s, %(here)s, %(card)s, 1)", "借贷不平"),
            ("(%(m)s, %(here)s, %(card)s, -1), (%(m)s, %(there)s, %(card)s, -1)", "借贷不平"),
            ("(%(m)s, %(there)s, %(card)s, -1), (%(m)s, %(here)s, %(card)s, 1)", "不在移出的位置"),
        ],
    )
    def test_refuses_a_movement_that_does_not_balance(
        self, city: City, rows: str, complaint: str
    ) -> None:
        (card,) = make.received_cards(city, city.here)
        here = Position.objects.get(card=card)
        there = make.account_of(organization_id=city.neighbour.card_body.pk, kind=Place.STORE)
        values = {
            "m": here.movement_id,
            "here": here.account_id,
            "there": there.pk,
            "card": card.pk,
        }
        with pytest.raises(IntegrityError, match=complaint), connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO custody_posting (movement_id, account_id, card_id, amount) "
                f"VALUES {rows}",
                values,
            )
