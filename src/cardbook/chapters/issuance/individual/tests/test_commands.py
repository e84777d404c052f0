"""A hand-over and its undoing: state, event, postings, pictures; and every way it is refused."""

from datetime import date, timedelta
from functools import partial

import pytest

from cardbook.cards.models import Card
from cardbook.chapters.issuance.individual.commands import KeptImage, issue_card, undo_issue
from cardbook.custody.models import Position, Posting
from cardbook.custody.places import Place
from cardbook.ledger.models import Event
from cardbook.lib.canonical import canonical_json
from cardbook.lib.clock import LOCAL
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.facts import BankReported, Signing
from cardbook.lifecycle.judge import Presented
from cardbook.lifecycle.perform import Done, Step, perform
from cardbook.lifecycle.refusals import Refused
from cardbook.orgs.actors import Actor
from cardbook.papers.models import Paper
from cardbook.papers.storage import read_paper
from cardbook.testing import factories as make
from cardbook.testing.factories import NOON, City
from cardbook.testing.pictures import png
from cardbook.testing.races import together

SIGNATURE = KeptImage(
    kind="signature_screen", title="屏幕签字", media_type="image/png", content=png()
)


def hand_over(card: Card, *, by: Actor, key: str = "", **changes: object) -> Done:
    return issue_card(
        card_id=card.pk,
        facts=make.issue_facts(card, **changes),
        papers=make.ISSUE_PAPERS,
        told=("pick_up",),
        by=by,
        at=NOON,
        key=key or make.key(),
    )


def codes(refused: pytest.ExceptionInfo[Refused]) -> set[str]:
    return {refusal.code for refusal in refused.value.refusals}


def untouched(card: Card) -> bool:
    before = (card.stage, card.version)
    card.refresh_from_db()
    return before == (card.stage, card.version)


@pytest.mark.article(8, 4)
class TestIssueCard:
    def test_is_one_event_with_papers_notice_and_article(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here)
        hand_over(card, by=city.here.clerk)
        event = Event.objects.get(subject_kind="card", subject_id=card.pk, act="card.issue")
        assert event.facts == canonical_json(make.issue_facts(card))
        assert event.papers == ["id_card_original:", "id_card_copy:", "signature_paper:"]
        assert event.told == ["pick_up/1"]
        assert "第八条第四款" in event.basis and "第十二条" in event.basis
        card.refresh_from_db()
        assert (card.stage, card.social, card.version) == ("issued", "sealed", event.seq)

    def test_moves_the_card_from_the_shelf_to_its_holder(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here)
        hand_over(card, by=city.here.clerk)
        assert Position.objects.get(card=card).account.kind == Place.HOLDER
        newest = Posting.objects.filter(card=card).order_by("-id")[:2]
        assert {(p.account.kind, p.amount) for p in newest} == {("store", -1), ("holder", 1)}

    def test_keeps_the_signature_in_the_same_breath(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here)
        issue_card(
            card_id=card.pk,
            facts=make.issue_facts(card, signing=Signing.SCREEN, signature=SIGNATURE.digest),
            papers=(
                *make.ISSUE_PAPERS[:2],
                Presented(kind="signature_screen", digest=SIGNATURE.digest),
            ),
            told=("pick_up",),
            images=(SIGNATURE,),
            by=city.here.clerk,
            at=NOON,
            key=make.key(),
        )
        paper = Paper.objects.get()
        assert (paper.kind, paper.digest) == ("signature_screen", SIGNATURE.digest)
        assert paper.added_by_id == city.here.clerk.user_id
        assert read_paper(paper.digest) == png()

    def test_a_refused_one_keeps_no_picture_of_anybody(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here)
        with pytest.raises(Refused):
            issue_card(
                card_id=card.pk,
                facts=make.issue_facts(card, original_seen=False),
                papers=make.ISSUE_PAPERS,
                told=("pick_up",),
                images=(SIGNATURE,),
                by=city.here.clerk,
                at=NOON,
                key=make.key(),
            )
        assert untouched(card) and not Paper.objects.exists()

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
    def test_refuses_one_thing_left_out(
        self, city: City, change: dict[str, object], code: str
    ) -> None:
        (card,) = make.received_cards(city, city.here)
        with pytest.raises(Refused) as refused:
            hand_over(card, by=city.here.clerk, **change)
        assert codes(refused) == {code} and untouched(card)

    def test_refuses_without_copy_or_notice(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here)
        with pytest.raises(Refused) as refused:
            issue_card(
                card_id=card.pk, facts=make.issue_facts(card), papers=(make.ISSUE_PAPERS[0],),
                told=(), by=city.here.clerk, at=NOON, key=make.key(),
            )  # fmt: skip
        assert codes(refused) == {"PAPER_MISSING", "NOTICE_NOT_GIVEN"} and untouched(card)

    def test_refuses_an_image_that_is_not_there(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here)
        claimed = (make.ISSUE_PAPERS[0], Presented(kind="id_card_image"), make.ISSUE_PAPERS[2])
        with pytest.raises(Refused) as refused:
            issue_card(
                card_id=card.pk, facts=make.issue_facts(card, copy_kept="image"), papers=claimed,
                told=("pick_up",), by=city.here.clerk, at=NOON, key=make.key(),
            )  # fmt: skip
        assert codes(refused) == {"IMAGE_MISSING"} and untouched(card)

    @pytest.mark.article(17)
    def test_refuses_a_dead_holders_card(self, city: City) -> None:
        dead = make.person(died_on=date(2026, 1, 2))
        (card,) = make.received_cards(city, city.here, people=[dead])
        with pytest.raises(Refused) as refused:
            hand_over(card, by=city.here.clerk)
        assert codes(refused) == {"HOLDER_DEAD"} and untouched(card)

    @pytest.mark.trust("T6")
    @pytest.mark.article(11)
    def test_a_holder_is_of_age_on_his_eighteenth_birthday(self, city: City) -> None:
        today = date(2026, 11, 20)
        grown, child = (
            make.person(born_on=today.replace(year=2008) + timedelta(days=days)) for days in (0, 1)
        )
        own, not_yet = make.received_cards(city, city.here, people=[grown, child])
        hand_over(own, by=city.here.clerk)
        with pytest.raises(Refused) as refused:
            hand_over(not_yet, by=city.here.clerk)
        assert codes(refused) == {"HOLDER_IS_MINOR"} and untouched(not_yet)

    @pytest.mark.article(6)
    def test_refuses_a_card_nobody_has_counted(self, city: City) -> None:
        (card,) = make.cards_in_transit(city, city.here)
        with pytest.raises(Refused) as refused:
            hand_over(card, by=city.here.clerk)
        assert codes(refused) == {"NOT_RECEIVED"} and untouched(card)

    def test_refuses_the_neighbour_county(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here)
        with pytest.raises(Refused) as refused:
            hand_over(card, by=city.neighbour.clerk)
        assert codes(refused) == {"OUT_OF_REACH"} and untouched(card)

    @pytest.mark.parametrize("who", ["keeper", "reviewer", "auditor"])
    def test_refuses_whoever_is_not_at_a_window(self, city: City, who: str) -> None:
        (card,) = make.received_cards(city, city.here)
        with pytest.raises(Refused) as refused:
            hand_over(card, by=getattr(city.here, who))
        assert codes(refused) == {"ROLE_MAY_NOT"} and untouched(card)

    def test_asked_again_with_the_same_key_gives_the_first_answer(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here)
        first = hand_over(card, by=city.here.clerk, key="once")
        again = hand_over(card, by=city.here.clerk, key="once")
        assert (first.repeated, again.repeated) == (False, True)
        assert first.batch == again.batch
        assert Event.objects.filter(act="card.issue").count() == 1

    @pytest.mark.trust("D2")
    def test_the_same_key_for_something_else_is_refused(self, city: City) -> None:
        one, other = make.received_cards(city, city.here, count=2)
        hand_over(one, by=city.here.clerk, key="once")
        with pytest.raises(Refused) as refused:
            hand_over(other, by=city.here.clerk, key="once")
        assert codes(refused) == {"KEY_REUSED"} and untouched(other)


@pytest.mark.races
@pytest.mark.article(8, 4)
class TestAtTheSameMoment:
    @pytest.mark.trust("R1")
    def test_two_windows_give_one_success_and_one_name(self, fresh_database: str) -> None:
        city = make.city()
        for card in make.received_cards(city, city.here, count=10):
            windows = [(city.here.clerk, make.key()), (city.here.other_clerk, make.key())]
            answers = together(*(partial(hand_over, card, by=by, key=key) for by, key in windows))
            (refused,) = [answer for answer in answers if isinstance(answer, Refused)]
            (refusal,) = refused.refusals
            winner = Event.objects.get(subject_id=card.pk, act="card.issue")
            offices = {
                city.here.window.pk: "甲县一号窗口",
                city.here.other_window.pk: "甲县二号窗口",
            }
            assert refusal.code == "ALREADY_ISSUED"
            assert offices[winner.org_id] in refusal.sentence
            assert "2026-11-20 12:00:00" in refusal.sentence

    @pytest.mark.trust("D1")
    def test_ten_equal_requests_have_one_effect(self, fresh_database: str) -> None:
        city = make.city()
        (card,) = make.received_cards(city, city.here)
        answers = together(*[partial(hand_over, card, by=city.here.clerk, key="once")] * 10)
        done = [answer for answer in answers if isinstance(answer, Done)]
        assert len(done) == 10
        assert sum(1 for answer in done if not answer.repeated) == 1
        assert len({answer.batch for answer in done}) == 1
        assert Event.objects.filter(subject_id=card.pk, act="card.issue").count() == 1


@pytest.mark.article(8, 4)
def test_a_card_handed_out_names_the_office_that_did_it_whatever_came_since(city: City) -> None:
    card = make.issued_card(city, city.here)
    given = Event.objects.get(subject_id=card.pk, act="card.issue")
    told = BankReported(bank="active", bank_source="示范银行", bank_as_of=NOON)
    later = Step(act=act("bank.report"), facts=told, subject_ids=[card.pk])
    perform(later, by=city.here.keeper, at=NOON + timedelta(days=1), key=make.key())
    with pytest.raises(Refused) as refused:
        hand_over(card, by=city.here.clerk)
    (refusal,) = refused.value.refusals
    assert refusal.code == "ALREADY_ISSUED"
    at = f"{given.happened_at.astimezone(LOCAL):%Y-%m-%d %H:%M:%S}"
    assert refusal.sentence == f"该卡已由{city.here.window.name}于 {at} 发放。"


@pytest.mark.article(7)
class TestUndoIssue:
    def undo(self, card: Card, *, by: Actor, second: Actor, words: str = "点错了人") -> Done:
        event = Event.objects.get(subject_kind="card", subject_id=card.pk, act="card.issue")
        return undo_issue(
            card_id=card.pk, event_id=event.pk, words=words, by=by, second=second, at=NOON,
            key=make.key(),
        )  # fmt: skip

    def test_brings_the_card_back_into_the_windows_drawer(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        self.undo(card, by=city.here.clerk, second=city.here.reviewer)
        card.refresh_from_db()
        assert card.stage == "in_custody"
        account = Position.objects.get(card=card).account
        assert (account.kind, account.organization_id) == (Place.DRAWER, city.here.window.pk)
        event = Event.objects.get(subject_id=card.pk, act="issue.undo")
        assert event.second_id == city.here.reviewer.user_id and "点错了人" in event.facts

    def test_the_card_can_then_go_to_the_right_person(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        self.undo(card, by=city.here.clerk, second=city.here.reviewer)
        hand_over(card, by=city.here.clerk)
        card.refresh_from_db()
        assert card.stage == "issued"

    def test_takes_back_only_the_newest_entry(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        self.undo(card, by=city.here.clerk, second=city.here.reviewer)
        hand_over(card, by=city.here.clerk)
        first = Event.objects.filter(subject_id=card.pk, act="card.issue").earliest("seq")
        with pytest.raises(Refused) as refused:
            undo_issue(
                card_id=card.pk, event_id=first.pk, words="点错了人", by=city.here.clerk,
                second=city.here.reviewer, at=NOON, key=make.key(),
            )  # fmt: skip
        assert codes(refused) == {"NOT_THE_NEWEST"}
        card.refresh_from_db()
        assert card.stage == "issued"

    def test_needs_a_reason(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        with pytest.raises(Refused) as refused:
            self.undo(card, by=city.here.clerk, second=city.here.reviewer, words="  ")
        assert codes(refused) == {"REASON_MISSING"} and untouched(card)

    def test_needs_another_person_of_the_county(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        for second, code in (
            (city.here.clerk, "SECOND_PERSON_SAME"),
            (city.neighbour.reviewer, "SECOND_PERSON_MAY_NOT"),
            (city.here.auditor, "SECOND_PERSON_MAY_NOT"),
        ):
            with pytest.raises(Refused) as refused:
                self.undo(card, by=city.here.clerk, second=second)
            assert codes(refused) == {code} and untouched(card)

    def test_refuses_the_neighbour_county(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        with pytest.raises(Refused) as refused:
            self.undo(card, by=city.neighbour.clerk, second=city.neighbour.reviewer)
        assert codes(refused) == {"OUT_OF_REACH"} and untouched(card)
