"""A temporary card is lent to whoever waits, one at a time (Art. 27)."""

from datetime import date, timedelta
from functools import partial

import pytest
from django.urls import reverse
from django.utils import timezone

from cardbook.cards.models import TemporaryCard
from cardbook.chapters.usage.replacement.tests.test_collecting import made_anew
from cardbook.chapters.usage.replacement.tests.windows import windows
from cardbook.chapters.usage.temporary.tests.lending import (
    lend,
    lent,
    stage,
    stock,
    waiting,
)
from cardbook.chapters.usage.tests.sending import refused_with
from cardbook.insight.check import recount
from cardbook.ledger.models import Event
from cardbook.lifecycle.facts import ApplyReason
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import City
from cardbook.testing.races import together

pytestmark = pytest.mark.article(27)


@pytest.mark.django_db
class TestLend:
    def test_goes_to_whoever_waits_for_sixty_days(self, city: City) -> None:
        application = lent(city)
        card = TemporaryCard.objects.get()
        days = timezone.localdate() + timedelta(days=60)
        assert (card.stage, card.person_id, card.valid_until) == (
            "lent", application.person_id, days,
        )  # fmt: skip
        assert Event.objects.get(act="temporary.lend").told == ["temporary/1"]
        assert [one for one in recount().findings if not one.holds] == []

    def test_one_person_has_one_at_a_time(self, city: City) -> None:
        application = lent(city)
        stock("L0002", by=city.here.keeper)
        answer = lend(application, "L0002", by=city.here.clerk)
        assert refused_with(answer) == {"TEMPORARY_LENT_ALREADY"} and stage("L0002") == "in_stock"
        page = signed_in(city.here.clerk).get(reverse("application.show", args=[application.pk]))
        assert "临时卡 L0001" in (html := page.content.decode()) and "发放临时卡" not in html

    def test_needs_signature_notice_and_a_card_of_the_county(self, city: City) -> None:
        application = waiting(city)
        stock("L0001", by=city.here.keeper)
        for given, code in (
            ({"paper_signature_paper_signature_screen_signature_thumb": ""}, "SIGNATURE_MISSING"),
            ({"told_temporary": None}, "NOTICE_NOT_GIVEN"),
            ({"number": "L9999"}, "TEMPORARY_UNKNOWN"),
        ):
            sent = {"number": "L0001"} | given
            assert code in refused_with(
                lend(application, sent.pop("number"), by=city.here.clerk, **sent)
            )
        unsigned = {"paper_signature_paper_signature_screen_signature_thumb": ""}
        answer = lend(application, "L0001", by=city.here.clerk, **unsigned)
        # Said once, and no hint names a box that is not on the page.
        assert refused_with(answer) == {"SIGNATURE_MISSING"}
        assert "已在纸上签字" not in answer.content.decode()
        assert lend(application, "L0001", by=city.neighbour.clerk).status_code == 404
        assert lend(application, "L0001", by=city.here.auditor).status_code == 403

    def test_the_dead_wait_for_nothing(self, city: City) -> None:
        application = waiting(city)
        stock("L0001", by=city.here.keeper)
        type(application.person).objects.filter(pk=application.person_id).update(
            died_on=date(2026, 11, 20)
        )
        assert refused_with(lend(application, "L0001", by=city.here.clerk)) == {"HOLDER_DEAD"}

    def test_whoever_can_fetch_his_new_card_gets_no_temporary_one(self) -> None:
        there = windows()
        _, _, application = made_anew(there, ApplyReason.DAMAGED)
        stock("L0001", by=there.city.here.keeper)
        answer = lend(application, "L0001", by=there.clerk)
        assert refused_with(answer) == {"TEMPORARY_CARD_MADE"} and stage("L0001") == "in_stock"
        assert "请直接领取新卡" in answer.content.decode()
        shown = signed_in(there.clerk).get(reverse("application.show", args=[application.pk]))
        assert reverse("temporary.lend", args=[application.pk]) not in shown.content.decode()

    def test_a_card_already_lent_is_not_lent_again(self, city: City) -> None:
        lent(city)
        other = waiting(city)
        assert lend(other, "L0001", by=city.here.clerk).status_code == 409


@pytest.mark.races
def test_lent_by_two_windows_at_once_goes_to_one_person_once(fresh_database: str) -> None:
    city = make.city()
    application = waiting(city)
    stock("L0001", "L0002", by=city.here.keeper)
    sent = [
        partial(lend, application, number, by=by)
        for number, by in (("L0001", city.here.clerk), ("L0002", city.here.other_clerk))
    ]
    assert sorted(one.status_code for one in together(*sent)) == [302, 409]
    assert TemporaryCard.objects.filter(stage="lent").count() == 1
