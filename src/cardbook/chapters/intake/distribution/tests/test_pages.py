"""The pages of hand-overs (Art. 5, 6, 20): for whose business it is, blind until counted."""

import io

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook
from pytest_django import DjangoAssertNumQueries

from cardbook.chapters.intake.distribution.tests.sending import agency, place_of, received, sent
from cardbook.chapters.intake.sort.commands import open_box, sort_cards
from cardbook.chapters.safekeeping.stocktaking.commands import start_stocktake
from cardbook.custody.models import Position, Shipment
from cardbook.custody.places import Place
from cardbook.orgs.models import User
from cardbook.people.holders import holder_of
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import NOON, PASSWORD, City
from cardbook.testing.workbooks import cells_of

pytestmark = [pytest.mark.django_db, pytest.mark.article(6), pytest.mark.article(20)]


def addresses(shipment: Shipment) -> list[str]:
    one = [shipment.pk]
    return [
        reverse("handover.list"),
        reverse("handover.show", args=one),
        reverse("handover.receive", args=one),
        reverse("handover.note_difference", args=one),
    ]


def text_of(client: Client, name: str, *args: int, **query: str) -> str:
    answer = client.get(reverse(name, args=args), query, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.article(5)
class TestWhoMayOpen:
    def test_sender_and_receiver_open_it_with_its_article(self, city: City) -> None:
        office, clerk = agency(city)
        shipment = sent(city.here.keeper, office, make.received_cards(city, city.here))
        for actor in (city.here.keeper, clerk, city.here.auditor):
            said = text_of(signed_in(actor), "handover.show", shipment.pk)
            assert "依据：第六条、第八条第一款、第二十条" in said
        assert "依据：第六条" in text_of(signed_in(clerk), "handover.receive", shipment.pk)

    def test_the_neighbour_county_finds_nothing(self, city: City) -> None:
        office, _ = agency(city)
        shipment = sent(city.here.keeper, office, make.received_cards(city, city.here))
        neighbour = signed_in(city.neighbour.keeper)
        assert shipment.number not in text_of(neighbour, "handover.list", view="all")
        for address in addresses(shipment)[1:]:
            assert neighbour.get(address).status_code == 404
        for name in ("handover.take_back", "handover.reroute", "handover.scan"):
            assert neighbour.post(reverse(name, args=[shipment.pk])).status_code == 404
        register = neighbour.get(reverse("register.handover"), {"shipment": shipment.number})
        assert "没有这张交接单" in register.content.decode()

    def test_a_window_sees_only_what_it_gave_or_got(self, city: City) -> None:
        office, _ = agency(city)
        shipment = sent(city.here.keeper, office, make.received_cards(city, city.here))
        window = signed_in(city.here.clerk)
        assert window.get(reverse("handover.show", args=[shipment.pk])).status_code == 404

    def test_whoever_runs_the_machines_has_no_business_here(self, city: City) -> None:
        admin = signed_in(make.worker("系统", make.Role.SYSTEM_ADMIN, city.city))
        assert admin.get(reverse("handover.list")).status_code == 403
        assert signed_in(city.here.reviewer).get(reverse("handover.send")).status_code == 403


class TestSending:
    def form(self, **changes: object) -> dict[str, object]:
        given: dict[str, object] = {
            "key": make.key(), "way": "cards", "numbers": "", "receiver": "", "words": "",
        }  # fmt: skip
        return given | changes

    def test_whole_boxes_go_with_one_button(self, city: City) -> None:
        office, _ = agency(city)
        cards = make.received_cards(city, city.here, count=3)
        box = open_box(
            cabinet="A", shelf="1", box="01", capacity=20, label="城关镇", by=city.here.keeper
        )
        sort_cards(
            card_ids=[card.pk for card in cards], account_id=box.pk, order="town",
            by=city.here.keeper, at=NOON, key=make.key(),
        )  # fmt: skip
        keeper = signed_in(city.here.keeper)
        assert "A-1-01" in text_of(keeper, "handover.send")
        form = self.form(
            way="box", box=[box.pk], receiver=f"{office.code} {office.name}", seals="F-1"
        )
        answer = keeper.post(reverse("handover.send"), form, follow=True)
        assert "3 张卡已交出" in answer.content.decode()
        packed = Shipment.objects.get().boxes.get()
        assert (packed.code, packed.label, packed.seal_number) == ("A-1-01", "城关镇", "F-1")
        again = keeper.post(reverse("handover.send"), form, follow=True)
        assert again.status_code == 200
        assert Shipment.objects.count() == 1

    def test_a_pile_goes_by_part_of_the_receivers_name(self, city: City) -> None:
        office, _ = agency(city)
        make.received_cards(city, city.here, count=2)
        keeper = signed_in(city.here.keeper)
        assert "未填镇街" in text_of(keeper, "handover.send", way="pile")
        form = self.form(way="pile", order="town", pile=["未填镇街"], receiver="社保局")
        keeper.post(reverse("handover.send"), form)
        assert Shipment.objects.get().receiver == office

    def test_a_name_that_several_bear_is_asked_about(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here)
        keeper = signed_in(city.here.keeper)
        form = self.form(numbers=card.number, receiver="窗口")
        answer = keeper.post(reverse("handover.send"), form)
        assert answer.status_code == 422
        assert "有几个机构符合" in answer.content.decode()
        none = keeper.post(reverse("handover.send"), self.form(numbers=card.number, receiver="乙"))
        assert "没有找到这个机构" in none.content.decode()

    def test_refusals_come_row_by_row_and_the_rest_may_go(self, city: City) -> None:
        office, _ = agency(city)
        (card,) = make.received_cards(city, city.here)
        issued = make.issued_card(city, city.here)
        keeper = signed_in(city.here.keeper)
        form = self.form(numbers=f"{card.number}\n{issued.number}", receiver=office.code)
        answer = keeper.post(reverse("handover.send"), form)
        said = answer.content.decode()
        assert answer.status_code == 409
        assert 'data-refusal="ALREADY_ISSUED"' in said
        assert "去掉这 1 张，其余的交出" in said
        done = keeper.post(reverse("handover.send"), form | {"leave_out": "1"}, follow=True)
        assert "1 张卡已交出" in done.content.decode()
        assert place_of(card)[0] == Place.TRANSIT

    def test_what_is_no_card_number_is_said(self, city: City) -> None:
        office, _ = agency(city)
        keeper = signed_in(city.here.keeper)
        form = self.form(numbers="12345", receiver=office.code)
        assert "不是卡号：12345" in keeper.post(reverse("handover.send"), form).content.decode()

    def test_takes_few_queries(
        self, city: City, django_assert_max_num_queries: DjangoAssertNumQueries
    ) -> None:
        make.received_cards(city, city.here, count=4)
        keeper = signed_in(city.here.keeper)
        for way in ("box", "pile", "cards"):
            with django_assert_max_num_queries(10):
                keeper.get(reverse("handover.send"), {"way": way})


class TestCountingIn:
    def test_no_page_of_the_receiver_tells_what_is_expected(self, city: City) -> None:
        office, clerk = agency(city)
        cards = make.received_cards(city, city.here, count=3)
        shipment = sent(city.here.keeper, office, cards)
        client = signed_in(clerk)
        for name in ("handover.receive", "handover.show"):
            said = text_of(client, name, shipment.pk)
            assert not [card.number for card in cards if card.number in said]
            assert "3 张" not in said

    def test_scans_then_agrees_with_one_button(self, city: City) -> None:
        office, clerk = agency(city)
        cards = make.received_cards(city, city.here, count=2)
        shipment = sent(city.here.keeper, office, cards)
        client = signed_in(clerk)
        for card in cards:
            scan = reverse("handover.scan", args=[shipment.pk])
            answer = client.post(scan, {"number": card.number}, headers={"HX-Request": "true"})
        assert "已扫 <strong>2</strong>" in answer.content.decode()
        done = client.post(
            reverse("handover.note_difference", args=[shipment.pk]), {"key": make.key()},
            follow=True,
        )  # fmt: skip
        assert "点收相符：2 张" in done.content.decode()

    def test_a_stray_card_is_said_at_once(self, city: City) -> None:
        office, clerk = agency(city)
        card, stray = make.received_cards(city, city.here, count=2)
        shipment = sent(city.here.keeper, office, [card])
        answer = signed_in(clerk).post(
            reverse("handover.scan", args=[shipment.pk]), {"number": stray.number},
            headers={"HX-Request": "true"},
        )  # fmt: skip
        said = answer.content.decode()
        assert 'data-refusal="NOT_OF_THIS_LIST"' in said
        assert "不在本单 <strong" in said

    def test_differences_are_signed_by_two(self, city: City) -> None:
        office, clerk = agency(city)
        cards = make.received_cards(city, city.here, count=2)
        shipment = sent(city.here.keeper, office, cards)
        client = signed_in(clerk)
        client.post(reverse("handover.scan", args=[shipment.pk]), {"number": cards[0].number})
        finish = reverse("handover.note_difference", args=[shipment.pk])
        asked = client.post(finish, {"key": make.key()}).content.decode()
        assert cards[1].number in asked
        second = User.objects.get(pk=city.here.keeper.user_id).username
        form = {"key": make.key(), "words": "", "second_name": second, "second_password": PASSWORD}
        assert client.post(finish, form).status_code == 422
        wrong = client.post(finish, form | {"words": "少一张", "second_password": "x"})
        assert wrong.status_code == 409
        assert "复核人的用户名或密码不对" in wrong.content.decode()
        done = client.post(finish, form | {"words": "少一张"}, follow=True).content.decode()
        assert "短少 1 张" in done
        assert place_of(cards[1])[0] == Place.TRANSIT


class TestTheList:
    def test_finds_opens_sorts_and_exports(self, city: City) -> None:
        office, clerk = agency(city)
        first = sent(city.here.keeper, office, make.received_cards(city, city.here))
        second = sent(city.here.keeper, city.here.window, make.received_cards(city, city.here))
        keeper = signed_in(city.here.keeper)
        found = text_of(keeper, "handover.list", view="out", q="社保局", sort="old")
        assert first.number in found
        assert second.number not in found
        answer = keeper.get(reverse("handover.list"), {"number": first.number})
        assert answer["Location"] == reverse("handover.show", args=[first.pk])
        opened = signed_in(clerk).get(reverse("handover.list"), {"number": first.number.lower()})
        assert opened["Location"] == reverse("handover.receive", args=[first.pk])
        assert "没有编号为" in text_of(keeper, "handover.list", number="JJ999")
        sheet = keeper.get(reverse("handover.list"), {"view": "out", "export": "xlsx"})
        rows = list(load_workbook(io.BytesIO(sheet.content)).active.values)
        assert rows[0][0] == "交接单"
        assert [row[0] for row in rows[1:]] == [second.number, first.number]

    def test_many_take_no_more_queries_than_one(
        self, city: City, django_assert_max_num_queries: DjangoAssertNumQueries
    ) -> None:
        office, clerk = agency(city)
        for _ in range(4):
            sent(city.here.keeper, office, make.received_cards(city, city.here, count=2))
        one = sent(city.here.keeper, office, make.received_cards(city, city.here, count=9))
        received(one, clerk, "A-1-01")
        keeper = signed_in(city.here.keeper)
        with django_assert_max_num_queries(15):
            keeper.get(reverse("handover.list"), {"view": "all"})
        with django_assert_max_num_queries(17):
            keeper.get(reverse("handover.show", args=[one.pk]))


class TestTheCardsOfOne:
    def test_are_found_ordered_and_taken_along(self, city: City) -> None:
        office, _ = agency(city)
        cards = make.received_cards(city, city.here, count=3)
        shipment = sent(city.here.keeper, office, cards)
        keeper = signed_in(city.here.keeper)
        address = reverse("handover.show", args=[shipment.pk])
        numbers = [card.number for card in cards]
        document = holder_of(cards[1].person).number
        for query, seen in (
            ({}, numbers), ({"sort": "number"}, sorted(numbers)), ({"sort": "left"}, numbers),
            ({"q": numbers[2].lower()}, numbers[2:]), ({"q": document}, numbers[1:2]),
        ):  # fmt: skip
            lines = keeper.get(address, query).context["lines"]
            assert [line.number for line in lines] == seen, query
        assert "没有这样的卡" in keeper.get(address, {"q": "没有这人"}).content.decode()
        chosen = {"export": "xlsx", "card": [str(cards[0].pk)]}
        cells = cells_of(keeper.post(address, chosen).content)
        assert numbers[0] in cells and numbers[1] not in cells
        assert holder_of(cards[0].person).number not in cells

    def test_are_not_taken_along_before_they_are_counted(self, city: City) -> None:
        office, clerk = agency(city)
        shipment = sent(city.here.keeper, office, make.received_cards(city, city.here))
        said = text_of(signed_in(clerk), "handover.show", shipment.pk, export="xlsx")
        assert "点收后再导出" in said


class TestRecallAndReroute:
    def test_ticked_or_typed_cards_come_back(self, city: City) -> None:
        office, _ = agency(city)
        cards = make.received_cards(city, city.here, count=3)
        shipment = sent(city.here.keeper, office, cards)
        keeper = signed_in(city.here.keeper)
        back = reverse("handover.take_back", args=[shipment.pk])
        form = {"key": make.key(), "words": "分错", "card": [cards[0].pk],
                "numbers": cards[1].number}  # fmt: skip
        assert keeper.post(back, form | {"words": ""}).status_code == 422
        done = keeper.post(back, form, follow=True).content.decode()
        assert "2 张未点收的卡已追回" in done
        assert place_of(cards[2])[0] == Place.TRANSIT

    def test_the_receiver_sees_the_request_and_sends_back_with_the_form_filled(
        self, city: City
    ) -> None:
        office, clerk = agency(city)
        cards = make.received_cards(city, city.here, count=2)
        shipment = sent(city.here.keeper, office, cards)
        received(shipment, clerk, "A-1-01")
        keeper = signed_in(city.here.keeper)
        form = {"key": make.key(), "words": "分错", "card": [cards[0].pk]}
        back = reverse("handover.take_back", args=[shipment.pk])
        assert "通知" in keeper.post(back, form, follow=True).content.decode()
        said = text_of(signed_in(clerk), "handover.show", shipment.pk)
        assert "要求追回 1 张（分错）" in said
        asked = {"way": "cards", "asked_back": str(shipment.pk)}
        filled = text_of(signed_in(clerk), "handover.send", **asked)
        assert cards[0].number in filled and cards[1].number not in filled
        assert f'name="asked_back" value="{shipment.pk}"' in said

    def test_goes_to_another_office(self, city: City) -> None:
        office, _ = agency(city)
        shipment = sent(city.here.keeper, office, make.received_cards(city, city.here))
        keeper = signed_in(city.here.keeper)
        form = {"key": make.key(), "words": "改由窗口发", "receiver": city.here.window.name}
        address = reverse("handover.reroute", args=[shipment.pk])
        assert "已改交" in keeper.post(address, form, follow=True).content.decode()
        assert Shipment.objects.order_by("-id")[0].receiver == city.here.window


class TestInsideTheOffice:
    @pytest.mark.article(8, 4)
    def test_a_window_fills_its_drawer_from_the_boxes_of_its_house(self, city: City) -> None:
        cards = make.received_cards(city, city.here, count=2)
        clerk = signed_in(city.here.clerk)
        form = {"key": make.key(), "way": "cards", "numbers": cards[0].number, "words": ""}
        done = clerk.post(reverse("drawer.fill"), form, follow=True).content.decode()
        assert "1 张卡已领入窗口抽屉" in done
        assert place_of(cards[0]) == (Place.DRAWER, city.here.window.pk)
        assert clerk.get(reverse("card.unsort")).status_code == 403

    def test_a_pile_goes_back_to_the_store_to_be_sorted_anew(self, city: City) -> None:
        cards = make.received_cards(city, city.here, count=2)
        box = open_box(
            cabinet="A", shelf="1", box="01", capacity=20, label="", by=city.here.keeper
        )
        sort_cards(
            card_ids=[card.pk for card in cards], account_id=box.pk, order="town",
            by=city.here.keeper, at=NOON, key=make.key(),
        )  # fmt: skip
        keeper = signed_in(city.here.keeper)
        form = {"key": make.key(), "way": "box", "box": [box.pk], "words": "分错镇"}
        keeper.post(reverse("card.unsort"), form)
        assert place_of(cards[0]) == (Place.STORE, city.here.card_body.pk)
        empty = keeper.post(reverse("card.unsort"), form | {"key": make.key()})
        assert 'data-refusal="NOTHING_CHOSEN"' in empty.content.decode()

    def two_boxes(self, city: City) -> None:
        """Box A-1-01 with two cards, box A-1-02 with one."""
        cards = make.received_cards(city, city.here, count=3)
        for number, label, some in (("01", "北街村", cards[:2]), ("02", "东关村", cards[2:])):
            box = open_box(
                cabinet="A", shelf="1", box=number, capacity=20, label=label, by=city.here.keeper
            )
            sort_cards(
                card_ids=[card.pk for card in some], account_id=box.pk, order="town",
                by=city.here.keeper, at=NOON, key=make.key(),
            )  # fmt: skip

    def test_boxes_and_piles_are_sought_put_into_order_and_taken_along(self, city: City) -> None:
        self.two_boxes(city)
        keeper = signed_in(city.here.keeper)
        for name in ("card.unsort", "drawer.fill", "handover.send"):
            url = reverse(name)
            for sort, codes in (
                ("code", ["A-1-01", "A-1-02"]), ("label", ["A-1-02", "A-1-01"]),
                ("most", ["A-1-01", "A-1-02"]), ("fewest", ["A-1-02", "A-1-01"]),
            ):  # fmt: skip
                boxes = keeper.get(url, {"sort": sort}).context["boxes"]
                assert [box.code for box in boxes] == codes, (name, sort)
            found = keeper.get(url, {"q": "东关"}).context["boxes"]
            assert [box.code for box in found] == ["A-1-02"]
            all_ = cells_of(keeper.post(f"{url}?q=A-1", {"way": "box", "export": "xlsx"}).content)
            assert all_.count("A-1-01") == all_.count("A-1-02") == 1
            ticked = {"way": "box", "box": [found[0].id], "export": "xlsx"}
            some = cells_of(keeper.post(url, ticked).content)
            assert "A-1-02" in some and "A-1-01" not in some
            piles = keeper.get(url, {"way": "pile", "order": "batch", "sort": "most"})
            (pile,) = piles.context["piles"]
            along = {"way": "pile", "order": "batch", "pile": [pile.key], "export": "xlsx"}
            assert cells_of(keeper.post(url, along).content)[-2:] == [pile.label, "3"]
        assert Position.objects.filter(account__kind=Place.BOX).count() == 3

    def test_what_is_counted_blind_is_told_by_no_list_to_choose_from(self, city: City) -> None:
        self.two_boxes(city)
        keeper, url = signed_in(city.here.keeper), reverse("card.unsort")
        start_stocktake(
            scope="office", organization_id=city.here.card_body.pk, by=city.here.keeper
        )
        for asked in ({"sort": "fewest"}, {"way": "pile", "sort": "fewest"}):
            assert "盘点中" in keeper.get(url, asked).content.decode()
            along = cells_of(keeper.post(url, asked | {"export": "xlsx"}).content)
            assert "盘点中" in along and not {"1", "2", "3"} & set(along)
        codes = [box.code for box in keeper.get(url, {"sort": "fewest"}).context["boxes"]]
        assert codes == ["A-1-01", "A-1-02"]

    @pytest.mark.article(5)
    def test_the_neighbours_cards_stay_where_they_are(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here)
        form = {"key": make.key(), "way": "cards", "numbers": card.number, "words": ""}
        for name in ("card.unsort", "drawer.fill"):
            answer = signed_in(city.neighbour.keeper).post(reverse(name), form)
            assert 'data-refusal="OUT_OF_REACH"' in answer.content.decode()
        assert place_of(card)[0] == Place.STORE


def test_several_lists_are_called_back_with_an_answer_for_each(city: City) -> None:
    office, clerk = agency(city)
    waiting = sent(city.here.keeper, office, make.received_cards(city, city.here, count=2))
    counted = sent(city.here.keeper, office, make.received_cards(city, city.here))
    received(counted, clerk, "A-1-01")
    theirs = make.received_cards(city, city.neighbour)
    foreign = sent(city.neighbour.keeper, city.neighbour.window, theirs)
    keeper = signed_in(city.here.keeper)
    assert "追回所选" in text_of(keeper, "handover.list", view="out")
    form = {"key": make.key(), "words": "暂停发放",
            "shipment": [waiting.pk, counted.pk, foreign.pk]}  # fmt: skip
    answer = keeper.post(reverse("handover.recall_lists"), form, follow=True).content.decode()
    assert f"{waiting.number}：2 张已追回" in answer
    assert f"{counted.number}：交接单" in answer
    assert foreign.number not in answer
    assert place_of(theirs[0])[0] == Place.TRANSIT
