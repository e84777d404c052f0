"""An office is told of a delivery it did not receive in time: once a day, on its home page (6)."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cardbook.chapters.intake.models import Delivery
from cardbook.chapters.intake.receive.delivery_queries import REMINDED
from cardbook.chapters.intake.receive.reminding import remind_delivery
from cardbook.chapters.intake.receive.tests.deliveries import Arrived, arrive
from cardbook.law.roles import Role
from cardbook.ledger.models import Event
from cardbook.lifecycle.refusals import Refused
from cardbook.orgs.actors import Actor
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import City
from cardbook.testing.races import in_words, together
from cardbook.testing.workbooks import cells_of

pytestmark = [pytest.mark.article(5), pytest.mark.article(6)]
WORDS = "电话13800000000通知"


def manager_of(city: City) -> Actor:
    return make.worker("负责人", Role.COUNTY_MANAGER, city.here.county)


def late(city: City, box: str = "1-1") -> Arrived:
    """A delivery registered eight days ago and not counted."""
    arrived = arrive(city, city.here, {box: 2})
    long_ago = timezone.now() - timedelta(days=8)
    Delivery.objects.filter(pk=arrived.delivery.pk).update(registered_at=long_ago)
    return arrived


def remind(arrived: Arrived, by: Actor, *, words: str = WORDS, days: int = 0) -> None:
    at = timezone.now() + timedelta(days=days)
    remind_delivery(delivery_id=arrived.delivery.pk, words=words, by=by, at=at)


def refusal(arrived: Arrived, by: Actor, **given: str) -> str:
    with pytest.raises(Refused) as refused:
        remind(arrived, by, **given)  # type: ignore[arg-type]
    return refused.value.refusals[0].code


@pytest.mark.django_db
class TestRemind:
    def test_says_who_told_whom_when_and_keeps_no_number_in_clear(self, city: City) -> None:
        arrived, by = late(city), manager_of(city)
        remind(arrived, by)
        event = Event.objects.get(act=REMINDED)
        office = arrived.delivery.organization_id
        assert (event.subject_id, event.actor_id) == (office, by.user_id)
        assert "13800000000" not in event.facts
        html = signed_in(city.here.keeper).get(reverse("delivery.list")).content.decode()
        assert "负责人催办" in html
        assert "批逾期到货被催办" in signed_in(city.here.keeper).get("/").content.decode()
        assert "被催办" not in signed_in(by).get("/").content.decode()

    def test_once_a_day(self, city: City) -> None:
        arrived, by = late(city), manager_of(city)
        remind(arrived, by)
        assert refusal(arrived, make.worker("副职", Role.COUNTY_MANAGER, city.here.county)) == (
            "REMINDED_TODAY"
        )
        remind(arrived, by, days=1)
        assert Event.objects.filter(act=REMINDED).count() == 2

    def test_not_in_vain_in_silence_or_to_himself(self, city: City) -> None:
        by, fresh = manager_of(city), arrive(city, city.here, {"2-1": 1})
        assert refusal(fresh, by) == "REMIND_NOT_DUE"
        assert refusal(late(city), by, words=" ") == "REASON_MISSING"
        own = make.worker("本机构", Role.COUNTY_MANAGER, city.here.card_body)
        assert refusal(late(city, "3-1"), own) == "REMIND_OWN"
        assert not Event.objects.filter(act=REMINDED).exists()

    def test_a_stranger_and_the_neighbour_remind_nobody(self, city: City) -> None:
        arrived = late(city)
        for by in (city.here.keeper, city.here.auditor, city.here.clerk):
            assert refusal(arrived, by) == "ROLE_MAY_NOT"
        neighbour = make.worker("邻县负责人", Role.COUNTY_MANAGER, city.neighbour.county)
        with pytest.raises(Delivery.DoesNotExist):
            remind(arrived, neighbour)


def test_two_managers_at_once_remind_once(fresh_database: str) -> None:
    city = make.city()
    arrived, first = late(city), manager_of(city)
    other = make.worker("市管理员", Role.CITY_MANAGER, city.city)
    answers = together(lambda: remind(arrived, first), lambda: remind(arrived, other))
    assert sorted(in_words(answers, done=lambda _: "told")) == ["REMINDED_TODAY", "told"]
    assert Event.objects.filter(act=REMINDED).count() == 1


@pytest.mark.django_db
class TestRemindChosen:
    def test_each_row_says_what_became_of_it(self, city: City) -> None:
        told, again, fresh = late(city), late(city, "3-1"), arrive(city, city.here, {"2-1": 1})
        by = manager_of(city)
        remind(again, by)
        chosen = [one.delivery.pk for one in (told, again, fresh)]
        theirs = arrive(city, city.neighbour, {"9-1": 1})
        page = signed_in(by).post(
            reverse("delivery.list"), {"pick": [*chosen, theirs.delivery.pk], "words": WORDS}
        )
        results = dict(page.context["results"])
        said = {
            one.delivery.pk: results[f"{one.delivery.code} {city.here.card_body.name}"]
            for one in (told, again, fresh)
        }
        assert said[told.delivery.pk].startswith("已登记催办")
        assert "今天已由负责人催办" in said[again.delivery.pk]
        assert "没有逾期" in said[fresh.delivery.pk] and len(results) == 3
        assert Event.objects.filter(act=REMINDED).count() == 2

    def test_nothing_chosen_or_nothing_said_is_said(self, city: City) -> None:
        arrived, client = late(city), signed_in(manager_of(city))
        for given in ({"words": WORDS}, {"pick": arrived.delivery.pk, "words": ""}):
            page = client.post(reverse("delivery.list"), given).content.decode()
            assert "没有登记催办：请先勾选" in page
        assert not Event.objects.filter(act=REMINDED).exists()

    def test_whoever_does_not_remind_is_not_offered_it(self, city: City) -> None:
        arrived = late(city)
        client, address = signed_in(city.here.keeper), reverse("delivery.list")
        assert "登记催办勾选的" not in client.get(address).content.decode()
        page = client.post(address, {"pick": arrived.delivery.pk, "words": WORDS})
        assert "没有登记" in page.content.decode()
        assert not Event.objects.filter(act=REMINDED).exists()

    def test_ticked_rows_are_still_taken_along(self, city: City) -> None:
        arrived = late(city)
        taken = signed_in(manager_of(city)).post(
            reverse("delivery.list"), {"export": "xlsx", "pick": arrived.delivery.pk}
        )
        assert arrived.delivery.code in cells_of(taken.content)
