"""The pages of returning and cancelling (Art. 17, 18): who opens them, what they answer."""

from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from cardbook.chapters.stranded.models import BankNotice, ReturnLine, ReturnList
from cardbook.chapters.stranded.send_back import commands, notice_queries, queries
from cardbook.chapters.stranded.tests import line as on
from cardbook.chapters.stranded.tests.line import Line, fresh, line_of
from cardbook.custody.models import Shipment
from cardbook.law.roles import Role
from cardbook.lifecycle.facts import Stranding
from cardbook.orgs.actors import Actor
from cardbook.orgs.models import User
from cardbook.people.holders import holder_of
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import NOON, PASSWORD, City
from cardbook.testing.pictures import png
from cardbook.testing.workbooks import cells_of

pytestmark = [pytest.mark.django_db, pytest.mark.article(17)]
HX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def line(city: City) -> Line:
    return line_of(city)


@pytest.fixture
def keeper(line: Line) -> Client:
    return signed_in(line.clerk)


def signature(second: Actor, prefix: str = "") -> dict[str, str]:
    dash = f"{prefix}-" if prefix else ""
    return {
        f"{dash}second_name": User.objects.get(pk=second.user_id).username,
        f"{dash}second_password": PASSWORD,
        f"{dash}key": make.key(),
    }


def proof_of(item: ReturnLine, **changes: Any) -> dict[str, Any]:
    """A proof as it is posted; `changes` is the one thing a test makes different."""
    picture = SimpleUploadedFile("proof.png", png(), "image/png")
    return {
        "line": str(item.pk), "kind": "cremation", "number": "第0001号", "on": "2026-10-01",
        "picture": picture,
    } | changes  # fmt: skip


class TestReturn:
    def test_scan_reason_and_enter(self, line: Line, keeper: Client) -> None:
        cards = on.waiting(line, 2)
        address = reverse("stranded.send_back.scan")
        for card in cards:
            given = {"number": card.number, "reason": "dead"}
            answer = keeper.post(address, given, **HX)
            assert answer.status_code == 200
        assert "证明缺种类、编号或出具机关、日期、影像" in answer.content.decode()
        for item in ReturnList.objects.get().lines.all():
            answer = keeper.post(address, proof_of(item), **HX)
            assert answer.status_code == 200 and "证明已存" in answer.content.decode()
        given = {
            "returned": str(ReturnList.objects.get().pk), "key": make.key(),
            "receiver": str(line.county.card_body.pk),
        }  # fmt: skip
        page = keeper.post(reverse("stranded.send_back"), given, follow=True)
        html = page.content.decode()
        assert "2 张卡已退回" in html and "打印滞留原因统计表" in html
        assert {card.stage for card in fresh(cards)} == {"returned"}

    def test_tells_what_is_wrong_with_a_scan(self, line: Line, keeper: Client) -> None:
        (card,) = on.waiting(line)
        address = reverse("stranded.send_back.scan")
        for given, said in (
            ({"number": "12", "reason": "dead"}, "应为 9 位"),
            ({"number": "Z00000000", "reason": "dead"}, "台账没有卡号"),
            ({"number": card.number}, "没有选滞留原因"),
            ({"number": card.number, "reason": "bored"}, "原因不在表中"),
            ({}, "没有读到卡号"),
        ):
            answer = keeper.post(address, given, **HX)
            assert answer.status_code == 409 and said in answer.content.decode(), given
        assert keeper.post(address, {"number": card.number}).status_code == 302

    def test_the_list_is_searched_ordered_ticked_and_taken_along(
        self, line: Line, keeper: Client
    ) -> None:
        cards = on.waiting(line, 3)
        scan, address = reverse("stranded.send_back.scan"), reverse("stranded.send_back")
        for card, reason in zip(cards, ("dead", "away", "dead"), strict=True):
            keeper.post(scan, {"number": card.number, "reason": reason}, **HX)

        def rows(**asked: str) -> list[int]:
            return [one.row for one in keeper.get(address, asked).context["found"]]

        assert rows() == [3, 2, 1] and rows(sort="row") == [1, 2, 3]
        assert rows(sort="reason") == [2, 1, 3] or rows(sort="reason") == [1, 3, 2]
        assert rows(q=cards[1].number.lower()) == [2]
        asked = {"to": address, "q": holder_of(cards[2].person).name, "export": "xlsx"}
        book = cells_of(keeper.post(reverse("list.ask"), asked, follow=True).content)
        assert any(cards[2].number in cell for cell in book)
        number = holder_of(cards[2].person).number
        assert not any(number in cell for cell in book)
        some = ReturnLine.objects.filter(card__in=cards[:2]).values_list("pk", flat=True)
        gone = keeper.post(scan, {"remove": list(some), "remove_ticked": "1"}, **HX)
        assert "已移出 2 张" in gone.content.decode()
        assert [one.card_id for one in ReturnLine.objects.all()] == [cards[2].pk]
        none = keeper.post(scan, {"remove_ticked": "1"}, **HX)
        assert none.status_code == 409 and "没有勾选要移出的卡" in none.content.decode()

    @pytest.mark.article(20)
    def test_a_card_of_another_office_is_not_said_to_be_unknown(
        self, line: Line, keeper: Client
    ) -> None:
        stranger = make.received_cards(line.city, line.city.here)[0]
        given = {"number": stranger.number, "reason": "away"}
        helper = make.worker("镇协办员", Role.VILLAGE_HELPER, line.city.here.town)
        village = signed_in(helper)
        answer = village.post(reverse("stranded.send_back.scan"), given, **HX)
        assert answer.status_code == 409 and "不在本单位" in answer.content.decode()
        neighbour = signed_in(line.city.neighbour.keeper)
        answer = neighbour.post(reverse("stranded.send_back.scan"), given, **HX)
        assert "台账没有卡号" in answer.content.decode()

    @pytest.mark.article(16)
    def test_what_cannot_go_back_is_taken_off_at_one_go_and_named(
        self, line: Line, keeper: Client
    ) -> None:
        told, *untold = on.waiting(line, 3)
        on.told_three_times([told], line.clerk)
        address = reverse("stranded.send_back.scan")
        for card in (told, *untold):
            keeper.post(address, {"number": card.number, "reason": "away"}, **HX)
        answer = keeper.post(address, {"remove_hindered": "1"}, **HX)
        html = answer.content.decode()
        assert "已移出 2 张" in html and all(card.number in html for card in untold)
        assert [one.card_id for one in ReturnLine.objects.all()] == [told.pk]

    def test_a_bad_part_of_a_proof_is_told_and_the_rest_is_kept(
        self, line: Line, keeper: Client
    ) -> None:
        on.listed(on.waiting(line), line.clerk, proved=False)
        address, item = reverse("stranded.send_back.scan"), ReturnLine.objects.get()
        for changes, said in (
            ({"on": "2100-01-01"}, "证明日期不能晚于今天"),
            ({"picture": SimpleUploadedFile("a.png", b"GIF8")}, "不是 JPG 或 PNG"),
            ({"number": "9" * 81}, "80 字以内"),
        ):
            answer = keeper.post(address, proof_of(item, **changes), **HX)
            assert answer.status_code == 409 and said in answer.content.decode(), changes
            item.refresh_from_db()
            assert item.proof == "cremation"
        assert (item.proof_number, f"{item.proof_on}") == ("", "2026-10-01")
        assert "证明缺编号或出具机关" in answer.content.decode()
        gone = keeper.post(address, proof_of(item, line="9999"), **HX)
        assert gone.status_code == 409 and "没有这一行" in gone.content.decode()

    @pytest.mark.article(13)
    def test_wrong_information_leads_to_the_wrong_cards(self, line: Line, keeper: Client) -> None:
        (card,) = on.waiting(line)
        given = {"number": card.number, "reason": "wrong_information"}
        answer = keeper.post(reverse("stranded.send_back.scan"), given, **HX)
        assert answer.status_code == 409
        assert reverse("error.record", args=[card.pk]) in answer.content.decode()
        assert not ReturnLine.objects.exists()

    def test_the_picture_of_a_proof_is_for_who_sends_and_who_receives(self, line: Line) -> None:
        shipment = on.sent_back(line, on.waiting(line))
        item = ReturnLine.objects.get(returned__shipment=shipment)
        address = reverse("stranded.proof", args=[item.pk])
        seen = signed_in(line.county.keeper).get(address)
        assert (seen.content, seen["Content-Type"]) == (png(), "image/png")
        assert seen["Cache-Control"] == "private, no-store"
        assert signed_in(line.city.neighbour.keeper).get(address).status_code == 404
        helper = make.worker("协办员", Role.VILLAGE_HELPER, line.county.town)
        assert signed_in(helper).get(address).status_code == 404
        assert signed_in(line.teller).get(address).status_code == 404
        listed = signed_in(line.county.keeper).get(reverse("stranded.returned"))
        assert address not in listed.content.decode()

    def test_refused_keeps_the_list(self, line: Line, keeper: Client) -> None:
        (card,) = on.waiting(line)
        open_list = on.listed([card], line.clerk, reason=Stranding.REFUSES)
        given = {
            "returned": str(open_list.pk), "receiver": str(line.county.card_body.pk),
            "key": make.key(),
        }  # fmt: skip
        page = keeper.post(reverse("stranded.send_back"), given)
        assert page.status_code == 409
        assert 'data-refusal="TOO_FEW_CONTACTS"' in page.content.decode()
        assert card.number in page.content.decode()
        assert keeper.post(reverse("stranded.send_back"), {"returned": "9999"}).status_code == 302

    def test_the_lists_read_with_the_same_queries_however_long(
        self, line: Line, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        on.listed(on.waiting(line, 5), line.clerk)
        with django_assert_num_queries(4):
            queries.open_list(by=line.clerk, on=timezone.localdate())
        on.returned(line, 1)


class TestReceive:
    def test_by_scan_and_what_is_missing_stays_under_way(self, line: Line, keeper: Client) -> None:
        cards = on.waiting(line, 2)
        shipment = on.sent_back(line, cards)
        address = reverse("stranded.receive_back", args=[shipment.pk])
        assert keeper.get(address).status_code == 200
        scan = reverse("stranded.receive_back.scan", args=[shipment.pk])
        assert "相符" in keeper.post(scan, {"number": cards[0].number}, **HX).content.decode()
        odd = keeper.post(scan, {"number": "Z00000000"}, **HX)
        assert odd.status_code == 409 and "单独存放待查" in odd.content.decode()
        keeper.post(scan, {"remove": "Z00000000"}, **HX)
        page = keeper.post(address, {"key": make.key()}, follow=True)
        assert "还有 1 张未到" in page.content.decode()
        page = keeper.post(address, {"key": make.key()}, follow=True)
        assert "没有可点收的卡" in page.content.decode()
        listed = keeper.get(reverse("stranded.returns"), {"state": "open"})
        assert [row.number for row in listed.context["rows"]] == [shipment.number]
        assert keeper.get(reverse("stranded.returns"), {"state": "done"}).context["rows"] == []
        for text in (shipment.number, shipment.receiver.name, shipment.return_list.number):
            found = keeper.get(reverse("stranded.returns"), {"q": text})
            assert len(found.context["rows"]) == 1, text
        assert keeper.get(reverse("stranded.returns"), {"q": "没有的镇"}).context["rows"] == []
        for state, listed_there in (("open", True), ("done", False)):
            seen = keeper.get(reverse("stranded.returns"), {"state": state, "export": "xlsx"})
            assert (shipment.number in cells_of(seen.content)) is listed_there

    def test_returns_are_ordered_and_those_ticked_exported_alone(
        self, line: Line, keeper: Client
    ) -> None:
        first, second = (on.sent_back(line, on.waiting(line, count)) for count in (1, 2))
        address = reverse("stranded.returns")
        for sort, ids in (
            ("new", [second.pk, first.pk]), ("old", [first.pk, second.pk]),
            ("left", [second.pk, first.pk]), ("sender", [second.pk, first.pk]),
            ("odd", [second.pk, first.pk]),
        ):  # fmt: skip
            rows = keeper.get(address, {"sort": sort}).context["rows"]
            assert [row.id for row in rows] == ids, sort
        page = keeper.get(address, {"export": "xlsx", "pick": [str(first.pk)]})
        cells = cells_of(page.content)
        assert first.number in cells and second.number not in cells

    def test_the_list_of_returns_asks_no_more_for_more(
        self, line: Line, keeper: Client, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        on.sent_back(line, on.waiting(line))
        address = reverse("stranded.returns")
        keeper.get(address)
        with CaptureQueriesContext(connection) as few:
            keeper.get(address)
        for _ in range(3):
            on.sent_back(line, on.waiting(line))
        with django_assert_num_queries(len(few)):
            keeper.get(address)

    def test_the_cards_of_one_return_are_found_ordered_and_taken_along(
        self, line: Line, keeper: Client
    ) -> None:
        cards = on.waiting(line, 3)
        shipment = on.sent_back(line, cards)
        on.scanned(shipment, cards[:1], line.clerk)
        commands.receive_back(shipment_id=shipment.pk, by=line.clerk, at=NOON, key=make.key())
        address = reverse("stranded.return_cards", args=[shipment.pk])
        assert address in keeper.get(reverse("stranded.returns")).content.decode()
        numbers = [card.number for card in cards]
        document = holder_of(cards[1].person).number
        for query, seen in (
            ({}, numbers), ({"sort": "number"}, sorted(numbers)), ({"sort": "odd"}, numbers),
            ({"state": "left"}, numbers[1:]), ({"state": "in"}, numbers[:1]),
            ({"q": numbers[2]}, numbers[2:]), ({"q": document}, numbers[1:2]),
        ):  # fmt: skip
            page = keeper.get(address, query)
            assert [row.number for row in page.context["rows"]] == seen, query
            assert cells_of(keeper.get(address, query | {"export": "xlsx"}).content).count(
                "死亡"
            ) == len(seen), query
        assert [row.under_way for row in keeper.get(address).context["rows"]] == [
            False,
            True,
            True,
        ]
        assert "没有符合条件的卡" in keeper.get(address, {"q": "没有这人"}).content.decode()
        cells = cells_of(keeper.get(address, {"export": "1", "pick": cards[2].pk}).content)
        assert numbers[2] in cells and numbers[1] not in cells
        assert holder_of(cards[2].person).number not in cells

    def test_the_cards_of_one_return_ask_no_more_for_more(
        self, line: Line, keeper: Client, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        one, many = (on.sent_back(line, on.waiting(line, count)) for count in (1, 4))
        few_address = reverse("stranded.return_cards", args=[one.pk])
        keeper.get(few_address)
        with CaptureQueriesContext(connection) as few:
            keeper.get(few_address)
        with django_assert_num_queries(len(few)):
            keeper.get(reverse("stranded.return_cards", args=[many.pk]))

    @pytest.mark.article(5)
    def test_the_neighbour_finds_nothing(self, line: Line) -> None:
        shipment = on.sent_back(line, on.waiting(line))
        client = signed_in(line.city.neighbour.keeper)
        cards = reverse("stranded.return_cards", args=[shipment.pk])
        assert client.get(cards).status_code == 404
        assert client.get(reverse("stranded.receive_back", args=[shipment.pk])).status_code == 404
        scan = reverse("stranded.receive_back.scan", args=[shipment.pk])
        assert client.post(scan, {"number": "Z00000000"}).status_code == 404
        assert client.get(reverse("stranded.returns")).context["rows"] == []
        sheet = client.get(reverse("register.stranded_form"), {"shipment": str(shipment.pk)})
        assert "没有这张交接单" in sheet.content.decode()


@pytest.mark.article(18)
class TestReturned:
    def test_cancels_what_was_ticked(self, line: Line, keeper: Client) -> None:
        cards = on.returned(line, 2)
        page = keeper.get(reverse("stranded.returned"))
        assert "银行未反馈" in page.content.decode()
        given = signature(line.county.reviewer, "cancel") | {
            "card": [str(card.pk) for card in cards], "cancel-words": "死亡证明",
            "cancel-checked": "on",
        }  # fmt: skip
        page = keeper.post(reverse("card.cancel_returned"), given, follow=True)
        assert "2 张卡已注销" in page.content.decode()
        assert {card.stage for card in fresh(cards)} == {"cancelled"}

    def test_says_row_by_row_what_was_not_cancelled(self, line: Line, keeper: Client) -> None:
        cards = on.returned(line, 1)
        (other,) = on.waiting(line)
        given = signature(line.county.reviewer, "cancel") | {
            "card": [str(cards[0].pk), str(other.pk)], "cancel-words": "死亡证明",
            "cancel-checked": "on",
        }  # fmt: skip
        page = keeper.post(reverse("card.cancel_returned"), given)
        assert "1 张没有注销" in page.content.decode()
        assert "1 张卡已注销" in page.content.decode()

    def test_says_row_by_row_what_was_not_put_back_or_passed_on(
        self, line: Line, keeper: Client
    ) -> None:
        back, on_up = on.returned(line, 2)
        (other,) = on.waiting(line)
        given = signature(line.county.reviewer, "back") | {
            "card": [str(back.pk), str(other.pk)], "back-words": "本人返回",
        }  # fmt: skip
        html = keeper.post(reverse("stranded.put_back"), given).content.decode()
        assert "1 张没有恢复" in html and "1 张卡已恢复待发" in html
        given = {
            "card": [str(on_up.pk), str(other.pk)], "pass-receiver": str(line.centre.pk),
            "pass-pass_words": "", "pass_key": make.key(),
        }  # fmt: skip
        page = keeper.post(reverse("stranded.pass_on"), given)
        html = page.content.decode()
        assert "1 张没有上交" in html and "1 张卡已上交" in html
        assert [id_ for id_, _, _ in page.context["results"]] == [other.pk]
        keeper.post(reverse("stranded.pass_on"), given)
        assert Shipment.objects.filter(receiver=line.centre).count() == 1

    def test_passing_on_names_every_card_another_office_has(self, line: Line) -> None:
        (here,) = on.returned(line)
        there = on.returned(line, 2)
        given: dict[str, Any] = {
            "receiver_id": line.centre.pk, "words": "", "by": line.clerk, "at": on.LATER,
        }  # fmt: skip
        commands.pass_on(card_ids=[card.pk for card in there], key=make.key(), **given)
        outcome = commands.pass_on_those_that_may(
            card_ids=[card.pk for card in (here, *there)], key=make.key(), **given
        )
        assert outcome.done == (here.pk,)
        assert {one.reason.code for one in outcome.refused.values()} == {"OTHER_OFFICE"}
        assert set(outcome.refused) == {card.pk for card in there}

    def test_asks_for_the_checks_and_another_person(self, line: Line, keeper: Client) -> None:
        cards = on.returned(line)
        given = signature(line.clerk, "cancel") | {
            "card": str(cards[0].pk), "cancel-words": "死亡证明",
        }  # fmt: skip
        page = keeper.post(reverse("card.cancel_returned"), given)
        assert page.status_code == 422 and "逐张核对" in page.content.decode()
        page = keeper.post(reverse("card.cancel_returned"), given | {"cancel-checked": "on"})
        assert page.status_code == 409
        assert "两个签名不能是同一人" in page.content.decode()
        assert keeper.get(reverse("card.cancel_returned")).status_code == 302

    def test_puts_back_and_passes_on(self, line: Line, keeper: Client) -> None:
        back, on_up = on.returned(line, 2)
        given = signature(line.county.reviewer, "back") | {
            "card": str(back.pk), "back-words": "本人返回",
        }  # fmt: skip
        page = keeper.post(reverse("stranded.put_back"), given, follow=True)
        assert "1 张卡已恢复待发" in page.content.decode()
        given = {
            "card": str(on_up.pk), "pass-receiver": str(line.centre.pk), "pass-pass_words": "",
            "pass_key": make.key(),
        }  # fmt: skip
        page = keeper.post(reverse("stranded.pass_on"), given, follow=True)
        assert "1 张卡已上交" in page.content.decode()
        assert Shipment.objects.latest("pk").receiver == line.centre
        sheet = keeper.get(reverse("register.stranded_form"))
        assert on_up.number in sheet.content.decode()

    def test_reads_any_number_of_rows_with_the_same_queries(
        self, line: Line, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        on.returned(line, 4)
        places = list(queries.returned_cards(line.clerk))
        with django_assert_num_queries(3):
            assert len(queries.returned_rows(places, at=timezone.now())) == 4

    @pytest.mark.article(17)
    def test_a_death_that_is_proved_and_not_on_record_is_said(
        self, line: Line, keeper: Client
    ) -> None:
        (card,) = on.returned(line)
        (known,) = on.returned(line, people=[make.person(died_on=date(2026, 9, 1))])
        address = reverse("stranded.returned")
        noting, noted = (reverse("holder.note_death", args=[one.pk]) for one in (card, known))
        shown = keeper.get(address).content.decode()
        assert shown.count("凭死亡证明退回，还没有登记死亡") == shown.count(noting) == 1
        assert "已登记死亡" in shown and noted not in shown
        assert noting not in signed_in(line.county.auditor).get(address).content.decode()

    def test_filters_by_reason_and_number(self, line: Line, keeper: Client) -> None:
        cards = on.returned(line, 2)
        address = reverse("stranded.returned")
        assert len(keeper.get(address, {"reason": "dead"}).context["rows"]) == 2
        assert keeper.get(address, {"reason": "away"}).context["rows"] == []
        assert len(keeper.get(address, {"q": cards[0].number}).context["rows"]) == 1

    def test_finds_by_name_and_document_in_the_order_asked_for(
        self, line: Line, keeper: Client
    ) -> None:
        one, other = on.returned(line, 2)
        address, holder = reverse("stranded.returned"), holder_of(one.person)
        assert [row.id for row in keeper.get(address, {"q": holder.number}).context["rows"]] == [
            one.pk
        ]
        named = keeper.get(address, {"q": holder.name}).context["rows"]
        assert one.pk in [row.id for row in named]
        assert keeper.get(address, {"q": "查无此人"}).context["rows"] == []
        for sort in queries.RETURNED_SORTS:
            rows = keeper.get(address, {"sort": sort, "reason": "dead"}).context["rows"]
            assert {row.id for row in rows} == {one.pk, other.pk}, sort
        backwards = keeper.get(address, {"sort": "new"}).context["rows"]
        assert [row.id for row in backwards] == [other.pk, one.pk]

    def test_is_exported_as_seen_with_masked_numbers(self, line: Line, keeper: Client) -> None:
        one, other = on.returned(line, 2)
        page = keeper.get(reverse("stranded.returned"), {"export": "xlsx", "q": one.number})
        cells = cells_of(page.content)
        assert one.number in cells and other.number not in cells and "死亡" in "".join(cells)
        assert holder_of(one.person).number not in cells


@pytest.mark.article(18)
class TestBankNotices:
    def test_are_sent_and_answered(self, line: Line, keeper: Client) -> None:
        on.cancelled(line)
        notice, address = BankNotice.objects.get(), reverse("stranded.bank_notices")
        assert "登记送出" in keeper.get(address, {"state": "open"}).content.decode()
        keeper.post(address, {"notice": str(notice.pk), "way": "专人送达"})
        page = keeper.post(address, {"notice": str(notice.pk), "on": "2100-01-01", "words": "办"})
        assert page.status_code == 422
        today = f"{timezone.localdate()}"
        keeper.post(address, {"notice": str(notice.pk), "on": today, "words": "已销户"})
        notice.refresh_from_db()
        assert notice.acknowledged_words == "已销户"
        again = keeper.post(address, {"notice": str(notice.pk), "way": "再送"}, follow=True)
        assert "已经登记送出" in again.content.decode()

    def test_several_are_noted_as_sent_each_with_its_result(
        self, line: Line, keeper: Client
    ) -> None:
        on.cancelled(line)
        address = reverse("stranded.bank_notices")
        assert "请先勾选" in keeper.post(address, {"chosen": "1", "ways": "邮寄"}).content.decode()
        (first,) = BankNotice.objects.all()
        keeper.post(address, {"chosen": "1", "ways": "邮寄", "pick": str(first.pk)})
        on.cancelled(line)
        second = BankNotice.objects.latest("pk")
        assert second != first
        given = {"chosen": "1", "ways": "专人送达", "pick": [str(first.pk), str(second.pk)]}
        results = dict(keeper.post(address, given).context["results"])
        assert "已登记送出" in results[second.number]
        assert "已经登记送出" in results[first.number]
        first.refresh_from_db()
        assert first.sent_way == "邮寄"
        odd = keeper.post(address, given | {"ways": " "})
        assert odd.status_code == 422 and "请写明怎样送出" in odd.content.decode()

    def test_nobody_but_the_card_body_notes_them_as_sent(self, line: Line) -> None:
        on.cancelled(line)
        address, notice = reverse("stranded.bank_notices"), BankNotice.objects.get()
        given = {"chosen": "1", "ways": "邮寄", "pick": str(notice.pk)}
        there = signed_in(line.city.neighbour.keeper).post(address, given)
        assert "请先勾选" in there.content.decode()
        reader = signed_in(line.county.reviewer).post(address, given)
        assert "已登记送出" not in reader.content.decode()
        notice.refresh_from_db()
        assert notice.sent_at is None

    def test_are_searched_ordered_and_exported_as_seen(self, line: Line, keeper: Client) -> None:
        on.cancelled(line)
        notice, address = BankNotice.objects.get(), reverse("stranded.bank_notices")
        for text in (notice.number, notice.bank.name):
            assert list(keeper.get(address, {"q": text}).context["found"]) == [notice]
        for sort in notice_queries.SORTS:
            assert list(keeper.get(address, {"sort": sort}).context["found"]) == [notice]
        html = keeper.get(address, {"q": "没有的银行"}).content.decode()
        assert "没有符合条件的告知函" in html
        seen = cells_of(keeper.get(address, {"export": "xlsx"}).content)
        assert notice.number in seen and "未送出" in seen
        none = keeper.post(f"{address}?state=done", {"export": "xlsx"})
        assert notice.number not in cells_of(none.content)
        one = keeper.post(address, {"export": "xlsx", "pick": str(notice.pk)})
        assert notice.number in cells_of(one.content)

    def test_print_as_a_letter_and_a_workbook(self, line: Line, keeper: Client) -> None:
        (card,) = on.cancelled(line)
        page = keeper.get(reverse("register.bank_notice"))
        assert card.number in page.content.decode()
        made = keeper.post(
            f"{reverse('register.bank_notice')}?notice={BankNotice.objects.get().pk}",
            {"key": make.key()}, follow=True,
        )  # fmt: skip
        assert "核验通过" in made.content.decode()
        start = "2026-11-20"
        query = {"office": line.county.card_body.code, "start": start, "end": start}
        page = keeper.get(reverse("register.cancel_register"), query)
        assert card.number in page.content.decode() and "未送出" in page.content.decode()

    def test_are_not_for_villages_and_neighbours(self, line: Line) -> None:
        on.cancelled(line)
        address = reverse("stranded.bank_notices")
        assert signed_in(line.county.clerk).get(address).status_code == 403
        there = signed_in(line.city.neighbour.keeper)
        assert "没有告知函" in there.get(address).content.decode()
        notice = BankNotice.objects.get()
        assert there.post(address, {"notice": str(notice.pk), "way": "x"}).status_code == 404
