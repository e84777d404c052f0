"""A wrong or defective card an outlet took back goes home in two phases (Art. 9, 13, 20)."""

from datetime import timedelta
from functools import partial

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cardbook.cards.models import Card
from cardbook.chapters.corrections.wrong_cards.tests import wrong
from cardbook.chapters.intake.distribution.tests import sending
from cardbook.chapters.issuance.defect.tests.test_defect import record as record_defect
from cardbook.chapters.stranded import arrivals
from cardbook.chapters.stranded.bring_home import commands
from cardbook.chapters.stranded.bring_home.register import home_list_sheet
from cardbook.chapters.stranded.destruction import commands as destruction
from cardbook.custody.models import Movement, Position, Purpose, Shipment
from cardbook.custody.places import Place
from cardbook.insight.check import recount
from cardbook.law.parameters import whole_number
from cardbook.law.roles import Role
from cardbook.ledger.models import Event
from cardbook.lib.clock import local_day
from cardbook.lifecycle.perform import Done
from cardbook.lifecycle.refusals import Refused
from cardbook.orgs.actors import Actor
from cardbook.orgs.models import Kind, Organization
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import NOON, City
from cardbook.testing.races import in_words, together
from cardbook.testing.workbooks import cells_of

pytestmark = [pytest.mark.article(13), pytest.mark.article(9)]


def codes(refused: pytest.ExceptionInfo[Refused]) -> set[str]:
    return {one.code for one in refused.value.refusals}


def place_of(card: Card) -> tuple[str, int]:
    account = Position.objects.select_related("account").get(card=card).account
    return account.kind, account.organization_id


def at_outlet(city: City, outlet: Organization, teller: Actor) -> tuple[Card, Card]:
    """A wrong card and a defective one among what an outlet acknowledged."""
    bad, good = make.received_cards(city, city.here, count=2)
    shipment = sending.sent(city.here.keeper, outlet, [bad, good])
    sending.received(shipment, teller, bad.number, good.number)
    wrong.record(bad, by=teller)
    record_defect(good, by=teller)
    return bad, good


def send(cards: list[Card], by: Actor, receiver: Organization, key: str = "") -> Done:
    return commands.send_home(
        card_ids=[card.pk for card in cards], receiver_id=receiver.pk, words="随盘点袋", by=by,
        at=NOON, key=key or make.key(),
    )  # fmt: skip


def sent(cards: list[Card], by: Actor, receiver: Organization) -> Shipment:
    return Shipment.objects.get(batch=send(cards, by, receiver).batch)


def receive(shipment: Shipment, by: Actor, *cards: Card, key: str = "") -> Done:
    for card in cards:
        arrivals.scan_arrival(shipment=shipment, text=card.number, by=by)
    return commands.receive_home(shipment_id=shipment.pk, by=by, at=NOON, key=key or make.key())


@pytest.fixture
def lying(city: City, outlet: Organization, teller: Actor) -> tuple[Card, Card]:
    return at_outlet(city, outlet, teller)


@pytest.mark.django_db
class TestSendHome:
    def test_what_is_given_is_on_its_way_to_the_card_body_and_nowhere_else(
        self, city: City, lying: tuple[Card, Card], teller: Actor, outlet: Organization
    ) -> None:
        before = Movement.objects.count()
        shipment = sent([*lying], teller, city.here.card_body)
        assert (shipment.purpose, shipment.sender_id) == (Purpose.HOME, outlet.pk)
        for card, hold in zip(lying, ("error", "defect"), strict=True):
            card.refresh_from_db()
            assert place_of(card) == (Place.TRANSIT, city.here.card_body.pk)
            assert (card.stage, card.hold) == ("recalled", hold)
        assert Movement.objects.count() == before + 1
        events = Event.objects.filter(act="recalled.send_home")
        assert {one.actor_id for one in events} == {teller.user_id} and events.count() == 2
        assert recount().holds

    def test_the_same_request_twice_is_one(
        self, city: City, lying: tuple[Card, Card], teller: Actor
    ) -> None:
        first = send([*lying], teller, city.here.card_body, key="once")
        again = send([*lying], teller, city.here.card_body, key="once")
        assert again.repeated and again.batch == first.batch and Shipment.objects.count() == 2

    @pytest.mark.article(20)
    def test_nobody_gives_what_another_office_has(
        self, city: City, lying: tuple[Card, Card], teller: Actor
    ) -> None:
        beside = make.organization("示范银行乙县支行", Kind.BRANCH, parent=city.bank)
        for by, code in (
            (make.worker("柜员乙", Role.BANK_TELLER, beside), "OUT_OF_REACH"),
            (city.here.clerk, "OUT_OF_REACH"),
            (city.neighbour.clerk, "OUT_OF_REACH"),
            (city.here.keeper, "ROLE_MAY_NOT"),
            (city.here.auditor, "ROLE_MAY_NOT"),
        ):
            with pytest.raises(Refused) as refused:
                send([*lying], by, city.here.card_body)
            assert codes(refused) == {code}, by.name
        assert not Event.objects.filter(act="recalled.send_home").exists()

    @pytest.mark.article(5)
    def test_each_card_goes_home_to_its_own_county(
        self, city: City, lying: tuple[Card, Card], teller: Actor, outlet: Organization
    ) -> None:
        theirs, _ = make.received_cards(city, city.neighbour, count=2)
        shipment = sending.sent(city.neighbour.keeper, outlet, [theirs])
        sending.received(shipment, teller, theirs.number)
        record_defect(theirs, by=teller)
        with pytest.raises(Refused) as refused:
            send([*lying, theirs], teller, city.here.card_body)
        assert codes(refused) == {"NOT_ITS_COUNTY"} and theirs.number in str(refused.value)
        outcome = commands.send_home_those_that_may(
            card_ids=[*(card.pk for card in lying), theirs.pk], words="",
            receiver_id=city.here.card_body.pk, by=teller, at=NOON, key=make.key(),
        )  # fmt: skip
        assert set(outcome.done) == {card.pk for card in lying}
        assert outcome.refused[theirs.pk].code == "NOT_ITS_COUNTY"
        assert place_of(theirs) == (Place.DEFECT, outlet.pk)

    def test_only_a_card_body_receives(
        self, city: City, lying: tuple[Card, Card], teller: Actor, outlet: Organization
    ) -> None:
        for receiver in (city.bank, city.here.window, city.here.county):
            with pytest.raises(Refused) as refused:
                send([*lying], teller, receiver)
            assert codes(refused) == {"RECEIVER_UNFIT"}

    def test_nothing_chosen_and_a_card_nobody_took_back_are_refused(
        self, city: City, teller: Actor, outlet: Organization
    ) -> None:
        (good,) = make.received_cards(city, city.here)
        sending.received(sending.sent(city.here.keeper, outlet, [good]), teller, good.number)
        for cards, code in (([], "NOTHING_CHOSEN"), ([good], "CARD_IN_CUSTODY")):
            with pytest.raises(Refused) as refused:
                send(cards, teller, city.here.card_body)
            assert codes(refused) == {code}

    def test_what_is_on_its_way_is_not_given_again(
        self, city: City, lying: tuple[Card, Card], teller: Actor
    ) -> None:
        send([*lying], teller, city.here.card_body)
        with pytest.raises(Refused) as refused:
            send([*lying], teller, city.here.card_body)
        assert codes(refused) == {"OUT_OF_REACH"}


@pytest.mark.django_db
class TestReceiveHome:
    def test_each_card_is_laid_where_its_kind_is_kept(
        self, city: City, lying: tuple[Card, Card], teller: Actor
    ) -> None:
        shipment, keeper = sent([*lying], teller, city.here.card_body), city.here.keeper
        receive(shipment, keeper, *lying)
        assert [place_of(card) for card in lying] == [
            (Place.ERROR, city.here.card_body.pk), (Place.DEFECT, city.here.card_body.pk),
        ]  # fmt: skip
        for code in ("recalled.receive_wrong", "recalled.receive_bad"):
            event = Event.objects.get(act=code)
            assert event.actor_id == keeper.user_id and f'"shipment":{shipment.pk}' in event.facts
        assert recount().holds

    @pytest.mark.article(19)
    def test_from_there_it_goes_on_to_be_destroyed(
        self, city: City, lying: tuple[Card, Card], teller: Actor
    ) -> None:
        _, bad = lying
        receive(sent([bad], teller, city.here.card_body), city.here.keeper, bad)
        destruction.send_to_bank(
            card_ids=[bad.pk], bank_id=city.bank.pk, by=city.here.keeper,
            second=city.here.reviewer, at=NOON, key=make.key(),
        )  # fmt: skip
        assert place_of(bad) == (Place.TRANSIT, city.bank.pk)

    def test_what_was_not_scanned_stays_under_way(
        self, city: City, lying: tuple[Card, Card], teller: Actor
    ) -> None:
        shipment = sent([*lying], teller, city.here.card_body)
        receive(shipment, city.here.keeper, lying[0])
        assert place_of(lying[1]) == (Place.TRANSIT, city.here.card_body.pk)
        assert arrivals.arrivals_of(shipment).tally.under_way == 1

    def test_asked_twice_it_is_taken_in_once(
        self, city: City, lying: tuple[Card, Card], teller: Actor
    ) -> None:
        shipment = sent([*lying], teller, city.here.card_body)
        receive(shipment, city.here.keeper, *lying, key="once")
        with pytest.raises(Refused) as refused:
            receive(shipment, city.here.keeper, *lying, key="once")
        assert codes(refused) == {"NOTHING_TO_ACKNOWLEDGE"}
        assert Event.objects.filter(act="recalled.receive_wrong").count() == 1

    @pytest.mark.article(20)
    def test_only_the_keeper_of_that_county_acknowledges(
        self, city: City, lying: tuple[Card, Card], teller: Actor
    ) -> None:
        shipment = sent([*lying], teller, city.here.card_body)
        for by, code in (
            (teller, "ROLE_MAY_NOT"), (city.here.clerk, "ROLE_MAY_NOT"),
            (city.here.reviewer, "ROLE_MAY_NOT"), (city.here.auditor, "ROLE_MAY_NOT"),
            (city.neighbour.keeper, "OUT_OF_REACH"),
        ):  # fmt: skip
            with pytest.raises(Refused) as refused:
                receive(shipment, by, *lying)
            assert codes(refused) == {code}, by.role

    @pytest.mark.article(20)
    def test_who_gave_the_cards_does_not_acknowledge_them_in_another_post(
        self, city: City
    ) -> None:
        clerk, keeper = make.person_in_posts(
            "两个岗位", (Role.WINDOW_CLERK, city.here.window),
            (Role.CARD_KEEPER, city.here.card_body),
        )  # fmt: skip
        card = make.issued_card(city, city.here)
        wrong.record(card, by=clerk)
        shipment = sent([card], clerk, city.here.card_body)
        with pytest.raises(Refused) as refused:
            receive(shipment, keeper, card)
        assert codes(refused) == {"GIVER_RECEIVES"}
        receive(shipment, city.here.keeper, card)
        assert place_of(card) == (Place.ERROR, city.here.card_body.pk)

    def test_a_card_of_another_list_is_told(
        self, city: City, lying: tuple[Card, Card], teller: Actor
    ) -> None:
        first = sent([lying[0]], teller, city.here.card_body)
        sent([lying[1]], teller, city.here.card_body)
        with pytest.raises(Refused) as refused:
            receive(first, city.here.keeper, lying[1])
        assert codes(refused) == {"NOTHING_TO_ACKNOWLEDGE"}
        assert arrivals.arrivals_of(first).odd == (lying[1].number,)


@pytest.mark.races
class TestAtOnce:
    def given(self) -> tuple[City, tuple[Card, Card], Actor]:
        city = make.city()
        outlet = make.organization("示范银行甲县支行", Kind.BRANCH, parent=city.bank)
        teller = make.worker("柜员", Role.BANK_TELLER, outlet)
        return city, at_outlet(city, outlet, teller), teller

    def test_two_give_one_card_and_one_is_told(self, fresh_database: str) -> None:
        city, lying, teller = self.given()
        answers = together(*(partial(send, [*lying], teller, city.here.card_body),) * 2)
        assert sorted(in_words(answers, done=lambda _: "done")) == ["OUT_OF_REACH", "done"]
        assert Event.objects.filter(act="recalled.send_home").count() == 2

    def test_two_acknowledge_one_parcel_and_one_is_told(self, fresh_database: str) -> None:
        city, lying, teller = self.given()
        shipment = sent([*lying], teller, city.here.card_body)
        for card in lying:
            arrivals.scan_arrival(shipment=shipment, text=card.number, by=city.here.keeper)
        other = make.worker("卡管员乙", Role.CARD_KEEPER, city.here.card_body)
        answers = together(*(partial(receive, shipment, by) for by in (city.here.keeper, other)))
        words = sorted(in_words(answers, done=lambda _: "done"))
        assert words[1] == "done"
        assert words[0] in {"NOT_OF_THIS_LIST", "NOTHING_TO_ACKNOWLEDGE", "PLACE_DOES_NOT_FIT"}
        assert recount().holds

    def test_given_home_and_lifted_at_once_one_wins(self, fresh_database: str) -> None:
        city = make.city()
        (card,) = make.received_cards(city, city.here)
        correction = wrong.recorded(card, city.here)
        answers = together(
            partial(send, [card], city.here.clerk, city.here.card_body),
            partial(wrong.drop, correction, by=city.here.clerk, second=city.here.reviewer),
        )
        words = in_words(answers, done=lambda _: "done")
        assert words.count("done") == 1
        late = {"STATE_DOES_NOT_FIT", "CARD_IN_CUSTODY", "NOT_RECEIVED", "OUT_OF_REACH"}
        assert set(words) & late


@pytest.mark.django_db
class TestPages:
    def test_from_the_outlets_list_to_the_card_bodys_place(
        self, city: City, lying: tuple[Card, Card], teller: Actor
    ) -> None:
        desk, keeper = signed_in(teller), signed_in(city.here.keeper)
        page = desk.get(reverse("recalled.list"))
        assert {row.number for row in page.context["rows"]} == {card.number for card in lying}
        said = {
            "key": make.key(), "receiver": city.here.card_body.pk, "words": "随盘点袋",
            "card": [card.pk for card in lying],
        }  # fmt: skip
        done = desk.post(reverse("recalled.send_home"), said, follow=True)
        assert "2 张卡已交出" in done.content.decode()
        (shipment,) = Shipment.objects.filter(purpose=Purpose.HOME)
        listed = keeper.get(reverse("recalled.shipments"), {"state": "mine"}).content.decode()
        assert shipment.number in listed
        scan = reverse("recalled.receive.scan", args=[shipment.pk])
        for card in lying:
            assert keeper.post(scan, {"number": card.number}).status_code == 302
        stray = keeper.post(scan, {"number": "T99999999"}, headers={"HX-Request": "true"})
        assert stray.status_code == 409 and "不在交接单" in stray.content.decode()
        address = reverse("recalled.receive_wrong", args=[shipment.pk])
        said = {"key": make.key()}
        assert "已点收 2 张，全部点收" in keeper.post(address, said, follow=True).content.decode()
        assert not desk.get(reverse("recalled.list")).context["rows"]

    def test_the_cards_of_one_hand_over_are_found_ordered_and_taken_along(
        self, city: City, lying: tuple[Card, Card], teller: Actor
    ) -> None:
        bad, good = lying
        send([bad, good], teller, city.here.card_body)
        shipment = Shipment.objects.get(purpose=Purpose.HOME)
        address = reverse("recalled.shipment_cards", args=[shipment.pk])
        client = signed_in(teller)
        assert address in client.get(reverse("recalled.shipments")).content.decode()
        seen = [(row.number, row.why) for row in client.get(address).context["rows"]]
        assert seen == [(bad.number, "错卡"), (good.number, "质量问题卡")]
        first = client.get(address, {"sort": "why"}).context["rows"][0]
        assert first.number == good.number
        cells = cells_of(client.get(address, {"export": "1", "pick": bad.pk}).content)
        assert bad.number in cells and good.number not in cells
        assert "扫卡点收" in signed_in(city.here.keeper).get(address).content.decode()
        assert signed_in(city.neighbour.keeper).get(address).status_code == 404

    def test_the_list_both_sign_names_each_card_and_who_gave_it(
        self, city: City, lying: tuple[Card, Card], teller: Actor
    ) -> None:
        bad, good = lying
        send([bad, good], teller, city.here.card_body)
        shipment = Shipment.objects.get(purpose=Purpose.HOME)
        listed = signed_in(teller).get(reverse("recalled.shipments")).content.decode()
        address = f"{reverse('register.home_list')}?shipment={shipment.pk}"
        assert address in listed
        arrivals.scan_arrival(shipment=shipment, text=bad.number, by=city.here.keeper)
        commands.receive_home(
            shipment_id=shipment.pk, by=city.here.keeper, at=NOON, key=make.key()
        )
        chosen = {"shipment": shipment, "office": city.here.card_body}
        sheet = home_list_sheet(
            chosen=chosen, masked=True, printed_by="某人", printed_at=NOON, limit=None
        )
        assert [(row[1], row[4], row[6]) for row in sheet.rows] == [
            (bad.number, "错卡", "已收"), (good.number, "质量问题卡", ""),
        ]  # fmt: skip
        assert dict(sheet.heads)["交出"].split()[1] == teller.name
        assert dict(sheet.totals) == {"本单": "2 张", "已点收": "1 张", "未点收": "1 张"}
        assert signed_in(city.here.keeper).get(address).status_code == 200

    def test_another_county_sees_no_list_of_a_hand_over_home(
        self, city: City, lying: tuple[Card, Card], teller: Actor
    ) -> None:
        send([*lying], teller, city.here.card_body)
        shipment = Shipment.objects.get(purpose=Purpose.HOME)
        address = f"{reverse('register.home_list')}?shipment={shipment.pk}"
        page = signed_in(city.neighbour.keeper).get(address).content.decode()
        assert "没有这张交接单" in page and lying[0].number not in page

    def test_refused_rows_are_told_one_by_one_and_stay_ticked(
        self, city: City, lying: tuple[Card, Card], teller: Actor
    ) -> None:
        (held,) = make.received_cards(city, city.here)
        said = {
            "key": make.key(), "receiver": city.here.card_body.pk,
            "card": [lying[0].pk, held.pk],
        }  # fmt: skip
        answer = signed_in(teller).post(reverse("recalled.send_home"), said)
        assert answer.status_code == 409 and answer.context["ticked"] == {held.pk}
        assert len(answer.context["results"]) == 1
        assert place_of(lying[0])[0] == Place.TRANSIT

    def test_without_a_card_or_a_receiver_the_page_says_what_is_missing(
        self, city: City, lying: tuple[Card, Card], teller: Actor
    ) -> None:
        desk, url = signed_in(teller), reverse("recalled.send_home")
        nothing = desk.post(url, {"key": make.key(), "receiver": city.here.card_body.pk})
        assert nothing.status_code == 409 and nothing.context["refusals"]
        nowhere = desk.post(url, {"key": make.key(), "card": [lying[0].pk]})
        assert nowhere.status_code == 422 and "请选择卡管机构" in nowhere.content.decode()

    @pytest.mark.article(5)
    def test_the_county_sees_what_lies_at_its_outlets_the_neighbour_does_not(
        self, city: City, lying: tuple[Card, Card], teller: Actor
    ) -> None:
        at_window = make.issued_card(city, city.here)
        wrong.record(at_window, by=city.here.clerk)
        shipment = sent([lying[0]], teller, city.here.card_body)
        beside = make.organization("示范银行乙县支行", Kind.BRANCH, parent=city.bank)
        for by, numbers in (
            (city.here.keeper, {lying[1].number, at_window.number}),
            (teller, {lying[1].number}),
            (city.here.clerk, {at_window.number}),
            (make.worker("柜员乙", Role.BANK_TELLER, beside), set()),
            (city.neighbour.keeper, set()),
        ):
            rows = signed_in(by).get(reverse("recalled.list")).context["rows"]
            assert {row.number for row in rows} == numbers, by.name
        for by, told in ((city.here.keeper, False), (teller, True)):
            html = signed_in(by).get(reverse("recalled.list")).content.decode()
            assert ('<th scope="col">县区</th>' in html) is told, by.name
        stranger = signed_in(city.neighbour.keeper)
        address = reverse("recalled.receive_wrong", args=[shipment.pk])
        assert stranger.get(address).status_code == 404
        assert stranger.get(reverse("recalled.shipments")).context["rows"] == []
        assert signed_in(teller).get(address).status_code == 403

    def test_is_searched_narrowed_ordered_and_taken_along(
        self, city: City, lying: tuple[Card, Card]
    ) -> None:
        client, url = signed_in(city.here.keeper), reverse("recalled.list")
        for asked, numbers in (
            ({"kind": "error"}, [lying[0].number]), ({"kind": "defect"}, [lying[1].number]),
            ({"q": lying[1].number}, [lying[1].number]),
            ({"q": "示范银行甲县支行", "sort": "number"}, sorted(c.number for c in lying)),
        ):  # fmt: skip
            rows = client.get(url, asked).context["rows"]
            assert [row.number for row in rows] == numbers, asked
        chosen = client.post(url, {"card": [lying[0].pk], "export": "xlsx"})
        assert chosen.headers["Content-Type"].endswith("sheet")

    def test_too_long_at_an_outlet_is_counted_by_the_county(
        self, city: City, lying: tuple[Card, Card], teller: Actor
    ) -> None:
        days = whole_number("recalled_home_days", on=local_day(NOON))
        for passed, late in ((days - 1, 0), (days + 1, 2)):
            with time_machine.travel(NOON + timedelta(days=passed), tick=False):
                for by in (city.here.keeper, teller):
                    client = signed_in(by)
                    page = client.get(reverse("recalled.list"), {"late": "1"})
                    assert (page.context["overdue"], len(page.context["rows"])) == (late, late)
                    home = client.get(reverse("home")).content.decode()
                    assert ("逾期没有送回" in home) is bool(late)

    def test_a_page_of_many_rows_costs_as_much_as_of_few(
        self, city: City, lying: tuple[Card, Card], teller: Actor
    ) -> None:
        client, body = signed_in(city.here.keeper), city.here.card_body
        many = make.received_cards(city, city.here, count=6)
        costs: dict[str, set[int]] = {"recalled.list": set(), "recalled.shipments": set()}
        for _ in range(3):
            for card in (many.pop(), many.pop()):
                wrong.record(card, by=city.here.clerk)
            for name, seen in costs.items():
                client.get(reverse(name))
                with CaptureQueriesContext(connection) as queries:
                    client.get(reverse(name))
                seen.add(len(queries))
            lies = Position.objects.filter(account__organization=city.here.window)
            first = Card.objects.get(pk=lies.order_by("card_id")[0].card_id)
            sent([first], city.here.clerk, body)
        # The first page of shipments is empty: it counts nothing.
        assert len(costs["recalled.list"]) == 1 and len(costs["recalled.shipments"]) <= 2
