"""A temporary card comes back, is lost, or is used longer (Art. 27)."""

from datetime import date, timedelta
from functools import partial

import pytest
from django.urls import reverse
from django.utils import timezone

from cardbook.cards.models import TemporaryCard
from cardbook.chapters.usage.temporary.queries import last_day
from cardbook.chapters.usage.temporary.tests.lending import (
    act_on,
    lend,
    lent,
    stage,
    stock,
)
from cardbook.chapters.usage.tests.sending import refused_with
from cardbook.lifecycle.perform import perform
from cardbook.lifecycle.refusals import Refused
from cardbook.orgs.models import User
from cardbook.people.holders import holder_of
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import PASSWORD, City
from cardbook.testing.parameters import ruled

pytestmark = pytest.mark.article(27)


@pytest.mark.django_db
def test_one_that_is_back_is_not_said_to_be_a_stranded_card(city: City) -> None:
    lent(city)
    assert (
        act_on("temporary.take_back", "L0001", by=city.here.clerk, sound="on").status_code == 302
    )
    longer = timezone.localdate() + timedelta(days=32)
    again = act_on(
        "temporary.extend", "L0001", by=city.here.clerk, valid_until=f"{longer}", words="迟"
    )
    assert refused_with(again) == {"TEMPORARY_BACK"}
    assert "退回管理机构" not in again.content.decode()


@pytest.mark.django_db
class TestTheWayBack:
    def test_the_new_card_waits_until_it_is_back(self, city: City) -> None:
        application = lent(city)
        (new,) = make.received_cards(city, city.here, people=[application.person])
        hand_over = partial(
            perform, make.issue_step(new), by=city.here.clerk, at=timezone.now(), key=make.key()
        )
        with pytest.raises(Refused) as refused:
            hand_over()
        assert {one.code for one in refused.value.refusals} == {"TEMPORARY_CARD_OUT"}
        act_on("temporary.take_back", "L0001", by=city.here.clerk, sound="on")
        assert stage("L0001") == "returned" and hand_over()

    def test_whoever_hands_over_is_led_to_it(self, city: City) -> None:
        holder = lent(city).person
        make.received_cards(city, city.here, people=[holder])
        way = reverse("temporary.show", args=[TemporaryCard.objects.get().pk])
        clerk, number = signed_in(city.here.clerk), holder_of(holder).number
        assert way in clerk.post(reverse("card.issue"), {"q": number}).content.decode()
        assert "L0001" in clerk.get(way).content.decode()

    def test_the_city_may_let_it_come_back_later(self, city: City) -> None:
        application = lent(city)
        (new,) = make.received_cards(city, city.here, people=[application.person])
        with ruled("new_card_requires_temp_return", False):
            assert perform(
                make.issue_step(new), by=city.here.clerk, at=timezone.now(), key=make.key()
            )

    def test_two_people_may_let_the_new_card_go_first(self, city: City) -> None:
        application = lent(city)
        (new,) = make.received_cards(city, city.here, people=[application.person])
        second = User.objects.get(pk=city.here.reviewer.user_id).get_username()
        signed = {"second_name": second, "second_password": PASSWORD}
        answer = act_on(
            "temporary.excuse", "L0001", by=city.here.clerk, words="临时卡在外地住院用", **signed
        )
        assert answer.status_code == 302
        again = act_on("temporary.excuse", "L0001", by=city.here.clerk, words="再来", **signed)
        assert refused_with(again) == {"TEMPORARY_EXCUSED"}
        page = signed_in(city.here.clerk).get(
            reverse("temporary.show", args=[TemporaryCard.objects.get().pk])
        ).content.decode()  # fmt: skip
        assert "已由两人同意免予先还" in page
        assert reverse("temporary.excuse", args=[TemporaryCard.objects.get().pk]) not in page
        perform(make.issue_step(new), by=city.here.clerk, at=timezone.now(), key=make.key())
        assert TemporaryCard.objects.get().excused and stage("L0001") == "lent"

    def test_lost_it_stops_and_another_may_be_lent(self, city: City) -> None:
        application = lent(city)
        act_on("temporary.lose", "L0001", by=city.here.clerk, words="挂号时遗失")
        stock("L0002", by=city.here.keeper)
        assert stage("L0001") == "lost"
        assert lend(application, "L0002", by=city.here.clerk).status_code == 302

    def test_is_extended_to_the_last_day_and_not_beyond(self, city: City) -> None:
        lent(city)
        today = timezone.localdate()
        latest = last_day(today, today=today)
        for until, status in ((latest, 302), (latest + timedelta(days=1), 409)):
            sent = act_on(
                "temporary.extend", "L0001", by=city.here.clerk, valid_until=f"{until}",
                words="新卡未到",
            )  # fmt: skip
            assert sent.status_code == status
        assert TemporaryCard.objects.get().valid_until == latest
        page = signed_in(city.here.clerk).get(
            f"/temporary/{TemporaryCard.objects.get().pk}/extend/"
        )
        assert page.content.decode().count(f"可用到 {latest}") == 2

    def test_a_damaged_one_is_taken_out_of_stock(self, city: City) -> None:
        stock("L0001", by=city.here.keeper)
        act_on("temporary.void", "L0001", by=city.here.keeper, words="卡面断裂")
        assert stage("L0001") == "void"


@pytest.mark.parametrize(
    ("lent_on", "latest"),
    [(date(2026, 8, 31), date(2027, 2, 28)), (date(2026, 1, 5), date(2026, 7, 5))],
)
def test_six_months_end_within_their_month(lent_on: date, latest: date) -> None:
    assert last_day(lent_on, today=lent_on) == latest
