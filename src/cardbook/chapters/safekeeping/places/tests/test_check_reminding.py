"""An office is told of a place it did not check in time: once a day, until it does (20, 21)."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cardbook.chapters.safekeeping.models import KeepingPlace
from cardbook.chapters.safekeeping.places.check_queries import REMINDED, due_checks, reminded_count
from cardbook.chapters.safekeeping.places.check_reminding import remind_check
from cardbook.law.roles import Role
from cardbook.ledger.models import Event
from cardbook.lifecycle.refusals import Refused
from cardbook.orgs.actors import Actor
from cardbook.orgs.models import Organization
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import City

pytestmark = [pytest.mark.django_db, pytest.mark.article(20), pytest.mark.article(5)]


def place_at(office: Organization, name: str = "窗口柜", *, days: int = 400) -> KeepingPlace:
    return KeepingPlace.objects.create(
        organization=office, name=name, where="一楼",
        opened_on=timezone.localdate() - timedelta(days=days),
    )  # fmt: skip


def remind(place: KeepingPlace, by: Actor, *, words: str = "当面说了", days: int = 0) -> None:
    at = timezone.now() + timedelta(days=days)
    remind_check(place_id=place.pk, words=words, by=by, at=at)


def refusal(place: KeepingPlace, by: Actor, **given: str) -> str:
    with pytest.raises(Refused) as refused:
        remind(place, by, **given)  # type: ignore[arg-type]
    return refused.value.refusals[0].code


class TestButton:
    def test_nobody_is_offered_to_remind_himself(self, city: City) -> None:
        own = place_at(city.here.card_body, "本库")
        keeper, url = signed_in(city.here.keeper), reverse("check.list")
        page = keeper.get(url)
        assert page.context["remind"] is None and "登记催办" not in page.content.decode()
        theirs = place_at(city.here.window)
        html = keeper.get(url).content.decode()
        assert "登记催办" in html and f'value="{theirs.pk}"' in html
        assert f'name="pick" value="{own.pk}"' not in html


class TestRemind:
    def test_the_office_sees_it_on_its_home_page_and_on_the_row(self, city: City) -> None:
        place = place_at(city.here.window)
        remind(place, city.here.keeper)
        event = Event.objects.get(act=REMINDED)
        assert (event.subject_id, event.actor_id) == (
            city.here.window.pk, city.here.keeper.user_id,
        )  # fmt: skip
        (due,) = due_checks(city.here.clerk, at=timezone.now())
        assert due.reminded is not None and due.reminded.words == "当面说了"
        clerk = signed_in(city.here.clerk)
        assert "处存放处被催办检查" in clerk.get("/").content.decode()
        assert "当面说了" in clerk.get(reverse("check.list")).content.decode()
        assert "被催办" not in signed_in(city.here.keeper).get("/").content.decode()

    def test_once_a_day_and_not_of_what_is_in_time(self, city: City) -> None:
        place, fresh = place_at(city.here.window), place_at(city.here.window, "新柜", days=0)
        remind(place, city.here.keeper)
        assert refusal(place, city.here.keeper) == "REMINDED_TODAY"
        assert refusal(fresh, city.here.keeper) == "REMIND_NOT_DUE"
        remind(place, city.here.keeper, days=1)
        assert Event.objects.filter(act=REMINDED).count() == 2

    def test_not_himself_not_in_silence_not_by_a_stranger(self, city: City) -> None:
        place = place_at(city.here.window)
        assert refusal(place_at(city.here.card_body), city.here.keeper) == "REMIND_OWN"
        assert refusal(place, city.here.keeper, words=" ") == "REASON_MISSING"
        for by in (city.here.clerk, city.here.auditor, city.here.reviewer):
            assert refusal(place, by) == "ROLE_MAY_NOT"
        with pytest.raises(KeepingPlace.DoesNotExist):
            remind(place, city.neighbour.keeper)
        assert not Event.objects.filter(act=REMINDED).exists()

    def test_a_reminder_of_a_check_that_was_made_since_is_over(self, city: City) -> None:
        place = place_at(city.here.window)
        remind(place, city.here.keeper)
        assert reminded_count(city.here.clerk, at=timezone.now()) == 1
        place.checks.create(checked_by_id=city.here.clerk.user_id, at=timezone.now())
        later = timezone.now() + timedelta(days=60)
        assert len(due_checks(city.here.clerk, at=later)) == 1
        assert reminded_count(city.here.clerk, at=later) == 0


class TestRemindChosen:
    def test_each_place_says_what_became_of_it(self, city: City) -> None:
        told, own = place_at(city.here.window), place_at(city.here.card_body, "库房")
        theirs = place_at(city.neighbour.window, "邻县柜")
        page = signed_in(city.here.keeper).post(
            reverse("check.list"),
            {"pick": [told.pk, own.pk, theirs.pk], "words": "当面说了"},
        )
        results = dict(page.context["results"])
        assert len(results) == 2
        assert results[f"窗口柜 {city.here.window.name}"].startswith("已登记催办")
        assert "由本机构自己办" in results[f"库房 {city.here.card_body.name}"]
        assert Event.objects.filter(act=REMINDED).count() == 1

    def test_a_city_manager_reminds_a_county_and_a_clerk_is_not_offered_it(
        self, city: City
    ) -> None:
        place = place_at(city.here.window)
        manager = make.worker("市管理员", Role.CITY_MANAGER, city.city)
        shown = signed_in(manager).get(reverse("check.list")).content.decode()
        assert "登记催办勾选的" in shown
        remind(place, manager)
        clerk = signed_in(city.here.clerk).get(reverse("check.list")).content.decode()
        assert "登记催办勾选的" not in clerk
