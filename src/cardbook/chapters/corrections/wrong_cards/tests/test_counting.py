"""A wrong card met while counting: one key to its comparison, and back to the count (Art. 13)."""

import pytest
from django.test import Client
from django.urls import reverse

from cardbook.chapters.corrections.wrong_cards.tests import wrong
from cardbook.chapters.intake.distribution.arrival_commands import finish_count
from cardbook.chapters.intake.distribution.tests.sending import place_of, scanned, sent
from cardbook.chapters.intake.models import Count
from cardbook.chapters.intake.receive.commands import close_count, scan_card, start_count
from cardbook.chapters.intake.receive.tests.deliveries import Arrived, arrive
from cardbook.custody.places import Place
from cardbook.insight.check import recount
from cardbook.lifecycle.refusals import Refused
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import NOON, City

pytestmark = [pytest.mark.django_db, pytest.mark.article(13)]


@pytest.fixture
def arrived(city: City) -> Arrived:
    return arrive(city, city.here, {"1-1": 3})


@pytest.fixture
def running(city: City, arrived: Arrived) -> Count:
    """All three cards of the box are scanned, nobody has signed yet."""
    by = city.here.keeper
    count = start_count(box_id=arrived.box_of("1-1").pk, by=by, at=NOON)
    for number in arrived.numbers("1-1"):
        scan_card(count_id=count.pk, text=number, by=by)
    return count


def form(**changes: str) -> dict[str, str]:
    usual = {
        "key": make.key(), "found": "counting", "reported": "staff", "fault": "capture",
        "proof": "id_card", "pick_name": "on", "face_name": "王小朋", "right_name": "王小明",
    }  # fmt: skip
    return usual | changes


def call_wrong(client: Client, number: str, back: str) -> str:
    """What the key beside a scanned card sends; the comparison comes back."""
    asked = {"card": number, "found": "counting", "back": back}
    return client.post(reverse("error.start"), asked, follow=True).content.decode()


class TestFromTheBlindCount:
    def test_one_key_opens_the_card_and_leads_back_with_every_scan(
        self, city: City, arrived: Arrived, running: Count
    ) -> None:
        client, card = signed_in(city.here.keeper), arrived.cards["1-1"][1]
        back = f"box-{running.box_id}"
        count_page = reverse("delivery.receive", args=[running.box_id])
        shown = client.get(count_page).content.decode()
        assert shown.count('name="back"') == 3 and shown.count("data-wrong-card") == 1
        html = call_wrong(client, card.number, back)
        address = f"{reverse('error.record', args=[card.pk])}?back={back}"
        assert card.number in html and address in html and count_page in html
        answer = client.post(address, form())
        assert answer["Location"] == count_page
        assert place_of(card) == (Place.ERROR, city.here.card_body.pk)
        after = client.get(count_page)
        assert after.context["scans"].total == 3
        assert f"卡 {card.number} 已收回" in after.content.decode()

    @pytest.mark.article(6)
    def test_the_box_agrees_with_the_wrong_card_counted(
        self, city: City, arrived: Arrived, running: Count
    ) -> None:
        card, *others = arrived.cards["1-1"]
        wrong.record(card, by=city.here.keeper)
        closed, _ = close_count(
            count_id=running.pk, by=city.here.keeper, second=city.here.reviewer, at=NOON,
            key=make.key(),
        )  # fmt: skip
        assert (closed.expected, closed.found, closed.short, closed.extra) == (3, 3, 0, 0)
        assert place_of(card)[0] == Place.ERROR
        assert {place_of(other)[0] for other in others} == {Place.STORE}
        assert recount().holds

    def test_a_card_nobody_has_scanned_is_not_in_hand(
        self, city: City, arrived: Arrived, running: Count
    ) -> None:
        card = arrived.cards["1-1"][0]
        running.scans.filter(number=card.number).delete()
        with pytest.raises(Refused) as refused:
            wrong.record(card, by=city.here.keeper)
        assert [one.code for one in refused.value.refusals] == ["NOT_RECEIVED"]
        html = call_wrong(signed_in(city.here.keeper), card.number, f"box-{running.box_id}")
        assert 'data-refusal="NOT_RECEIVED"' in html and 'id="wrong"' not in html
        assert place_of(card)[0] == Place.TRANSIT

    def test_the_neighbour_finds_no_such_card(
        self, city: City, arrived: Arrived, running: Count
    ) -> None:
        html = call_wrong(
            signed_in(city.neighbour.keeper), arrived.numbers("1-1")[0], f"box-{running.box_id}"
        )
        assert "本县区没有这张卡" in html

    @pytest.mark.parametrize("back", ["//example.org", "box-x", "box-", "other-1", "box"])
    def test_a_made_up_way_back_leads_nowhere(
        self, city: City, arrived: Arrived, running: Count, back: str
    ) -> None:
        client, card = signed_in(city.here.keeper), arrived.cards["1-1"][0]
        assert "?back=" not in call_wrong(client, card.number, back)
        answer = client.post(f"{reverse('error.record', args=[card.pk])}?back={back}", form())
        assert answer["Location"] == reverse("error.start")


class TestFromAHandOver:
    def test_the_count_goes_on_and_agrees(self, city: City) -> None:
        cards = make.received_cards(city, city.here, count=3)
        shipment = sent(city.here.keeper, city.here.window, cards)
        by = city.here.clerk
        count = scanned(shipment, by, *(card.number for card in cards))
        client, card = signed_in(by), cards[0]
        back = f"handover-{shipment.pk}"
        shown = client.get(reverse("handover.receive", args=[shipment.pk])).content.decode()
        assert shown.count(f'value="{back}"') == 3
        answer = client.post(f"{reverse('error.record', args=[card.pk])}?back={back}", form())
        assert answer["Location"] == reverse("handover.receive", args=[shipment.pk])
        closed = finish_count(count_id=count.pk, by=by, at=NOON, key=make.key())
        assert (closed.expected, closed.found, closed.short, closed.extra) == (3, 3, 0, 0)
        assert place_of(card) == (Place.ERROR, city.here.window.pk)
        assert {place_of(other)[0] for other in cards[1:]} == {Place.STORE}
        assert recount().holds

    def test_a_hand_over_of_one_wrong_card_is_counted_to_its_end(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here)
        shipment = sent(city.here.keeper, city.here.window, [card])
        count = scanned(shipment, city.here.clerk, card.number)
        wrong.record(card, by=city.here.clerk)
        closed = finish_count(count_id=count.pk, by=city.here.clerk, at=NOON, key=make.key())
        assert (closed.expected, closed.found, closed.short) == (1, 1, 0)
        assert recount().holds

    def test_what_was_taken_back_is_not_said_to_be_in_stock(self, city: City) -> None:
        cards = make.received_cards(city, city.here, count=3)
        shipment = sent(city.here.keeper, city.here.window, cards)
        scanned(shipment, city.here.clerk, *(card.number for card in cards))
        wrong.record(cards[0], by=city.here.clerk)
        address = reverse("handover.note_difference", args=[shipment.pk])
        shown = signed_in(city.here.clerk).post(address, {"key": make.key()}, follow=True)
        said = "点收相符：2 张已入本机构待分类库，1 张错卡已收回。"
        assert said in shown.content.decode()

    def test_whoever_does_not_receive_it_has_it_not_in_hand(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here)
        shipment = sent(city.here.keeper, city.here.window, [card])
        scanned(shipment, city.here.clerk, card.number)
        with pytest.raises(Refused) as refused:
            wrong.record(card, by=city.here.keeper)
        assert [one.code for one in refused.value.refusals] == ["NOT_RECEIVED"]
