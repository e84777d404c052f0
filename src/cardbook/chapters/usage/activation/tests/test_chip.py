"""At activation the chip is read where a reader is; another's chip stops it (Art. 13, 22)."""

import json
from datetime import timedelta

import pytest
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from cardbook.cards.models import Card
from cardbook.chapters.chips import compared, read_at_desk
from cardbook.chapters.usage.activation.register import ACTIVATIONS
from cardbook.chapters.usage.activation.tests.test_activation import a_proxy
from cardbook.chapters.usage.tests.sending import answers, refused_with, send
from cardbook.ledger.models import Event
from cardbook.lib.chip import Chip, read_chip
from cardbook.lib.clock import local_day
from cardbook.lib.masking import mask_number
from cardbook.people.holders import Holder, holder_of
from cardbook.testing import factories as make
from cardbook.testing.chips import answer_of_card, answer_of_issue
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import NOON, City

BOOK = {"card_number": "T00000001", "number": "999999198603081234", "name": "李小红"}
pytestmark = [pytest.mark.article(22), pytest.mark.article(13)]


def said_by(card: Card, **changes: str) -> str:
    """What a reader types of a card that says what the book says, but for the changes."""
    holder = holder_of(card.person)
    usual = {"card_number": card.number, "name": holder.name, "number": holder.number}
    return answer_of_card(**(usual | changes))


def facts_of(act: str = "social.activate") -> dict[str, object]:
    facts: dict[str, object] = json.loads(Event.objects.get(act=act).facts)
    return facts


def row_of(city: City) -> str:
    at = Event.objects.get(act="social.activate").happened_at
    span = {"since": at - timedelta(days=1), "until": at + timedelta(days=1)}
    chosen = {"start": local_day(span["since"]), "end": local_day(span["until"]), **span}
    sheet = ACTIVATIONS.sheet(
        chosen={"office": city.city, **chosen}, masked=True, printed_by="某人",
        printed_at=at, limit=10,
    )  # fmt: skip
    (row,) = sheet.rows
    return dict(zip([one.key for one in sheet.form.columns], row, strict=True))["chip"]


def another(holder: Holder) -> str:
    number = make.citizen_number()
    assert number != holder.number
    return number


@pytest.mark.django_db
class TestActivate:
    def test_without_a_reader_the_record_says_so(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        assert send("social.activate", card, by=city.here.clerk, asked_by="holder")
        assert facts_of()["chip"] == "not_read" and row_of(city) == "未读芯片"

    def test_with_a_chip_that_agrees_it_is_recorded_without_its_data(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        holder = holder_of(card.person)
        sent = send(
            "social.activate", card, by=city.here.clerk, asked_by="holder", chip=said_by(card)
        )
        assert sent.status_code == 302
        event = Event.objects.get(act="social.activate")
        facts = json.loads(event.facts)
        assert (facts["chip"], facts["chip_version"], facts["chip_odd"]) == ("agrees", "2.00", [])
        assert holder.number not in event.facts and holder.name not in event.facts
        assert row_of(city) == "已读芯片，号码、姓名与台账一致；规范 2.00"

    def test_of_a_third_generation_what_is_read_is_compared_and_said(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        alone = answer_of_issue(card_number=card.number, version="3.00")
        sent = send("social.activate", card, by=city.here.clerk, asked_by="holder", chip=alone)
        assert sent.status_code == 302
        assert facts_of()["chip"] == "partly" and "没有读出持卡人信息" in row_of(city)

    def test_days_in_text_are_flagged_and_stop_nothing(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        odd = said_by(card).replace("050420200105", "050432303132")
        sent = send("social.activate", card, by=city.here.clerk, asked_by="holder", chip=odd)
        assert sent.status_code == 302
        assert facts_of()["chip_odd"] == ["发卡日期写成了文字“2012”，标准是 BCD 码"]

    def test_for_a_proxy_the_chip_is_compared_too(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        theirs = said_by(card, name="王大山")
        refused = send("social.activate", card, by=city.here.clerk, **a_proxy(chip=theirs))
        assert refused_with(refused) == {"CHIP_DIFFERS"}
        sent = send("social.activate", card, by=city.here.clerk, **a_proxy(chip=said_by(card)))
        assert sent.status_code == 302
        assert (facts_of()["chip"], facts_of()["agent"] is not None) == ("agrees", True)

    def test_once_however_often_the_form_is_sent(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        form = answers("social.activate", asked_by="holder", chip=said_by(card))
        client = signed_in(city.here.clerk)
        for _ in range(2):
            sent = client.post(reverse("social.activate", args=[card.pk]), form)
            assert sent.status_code == 302
        assert Event.objects.filter(act="social.activate").count() == 1


@pytest.mark.django_db
class TestRefused:
    @pytest.mark.parametrize("field", ["name", "number", "card_number"])
    def test_field_by_field_and_led_to_the_wrong_cards(self, city: City, field: str) -> None:
        card = make.issued_card(city, city.here)
        holder = holder_of(card.person)
        other = {"name": "王大山", "number": another(holder), "card_number": "Z99999999"}
        chip = said_by(card, **{field: other[field]})
        answer = send("social.activate", card, by=city.here.clerk, asked_by="holder", chip=chip)
        card.refresh_from_db()
        assert refused_with(answer) == {"CHIP_DIFFERS"} and card.social == "sealed"
        page = answer.content.decode()
        title = {"name": "姓名", "number": "社会保障号码", "card_number": "社保卡卡号"}[field]
        assert page.count('data-refusal="CHIP_DIFFERS"') == 1 and f"芯片里的{title}" in page
        assert reverse("error.record", args=[card.pk]) in page
        assert Event.objects.filter(act="social.activate").count() == 0

    def test_with_all_of_them_named(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        chip = answer_of_card(card_number="Z99999999", name="王大山", number=make.citizen_number())
        answer = send("social.activate", card, by=city.here.clerk, asked_by="holder", chip=chip)
        assert answer.content.decode().count('data-refusal="CHIP_DIFFERS"') == 3

    def test_the_refusal_shows_no_whole_number(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        number = another(holder_of(card.person))
        sent = send(
            "social.activate", card, by=city.here.clerk, asked_by="holder",
            chip=said_by(card, number=number),
        )  # fmt: skip
        list_of_refusals = sent.content.decode().partition("cb-refusals")[2].partition("</ul>")[0]
        assert mask_number(number) in list_of_refusals and number not in list_of_refusals

    @pytest.mark.parametrize("text", ["你好", "6A82", "07094230"])
    def test_what_is_no_reading_is_read_again(self, city: City, text: str) -> None:
        card = make.issued_card(city, city.here)
        sent = send("social.activate", card, by=city.here.clerk, asked_by="holder", chip=text)
        assert sent.status_code == 422 and "读" in sent.content.decode()
        assert not Event.objects.filter(act="social.activate").exists()

    def test_a_neighbour_and_an_auditor_read_nothing(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        given = {"asked_by": "holder", "chip": said_by(card)}
        theirs = send("social.activate", card, by=city.neighbour.clerk, **given)
        assert theirs.status_code == 404
        assert send("social.activate", card, by=city.here.auditor, **given).status_code == 403


@pytest.mark.django_db
class TestRead:
    def test_asks_the_book_once_for_what_is_recorded_and_what_is_refused(
        self, city: City, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        card = make.issued_card(city, city.here)
        chip = read_chip(said_by(card, name="别人"))
        with django_assert_num_queries(1):
            read = read_at_desk(chip, card_id=card.pk, on=local_day(NOON))
            (refusal,) = read.objections()
        assert (refusal.code, read.facts["chip"]) == ("CHIP_DIFFERS", "agrees")
        with django_assert_num_queries(0):
            unread = read_at_desk(None, card_id=card.pk, on=local_day(NOON))
        assert list(unread.objections()) == [] and unread.facts == {"chip": "not_read"}


class TestCompared:
    def test_what_the_chip_does_not_say_differs_from_nothing(self) -> None:
        assert compared(Chip(), **BOOK, on=local_day(NOON)).differences == ()

    def test_a_dot_of_another_kind_is_the_same_name(self) -> None:
        book = BOOK | {"name": "阿依古丽·买买提"}
        chip = Chip(name="阿依古丽．买买提")
        assert compared(chip, **book, on=local_day(NOON)).differences == ()

    def test_a_name_longer_than_its_field_is_compared_as_far_as_it_goes(self) -> None:
        whole = "买" * 20
        found = compared(Chip(name="买" * 15), **BOOK | {"name": whole}, on=local_day(NOON))
        assert found.differences == () and "写满了" in found.odd[0]
        short = compared(Chip(name="买" * 5), **BOOK | {"name": whole}, on=local_day(NOON))
        assert short.differences == (("姓名", "买" * 5, whole),)

    def test_numbers_that_differ_where_they_are_hidden_say_where(self) -> None:
        chip = Chip(number="999999198703081234")
        ((_, said, book),) = compared(chip, **BOOK, on=local_day(NOON)).differences
        assert book == mask_number(BOOK["number"]) and "第 10 位不同" in said
