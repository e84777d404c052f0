"""A promise that ends and goes on in no other is named to its bank and the city (Art. 24)."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cardbook.chapters.usage.bank_offers.queries import running_out
from cardbook.chapters.usage.bank_offers.tests.test_offers import confirm_all, sent, teller_of
from cardbook.chapters.usage.models import BankOffer
from cardbook.law.parameters import whole_number
from cardbook.law.roles import Role
from cardbook.orgs.actors import Actor
from cardbook.orgs.models import Kind
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import City

pytestmark = [pytest.mark.article(24), pytest.mark.django_db]


def promised(city: City, by: Actor, *, since: int, until: int, title: str = "免收年费") -> None:
    today = timezone.localdate()
    days = {
        "since": f"{today + timedelta(days=since)}",
        "until": f"{today + timedelta(days=until)}",
    }
    answer = signed_in(by).post(reverse("offer.new"), sent(city, title=title, **days))
    assert answer.status_code == 302
    confirm_all(city)


def titles(by: Actor, state: str) -> list[str]:
    rows = running_out(by=by, today=timezone.localdate(), state=state)
    return [row.title for row in rows]


class TestRunningOut:
    def test_is_named_from_the_day_of_the_parameter_on_and_after_its_end(self, city: City) -> None:
        teller, days = (
            teller_of(city),
            whole_number("offer_expiring_days", on=timezone.localdate()),
        )
        promised(city, teller, since=-9, until=days, title="快到期")
        promised(city, teller, since=-9, until=days + 1, title="还早")
        promised(city, teller, since=-9, until=-1, title="已到期")
        promised(city, teller, since=-9, until=0, title="今天到期")
        assert titles(teller, "soon") == ["今天到期", "快到期"]
        assert titles(teller, "lapsed") == ["已到期"]

    def test_what_was_renewed_or_taken_back_is_not_named(self, city: City) -> None:
        teller = teller_of(city)
        promised(city, teller, since=-9, until=-1)
        promised(city, teller, since=-9, until=5, title="撤回的")
        promised(city, teller, since=0, until=300)
        old = BankOffer.objects.get(title="撤回的")
        signed_in(teller).post(reverse("offer.withdraw"), {"offer": old.pk})
        assert titles(teller, "soon") == titles(teller, "lapsed") == []

    def test_the_renewal_begins_as_the_old_one_on_the_day_after(self, city: City) -> None:
        teller = teller_of(city)
        promised(city, teller, since=-9, until=5)
        old = BankOffer.objects.get()
        page = signed_in(teller).get(reverse("offer.new"), {"renews": old.pk})
        begun = page.context["form"].initial
        assert begun["title"] == old.title and begun["since"] == old.until + timedelta(days=1)

    def test_another_bank_and_readers_are_not_shown_it(self, city: City) -> None:
        promised(city, teller_of(city), since=-9, until=-1)
        old = BankOffer.objects.get()
        other = make.organization("另一银行", Kind.BANK, parent=city.city)
        stranger = make.worker("他行柜员", Role.BANK_TELLER, other)
        assert titles(stranger, "lapsed") == []
        page = signed_in(stranger).get(reverse("offer.new"), {"renews": old.pk})
        assert "title" not in page.context["form"].initial
        shown = signed_in(city.here.clerk).get(reverse("offer.list"), {"state": "lapsed"})
        assert shown.context["page"].paginator.count == 0

    def test_the_list_and_its_workbook_say_the_days_are_not_confirmed(self, city: City) -> None:
        teller = teller_of(city)
        promised(city, teller, since=-9, until=5)
        client = signed_in(teller)
        shown = client.get(reverse("offer.list"), {"state": "soon"})
        assert "天数待市局确认" in shown.content.decode()
        assert client.get(reverse("offer.export"), {"state": "soon"}).content[:2] == b"PK"

    def test_waits_on_the_home_page_of_bank_and_city_as_listed(self, city: City) -> None:
        teller = teller_of(city)
        promised(city, teller, since=-9, until=5, title="快到期")
        promised(city, teller, since=-9, until=-1, title="已到期")
        for by in (teller, make.worker("市局", Role.CITY_MANAGER, city.city)):
            client = signed_in(by)
            lines = [
                one for one in client.get(reverse("home")).context["waiting"]
                if "银行承诺" in one.sentence
            ]  # fmt: skip
            assert [one.count for one in lines] == [1, 1]
            for one in lines:
                assert client.get(one.url).context["page"].paginator.count == one.count
        waiting = signed_in(city.here.keeper).get(reverse("home")).context["waiting"]
        assert not [one for one in waiting if "银行承诺" in one.sentence]
