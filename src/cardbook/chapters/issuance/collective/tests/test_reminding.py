"""Overdue sheets: units are told, managers look after those long overdue (Art. 8 para. 3)."""

from datetime import date, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cardbook.chapters.issuance.collective import list_queries
from cardbook.chapters.issuance.collective.own_sheets import report_sheet
from cardbook.chapters.issuance.collective.reminding import remind_sheet
from cardbook.chapters.issuance.collective.tests.bundles import Out, add_pages, out, tick
from cardbook.chapters.issuance.models import Bundle
from cardbook.law.roles import Role
from cardbook.law.working_days import national_calendar
from cardbook.ledger.models import Event
from cardbook.lifecycle.refusals import Refused
from cardbook.orgs.actors import Actor
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import City
from cardbook.testing.workbooks import cells_of

pytestmark = [pytest.mark.django_db, pytest.mark.article(8, 3)]
LIST = "bundle.list"


def codes(refused: pytest.ExceptionInfo[Refused]) -> set[str]:
    return {refusal.code for refusal in refused.value.refusals}


def late(city: City, *, days: int = 60) -> Out:
    """A sheet that went out so many days ago."""
    return out(city, count=1, at=timezone.now() - timedelta(days=days))


def head(city: City) -> Actor:
    return make.worker("县区负责人甲", Role.COUNTY_MANAGER, city.here.county)


def manager(city: City) -> Actor:
    return make.worker("市局管理员甲", Role.CITY_MANAGER, city.city)


def remind(
    given: Out, by: Actor, *, at: datetime | None = None, words: str = "电话通知"
) -> Bundle:
    return remind_sheet(bundle_id=given.bundle.pk, words=words, by=by, at=at or timezone.now())


class TestRemind:
    def test_is_an_event_of_the_unit_and_shown_with_the_sheet(self, city: City) -> None:
        given = late(city)
        remind(given, city.here.clerk, words="电话13800000000通知")
        event = Event.objects.get(act=list_queries.REMINDED)
        assert (event.subject_kind, event.subject_id) == ("organization", given.bundle.unit_id)
        assert "13800000000" not in event.facts and event.basis.startswith("第八条")
        (told,) = list_queries.reminders_of(given.bundle)
        assert told.by == "窗口甲"
        client = signed_in(city.here.clerk)
        shown = client.get(reverse("bundle.show", args=[given.bundle.pk])).content.decode()
        assert "窗口甲：电话" in shown
        (line,) = client.get(reverse(LIST)).context["lines"]
        assert line.reminded_at == event.happened_at

    @pytest.mark.parametrize("who", ["clerk", "keeper", "county", "city"])
    def test_is_for_who_hands_out_and_who_answers_for_it(self, city: City, who: str) -> None:
        by = {"county": head, "city": manager}.get(who, lambda city: getattr(city.here, who))(city)
        assert remind(late(city), by)

    def test_once_a_day(self, city: City) -> None:
        given = late(city)
        remind(given, city.here.clerk)
        with pytest.raises(Refused) as refused:
            remind(given, city.here.keeper)
        assert codes(refused) == {"SHEET_REMINDED"}
        assert "今天已由窗口甲催交" in refused.value.refusals[0].sentence
        remind(given, city.here.keeper, at=timezone.now() + timedelta(days=1))
        assert len(list_queries.reminders_of(given.bundle)) == 2

    def test_not_before_the_day_is_over(self, city: City) -> None:
        given = late(city, days=1)
        with pytest.raises(Refused) as refused:
            remind(given, city.here.clerk)
        assert codes(refused) == {"SHEET_NOT_OVERDUE"}

    def test_not_when_the_unit_has_reported(self, city: City) -> None:
        given = late(city)
        handler = make.worker("单位经办人甲", Role.UNIT_HANDLER, given.bundle.unit)
        tick(given.bundle, "1", by=handler, on=timezone.localdate())
        add_pages(given.bundle, by=handler)
        report_sheet(bundle_id=given.bundle.pk, by=handler, at=timezone.now())
        with pytest.raises(Refused) as refused:
            remind(given, city.here.clerk)
        assert codes(refused) == {"SHEET_SENT"}

    def test_says_how(self, city: City) -> None:
        with pytest.raises(Refused) as refused:
            remind(late(city), city.here.clerk, words=" ")
        assert codes(refused) == {"REASON_MISSING"}

    def test_a_stranger_and_a_neighbour_remind_nobody(self, city: City) -> None:
        given = late(city)
        with pytest.raises(Refused) as refused:
            remind(given, city.here.auditor)
        assert codes(refused) == {"ROLE_MAY_NOT"}
        with pytest.raises(Bundle.DoesNotExist):
            remind(given, city.neighbour.clerk)
        assert not Event.objects.filter(act=list_queries.REMINDED).exists()


class TestRemindChosen:
    def test_each_has_its_own_result(self, city: City) -> None:
        overdue, fresh, foreign = late(city), late(city, days=1), late(city)
        client = signed_in(city.here.clerk)
        given = {"bundle": [overdue.bundle.pk, fresh.bundle.pk], "words": "电话通知"}
        results = client.post(reverse(LIST), given).context["results"]
        said = {who.split(" ")[0]: sentence for who, sentence in results}
        assert said[overdue.bundle.number] == "已登记催交。"
        assert "没有逾期" in said[fresh.bundle.number]
        again = client.post(reverse(LIST), given).content.decode()
        assert "今天已由窗口甲催交" in again
        assert Event.objects.filter(act=list_queries.REMINDED).count() == 1
        neighbour = signed_in(city.neighbour.clerk)
        answer = neighbour.post(reverse(LIST), {"bundle": foreign.bundle.pk, "words": "电话"})
        assert "不在您的管辖范围内" in answer.content.decode()

    def test_nothing_without_a_choice_or_words(self, city: City) -> None:
        given, client = late(city), signed_in(city.here.clerk)
        for data in ({"bundle": given.bundle.pk, "words": ""}, {"words": "电话"}):
            assert "没有登记催交" in client.post(reverse(LIST), data).content.decode()
        assert not Event.objects.filter(act=list_queries.REMINDED).exists()

    def test_who_only_reads_is_told_so(self, city: City) -> None:
        given, client = late(city), signed_in(city.here.auditor)
        assert "登记催交勾选的" not in client.get(reverse(LIST)).content.decode()
        answer = client.post(reverse(LIST), {"bundle": given.bundle.pk, "words": "电话"})
        ((_, said),) = answer.context["results"]
        assert "催交" in said and not Event.objects.filter(act=list_queries.REMINDED).exists()

    def test_chosen_ones_are_exported_alone(self, city: City) -> None:
        one, other = late(city), late(city)
        client = signed_in(city.here.clerk)
        answer = client.post(reverse(LIST), {"bundle": one.bundle.pk, "export": "xlsx"})
        cells = cells_of(answer.content)
        assert one.bundle.number in cells and other.bundle.number not in cells
        assert "报市局" in cells


class TestEscalation:
    MONDAY = date(2026, 11, 16)

    def test_counts_worked_days_after_the_day(self) -> None:
        assert list_queries.escalated_before("county", on=self.MONDAY) == date(2026, 11, 10)
        due = date(2026, 11, 9)
        days, _ = national_calendar().working_days_between(due, self.MONDAY)
        assert days == 5
        for on in (self.MONDAY + timedelta(days=gone) for gone in range(-20, 20)):
            limit = list_queries.escalated_before("county", on=on)
            for due in (limit - timedelta(days=1), limit):
                days, _ = national_calendar().working_days_between(due, on)
                assert (days >= 5) is (due < limit), (on, due)

    def test_the_county_comes_before_the_city(self, city: City) -> None:
        bundle = late(city).bundle
        seen = {}
        for days in range(1, 40):
            on = bundle.due_on + timedelta(days=days)
            for level in ("overdue", "county", "city"):
                found = list_queries.listed(
                    by=city.here.clerk, state=level, text="", sort="due", on=on
                )
                if found and level not in seen:
                    seen[level] = on
                    (line,) = list_queries.lines_of(found, on=on)
                    title = list_queries.ESCALATED.get(level, ("", ""))[0]
                    assert line.reported_to == title
        calendar = national_calendar()
        assert seen["overdue"] == bundle.due_on + timedelta(days=1)
        assert seen["county"] == calendar.add_working_days(bundle.due_on, 5)[0]
        assert seen["city"] == calendar.add_working_days(bundle.due_on, 15)[0]

    def test_a_filed_sheet_is_nobodys_business(self, city: City) -> None:
        given = late(city)
        Bundle.objects.filter(pk=given.bundle.pk).update(filed_at=timezone.now())
        for level in list_queries.ESCALATED:
            assert not list_queries.listed(
                by=city.here.clerk, state=level, text="", sort="due", on=timezone.localdate()
            )

    @pytest.mark.article(5)
    def test_waits_on_the_home_page_of_the_managers(self, city: City) -> None:
        given = late(city, days=60)
        for by, level in ((head(city), "county"), (manager(city), "city")):
            client = signed_in(by)
            (line,) = [
                one for one in client.get(reverse("home")).context["waiting"]
                if "由您督办" in one.sentence
            ]  # fmt: skip
            assert line.count == 1 and "待确认" in line.sentence
            assert line.url.endswith(f"?state={level}")
            page = client.get(line.url)
            assert [one.id for one in page.context["lines"]] == [given.bundle.pk]
            assert client.get(reverse("bundle.show", args=[given.bundle.pk])).status_code == 200
        there = make.worker("邻县负责人", Role.COUNTY_MANAGER, city.neighbour.county)
        lines = signed_in(there).get(reverse("home")).context["waiting"]
        assert not [one for one in lines if "由您督办" in one.sentence]

    def test_is_said_with_its_days_below_the_list(self, city: City) -> None:
        page = signed_in(city.here.clerk).get(reverse(LIST)).content.decode()
        assert "逾期满 5 个工作日（天数待确认）报县区负责人" in page
        assert "逾期满 15 个工作日（天数待确认）报市局" in page
