"""Lists by API say what their pages say, a part at a time (Art. 14, 22, 24, 27)."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from cardbook.chapters.usage.bank_offers.tests.test_offers import confirm_all, sent, teller_of
from cardbook.chapters.usage.tests.calling import call, codes
from cardbook.chapters.usage.tests.sending import send
from cardbook.law.roles import Role
from cardbook.ledger.models import Event
from cardbook.orgs.actors import Actor
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import City

pytestmark = pytest.mark.django_db


def read(path: str, by: Actor, **asked: object) -> Any:
    return signed_in(by).get(f"/api/v1/{path}", asked)


@pytest.mark.article(27)
class TestTemporaryCards:
    def stock(self, by: Actor, *numbers: str, key: str = "") -> Any:
        body = {"box": "L01", "numbers": list(numbers)}
        return call("temporary-cards/temporary.stock_in", body, by=by, key=key)

    def test_come_into_stock_once_however_often_it_is_sent(self, city: City) -> None:
        key = make.key()
        first, again = (
            self.stock(city.here.keeper, "L0000001", "L0000002", key=key).json() for _ in range(2)
        )
        assert (first["cards"], first["repeated"], again["repeated"]) == (2, False, True)
        assert first["batch"] == again["batch"]
        assert Event.objects.filter(act="temporary.stock_in").count() == 2
        other = self.stock(city.here.keeper, "L0000003", key=key)
        assert (other.status_code, codes(other)) == (409, {"KEY_REUSED"})

    def test_a_number_that_is_there_stops_all_of_them(self, city: City) -> None:
        self.stock(city.here.keeper, "L0000001")
        answer = self.stock(city.here.keeper, "L0000001", "L0000002")
        assert (answer.status_code, codes(answer)) == (409, {"TEMPORARY_NUMBER_TAKEN"})
        assert read("temporary-cards", city.here.keeper).json()["total"] == 1
        twice = self.stock(city.here.keeper, "L0000009", "l0000009")
        assert twice.status_code == 422 and "重复扫描" in twice.json()["detail"]

    def test_are_listed_a_part_at_a_time_within_the_county(self, city: City) -> None:
        self.stock(city.here.keeper, "L0000001", "L0000002", "L0000003")
        found = read("temporary-cards", city.here.keeper, first=1, most=1, only="in_stock").json()
        assert found["total"] == 3
        assert [one["number"] for one in found["items"]] == ["L0000002"]
        assert found["items"][0] | {"state": "in_stock", "box": "L01"} == found["items"][0]
        assert read("temporary-cards", city.neighbour.keeper).json() == {"total": 0, "items": []}

    def test_other_posts_neither_stock_nor_read(self, city: City) -> None:
        teller = teller_of(city)
        answer = self.stock(teller, "L0000001")
        assert (answer.status_code, codes(answer)) == (403, {"ROLE_NOT_ALLOWED"})
        assert read("temporary-cards", teller).status_code == 403

    @pytest.mark.parametrize(
        "asked", [{"most": 0}, {"most": 201}, {"first": -1}, {"only": "x"}, {"onyl": "lent"}]
    )
    def test_what_cannot_be_asked_is_said(self, city: City, asked: dict[str, object]) -> None:
        answer = read("temporary-cards", city.here.keeper, **asked)
        assert answer.status_code == 422 and answer.json()["code"] == "INPUT_WRONG"


@pytest.mark.article(24)
class TestBankOffers:
    def test_what_stands_today_is_read_by_every_post(self, city: City) -> None:
        client = signed_in(teller_of(city))
        client.post(reverse("offer.new"), sent(city))
        over = {"until": f"{timezone.localdate() - timedelta(days=1)}", "since": "2026-01-01"}
        client.post(reverse("offer.new"), sent(city, title="过期的", **over))
        confirm_all(city)
        found = read("bank-offers", city.here.clerk, kind="discount", q="年费").json()
        assert [one["title"] for one in found["items"]] == ["免收年费"]
        assert read("bank-offers", city.here.clerk, kind="machine").json()["total"] == 0

    def test_a_visitor_is_asked_to_sign_in(self, city: City, client: Any) -> None:
        assert client.get("/api/v1/bank-offers").status_code == 401


@pytest.mark.article(22)
class TestHalfDone:
    def test_says_what_is_open_and_the_words_for_the_holder(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        send("social.activate", card, by=city.here.clerk, asked_by="holder")
        reported = {"bank": "inactive", "source": "银行回执", "as_of": "2026-11-20T09:00"}
        assert send("bank.report", card, by=city.here.clerk, **reported).status_code == 302
        (one,) = read("half-done", city.here.clerk).json()["items"]
        assert (one["number"], one["code"]) == (card.number, "bank_inactive")
        assert "启用银行功能" in one["words"] and "*" in one["masked_number"]
        assert read("half-done", city.here.clerk, only="bank_not_closed").json()["total"] == 0
        assert read("half-done", city.neighbour.clerk).json()["total"] == 0
        assert read("half-done", teller_of(city)).status_code == 403


@pytest.mark.article(14)
class TestMessages:
    def test_says_whom_what_is_owed_and_nothing_of_the_holder(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        send("social.activate", card, by=city.here.clerk, asked_by="holder")
        keeper = city.here.keeper
        found = read("messages", keeper, party="province", q=card.number).json()
        assert found["total"] >= 1
        assert {one["card_number"] for one in found["items"]} == {card.number}
        assert {one["state"] for one in found["items"]} == {"owed"}
        assert "王小明" not in str(found)
        assert read("messages", city.neighbour.keeper).json()["total"] == 0
        manager = make.worker("市局", Role.CITY_MANAGER, city.city)
        assert read("messages", manager, q=card.number).json()["total"] >= found["total"]
        assert read("messages", city.here.clerk).status_code == 403
