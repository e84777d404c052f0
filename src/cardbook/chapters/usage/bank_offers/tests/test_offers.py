"""What banks promise is public while it stands, entered by each for itself (Art. 24)."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from cardbook.chapters.usage.bank_offers.queries import offers
from cardbook.chapters.usage.models import BankOffer
from cardbook.law.roles import Role
from cardbook.orgs.actors import Actor
from cardbook.orgs.models import Kind
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import City

pytestmark = [pytest.mark.article(24), pytest.mark.django_db]


def teller_of(city: City) -> Actor:
    return make.worker(
        "柜员", Role.BANK_TELLER, make.organization("示范支行", Kind.BRANCH, parent=city.bank)
    )


def sent(city: City, **changes: object) -> dict[str, object]:
    today = timezone.localdate()
    usual = {
        "bank": city.bank.pk, "kind": "discount", "title": "免收年费", "place": "", "words": "",
        "since": f"{today}", "until": f"{today + timedelta(days=30)}",
    }  # fmt: skip
    return usual | changes


class TestOffers:
    def test_the_bank_enters_it_and_everybody_reads_it(self, city: City) -> None:
        answer = signed_in(teller_of(city)).post(reverse("offer.new"), sent(city))
        assert answer.status_code == 302
        reader = signed_in(city.neighbour.clerk)
        assert "免收年费" in reader.get(reverse("offer.list")).content.decode()
        assert reader.get(reverse("offer.export")).content[:2] == b"PK"

    def test_it_drops_out_by_its_date_alone(self, city: City) -> None:
        signed_in(teller_of(city)).post(reverse("offer.new"), sent(city))
        today = timezone.localdate()
        last = today + timedelta(days=30)
        shown = [len(offers(today=day)) for day in (today, last, last + timedelta(days=1))]
        assert shown == [1, 1, 0] and len(offers(today=None)) == 1

    def test_another_banks_is_neither_entered_nor_withdrawn(self, city: City) -> None:
        other = make.organization("另一银行", Kind.BANK, parent=city.city)
        stranger = signed_in(make.worker("他行柜员", Role.BANK_TELLER, other))
        answer = stranger.post(reverse("offer.new"), sent(city))
        assert "只能登记本行的承诺" in answer.content.decode()
        signed_in(teller_of(city)).post(reverse("offer.new"), sent(city))
        stranger.post(reverse("offer.withdraw"), {"offer": BankOffer.objects.get().pk})
        assert BankOffer.objects.get().withdrawn_at is None

    def test_the_city_enters_and_withdraws_for_any_bank_and_it_is_kept(self, city: City) -> None:
        manager = make.worker("市局", Role.CITY_MANAGER, city.city)
        client = signed_in(manager)
        client.post(reverse("offer.new"), sent(city))
        for _ in range(2):
            client.post(reverse("offer.withdraw"), {"offer": BankOffer.objects.get().pk})
        assert BankOffer.objects.get().withdrawn_by_id == manager.user_id
        assert len(offers(today=timezone.localdate())) == 0

    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({"until": "2020-01-01"}, "截止日不能早于起始日"),
            ({"kind": "machine"}, "请写明地点"),
            ({"title": ""}, "请填写内容"),
        ],
    )
    def test_what_is_wrong_is_said(
        self, city: City, changes: dict[str, object], words: str
    ) -> None:
        answer = signed_in(teller_of(city)).post(reverse("offer.new"), sent(city, **changes))
        assert words in answer.content.decode() and answer.status_code == 422

    def test_sent_twice_it_stands_once(self, city: City) -> None:
        client = signed_in(teller_of(city))
        answers = [client.post(reverse("offer.new"), sent(city)).status_code for _ in range(2)]
        assert answers == [302, 422] and BankOffer.objects.count() == 1

    def test_a_clerk_of_a_county_enters_none(self, city: City) -> None:
        assert signed_in(city.here.clerk).get(reverse("offer.new")).status_code == 403


def test_the_list_asks_once(city: City, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    signed_in(teller_of(city)).post(reverse("offer.new"), sent(city))
    with django_assert_num_queries(1):
        (row,) = offers(today=timezone.localdate())
        assert (row.bank.name, row.entered_by.name) == ("示范银行", "柜员")
