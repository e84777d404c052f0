"""Destroying cards (Art. 19): only what may be, by two before a third, and never again after."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse

from cardbook.cards.models import Card
from cardbook.cards.states import Stage, Subject
from cardbook.chapters.intake.receive.tests.manifests import cards_of, staged, written
from cardbook.chapters.stranded.destruction import commands
from cardbook.chapters.stranded.destruction.queries import lot_rows, lots_of
from cardbook.chapters.stranded.destruction.register import CERTIFICATE
from cardbook.chapters.stranded.models import DestructionLot
from cardbook.chapters.stranded.tests import line as on
from cardbook.chapters.stranded.tests.line import Line, fresh, line_of, offences, place_of
from cardbook.custody.places import Place
from cardbook.law.roles import Role
from cardbook.ledger.models import Event
from cardbook.lifecycle.acts import act, acts_on
from cardbook.lifecycle.facts import ErrorRecorded, FoundAt, StockMissed, WrongField
from cardbook.lifecycle.perform import Step, perform
from cardbook.lifecycle.refusals import Refused
from cardbook.orgs.actors import appoint
from cardbook.orgs.models import Kind, Post, User
from cardbook.papers.pictures import KeptImage
from cardbook.papers.storage import read_paper
from cardbook.people.holders import holder_of
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import NOON, City

pytestmark = [pytest.mark.django_db, pytest.mark.article(19)]


@pytest.fixture
def line(city: City) -> Line:
    return line_of(city)


def codes(refused: pytest.ExceptionInfo[Refused]) -> set[str]:
    return {refusal.code for refusal in refused.value.refusals}


class TestSend:
    def send(self, line: Line, cards: list[Card], **changes: object) -> object:
        given: dict[str, object] = {
            "card_ids": [card.pk for card in cards], "bank_id": line.city.bank.pk,
            "by": line.county.keeper, "second": line.county.reviewer, "at": NOON,
            "key": make.key(),
        }  # fmt: skip
        return commands.send_to_bank(**(given | changes))  # type: ignore[arg-type]

    def test_a_lot_goes_to_its_bank(self, line: Line) -> None:
        cards = on.cancelled(line, 2)
        lot = on.lot_of(line, cards)
        assert [(one.row, one.card_id) for one in lot.lines.order_by("row")] == [
            (1, cards[0].pk), (2, cards[1].pk),
        ]  # fmt: skip
        assert place_of(cards[0]) == ("transit", "示范银行")
        assert not offences()

    def test_the_same_request_twice_makes_one_lot(self, line: Line) -> None:
        cards, key = on.cancelled(line, 2), make.key()
        first, again = (self.send(line, cards, key=key) for _ in range(2))
        assert again.repeated and first.batch == again.batch  # type: ignore[attr-defined]
        assert DestructionLot.objects.count() == 1

    def test_two_sign(self, line: Line) -> None:
        cards = on.cancelled(line)
        with pytest.raises(Refused) as refused:
            self.send(line, cards, second=line.county.keeper)
        assert codes(refused) == {"SECOND_PERSON_SAME"}

    def test_only_to_the_bank_that_made_them(self, line: Line) -> None:
        cards = on.cancelled(line)
        other = make.organization("另一银行", Kind.BANK, parent=line.city.city)
        with pytest.raises(Refused) as refused:
            self.send(line, cards, bank_id=other.pk)
        assert codes(refused) == {"BANK_DIFFERS"}
        with pytest.raises(Refused) as refused:
            self.send(line, cards, bank_id=line.county.window.pk)
        assert codes(refused) == {"RECEIVER_UNFIT"}

    def test_a_card_that_lives_is_not_destroyed(self, line: Line) -> None:
        with pytest.raises(Refused) as refused:
            self.send(line, on.waiting(line))
        assert codes(refused) == {"CARD_IN_CUSTODY"}
        with pytest.raises(Refused) as refused:
            self.send(line, [make.issued_card(line.city, line.county)])
        assert codes(refused) == {"ALREADY_ISSUED"}

    @pytest.mark.article(14)
    def test_a_wrong_card_waits_for_the_province(self, line: Line) -> None:
        (card,) = on.waiting(line)
        step = Step(
            act=act("error.record"),
            facts=ErrorRecorded(
                found=next(iter(FoundAt)), fields=(WrongField.NAME,), reported="clerk"
            ),
            subject_ids=[card.pk],
        )  # fmt: skip
        perform(step, by=line.county.clerk, at=NOON, key=make.key())
        assert place_of(card)[0] == "error"
        with pytest.raises(Refused) as refused:
            self.send(line, [card])
        assert codes(refused) == {"CORRECTION_NOT_CONFIRMED"}

    @pytest.mark.article(5)
    def test_not_by_the_neighbour(self, line: Line) -> None:
        cards, there = on.cancelled(line), line.city.neighbour
        with pytest.raises(Refused) as refused:
            self.send(line, cards, by=there.keeper, second=there.reviewer)
        assert codes(refused) == {"OUT_OF_REACH"}

    def test_not_by_another_post(self, line: Line) -> None:
        cards = on.cancelled(line)
        with pytest.raises(Refused) as refused:
            self.send(line, cards, by=line.county.clerk)
        assert codes(refused) == {"ROLE_MAY_NOT"}


class TestTheBank:
    def test_counts_a_lot_in(self, line: Line) -> None:
        _, cards = on.lot_at_bank(line, 2)
        assert {place_of(card) for card in cards} == {("scrap", "示范银行")}
        assert not offences()

    def test_another_bank_neither_sees_nor_takes_it(self, line: Line) -> None:
        other = make.organization("另一银行", Kind.BANK, parent=line.city.city)
        teller = make.worker("他行柜员", Role.BANK_TELLER, other)
        cards = on.cancelled(line, 2)
        lot = on.lot_of(line, cards)
        assert lot.shipment is not None
        on.scanned(lot.shipment, cards, line.teller)
        assert not lots_of(teller).exists()
        with pytest.raises(Refused) as refused:
            commands.receive_lot(lot_id=lot.pk, by=teller, at=NOON, key=make.key())
        assert codes(refused) == {"OUT_OF_REACH"}

    def test_twice_is_told(self, line: Line) -> None:
        lot, _ = on.lot_at_bank(line, 2)
        with pytest.raises(Refused) as refused:
            commands.receive_lot(lot_id=lot.pk, by=line.teller, at=NOON, key=make.key())
        assert codes(refused) == {"NOTHING_TO_ACKNOWLEDGE"}

    def test_gives_back_what_it_did_not_find_and_both_sign(self, line: Line) -> None:
        found, lost = cards = on.cancelled(line, 2)
        lot = on.lot_of(line, cards)
        assert lot.shipment is not None
        on.scanned(lot.shipment, [found], line.teller)
        commands.receive_lot(lot_id=lot.pk, by=line.teller, at=NOON, key=make.key())
        for second, code in (
            (line.other_teller, "SECOND_PERSON_MAY_NOT"),
            (line.city.neighbour.keeper, "SECOND_PERSON_MAY_NOT"),
            (line.teller, "SECOND_PERSON_SAME"),
        ):
            with pytest.raises(Refused) as refused:
                self.take_back(line, lot, lost, second=second)
            assert codes(refused) == {code}
        self.take_back(line, lot, lost)
        assert place_of(lost) == ("scrap", "甲县卡管中心")
        (row,) = lot_rows([lot], at=NOON)
        assert (row.listed, row.taken_back, row.at_bank, row.under_way) == (2, 1, 1, 0)
        on.carry_out(line, lot, counted=1)
        assert [card.stage for card in fresh(cards)] == ["destroyed", "cancelled"]
        assert not offences()

    @pytest.mark.article(20)
    def test_what_is_lost_on_its_way_is_given_back_before_it_is_missed(self, line: Line) -> None:
        found, lost = cards = on.cancelled(line, 2)
        lot = on.lot_of(line, cards)
        with pytest.raises(Refused) as refused:
            self.miss(line, lost)
        (refusal,) = refused.value.refusals
        assert (refusal.code, refusal.remedy) == ("ON_A_LIST", "destruction.take_back")
        self.take_back(line, lot, lost, words="途中丢失，点收时没有")
        self.miss(line, lost)
        on.scanned(lot.shipment, [found], line.teller)
        commands.receive_lot(lot_id=lot.pk, by=line.teller, at=NOON, key=make.key())
        on.carry_out(line, lot, counted=1)
        assert [card.stage for card in fresh(cards)] == ["destroyed", "missing"]
        assert not offences()

    def miss(self, line: Line, card: Card) -> None:
        step = Step(
            act=act("stock.miss_set_aside"), facts=StockMissed(words="柜内未见"),
            subject_ids=[card.pk],
        )  # fmt: skip
        perform(step, by=line.county.keeper, second=line.county.reviewer, at=NOON, key=make.key())

    def take_back(self, line: Line, lot: DestructionLot, card: Card, **changes: object) -> object:
        given: dict[str, object] = {
            "lot_id": lot.pk, "card_ids": [card.pk], "words": "清点时没有此卡",
            "by": line.teller, "second": line.county.keeper, "at": NOON, "key": make.key(),
        }  # fmt: skip
        return commands.take_back(**(given | changes))  # type: ignore[arg-type]

    def test_a_card_of_no_lot_does_not_come_back_with_it(self, line: Line) -> None:
        lot, _ = on.lot_at_bank(line, 2)
        _, others = on.lot_at_bank(line, 1)
        with pytest.raises(Refused) as refused:
            self.take_back(line, lot, others[0])
        assert codes(refused) == {"NOT_OF_THIS_LIST"}


class TestCarryOut:
    def test_the_cards_are_gone_and_three_signed(self, line: Line) -> None:
        lot, cards = on.destroyed(line)
        assert {(card.stage, card.social) for card in cards} == {("destroyed", "cancelled")}
        assert {place_of(card) for card in cards} == {("destroyed", "示范银行")}
        event = Event.objects.filter(act="destruction.carry_out").first()
        assert event is not None
        assert event.second_id == line.other_teller.user_id
        assert f'"witness":{line.county.reviewer.user_id}' in event.facts.replace(" ", "")
        assert (lot.counted, lot.witness_id) == (2, line.county.reviewer.user_id)
        assert not offences()

    @pytest.mark.parametrize("counted", [1, 3, 0])
    def test_one_more_or_less_on_the_table_stops_it(self, line: Line, counted: int) -> None:
        lot, cards = on.lot_at_bank(line, 2)
        with pytest.raises(Refused) as refused:
            on.carry_out(line, lot, counted=counted)
        assert codes(refused) == {"LOT_COUNT_DIFFERS"}
        assert f"列 2 张，实际清点 {counted} 张" in refused.value.refusals[0].sentence
        assert {card.stage for card in fresh(cards)} == {"cancelled"}

    def test_a_card_still_under_way_stops_it(self, line: Line) -> None:
        cards = on.cancelled(line, 2)
        lot = on.lot_of(line, cards)
        assert lot.shipment is not None
        on.scanned(lot.shipment, cards[:1], line.teller)
        commands.receive_lot(lot_id=lot.pk, by=line.teller, at=NOON, key=make.key())
        with pytest.raises(Refused) as refused:
            on.carry_out(line, lot)
        assert codes(refused) == {"NOT_RECEIVED"}

    @pytest.mark.trust("A11")
    def test_nobody_signs_twice(self, line: Line) -> None:
        lot, _ = on.lot_at_bank(line, 2)
        for changes, code in (
            ({"second": line.teller}, "SECOND_PERSON_SAME"),
            ({"second": None}, "SECOND_PERSON_MISSING"),
            ({"witness": None}, "WITNESS_MISSING"),
            ({"witness": line.teller}, "WITNESS_MAY_NOT"),
            ({"witness": line.other_teller}, "WITNESS_MAY_NOT"),
        ):
            with pytest.raises(Refused) as refused:
                on.carry_out(line, lot, **changes)
            assert code in codes(refused), changes

    @pytest.mark.trust("A11")
    def test_the_witness_is_of_another_office(self, line: Line) -> None:
        lot, _ = on.lot_at_bank(line, 2)
        insider = make.worker("行内审计", Role.AUDITOR, line.city.bank)
        with pytest.raises(Refused) as refused:
            on.carry_out(line, lot, witness=insider)
        assert codes(refused) == {"WITNESS_MAY_NOT"}

    @pytest.mark.trust("A11")
    def test_the_witness_is_of_another_office_than_the_second_destroyer_too(
        self, line: Line
    ) -> None:
        lot, _ = on.lot_at_bank(line, 2)
        branch = make.organization("示范银行西街支行", Kind.BRANCH, parent=line.city.bank)
        second = make.worker("支行柜员", Role.BANK_TELLER, branch)
        witness = make.worker("支行审计", Role.AUDITOR, branch)
        with pytest.raises(Refused) as refused:
            on.carry_out(line, lot, second=second, witness=witness)
        assert "WITNESS_MAY_NOT" in codes(refused)

    @pytest.mark.parametrize(
        ("images", "code"),
        [
            ((), "PAPER_MISSING"),
            (on.PHOTOS[:1], "PHOTOS_TOO_FEW"),
            ((on.PHOTOS[0], on.PHOTOS[0]), "PHOTOS_TOO_FEW"),
        ],
        ids=["none", "one", "one twice"],
    )
    def test_pictures_of_before_and_after_come_first(
        self, line: Line, images: tuple[KeptImage, ...], code: str
    ) -> None:
        lot, cards = on.lot_at_bank(line, 2)
        with pytest.raises(Refused) as refused:
            on.carry_out(line, lot, images=images)
        assert codes(refused) == {code}
        assert {card.stage for card in fresh(cards)} == {"cancelled"}
        lot.refresh_from_db()
        assert lot.carried_batch is None and lot.photos == []

    def test_the_certificate_names_the_sealed_pictures(self, line: Line) -> None:
        lot, _ = on.destroyed(line)
        sheet = CERTIFICATE.sheet(
            chosen={"lot": lot}, masked=True, printed_by="甲", printed_at=NOON, limit=9
        )
        assert [digest for _, digest in sheet.heads] == [one.digest for one in on.PHOTOS]
        for image in on.PHOTOS:
            assert read_paper(image.digest) == image.content
            sealed = Path(settings.PAPERS_ROOT) / image.digest[:2] / image.digest
            assert image.content not in sealed.read_bytes()

    @pytest.mark.article(5)
    def test_the_certificate_says_where_the_witness_was_in_a_post_that_day(
        self, line: Line
    ) -> None:
        lot, _ = on.destroyed(line)
        sheet = CERTIFICATE.sheet(
            chosen={"lot": lot}, masked=True, printed_by="甲", printed_at=NOON, limit=9
        )
        there = f"{line.county.reviewer.name}（{line.county.card_body.name}）"
        assert there in sheet.rows[0]
        # Where he was before, however early, is not on the paper.
        Post.objects.filter(pk=line.county.reviewer.post_id).update(
            organization=line.city.neighbour.card_body, until=date(2026, 1, 1)
        )
        appoint(
            user=User.objects.get(pk=line.county.reviewer.user_id),
            organization=line.county.card_body, role=Role.REVIEWER, since=date(2026, 1, 1),
            at=NOON,
        )  # fmt: skip
        again = CERTIFICATE.sheet(
            chosen={"lot": lot}, masked=True, printed_by="甲", printed_at=NOON, limit=9
        )
        assert again.rows == sheet.rows

    def test_the_card_body_does_not_destroy(self, line: Line) -> None:
        lot, _ = on.lot_at_bank(line, 2)
        with pytest.raises(Refused) as refused:
            on.carry_out(line, lot, by=line.county.keeper)
        assert "ROLE_MAY_NOT" in codes(refused)

    def test_twice_with_one_key_is_once_and_with_another_refused(self, line: Line) -> None:
        lot, _ = on.lot_at_bank(line, 2)
        key = make.key()
        first, again = (on.carry_out(line, lot, key=key) for _ in range(2))
        assert again.repeated and first.batch == again.batch
        with pytest.raises(Refused) as refused:
            on.carry_out(line, lot)
        (said,) = refused.value.refusals
        assert said.code == "LOT_DESTROYED"
        for named in (lot.number, "2026-11-20 12:00", line.teller.name):
            assert named in said.sentence


class TestNeverAgain:
    def test_no_act_starts_from_a_destroyed_card(self) -> None:
        for row in acts_on(Subject.CARD):
            assert Stage.DESTROYED not in (row.on or {}).get("stage", ()), row.code
            assert row.move is None or Place.DESTROYED not in row.move.sources, row.code

    def test_nothing_can_be_done_to_one(self, line: Line) -> None:
        _, (card, _) = on.destroyed(line)
        for clerk, code in (
            (line.county.clerk, "CARD_DESTROYED"),
            (line.city.neighbour.clerk, "OUT_OF_REACH"),
        ):
            with pytest.raises(Refused) as refused:
                perform(make.issue_step(card), by=clerk, at=NOON, key=make.key())
            assert codes(refused) == {code}, "the bank that destroyed it hands nothing over"

    @pytest.mark.article(28)
    def test_the_window_is_told_so_and_not_that_the_book_knows_no_card(self, line: Line) -> None:
        _, (card, _) = on.destroyed(line)
        number = holder_of(card.person).number
        client = signed_in(line.county.clerk)
        desk = client.post(reverse("card.issue"), {"q": number}).content.decode()
        assert "该卡已销毁。" in desk and "不在您的办理范围" not in desk
        loss = client.post(reverse("loss.report"), {"q": number}).content.decode()
        assert "在本市的社保卡都已注销或销毁" in loss

    @pytest.mark.article(6)
    def test_its_number_is_refused_as_known_when_it_arrives_again(self, line: Line) -> None:
        _, (card, _) = on.destroyed(line)
        from cardbook.custody.postings import Destination, account_of
        from cardbook.lifecycle.births import GivenRows
        from cardbook.lifecycle.facts import DeliveryRegistered

        births = GivenRows(
            columns=("number", "person_id", "county_id", "batch_id", "bank_org_id"),
            rows=(
                (card.number, card.person_id, card.county_id, card.batch_id, line.city.bank.pk),
            ),
            source=Destination(
                account_of(organization_id=line.city.maker.pk, kind=Place.OUTSIDE).pk
            ),
            target=Destination(
                account_of(organization_id=line.county.card_body.pk, kind=Place.TRANSIT).pk
            ),
        )
        step = Step(
            act=act("delivery.register"),
            facts=DeliveryRegistered(manifest="again", receiver=line.county.card_body.pk),
            births=births,
        )
        with pytest.raises(Refused) as refused:
            perform(step, by=line.county.keeper, at=NOON, key=make.key())
        assert codes(refused) == {"CARD_NUMBER_TAKEN"}

    @pytest.mark.article(6)
    def test_a_file_that_lists_it_again_changes_nothing(self, line: Line, tmp_path: Path) -> None:
        _, (card, _) = on.destroyed(line)
        events = Event.objects.count()
        cards = cards_of(2)
        number = holder_of(card.person).number
        cards[1] = replace(cards[1], card_number=card.number, number=number, name="王小明")
        file = staged(written(tmp_path, cards)[0], line.county)
        said = {problem.code for problem in file.problems.all()}
        assert said == {"known"}
        assert Event.objects.count() == events and fresh([card])[0].stage == "destroyed"

    @pytest.mark.article(14)
    def test_a_wrong_card_goes_once_the_province_confirmed_it(
        self, line: Line, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (card,) = on.waiting(line)
        step = Step(
            act=act("error.record"),
            facts=ErrorRecorded(
                found=next(iter(FoundAt)), fields=(WrongField.NAME,), reported="clerk"
            ),
            subject_ids=[card.pk],
        )
        perform(step, by=line.clerk, at=NOON, key=make.key())
        # The province's answer belongs to Article 14 and has tests of its own.
        monkeypatch.setattr(commands, "corrections_settled", set)
        lot = on.lot_of(line, [card])
        assert lot.lines.get().card_id == card.pk
