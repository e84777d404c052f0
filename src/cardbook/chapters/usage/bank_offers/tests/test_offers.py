"""What banks promise is public while it stands, entered by each for itself (Art. 24)."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from cardbook.chapters.usage.bank_offers.commands import confirm_offer
from cardbook.chapters.usage.bank_offers.queries import (
    offers,
    outlets_in,
    poster_county,
    unconfirmed,
)
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


def confirm_all(city: City) -> None:
    """The city makes public what banks entered."""
    manager = make.worker("市局", Role.CITY_MANAGER, city.city)
    for one in BankOffer.objects.filter(confirmed_at=None, withdrawn_at=None):
        assert confirm_offer(offer_id=one.pk, by=manager, at=timezone.now())


def read_everywhere(city: City) -> list[str]:
    """What holders and posts read: the public page, the list, the API."""
    clerk = signed_in(city.here.clerk)
    pages = (Client().get(reverse("offer.public")), clerk.get(reverse("offer.list")))
    called = clerk.get("/api/v1/bank-offers").json()
    return [*(one.content.decode() for one in pages), str(called)]


class TestConfirming:
    def test_what_a_bank_enters_is_public_only_when_the_city_has_confirmed_it(
        self, city: City
    ) -> None:
        teller, manager = teller_of(city), make.worker("市局", Role.CITY_MANAGER, city.city)
        answer = signed_in(teller).post(reverse("offer.new"), sent(city), follow=True)
        assert "市局确认后公布" in answer.content.decode()
        assert "确认公布</button>" not in answer.content.decode()
        assert not any("免收年费" in text for text in read_everywhere(city))
        assert "项银行承诺等待确认公布" in signed_in(manager).get("/").content.decode()
        waiting = f"{reverse('offer.list')}?state=waiting"
        assert "确认公布</button>" in signed_in(manager).get(waiting).content.decode()
        for said in ("已确认", "没有确认"):
            done = signed_in(manager).post(
                reverse("offer.confirm"), {"offer": BankOffer.objects.get().pk}, follow=True
            )
            assert said in done.content.decode()
        assert BankOffer.objects.get().confirmed_by_id == manager.user_id
        assert all("免收年费" in text for text in read_everywhere(city))
        assert "项银行承诺等待确认公布" not in signed_in(manager).get("/").content.decode()

    def test_no_bank_confirms_and_what_is_withdrawn_never_comes_out(self, city: City) -> None:
        teller = teller_of(city)
        signed_in(teller).post(reverse("offer.new"), sent(city))
        offer = {"offer": BankOffer.objects.get().pk}
        assert signed_in(teller).post(reverse("offer.confirm"), offer).status_code == 403
        signed_in(teller).post(reverse("offer.withdraw"), offer)
        manager = make.worker("市局", Role.CITY_MANAGER, city.city)
        signed_in(manager).post(reverse("offer.confirm"), offer)
        assert BankOffer.objects.get().confirmed_at is None

    def test_the_citys_own_entry_is_confirmed_by_that(self, city: City) -> None:
        manager = make.worker("市局", Role.CITY_MANAGER, city.city)
        signed_in(manager).post(reverse("offer.new"), sent(city))
        assert BankOffer.objects.get().confirmed_by_id == manager.user_id
        assert len(offers(today=timezone.localdate())) == 1

    def test_another_bank_does_not_see_what_waits(self, city: City) -> None:
        signed_in(teller_of(city)).post(reverse("offer.new"), sent(city))
        other = make.organization("另一银行", Kind.BANK, parent=city.city)
        stranger = make.worker("他行柜员", Role.BANK_TELLER, other)
        assert not unconfirmed(by=stranger, today=timezone.localdate()).exists()


class TestOffers:
    def test_the_bank_enters_it_and_once_confirmed_everybody_reads_it(self, city: City) -> None:
        answer = signed_in(teller_of(city)).post(reverse("offer.new"), sent(city))
        assert answer.status_code == 302
        confirm_all(city)
        reader = signed_in(city.neighbour.clerk)
        assert "免收年费" in reader.get(reverse("offer.list")).content.decode()
        assert reader.get(reverse("offer.export")).content[:2] == b"PK"

    def test_it_drops_out_by_its_date_alone(self, city: City) -> None:
        signed_in(teller_of(city)).post(reverse("offer.new"), sent(city))
        confirm_all(city)
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
    confirm_all(city)
    with django_assert_num_queries(1):
        (row,) = offers(today=timezone.localdate())
        assert (row.bank.name, row.entered_by.name) == ("示范银行", "柜员")


class TestPublished:
    """The page without signing in, and the poster for a window."""

    def promised(self, city: City) -> None:
        teller, today = signed_in(teller_of(city)), timezone.localdate()
        for title, since, until in (
            ("免收年费", today, today + timedelta(days=30)),
            ("昨天到期", today - timedelta(days=9), today - timedelta(days=1)),
            ("明天开始", today + timedelta(days=1), today + timedelta(days=9)),
            ("已经撤回", today, today + timedelta(days=30)),
        ):
            given = sent(city, title=title, since=f"{since}", until=f"{until}")
            assert teller.post(reverse("offer.new"), given).status_code == 302
        confirm_all(city)
        teller.post(
            reverse("offer.withdraw"), {"offer": BankOffer.objects.get(title="已经撤回").pk}
        )

    def test_is_read_by_anybody_and_shows_only_what_stands_today(self, city: City) -> None:
        self.promised(city)
        Client().get(reverse("offer.public"))
        with CaptureQueriesContext(connection) as asked:
            answer = Client().get(reverse("offer.public"))
        text = answer.content.decode()
        assert answer.status_code == 200 and "免收年费" in text and city.bank.name in text
        assert not any(title in text for title in ("昨天到期", "明天开始", "已经撤回"))
        assert len([one for one in asked if "usage_bankoffer" in one["sql"]]) == 1

    def test_may_be_cached_and_says_nothing_of_who_reads_it(self, city: City) -> None:
        self.promised(city)
        answer = Client().get(reverse("offer.public"))
        kept = answer["Cache-Control"].removeprefix("public, max-age=")
        assert 0 <= int(kept) <= 300
        assert not answer.cookies and "csrf" not in answer.content.decode()
        # Whoever is signed in reads the very same page, and no cache keeps his answer.
        staff = signed_in(city.here.clerk).get(reverse("offer.public"))
        assert staff.content == answer.content and staff["Cache-Control"] == "no-store"

    def test_too_many_at_once_are_asked_to_wait(self, city: City, settings: Settings) -> None:
        settings.PUBLIC_RATE_LIMITS = {"offers": "2/m/ip"}
        answers = [Client().get(reverse("offer.public")) for _ in range(3)]
        assert [one.status_code for one in answers] == [200, 200, 429]
        assert answers[-1]["Retry-After"] == "60" and "no-store" in answers[-1]["Cache-Control"]

    def test_only_reads(self, city: City) -> None:
        assert Client().post(reverse("offer.public")).status_code == 405

    def test_the_poster_names_the_county_and_its_outlets(self, city: City) -> None:
        self.promised(city)
        answer = signed_in(city.here.clerk).get(reverse("offer.poster"))
        assert answer.content.startswith(b"%PDF")
        assert Client().get(reverse("offer.poster")).status_code == 302
        outlet = make.organization("甲县支行", Kind.BRANCH, parent=city.bank)
        other = make.organization("他行支行", Kind.BRANCH, parent=city.city)
        found = outlets_in(None, banks=[city.bank.pk])
        assert outlet in found and other not in found
        manager = make.worker("市管理员", Role.CITY_MANAGER, city.city)
        assert poster_county(manager, chosen="") is None
        assert poster_county(manager, chosen=city.here.county.code) == city.here.county
        assert poster_county(city.here.clerk, chosen=city.neighbour.county.code) == (
            city.here.county
        )

    def test_is_linked_from_the_staffs_page_and_from_the_login(self, city: City) -> None:
        page = signed_in(city.here.clerk).get(reverse("offer.list")).content.decode()
        login = Client().get(reverse("account_login")).content.decode()
        assert reverse("offer.public") in page and reverse("offer.public") in login
        assert reverse("offer.poster") in page
