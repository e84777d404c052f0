"""Guidance is given, read and signed by those it is for, withdrawn (Art. 5 para. 1)."""

import io
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook
from pytest_django import DjangoAssertNumQueries

from cardbook.chapters.duties.guidance import commands, queries
from cardbook.chapters.duties.guidance.commands import Letter
from cardbook.chapters.duties.models import Guidance, GuidanceReading
from cardbook.law.roles import Role
from cardbook.ledger.models import Event
from cardbook.lib.clock import local_day
from cardbook.lifecycle.refusals import Refused
from cardbook.orgs.actors import Actor
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import NOON, City

pytestmark = [pytest.mark.django_db, pytest.mark.article(5, 1)]
LIST = "guidance.list"


def manager(city: City) -> Actor:
    return make.worker("市局管理员甲", Role.CITY_MANAGER, city.city)


def head(city: City) -> Actor:
    return make.worker("县区负责人甲", Role.COUNTY_MANAGER, city.here.county)


def letter(**changes: object) -> Letter:
    given = {
        "title": "窗口核对证件", "document": "商人社信〔2026〕1号", "body": "逐项核对后再签字。",
        "roles": ["window_clerk"], "read_by": timezone.localdate() + timedelta(days=5),
    }  # fmt: skip
    return Letter(**(given | changes))  # type: ignore[arg-type]


def given(by: Actor, **changes: object) -> Guidance:
    return commands.publish(letter=letter(**changes), by=by, at=NOON, key=make.key())


def codes(refused: pytest.ExceptionInfo[Refused]) -> set[str]:
    return {refusal.code for refusal in refused.value.refusals}


class TestPublish:
    def test_is_on_the_record_of_who_gave_it(self, city: City) -> None:
        by = manager(city)
        made = given(by, body="来电13800000000的不办")
        event = Event.objects.get(act="guidance.publish")
        assert (event.subject_id, event.actor_id) == (by.org_id, by.user_id)
        assert made.covers == city.city and "13800000000" not in made.body

    def test_the_same_key_gives_the_first(self, city: City) -> None:
        by, key = head(city), make.key()
        first, again = (
            commands.publish(letter=letter(), by=by, at=NOON, key=key) for _ in range(2)
        )
        assert first == again and Event.objects.filter(act="guidance.publish").count() == 1

    def test_nobody_guides_without_being_a_manager(self, city: City) -> None:
        with pytest.raises(Refused) as refused:
            given(city.here.keeper)
        assert codes(refused) == {"ORG_NOT_YOURS"}

    def test_it_is_for_somebody_who_does_business(self, city: City) -> None:
        with pytest.raises(Refused) as refused:
            given(manager(city), roles=["auditor"])
        assert codes(refused) == {"NOTHING_CHOSEN"}


class TestSign:
    def test_once_by_those_it_is_for(self, city: City) -> None:
        made = given(manager(city))
        for clerk in (city.here.clerk, city.neighbour.clerk):
            assert list(queries.unread(clerk)) == [made]
        for _ in range(2):
            commands.sign_read(guidance_id=made.pk, by=city.here.clerk, at=NOON)
        reading = GuidanceReading.objects.get()
        assert (reading.reader_id, reading.organization_id) == (
            city.here.clerk.user_id, city.here.clerk.org_id,
        )  # fmt: skip
        assert not queries.unread(city.here.clerk) and queries.unread(city.neighbour.clerk)

    def test_not_by_another_post_or_county(self, city: City) -> None:
        made = given(head(city))
        for stranger in (city.here.keeper, city.neighbour.clerk):
            assert not queries.unread(stranger)
            with pytest.raises(Refused) as refused:
                commands.sign_read(guidance_id=made.pk, by=stranger, at=NOON)
            assert codes(refused) == {"GUIDANCE_NOT_FOR_YOU"}

    def test_not_once_it_is_withdrawn(self, city: City) -> None:
        by = manager(city)
        made = given(by)
        commands.withdraw(guidance_id=made.pk, words="另行规定", by=by, at=NOON)
        assert not queries.unread(city.here.clerk)
        with pytest.raises(Refused) as refused:
            commands.sign_read(guidance_id=made.pk, by=city.here.clerk, at=NOON)
        assert codes(refused) == {"GUIDANCE_WITHDRAWN"}


class TestWithdraw:
    def test_only_by_who_gave_it_once_and_with_a_reason(self, city: City) -> None:
        by = head(city)
        made = given(by)
        for other, words, code in (
            (manager(city), "撤", "ORG_NOT_YOURS"), (by, " ", "REASON_MISSING"),
        ):  # fmt: skip
            with pytest.raises(Refused) as refused:
                commands.withdraw(guidance_id=made.pk, words=words, by=other, at=NOON)
            assert codes(refused) == {code}
        commands.withdraw(guidance_id=made.pk, words="另行规定", by=by, at=NOON)
        with pytest.raises(Refused) as refused:
            commands.withdraw(guidance_id=made.pk, words="另行规定", by=by, at=NOON)
        assert codes(refused) == {"GUIDANCE_WITHDRAWN"}
        assert Event.objects.filter(act="guidance.withdraw").count() == 1


class TestPages:
    def test_is_published_read_signed_and_withdrawn(self, city: City) -> None:
        office = signed_in(manager(city))
        form = {
            "key": make.key(), "title": "窗口核对证件", "document": "商人社信〔2026〕1号",
            "body": "逐项核对。\n再签字。", "read_by": f"{timezone.localdate()}",
            "roles": ["window_clerk"],
        }  # fmt: skip
        page = office.post(reverse("guidance.publish"), form | {"read_by": "2020-01-01"})
        assert page.status_code == 422 and "不能早于今天" in page.content.decode()
        page = office.post(reverse("guidance.publish"), form, follow=True)
        assert "已发布“窗口核对证件”" in page.content.decode()
        made, clerk = Guidance.objects.get(), signed_in(city.here.clerk)
        (line,) = [
            one for one in clerk.get(reverse("home")).context["waiting"]
            if "业务指导" in one.sentence
        ]  # fmt: skip
        assert line.count == 1
        assert [row.id for row in clerk.get(line.url).context["rows"]] == [made.pk]
        address = reverse("guidance.show", args=[made.pk])
        assert "已读，签阅" in clerk.get(address).content.decode()
        page = clerk.post(reverse("guidance.sign", args=[made.pk]), follow=True)
        assert "已签阅“窗口核对证件”" in page.content.decode()
        assert "已读，签阅" not in clerk.get(address).content.decode()
        people = office.get(address).context["found"].object_list
        assert [one.read_at is None for one in people] == sorted(
            (one.read_at is None for one in people), reverse=True
        )
        assert len([one for one in people if one.read_at]) == 1
        book = load_workbook(io.BytesIO(office.get(address, {"export": "xlsx"}).content)).active
        assert len(list(book.values)) == 1 + len(people)
        close = reverse("guidance.withdraw", args=[made.pk])
        assert office.post(close, {"words": ""}).status_code == 422
        page = office.post(close, {"words": "另行规定"}, follow=True)
        assert "不再执行" in page.content.decode()
        assert office.post(close, {"words": "另行规定"}).status_code == 409
        assert (
            "已于"
            in clerk.post(reverse("guidance.sign", args=[made.pk]), follow=True).content.decode()
        )

    def test_a_county_counts_its_own_people(self, city: City) -> None:
        made = given(manager(city))
        commands.sign_read(guidance_id=made.pk, by=city.neighbour.clerk, at=NOON)
        (row,) = queries.rows(queries.visible(head(city)), by=head(city), on=date(2026, 11, 20))
        assert row.read == 0 and row.guided >= 1
        names = {one.office for one in queries.guided(made.pk, by=head(city), on=local_day(NOON))}
        assert city.neighbour.window.name not in names and city.here.window.name in names

    def test_the_neighbour_and_those_who_only_look(self, city: City) -> None:
        made = given(head(city))
        address = reverse("guidance.show", args=[made.pk])
        assert signed_in(city.neighbour.clerk).get(address).status_code == 404
        auditor = signed_in(city.here.auditor)
        assert auditor.get(address).status_code == 200
        assert auditor.post(reverse("guidance.sign", args=[made.pk])).status_code == 403
        assert auditor.get(reverse("guidance.publish")).status_code == 403
        clerk = signed_in(city.here.clerk)
        assert clerk.post(reverse("guidance.withdraw", args=[made.pk])).status_code == 403

    def test_the_list_is_searched_ordered_and_exported_as_seen(self, city: City) -> None:
        by = head(city)
        first, second = given(by, title="甲事"), given(by, title="乙事", document="2号")
        client, address = signed_in(by), reverse(LIST)

        def seen(**query: object) -> list[int]:
            return [row.id for row in client.get(address, query).context["rows"]]

        assert seen() == [second.pk, first.pk] and seen(q="甲事") == [first.pk]
        assert seen(q="2号") == [second.pk] and seen(q=city.here.county.name)
        for sort in queries.SORTS:
            assert set(seen(sort=sort)) == {first.pk, second.pk}, sort
        assert seen(state="withdrawn") == [] and seen(state="todo") == []
        chosen = {"export": "xlsx", "pick": [str(first.pk)]}
        rows = list(load_workbook(io.BytesIO(client.get(address, chosen).content)).active.values)
        assert [row[0] for row in rows[1:]] == ["甲事"]

    def test_the_list_asks_no_more_for_more(
        self, city: City, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        by = head(city)
        given(by)
        client, address = signed_in(by), reverse(LIST)
        client.get(address)
        with CaptureQueriesContext(connection) as few:
            client.get(address)
        for _ in range(3):
            given(by)
        with django_assert_num_queries(len(few)):
            client.get(address)
