"""The page of one act on one card says its notices as they are in force here, today (Art. 33)."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from django.urls import reverse

from cardbook.chapters.telling import Told, told_of
from cardbook.chapters.usage import card_pages
from cardbook.chapters.usage.tests.sending import send
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import City

BEFORE_DAWN = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)  # four in the morning of the 23rd here


@pytest.mark.django_db
@pytest.mark.article(33)
def test_the_notices_are_those_of_the_citys_day(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    card, days = make.issued_card(city, city.here), list[date]()

    def noted(code: str, *, on: date, **more: object) -> Told:
        days.append(on)
        return told_of(code, on=on, **more)  # type: ignore[arg-type] # handed on as it came

    monkeypatch.setattr(card_pages, "told_of", noted)
    with time_machine.travel(BEFORE_DAWN, tick=False):
        page = signed_in(city.here.clerk).get(reverse("card.cancel", args=[card.pk]))
    assert page.status_code == 200
    assert set(days) == {date(2026, 11, 23)}


@pytest.mark.django_db
@pytest.mark.article(29)
@pytest.mark.parametrize("code", ["card.cancel", "card.cancel_by_office", "relation.end"])
def test_what_is_over_already_asks_nothing_and_says_where_to_go(city: City, code: str) -> None:
    card = make.issued_card(city, city.here)
    client, address = signed_in(city.here.clerk), reverse(code, args=[card.pk])
    assert 'name="key"' in client.get(address).content.decode()
    own = {"asker": "holder", "reason": "wish", "plastic": "none"}
    assert send("card.cancel", card, by=city.here.clerk, **own).status_code == 302
    page = client.get(address).content.decode()
    assert 'data-refusal="SOCIAL_CANCELLED"' in page and 'name="key"' not in page
    assert f'href="{reverse("card.show", args=[card.pk])}">看这张卡的现状和能办的事' in page
