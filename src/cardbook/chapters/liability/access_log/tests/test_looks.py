"""Whoever looks at somebody is kept, nobody alters it, and who is asked can tell (Art. 32)."""

import re
from datetime import timedelta
from unittest.mock import patch

import pytest
from django.db import OperationalError, ProgrammingError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from psycopg.errors import DiskFull

from cardbook.cards.models import Card
from cardbook.chapters.liability.access_log.commands import forget_looks
from cardbook.chapters.liability.access_log.queries import SEARCHED, purpose_of
from cardbook.chapters.liability.models import Look, LookAlarm
from cardbook.chapters.looking import How, Whom, how_of
from cardbook.insight.addresses import addresses
from cardbook.law.roles import Role
from cardbook.orgs.actors import Actor
from cardbook.papers.storage import add_paper
from cardbook.people.holders import holder_of
from cardbook.people.models import Person
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import City, County
from cardbook.testing.files import text_of
from cardbook.testing.parameters import ruled
from cardbook.testing.pictures import png

pytestmark = [pytest.mark.django_db, pytest.mark.article(32)]


@pytest.fixture
def card(city: City) -> Card:
    """A card in its holder's hands."""
    return make.issued_card(city, city.here)


def kept() -> list[tuple[object, ...]]:
    """All looks as rows, oldest first."""
    found = Look.objects.order_by("id")
    return list(found.values_list("user_id", "page", "how", "person_id", "card_id", "counted"))


def manager(county: County) -> Actor:
    """Who answers for the county's offices."""
    return make.worker("负责人", Role.COUNTY_MANAGER, county.county)


def search(client: Client, text: str) -> object:
    """What the search answers a form."""
    return client.post(reverse("search"), {"q": text})


class TestWhatIsKept:
    def test_a_card_page_is_one_row_with_who_when_where_and_whom(
        self, city: City, card: Card
    ) -> None:
        by = city.here.clerk
        before = timezone.now()
        signed_in(by).get(reverse("card.show", args=[card.pk]))
        (one,) = Look.objects.all()
        assert kept() == [(by.user_id, "card.show", "opened", card.person_id, card.pk, True)]
        assert one.organization_id == by.org_id and one.device == "127.0.0.1"
        assert (
            before - timedelta(minutes=1) < one.looked_at < timezone.now() + timedelta(minutes=1)
        )

    def test_whoever_is_found_at_once_is_kept_with_how(self, city: City, card: Card) -> None:
        search(signed_in(city.here.clerk), holder_of(card.person).number)
        by = city.here.clerk.user_id
        assert kept() == [(by, "search", "number", card.person_id, card.pk, False)]

    def test_a_list_of_found_people_is_a_row_each_of_one_moment(self, city: City) -> None:
        people = [make.person(name="王同名"), make.person(name="王同名")]
        cards = make.received_cards(city, city.here, people=people)
        search(signed_in(city.here.clerk), "王同名")
        assert not Look.objects.exists(), "the list itself was not opened"
        signed_in(city.here.clerk).post(reverse("search"), {"q": "王同名"}, follow=True)
        rows = Look.objects.all()
        assert {row.card_id for row in rows} == {card.pk for card in cards}
        assert len({row.looked_at for row in rows}) == 1 and {row.how for row in rows} == {"words"}

    def test_nobody_found_is_kept_without_what_was_typed(self, city: City) -> None:
        signed_in(city.here.clerk).post(reverse("search"), {"q": "查无此人"}, follow=True)
        by = city.here.clerk.user_id
        assert kept() == [(by, "search", "words", None, None, True)]
        with connection.cursor() as cursor:
            cursor.execute("SELECT l::text FROM liability_look l")
            assert "查无此人" not in str(cursor.fetchall())

    def test_the_desk_is_kept_under_its_act_and_never_counted(
        self, city: City, card: Card
    ) -> None:
        number = holder_of(card.person).number
        signed_in(city.here.clerk).post(reverse("card.issue"), {"q": number})
        by = city.here.clerk.user_id
        assert kept() == [(by, "card.issue", "number", card.person_id, card.pk, False)]

    def test_a_caller_is_kept_under_the_loss(self, city: City, card: Card) -> None:
        hotline = make.worker("话务员", Role.HOTLINE_OPERATOR, city.city)
        signed_in(hotline).post(reverse("loss.report"), {"q": holder_of(card.person).number})
        assert kept() == [
            (hotline.user_id, "loss.report", "number", card.person_id, card.pk, False)
        ]

    def test_a_list_searched_by_words_is_kept_without_a_person(self, city: City) -> None:
        client = signed_in(city.here.clerk)
        to = reverse("loss.list")
        client.post(reverse("list.ask"), {"to": to, "q": "王某"}, follow=True)
        assert kept() == [(city.here.clerk.user_id, "loss.list", "words", None, None, True)]

    def test_what_is_not_shown_is_not_kept(self, city: City, card: Card) -> None:
        signed_in(city.neighbour.clerk).get(reverse("card.show", args=[card.pk]))
        signed_in(city.here.clerk).get(reverse("home"))
        assert kept() == []

    def test_a_photo_is_a_look_when_it_is_asked_for_without_its_page(
        self, city: City, card: Card
    ) -> None:
        photo = add_paper(
            kind="photo", content=png(), media_type="image/png", title="照片", by=city.here.clerk
        )  # fmt: skip
        Person.objects.filter(pk=card.person_id).update(photo_digest=photo.digest)
        client, address = signed_in(city.here.clerk), reverse("card.photo", args=[card.pk])
        client.get(reverse("card.show", args=[card.pk]))
        assert client.get(address).status_code == 200
        assert [row[1] for row in kept()] == ["card.show"]
        assert signed_in(city.here.other_clerk).get(address).status_code == 200
        assert [row[1] for row in kept()] == ["card.show", "card.photo"]

    @pytest.mark.trust("B4")
    def test_on_a_full_disk_the_page_is_shown_and_the_log_says_who_looked(
        self, city: City, card: Card, caplog: pytest.LogCaptureFixture
    ) -> None:
        full = OperationalError("no room")
        full.__cause__ = DiskFull("no room")
        client, address = signed_in(city.here.clerk), reverse("card.show", args=[card.pk])
        with patch("cardbook.web.looking.note_look", side_effect=full):
            assert client.get(address).status_code == 200
        assert f"user {city.here.clerk.user_id}, card.show, ({card.pk},)" in caplog.text

    def test_for_any_other_reason_there_is_no_page_without_its_look(
        self, city: City, card: Card
    ) -> None:
        client, address = signed_in(city.here.clerk), reverse("card.show", args=[card.pk])
        client.raise_request_exception = False
        with patch("cardbook.web.looking.note_look", side_effect=OperationalError("gone")):
            answer = client.get(address)
        assert answer.status_code >= 500 and card.number not in answer.content.decode()

    def test_costs_one_statement(self, city: City, card: Card) -> None:
        client = signed_in(city.here.clerk)
        client.get(reverse("card.show", args=[card.pk]))
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("card.show", args=[card.pk]))
        looks = [one["sql"] for one in queries if "liability_" in one["sql"]]
        assert len(looks) == 1 and "INSERT INTO liability_look" in looks[0]

    @pytest.mark.parametrize(
        ("text", "how"),
        [
            ("王", How.WORDS),
            ("1234", How.WORDS),
            ("13900000000", How.PHONE),
            ("T00000001", How.CARD),
        ],
    )
    def test_how_is_told_from_what_was_typed(self, text: str, how: How) -> None:
        today = timezone.localdate()
        assert how_of(text, today=today) == how
        assert how_of(make.citizen_number(), today=today) == How.NUMBER


class TestNobodyAltersIt:
    @pytest.mark.trust("A9")
    @pytest.mark.parametrize("table", ["liability_look", "liability_lookalarm"])
    @pytest.mark.parametrize(
        "statement", ["UPDATE {} SET id = 0", "DELETE FROM {}", "TRUNCATE {}"]
    )
    def test_the_application_may_not(self, table: str, statement: str) -> None:
        with (
            pytest.raises(ProgrammingError, match="permission denied"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement.format(table))

    def test_what_is_old_goes_and_half_a_year_stays_whatever_is_asked(self, city: City) -> None:
        now = timezone.now()
        for days in (10, 200):
            Look.objects.create(
                looked_at=now - timedelta(days=days), user_id=city.here.clerk.user_id,
                organization_id=city.here.clerk.org_id, page="search", how="words", counted=True,
            )  # fmt: skip
        assert forget_looks(days=1096) == 0
        assert forget_looks(days=1) == 1
        assert Look.objects.count() == 1


@pytest.mark.trust("A12")
class TestTooMany:
    def looks(self, client: Client, card: Card, times: int) -> list[int]:
        address = reverse("card.show", args=[card.pk])
        return [client.get(address).status_code for _ in range(times)]

    def test_the_thirty_first_in_a_minute_asks_for_a_reason_and_is_not_shown(
        self, city: City, card: Card
    ) -> None:
        client = signed_in(city.here.clerk)
        assert self.looks(client, card, 30) == [200] * 30
        answer = client.get(reverse("card.show", args=[card.pk]))
        assert answer.status_code == 302 and reverse("look.reason") in answer["Location"]
        assert Look.objects.count() == 30
        (alarm,) = LookAlarm.objects.all()
        assert (alarm.user_id, alarm.times, alarm.reason) == (city.here.clerk.user_id, 30, "")
        self.looks(client, card, 3)
        assert LookAlarm.objects.count() == 1, "one alarm a minute"
        waiting = signed_in(city.here.auditor).get(reverse("home")).context["waiting"]
        assert (1, reverse("look.list")) in [(one.count, one.url) for one in waiting]

    def test_a_reason_lets_work_go_on_where_it_stopped(self, city: City, card: Card) -> None:
        client = signed_in(city.here.clerk)
        with ruled("looks_per_minute", 2):
            self.looks(client, card, 2)
            asked = client.get(reverse("card.show", args=[card.pk]), follow=True)
            page = asked.content.decode()
            assert "2 次（待确认）" in page and "第三十二条第三项" in page
            form = {"reason": "逐人核对名单", "next": reverse("card.show", args=[card.pk])}
            answer = client.post(reverse("look.reason"), form)
            assert answer["Location"] == form["next"]
            assert self.looks(client, card, 5) == [200] * 5
        assert [one.reason for one in LookAlarm.objects.order_by("id")] == ["", "逐人核对名单"]

    @pytest.mark.parametrize("reason", ["", "查 999999199001010018"])
    def test_no_reason_and_no_number_in_it(self, city: City, reason: str) -> None:
        answer = signed_in(city.here.clerk).post(reverse("look.reason"), {"reason": reason})
        assert answer.status_code == 422 and not LookAlarm.objects.exists()

    def test_nobody_is_led_out_of_the_house(self, city: City) -> None:
        form = {"reason": "核对", "next": "https://example.org/"}
        answer = signed_in(city.here.clerk).post(reverse("look.reason"), form)
        assert answer["Location"] == reverse("home")

    def test_a_window_that_scans_is_never_asked(self, city: City, card: Card) -> None:
        client = signed_in(city.here.clerk)
        number = holder_of(card.person).number
        with ruled("looks_per_minute", 2):
            answers = [client.post(reverse("card.issue"), {"q": number}) for _ in range(6)]
        assert {one.status_code for one in answers} == {200} and not LookAlarm.objects.exists()

    def test_another_operator_goes_on(self, city: City, card: Card) -> None:
        with ruled("looks_per_minute", 2):
            self.looks(signed_in(city.here.clerk), card, 4)
            assert self.looks(signed_in(city.here.keeper), card, 2) == [200] * 2


@pytest.mark.trust("P9")
class TestWhoIsTold:
    def look_at(self, card: Card, by: Actor) -> None:
        signed_in(by).get(reverse("card.show", args=[card.pk]))

    def test_a_holders_looks_are_told_whichever_card_was_opened(self, city: City) -> None:
        holder = make.person()
        old, new = make.received_cards(city, city.here, people=[holder, holder])
        (other,) = make.received_cards(city, city.here)
        for one in (old, other):
            self.look_at(one, city.here.clerk)
        answer = signed_in(manager(city.here)).get(reverse("look.of_card", args=[new.pk]))
        (row,) = answer.context["rows"]
        assert (row.user, row.purpose, row.how) == (
            city.here.clerk.name, "看卡的页面", "从页面打开",
        )  # fmt: skip
        assert row.office == city.here.clerk.org_name

    def test_the_paper_names_offices_and_purposes_and_no_operator(
        self, city: City, card: Card
    ) -> None:
        self.look_at(card, city.here.clerk)
        answer = signed_in(manager(city.here)).get(reverse("look.paper", args=[card.pk]))
        said = text_of(answer.content)
        assert city.here.clerk.org_name in said and "看卡的页面" in said
        assert city.here.clerk.name not in said and holder_of(card.person).number not in said

    def test_looking_who_looked_is_a_look_too(self, city: City, card: Card) -> None:
        signed_in(city.here.auditor).get(reverse("look.of_card", args=[card.pk]))
        assert [row[1] for row in kept()] == ["look.of_card"]

    def test_another_countys_manager_is_not_told(self, city: City, card: Card) -> None:
        client = signed_in(manager(city.neighbour))
        for name in ("look.of_card", "look.paper"):
            assert client.get(reverse(name, args=[card.pk])).status_code == 404

    @pytest.mark.trust("P12")
    def test_the_list_is_searched_by_operator_day_and_device_and_exported_as_seen(
        self, city: City, card: Card
    ) -> None:
        self.look_at(card, city.here.clerk)
        self.look_at(card, city.here.keeper)
        client, address = signed_in(city.here.auditor), reverse("look.list")
        mine = Look.objects.get(user_id=city.here.clerk.user_id)

        def seen(**wanted: str) -> set[str]:
            return {row.user for row in client.get(address, wanted).context["rows"]}

        both = {city.here.clerk.name, city.here.keeper.name}
        assert seen() == seen(sort="user") == seen(device="127.0.0.1") == both
        assert seen(q=city.here.clerk.name) == {city.here.clerk.name}
        assert (
            seen(since="2099-01-01")
            == seen(until="2000-01-01")
            == seen(device="10.0.0.9")
            == set()
        )
        ticked = text_of(client.get(address, {"export": "xlsx", "pick": mine.pk}).content)
        assert city.here.clerk.name in ticked and city.here.keeper.name not in ticked
        assert holder_of(card.person).name not in client.get(address).content.decode()

    def test_a_county_sees_its_own_operators_only(self, city: City, card: Card) -> None:
        self.look_at(card, city.here.clerk)
        rows = signed_in(manager(city.neighbour)).get(reverse("look.list")).context["rows"]
        assert rows == []

    def test_the_list_asks_as_much_for_many_as_for_one(self, city: City, card: Card) -> None:
        client, address = signed_in(city.here.auditor), reverse("look.list")
        client.get(address)
        counts = []
        for times in (1, 10):
            for _ in range(times):
                self.look_at(card, city.here.clerk)
            with CaptureQueriesContext(connection) as queries:
                client.get(address)
            counts.append(len(queries))
        assert counts[0] == counts[1] <= 10


def test_every_page_about_somebody_has_a_purpose_a_citizen_understands() -> None:
    """Its act's title or its own; a new page whose address names a card must say what for."""
    about = {one.value for one in Whom}
    without = [
        one.name
        for one in addresses()
        if about & set(re.findall(r"<int:(\w+)>", one.path)) and purpose_of(one.name) == SEARCHED
    ]
    assert without == [], "name it in PAGES"
