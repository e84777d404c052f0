"""What is overdue is a matter of the day alone (Art. 27)."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from cardbook.cards.models import TemporaryCard
from cardbook.chapters.usage.temporary.queries import temporary_cards
from cardbook.chapters.usage.temporary.tests.lending import (
    lent,
)
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import City

pytestmark = pytest.mark.article(27)


@pytest.mark.django_db
def test_overdue_is_a_matter_of_the_day_alone(
    city: City, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    lent(city)
    later = timezone.localdate() + timedelta(days=63)
    with django_assert_num_queries(1):
        (row,) = temporary_cards(by=city.here.clerk, today=later, only="overdue")
    assert row.days_over == 3
    assert temporary_cards(by=city.neighbour.clerk, today=later) == []
    client = signed_in(city.here.clerk)
    assert "L0001" in client.get(reverse("temporary.list")).content.decode()
    assert client.get(reverse("temporary.export")).content[:2] == b"PK"
    shown = client.get(reverse("temporary.show", args=[TemporaryCard.objects.get().pk]))
    assert "收回临时卡" in shown.content.decode()
