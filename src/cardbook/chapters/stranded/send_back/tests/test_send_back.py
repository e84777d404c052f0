"""Returning stranded cards up the line (Art. 17): the form, the receipt, who may, what races."""

import json
from datetime import date

import pytest

from cardbook.cards.models import Card
from cardbook.chapters.stranded.models import ArrivalScan, ReturnLine, ReturnList
from cardbook.chapters.stranded.send_back import commands, lists
from cardbook.chapters.stranded.send_back.register import STRANDED
from cardbook.chapters.stranded.tests.line import (
    Line,
    fresh,
    line_of,
    listed,
    offences,
    place_of,
    prove,
    returned,
    scanned,
    sent_back,
    told_three_times,
    waiting,
)
from cardbook.custody.models import Shipment
from cardbook.custody.shipments import tallies
from cardbook.law.roles import Role
from cardbook.ledger.models import Event
from cardbook.lib.clock import local_day
from cardbook.lifecycle.facts import Stranding
from cardbook.lifecycle.perform import perform
from cardbook.lifecycle.refusals import Refused
from cardbook.papers.storage import read_paper
from cardbook.registers.issue import document_bytes
from cardbook.registers.models import IssuedDocument
from cardbook.testing import factories as make
from cardbook.testing.factories import NOON, City
from cardbook.testing.pictures import png

pytestmark = [pytest.mark.django_db, pytest.mark.article(17)]


@pytest.fixture
def line(city: City) -> Line:
    return line_of(city)


def codes(refused: pytest.ExceptionInfo[Refused]) -> set[str]:
    return {refusal.code for refusal in refused.value.refusals}


class TestSendBack:
    def test_the_form_is_frozen_and_the_cards_are_under_way(self, line: Line) -> None:
        cards = waiting(line, 3)
        shipment = sent_back(line, cards)
        document = IssuedDocument.objects.get(form="stranded_form")
        assert document.rows == 3 and document_bytes(document, "pdf").startswith(b"%PDF")
        events = Event.objects.filter(act="stranded.send_back")
        assert {tuple(event.papers) for event in events} == {
            (f"stranded_form:{document.pdf_digest}",)
        }
        assert {card.stage for card in fresh(cards)} == {"returned"}
        assert place_of(cards[0]) == ("transit", "甲县卡管中心")
        assert tallies([shipment.pk])[shipment.pk].under_way == 3
        assert ReturnList.objects.get().shipment_id == shipment.pk
        assert not offences()

    @pytest.mark.article(4)
    @pytest.mark.article(16)
    def test_nobody_is_called_to_fetch_a_second_card(self, line: Line) -> None:
        """Only the book says that he has another; the reason alone spares no telling."""
        twin, single = waiting(line, 2)
        make.received_cards(line.city, line.county, people=[twin.person])
        open_list = listed([twin, single], line.clerk, reason=Stranding.SECOND_CARD)
        with pytest.raises(Refused) as refused:
            commands.send_back(
                list_id=open_list.pk, receiver_id=line.county.card_body.pk, by=line.clerk,
                at=NOON, key=make.key(),
            )  # fmt: skip
        assert [(one.code, one.subject_id) for one in refused.value.refusals] == [
            ("TOO_FEW_CONTACTS", single.pk)
        ]
        lists.remove_lines(line_ids=[open_list.lines.get(card=single).pk], by=line.clerk)
        commands.send_back(
            list_id=open_list.pk, receiver_id=line.county.card_body.pk, by=line.clerk, at=NOON,
            key=make.key(),
        )  # fmt: skip
        assert [card.stage for card in fresh([twin, single])] == ["returned", "in_custody"]

    @pytest.mark.article(16)
    def test_whoever_was_not_told_often_enough_is_told_first(self, line: Line) -> None:
        (card,) = waiting(line)
        open_list = listed([card], line.clerk, reason=Stranding.AWAY)
        with pytest.raises(Refused) as refused:
            commands.send_back(
                list_id=open_list.pk, receiver_id=line.county.card_body.pk, by=line.clerk,
                at=NOON, key=make.key(),
            )  # fmt: skip
        assert codes(refused) == {"TOO_FEW_CONTACTS"}
        assert "只通知过 0 次、0 种方式" in refused.value.refusals[0].sentence
        assert not IssuedDocument.objects.exists()
        told_three_times([card], line.clerk)
        commands.send_back(
            list_id=open_list.pk, receiver_id=line.county.card_body.pk, by=line.clerk, at=NOON,
            key=make.key(),
        )  # fmt: skip
        assert fresh([card])[0].stage == "returned"

    def test_death_needs_its_proof(self, line: Line) -> None:
        (card,) = waiting(line)
        open_list = listed([card], line.clerk, proved=False)
        with pytest.raises(Refused) as refused:
            commands.send_back(
                list_id=open_list.pk, receiver_id=line.county.card_body.pk, by=line.clerk,
                at=NOON, key=make.key(),
            )  # fmt: skip
        assert codes(refused) == {"STRANDING_UNPROVED"}
        assert "缺种类、编号或出具机关、日期、影像" in refused.value.refusals[0].sentence
        assert not IssuedDocument.objects.exists()
        prove(open_list.lines.get(), line.clerk)
        commands.send_back(
            list_id=open_list.pk, receiver_id=line.county.card_body.pk, by=line.clerk, at=NOON,
            key=make.key(),
        )  # fmt: skip

    @pytest.mark.parametrize(
        ("changes", "code"),
        [
            ({"kind": ""}, "STRANDING_UNPROVED"),
            ({"kind": "settled_abroad"}, "STRANDING_UNPROVED"),
            ({"number": " "}, "STRANDING_UNPROVED"),
            ({"on": None}, "STRANDING_UNPROVED"),
            ({"image": None}, "STRANDING_UNPROVED"),
            ({"on": date(2026, 11, 21)}, "PROOF_FROM_LATER"),
        ],
        ids=["no kind", "a kind for another reason", "no number", "no day", "no picture", "later"],
    )
    def test_a_proof_lacks_nothing(
        self, line: Line, changes: dict[str, object], code: str
    ) -> None:
        (card,) = waiting(line)
        open_list = listed([card], line.clerk, proved=False)
        prove(open_list.lines.get(), line.clerk, **changes)
        with pytest.raises(Refused) as refused:
            commands.send_back(
                list_id=open_list.pk, receiver_id=line.county.card_body.pk, by=line.clerk,
                at=NOON, key=make.key(),
            )  # fmt: skip
        assert codes(refused) == {code}
        assert card.number in refused.value.refusals[0].sentence
        assert fresh([card])[0].stage == "in_custody"

    def test_the_form_and_the_ledger_name_the_proof(self, line: Line) -> None:
        cards = waiting(line, 2)
        shipment = sent_back(line, cards)
        sheet = STRANDED.sheet(
            chosen={"shipment": shipment}, masked=True, printed_by="甲", printed_at=NOON, limit=9
        )
        assert "火化证明 第0001号 2026-10-01（有影像）" in sheet.rows[0]
        checker = [column.title for column in sheet.form.columns].index("核查人")
        assert {row[checker] for row in sheet.rows} == {line.clerk.name}
        assert ("凭火化证明", "2 份") in sheet.totals and ("死亡", "2 张") in sheet.totals
        facts = json.loads(Event.objects.filter(act="stranded.send_back").earliest("id").facts)
        assert (facts["proof"], facts["proof_on"]) == ("cremation", "2026-10-01")
        assert read_paper(facts["proof_image"]) == png()

    @pytest.mark.article(13)
    def test_a_card_with_wrong_information_goes_another_way(self, line: Line) -> None:
        (card,) = waiting(line)
        with pytest.raises(Refused) as refused:
            listed([card], line.clerk, reason=Stranding.WRONG_INFORMATION)
        assert codes(refused) == {"STRANDED_WRONG_INFORMATION"}

    def test_another_lists_form_is_no_form(
        self, line: Line, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        one, other = waiting(line, 2)
        sent_back(line, [one])
        foreign = IssuedDocument.objects.get()
        open_list = listed([other], line.clerk)
        monkeypatch.setattr(commands, "_print", lambda *_, **__: foreign)
        with pytest.raises(Refused) as refused:
            commands.send_back(
                list_id=open_list.pk, receiver_id=line.county.card_body.pk, by=line.clerk,
                at=NOON, key=make.key(),
            )  # fmt: skip
        assert codes(refused) == {"STRANDED_FORM_MISSING"}
        assert fresh([other])[0].stage == "in_custody"

    def test_the_same_request_twice_sends_once(self, line: Line) -> None:
        cards = waiting(line, 2)
        open_list, key = listed(cards, line.clerk), make.key()
        first, again = (
            commands.send_back(
                list_id=open_list.pk, receiver_id=line.county.card_body.pk, by=line.clerk,
                at=NOON, key=key,
            )
            for _ in range(2)
        )  # fmt: skip
        assert again.repeated and again.batch == first.batch
        assert Shipment.objects.count() == IssuedDocument.objects.count() == 1

    def test_a_stranger_may_not(self, line: Line) -> None:
        (card,) = waiting(line)
        for role in (Role.REVIEWER, Role.AUDITOR, Role.HOTLINE_OPERATOR):
            stranger = make.worker("外人", role, line.county.card_body)
            with pytest.raises(Refused) as refused:
                listed([card], stranger)
            assert codes(refused) == {"ROLE_MAY_NOT"}

    @pytest.mark.article(5)
    def test_the_neighbour_county_does_not_even_find_the_card(self, line: Line) -> None:
        (card,) = waiting(line)
        with pytest.raises(Refused) as refused:
            listed([card], line.city.neighbour.keeper)
        assert codes(refused) == {"CARD_NUMBER_UNKNOWN"}

    @pytest.mark.article(5)
    def test_the_neighbour_county_is_no_receiver(self, line: Line) -> None:
        open_list = listed(waiting(line), line.clerk)
        with pytest.raises(Refused) as refused:
            commands.send_back(
                list_id=open_list.pk, receiver_id=line.city.neighbour.card_body.pk,
                by=line.clerk, at=NOON, key=make.key(),
            )  # fmt: skip
        assert codes(refused) == {"RECEIVER_UNFIT"}


class TestScanning:
    def test_a_card_lies_with_one_office_and_a_list_too(self, line: Line) -> None:
        (here,) = waiting(line)
        listed([here], line.clerk)
        (other,) = waiting(line)
        from cardbook.chapters.stranded.tests.moving import moved_to_unit

        moved_to_unit(line, other, line.county.town)
        with pytest.raises(Refused) as refused:
            listed([other], line.clerk)
        assert codes(refused) == {"OTHER_OFFICE"}

    def test_a_card_without_a_reason_is_not_listed(self, line: Line) -> None:
        (card,) = waiting(line)
        with pytest.raises(Refused) as refused:
            lists.scan_stranded(text=card.number, reason=None, by=line.clerk, at=NOON)
        assert codes(refused) == {"REASON_TO_CHOOSE"}

    def test_scanning_twice_changes_the_reason(self, line: Line) -> None:
        (card,) = waiting(line)
        listed([card], line.clerk)
        assert ReturnLine.objects.get().proof == "cremation"
        open_list = listed([card], line.clerk, reason=Stranding.AWAY)
        assert (open_list.lines.get().reason, open_list.lines.get().proof) == ("away", "")
        lists.remove_lines(line_ids=[open_list.lines.get().pk], by=line.county.reviewer)
        assert open_list.lines.count() == 1
        lists.remove_lines(line_ids=[open_list.lines.get().pk], by=line.clerk)
        assert open_list.lines.count() == 0

    def test_an_issued_card_is_not_stranded(self, line: Line) -> None:
        card = make.issued_card(line.city, line.county)
        with pytest.raises(Refused) as refused:
            listed([card], line.clerk)
        assert codes(refused) == {"ALREADY_ISSUED"}


class TestReceiveBack:
    def test_what_was_not_scanned_stays_under_way(self, line: Line) -> None:
        cards = waiting(line, 3)
        shipment = sent_back(line, cards)
        scanned(shipment, cards[:2], line.clerk)
        commands.receive_back(shipment_id=shipment.pk, by=line.clerk, at=NOON, key=make.key())
        assert [place_of(card)[0] for card in cards] == ["returned", "returned", "transit"]
        assert tallies([shipment.pk])[shipment.pk].under_way == 1
        assert not offences()

    def test_a_box_received_twice_is_told_so(self, line: Line) -> None:
        cards = waiting(line, 2)
        shipment = sent_back(line, cards)
        scanned(shipment, cards, line.clerk)
        commands.receive_back(shipment_id=shipment.pk, by=line.clerk, at=NOON, key=make.key())
        with pytest.raises(Refused) as refused:
            commands.receive_back(shipment_id=shipment.pk, by=line.clerk, at=NOON, key=make.key())
        assert codes(refused) == {"NOTHING_TO_ACKNOWLEDGE"}

    def test_a_card_of_no_list_is_kept_as_a_difference(self, line: Line) -> None:
        cards = waiting(line, 2)
        shipment = sent_back(line, cards[:1])
        from cardbook.chapters.stranded.arrivals import answer_to_scan

        said, kind = answer_to_scan(
            shipment=shipment, number=cards[1].number, remove="", by=line.clerk
        )
        assert kind == "bad" and "不在交接单" in said
        assert ArrivalScan.objects.get().listed is False
        assert answer_to_scan(shipment=shipment, number="12", remove="", by=line.clerk)[1] == "bad"

    @pytest.mark.article(5)
    def test_the_neighbour_county_may_not_receive(self, line: Line) -> None:
        cards = waiting(line)
        shipment = sent_back(line, cards)
        scanned(shipment, cards, line.clerk)
        with pytest.raises(Refused) as refused:
            commands.receive_back(
                shipment_id=shipment.pk, by=line.city.neighbour.keeper, at=NOON, key=make.key()
            )
        assert codes(refused) == {"OUT_OF_REACH"}


class TestPassOn:
    def test_each_step_up_is_receipted(self, line: Line) -> None:
        cards = returned(line, 2)
        ids = [card.pk for card in cards]
        done = commands.pass_on(
            card_ids=ids, receiver_id=line.centre.pk, words="", by=line.clerk, at=NOON,
            key=make.key(),
        )  # fmt: skip
        assert place_of(cards[0]) == ("transit", "市局信息中心")
        shipment = Shipment.objects.get(batch=done.batch)
        scanned(shipment, cards, line.manager)
        commands.receive_back(shipment_id=shipment.pk, by=line.manager, at=NOON, key=make.key())
        assert place_of(cards[0]) == ("returned", "市局信息中心")
        assert not offences()

    @pytest.mark.article(5)
    def test_never_to_a_neighbour(self, line: Line) -> None:
        cards = returned(line)
        with pytest.raises(Refused) as refused:
            commands.pass_on(
                card_ids=[cards[0].pk], receiver_id=line.city.neighbour.card_body.pk, words="",
                by=line.clerk, at=NOON, key=make.key(),
            )  # fmt: skip
        assert codes(refused) == {"RECEIVER_UNFIT"}


class TestPutBack:
    def put_back(self, line: Line, card: Card, **changes: object) -> object:
        given: dict[str, object] = {
            "card_ids": [card.pk], "words": "本人返回", "by": line.clerk,
            "second": line.county.reviewer, "at": NOON, "key": make.key(),
        }  # fmt: skip
        return commands.put_back(**(given | changes))  # type: ignore[arg-type]

    @pytest.mark.article(16)
    def test_a_holder_who_turns_up_gets_his_card(self, line: Line) -> None:
        (card,) = returned(line)
        self.put_back(line, card)
        assert fresh([card])[0].stage == "in_custody"
        assert place_of(card) == ("store", "甲县卡管中心")
        perform(make.issue_step(card), by=line.county.clerk, at=NOON, key=make.key())
        assert not offences()

    def test_one_person_does_not_sign_twice(self, line: Line) -> None:
        (card,) = returned(line)
        with pytest.raises(Refused) as refused:
            self.put_back(line, card, second=line.clerk)
        assert codes(refused) == {"SECOND_PERSON_SAME"}

    def test_whose_death_is_recorded_does_not_turn_up(self, line: Line) -> None:
        dead = make.person(died_on=local_day(NOON))
        (card,) = returned(line, people=[dead])
        with pytest.raises(Refused) as refused:
            self.put_back(line, card)
        assert codes(refused) == {"HOLDER_DEAD"}


@pytest.mark.article(17)
def test_a_village_sends_only_what_it_keeps(city: City) -> None:
    from cardbook.chapters.stranded.tests.moving import moved_to_unit

    line = line_of(city)
    village = make.organization("东关村", make.Kind.VILLAGE, parent=city.here.town)
    helper = make.worker("协办员", Role.VILLAGE_HELPER, village)
    mine, theirs = waiting(line, 2)
    moved_to_unit(line, mine, village)
    with pytest.raises(Refused) as refused:
        listed([theirs], helper)
    assert codes(refused) == {"CARD_NUMBER_UNKNOWN"}
    sent_back(line, [mine], by=helper, receiver=city.here.town)
    assert place_of(mine) == ("transit", "甲县城关镇")
