"""A batch with too many defective cards is on the home page until somebody saw to it (Art. 9)."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from cardbook.chapters.issuance.defect.alarms import alarms, answer_alarm, open_alarms
from cardbook.chapters.issuance.defect.tests.test_returns import defective
from cardbook.law.roles import Role
from cardbook.ledger.models import Event
from cardbook.lifecycle.refusals import Refused
from cardbook.orgs.actors import Actor
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import NOON, City
from cardbook.testing.parameters import ruled
from cardbook.testing.workbooks import cells_of

pytestmark = [pytest.mark.django_db, pytest.mark.article(9)]
TODAY = date(2026, 11, 20)
WORDS = "已联系制卡机构，三日内答复"
HOME = "个批次的质量问题率超过报警比例"


@pytest.fixture
def batch(city: City) -> int:
    """One of ten cards is defective: a hundred of a thousand."""
    make.received_cards(city, city.here, count=9)
    return defective(city, city.here).batch_id


def answer(batch: int, *, by: Actor, words: str = WORDS) -> None:
    answer_alarm(batch_id=batch, words=words, by=by, at=NOON)


def refused(batch: int, *, by: Actor, words: str = WORDS) -> set[str]:
    with pytest.raises(Refused) as refused:
        answer(batch, by=by, words=words)
    return {refusal.code for refusal in refused.value.refusals}


def test_waits_on_the_home_page_of_who_can_act_and_of_nobody_else(city: City, batch: int) -> None:
    manager = make.worker("负责人", Role.COUNTY_MANAGER, city.here.county)
    above = make.worker("市管理员", Role.CITY_MANAGER, city.city)
    for by in (city.here.keeper, manager, above):
        page = signed_in(by).get("/").content.decode()
        assert HOME in page and reverse("defect.rates") in page
    for by in (city.here.clerk, city.here.auditor, city.neighbour.keeper):
        assert HOME not in signed_in(by).get("/").content.decode()


@pytest.mark.parametrize(("sound", "count"), [(98, 1), (99, 0)])
def test_is_counted_as_the_page_does(city: City, sound: int, count: int) -> None:
    make.received_cards(city, city.here, count=sound)
    defective(city, city.here)
    assert len(alarms(city.here.keeper, today=TODAY)) == count
    assert open_alarms(city.here.keeper, today=TODAY) == count


def test_with_no_share_allowed_every_defect_is_one_too_many(city: City, batch: int) -> None:
    with ruled("defect_alarm_permille", 0):
        assert open_alarms(city.here.keeper, today=TODAY) == 1


class TestAnswer:
    def test_is_an_event_of_the_county_and_ends_the_reminder(self, city: City, batch: int) -> None:
        answer(batch, by=city.here.keeper)
        event = Event.objects.get(act="defect.answer")
        assert (
            event.subject_id == city.here.county.pk and event.actor_id == city.here.keeper.user_id
        )
        assert open_alarms(city.here.keeper, today=TODAY) == 0
        (alarm,) = alarms(city.here.keeper, today=TODAY)
        assert alarm.answer is not None
        assert (alarm.answer.by, alarm.answer.words, alarm.open) == (
            city.here.keeper.name, WORDS, False,
        )  # fmt: skip

    def test_of_a_county_is_none_of_the_city(self, city: City, batch: int) -> None:
        above = make.worker("市管理员", Role.CITY_MANAGER, city.city)
        answer(batch, by=city.here.keeper)
        assert open_alarms(above, today=TODAY) == 1
        answer(batch, by=above)
        assert open_alarms(above, today=TODAY) == 0

    def test_holds_until_more_is_found(self, city: City, batch: int) -> None:
        answer(batch, by=city.here.keeper)
        defective(city, city.here)
        assert open_alarms(city.here.keeper, today=TODAY) == 1
        answer(batch, by=city.here.keeper)
        assert open_alarms(city.here.keeper, today=TODAY) == 0

    def test_is_not_given_twice_in_silence_for_nothing_or_by_strangers(
        self, city: City, batch: int
    ) -> None:
        assert refused(batch, by=city.here.keeper, words=" ") == {"REASON_MISSING"}
        for watcher in (city.here.clerk, city.here.auditor, city.here.reviewer):
            assert refused(batch, by=watcher) == {"ROLE_MAY_NOT"}
        assert refused(batch, by=city.neighbour.keeper) == {"BATCH_NOT_IN_ALARM"}
        assert refused(batch + 1, by=city.here.keeper) == {"BATCH_NOT_IN_ALARM"}
        assert not Event.objects.filter(act="defect.answer").exists()
        answer(batch, by=city.here.keeper)
        assert refused(batch, by=city.here.keeper) == {"ALARM_ANSWERED"}


class TestPage:
    def test_takes_the_answer_and_shows_who_gave_it(self, city: City, batch: int) -> None:
        client, address = signed_in(city.here.keeper), reverse("defect.rates")
        given = {"batch": batch, "words": f"{WORDS}，电话 13900000000"}
        page = client.post(address, given, follow=True).content.decode()
        assert "已登记处理" in page and WORDS in page and city.here.keeper.name in page
        assert "13900000000" not in page
        assert WORDS in " ".join(cells_of(client.get(address, {"export": "xlsx"}).content))
        assert HOME not in client.get("/").content.decode()

    def test_asks_for_words_and_offers_nothing_to_who_only_reads(
        self, city: City, batch: int
    ) -> None:
        client, address = signed_in(city.here.keeper), reverse("defect.rates")
        page = client.post(address, {"batch": batch, "words": ""}, follow=True).content.decode()
        assert "请写明怎样处理的" in page
        reader = signed_in(city.here.auditor)
        assert 'name="words"' not in reader.get(address).content.decode()
        page = reader.post(address, {"batch": batch, "words": WORDS}, follow=True)
        assert "已登记处理" not in page.content.decode()
        assert not Event.objects.filter(act="defect.answer").exists()


def test_an_answer_of_last_month_still_holds(city: City, batch: int) -> None:
    answer_alarm(batch_id=batch, words=WORDS, by=city.here.keeper, at=NOON - timedelta(days=30))
    assert open_alarms(city.here.keeper, today=TODAY) == 0
