"""A borrower who keeps a temporary card past its day is asked for it, each time on record (27)."""

import json
from datetime import date, timedelta

import pytest
import time_machine
from django.http import HttpResponseBase
from django.urls import reverse
from django.utils import timezone

from cardbook.cards.models import TemporaryCard
from cardbook.chapters.representatives import remembered
from cardbook.chapters.usage.temporary.queries import temporary_cards
from cardbook.chapters.usage.temporary.register import FORM, temporary_sheet
from cardbook.chapters.usage.temporary.tests.lending import (
    act_on,
    lend,
    lent,
    stock,
    waiting,
)
from cardbook.chapters.usage.tests.sending import refused_with
from cardbook.ledger.models import Event
from cardbook.lib.clock import local_day
from cardbook.orgs.actors import Actor
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import City

pytestmark = [pytest.mark.django_db, pytest.mark.article(27)]


def dun(*numbers: str, by: Actor, key: str = "", **given: object) -> HttpResponseBase:
    """The list with these cards ticked and one result for all of them."""
    found = TemporaryCard.objects.filter(number__in=numbers).values_list("pk", flat=True)
    said = {
        "channel": "call",
        "result": "no_answer",
        "key": key or make.key(),
        "pick": list(found),
    }
    return signed_in(by).post(reverse("temporary.list"), said | given)


def column(city: City, key: str, *, masked: bool = True) -> list[str]:
    """A column of 《临时卡登记簿》 of this year."""
    now = timezone.now()
    sheet = temporary_sheet(
        chosen={
            "office": city.here.county, "since": now - timedelta(days=300), "until": now,
            "start": local_day(now), "end": local_day(now),
        },
        masked=masked, printed_by="", printed_at=now, limit=None,
    )  # fmt: skip
    place = [one.key for one in FORM.columns].index(key)
    return [row[place] for row in sheet.rows]


def test_each_time_stands_on_the_list_the_register_and_the_card_s_page(city: City) -> None:
    with time_machine.travel(make.NOON, tick=False):
        lent(city)
    clerk = city.here.clerk
    with time_machine.travel(make.NOON + timedelta(days=63), tick=False):
        assert "没有催过" in signed_in(clerk).get(reverse("temporary.list")).content.decode()
        dun("L0001", by=clerk)
        again = dun("L0001", by=clerk, result="will_return", again_on="2027-01-25", words="周一来")
        said = "催还 2 次，末次电话 2027-01-22 答应来还"
        html = (
            signed_in(clerk).get(reverse("temporary.list"), {"only": "overdue"}).content.decode()
        )
        assert again.status_code == 200 and said in html and "01-25 再催" in html
        (row,) = temporary_cards(by=clerk, today=date(2027, 1, 22), only="overdue")
        assert row.dunned == said
        assert [one for one in column(city, "dunned") if said in one]
        card = TemporaryCard.objects.get()
        page = signed_in(city.here.reviewer).get(reverse("temporary.show", args=[card.pk]))
        for words in ("催还记录", "无人接听", "答应来还", "周一来", clerk.name):
            assert words in page.content.decode()
    first, last = Event.objects.filter(act="temporary.dun").order_by("seq")
    assert (first.actor_id, json.loads(first.facts)["result"]) == (clerk.user_id, "no_answer")
    assert json.loads(last.facts)["again_on"] == "2027-01-25"
    card.refresh_from_db()
    assert card.stage == "lent"


def test_one_that_is_back_is_named_and_the_others_are_noted(city: City) -> None:
    lent(city)
    other = waiting(city)
    stock("L0002", by=city.here.keeper)
    lend(other, "L0002", by=city.here.clerk)
    act_on("temporary.take_back", "L0002", by=city.here.clerk, sound="on")
    html = dun("L0001", "L0002", by=city.here.clerk).content.decode()
    assert "1 张临时卡已登记催还" in html
    assert "L0002" in html and "不能办理“登记催还”" in html
    assert Event.objects.filter(act="temporary.dun").count() == 1


def test_the_same_request_twice_is_one_attempt(city: City) -> None:
    lent(city)
    key = make.key()
    for _ in range(2):
        dun("L0001", by=city.here.clerk, key=key)
    assert Event.objects.filter(act="temporary.dun").count() == 1


def test_a_number_said_in_words_is_hidden(city: City) -> None:
    lent(city)
    number = make.citizen_number()
    act_on("temporary.dun", "L0001", by=city.here.clerk, channel="visit", result="away",
           words=f"家里说 {number} 在外地")  # fmt: skip
    assert number not in Event.objects.get(act="temporary.dun").facts


def test_is_not_for_neighbours_readers_or_nothing_ticked(city: City) -> None:
    lent(city)
    for stranger in (city.neighbour.clerk, city.here.reviewer):
        dun("L0001", by=stranger)
    assert "没有选择" in dun(by=city.here.clerk).content.decode()
    assert not Event.objects.filter(act="temporary.dun").exists()
    assert "登记勾选的催还" not in (
        signed_in(city.here.reviewer).get(reverse("temporary.list")).content.decode()
    )


def test_is_not_noted_of_a_card_in_stock(city: City) -> None:
    stock("L0001", by=city.here.keeper)
    answer = act_on("temporary.dun", "L0001", by=city.here.clerk, channel="call", result="told")
    assert refused_with(answer) == {"TEMPORARY_NOT_LENT"}


def test_the_register_has_the_number_to_be_dialled(city: City) -> None:
    holder = remembered(
        number=make.citizen_number(),
        name="王小明",
        phone="13900000001",
        today=timezone.localdate(),
    )
    lent(city, holder=holder)
    assert column(city, "phone") == ["139****0001"]
    assert column(city, "phone", masked=False) == ["13900000001"]
