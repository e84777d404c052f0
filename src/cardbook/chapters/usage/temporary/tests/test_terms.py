"""Until when a temporary card is good, and that none that is out falls off the list (Art. 27)."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cardbook.cards.models import TemporaryCard
from cardbook.chapters.usage.production.commands import withdraw_application
from cardbook.chapters.usage.temporary import queries
from cardbook.chapters.usage.temporary.queries import temporary_cards
from cardbook.chapters.usage.temporary.tests.lending import (
    act_on,
    lent,
    stock,
    waiting,
)
from cardbook.chapters.usage.tests.sending import refused_with
from cardbook.people.models import Person
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import NOON, City

pytestmark = [pytest.mark.django_db, pytest.mark.article(27)]


def in_seventy_days() -> dict[str, object]:
    return {"valid_until": f"{timezone.localdate() + timedelta(days=70)}", "words": "新卡未到"}


def test_is_extended_whatever_else_bears_its_number(city: City) -> None:
    stock("L0002", "L0003", by=city.here.keeper, box="L0001")
    lent(city)
    sent = act_on("temporary.extend", "L0001", by=city.here.clerk, **in_seventy_days())
    assert sent.status_code == 302


def test_is_never_made_shorter_under_the_name_of_an_extension(city: City) -> None:
    lent(city)
    had = TemporaryCard.objects.get().valid_until
    assert had == timezone.localdate() + timedelta(days=60)
    for days in (-1, 0, 30, 60):
        day = f"{timezone.localdate() + timedelta(days=days)}"
        sent = act_on(
            "temporary.extend", "L0001", by=city.here.clerk, valid_until=day, words="新卡未到"
        )
        assert refused_with(sent) == {"TEMPORARY_NOT_LONGER"}, day
        assert "不晚于原来的到期日" in sent.content.decode()
    assert TemporaryCard.objects.get().valid_until == had


def test_is_not_extended_once_nobody_waits(city: City) -> None:
    application = lent(city)
    holder = Person.objects.filter(pk=application.person_id)
    holder.update(died_on=date(2026, 11, 22))
    dead = act_on("temporary.extend", "L0001", by=city.here.clerk, **in_seventy_days())
    assert refused_with(dead) == {"HOLDER_DEAD"}
    holder.update(died_on=None)
    withdraw_application(
        application_id=application.pk, words="不办了", by=city.here.clerk, at=NOON, key=make.key()
    )
    over = act_on("temporary.extend", "L0001", by=city.here.clerk, **in_seventy_days())
    assert refused_with(over) == {"TEMPORARY_NOT_DUE"}


def test_those_that_are_out_stand_before_any_stock_and_a_number_is_always_found(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    stock("L0005", by=city.here.keeper, box="旧-01")
    lent(city)
    stock("L0002", "L0003", "L0004", by=city.here.keeper, box="L02")
    monkeypatch.setattr(queries, "MOST", 2)
    later = timezone.localdate() + timedelta(days=63)
    clerk = city.here.clerk
    (late,) = temporary_cards(by=clerk, today=later, only="overdue")
    assert (late.number, late.days_over) == ("L0001", 3)
    for text in ("l0005", "旧-01"):
        (found,) = temporary_cards(by=clerk, today=later, text=text)
        assert found.number == "L0005"


def test_the_day_it_ends_is_read_out_to_the_borrower(city: City) -> None:
    page = signed_in(city.here.clerk).get(reverse("temporary.lend", args=[waiting(city).pk]))
    last = timezone.localdate() + timedelta(days=60)
    assert f"临时卡用到 {last}，即 60 天（待确认），到期自动停用。" in page.content.decode()
