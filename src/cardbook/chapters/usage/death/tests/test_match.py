"""Lists of deaths matched with holders, and the cards of the dead that still live (Art. 17)."""

from datetime import date

import pytest
from django.http import HttpResponse
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from cardbook.cards.models import Card
from cardbook.chapters.usage.death.living_queries import SORTS
from cardbook.chapters.usage.death.tests.test_death import DIED_ON, died_on, note, username
from cardbook.chapters.usage.tests.sending import answers
from cardbook.insight.check import recount
from cardbook.insight.tests.test_check import broken
from cardbook.law.roles import Role
from cardbook.ledger.models import Event
from cardbook.orgs.actors import Actor
from cardbook.people.holders import holder_of
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import PASSWORD, City
from cardbook.testing.workbooks import cells_of

pytestmark = [pytest.mark.django_db, pytest.mark.article(17)]
LIVING = "death.living"


def number_of(card: Card) -> str:
    return holder_of(card.person).number


def row_of(card: Card, *, name: str = "", on: date = DIED_ON) -> str:
    return f"{number_of(card)}\t{name or holder_of(card.person).name}\t{on}"


def posted(city: City, rows: list[str], *, by: Actor | None = None, **more: str) -> HttpResponse:
    """The page as a keeper sends it with his reviewer; `check` looks the rows up alone."""
    given = answers(
        "holder.note_death", rows="\n".join(rows), source="civil_affairs", reference="民函 1 号",
        second_name=username(city.here.reviewer), second_password=PASSWORD,
    )  # fmt: skip
    client = signed_in(by or city.here.keeper)
    return client.post(reverse("death.match"), {**given, **more})  # type: ignore[return-value]


class TestMatch:
    def test_looks_up_without_changing_anything(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        before = Event.objects.count()
        text = posted(city, [row_of(card)], check="1").content.decode()
        assert "还没有登记死亡" in text and card.number in text and "1 人在本县区有卡" in text
        assert number_of(card) not in text.split("</textarea>")[1]
        assert died_on(card) is None and Event.objects.count() == before

    def test_records_each_row_by_itself_signed_by_two(self, city: City) -> None:
        first, second = (make.issued_card(city, city.here) for _ in range(2))
        text = posted(city, [row_of(first), row_of(second)]).content.decode()
        assert "登记 2 人" in text
        for card in (first, second):
            assert died_on(card) == DIED_ON
            noted = Event.objects.get(act="holder.note_death", subject_id=card.pk)
            assert "civil_affairs" in noted.facts and "民函 1 号" in noted.facts
            assert noted.second_id == city.here.reviewer.user_id
        assert broken(recount()) == {}

    def test_says_of_every_other_row_why_nothing_was_done(self, city: City) -> None:
        good, known = (make.issued_card(city, city.here) for _ in range(2))
        note(known, by=city.here.clerk, second=city.here.reviewer)
        beyond = make.issued_card(city, city.neighbour)
        rows = [
            row_of(good, name="别的人"), row_of(known), row_of(beyond), "110 某人 2026-11-01",
            "只有一列", f"{number_of(good)} 王小明 昨天", row_of(good, on=date(2090, 1, 1)),
        ]  # fmt: skip
        text = posted(city, rows).content.decode()
        for said in (
            "与名单不一致", "已登记", "本县区没有他的卡", "三列", "不是日期", "同一个人",
        ):  # fmt: skip
            assert said in text, said
        assert "登记 0 人" in text
        assert died_on(good) is None and died_on(beyond) is None

    def test_a_day_that_cannot_be_is_refused_in_its_row(self, city: City) -> None:
        good, early = (make.issued_card(city, city.here) for _ in range(2))
        text = posted(city, [row_of(good), row_of(early, on=date(1900, 1, 1))]).content.decode()
        assert "登记 1 人" in text
        assert died_on(good) == DIED_ON and died_on(early) is None

    def test_sent_twice_records_once(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        key = make.key()
        for _ in range(2):
            posted(city, [row_of(card)], key=key)
        assert Event.objects.filter(act="holder.note_death").count() == 1

    def test_one_person_alone_records_nothing(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        same = username(city.here.keeper)
        assert "不能是同一人" in posted(city, [row_of(card)], second_name=same).content.decode()
        wrong = posted(city, [row_of(card)], second_password="错的")
        assert wrong.status_code == 409
        assert died_on(card) is None

    def test_what_is_missing_is_said(self, city: City) -> None:
        assert posted(city, [], reference="").status_code == 422
        text = posted(city, ["x y z"] * 501, check="1").content.decode()
        assert "一次最多 500 行" in text

    def test_the_neighbour_and_those_who_only_look(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        text = posted(city, [row_of(card)], by=city.neighbour.keeper, check="1").content.decode()
        assert "本县区没有他的卡" in text and card.number not in text
        for by in (city.here.auditor, city.here.reviewer):
            assert posted(city, [row_of(card)], by=by).status_code == 403


class TestLiving:
    def test_lists_every_living_card_of_the_dead_with_what_ends_it(self, city: City) -> None:
        issued = make.issued_card(city, city.here)
        (waiting,) = make.received_cards(city, city.here, people=[issued.person])
        make.issued_card(city, city.here)
        assert signed_in(city.here.keeper).get(reverse(LIVING)).context["rows"] == []
        note(issued, by=city.here.clerk, second=city.here.reviewer)
        page = signed_in(city.here.keeper).get(reverse(LIVING))
        assert {row.id for row in page.context["rows"]} == {issued.pk, waiting.pk}
        text = page.content.decode()
        assert reverse("card.cancel_by_office", args=[issued.pk]) in text
        assert reverse("stranded.send_back") in text

    def test_is_searched_narrowed_ordered_and_exported_as_seen(self, city: City) -> None:
        cards = [make.issued_card(city, city.here) for _ in range(2)]
        for card in cards:
            note(card, by=city.here.clerk, second=city.here.reviewer)
        client, address = signed_in(city.here.keeper), reverse(LIVING)
        for sort in SORTS:
            rows = client.get(address, {"sort": sort}).context["rows"]
            assert {row.id for row in rows} == {card.pk for card in cards}, sort
        (found,) = client.get(address, {"q": cards[0].number}).context["rows"]
        assert found.id == cards[0].pk
        assert client.get(address, {"stage": "in_custody"}).context["rows"] == []
        seen = cells_of(client.get(address, {"export": "xlsx", "pick": cards[1].pk}).content)
        assert cards[1].number in seen and cards[0].number not in seen
        assert number_of(cards[1]) not in seen

    def test_whoever_only_looks_and_the_neighbour(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        note(card, by=city.here.clerk, second=city.here.reviewer)
        text = signed_in(city.here.auditor).get(reverse(LIVING)).content.decode()
        assert card.number in text and reverse("death.match") not in text
        assert reverse("card.cancel_by_office", args=[card.pk]) not in text
        beyond = signed_in(city.neighbour.keeper).get(reverse(LIVING)).content.decode()
        assert card.number not in beyond
        teller = make.worker("柜员", Role.BANK_TELLER, city.bank)
        assert signed_in(teller).get(reverse(LIVING)).status_code == 403

    def test_costs_the_same_for_one_as_for_many(
        self, city: City, django_assert_max_num_queries: DjangoAssertNumQueries
    ) -> None:
        for _ in range(4):
            note(make.issued_card(city, city.here), by=city.here.clerk, second=city.here.reviewer)
        client = signed_in(city.here.keeper)
        client.get(reverse(LIVING))
        with django_assert_max_num_queries(7):
            client.get(reverse(LIVING))
