"""The province is asked which cards those have who come by a list (Art. 30; domain.md R30.3)."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cardbook.chapters.usage.models import TransferIn
from cardbook.chapters.usage.tests.desks import desk
from cardbook.chapters.usage.transfer.commands import ask_about_whoever_came
from cardbook.chapters.usage.transfer.move_files import FILES
from cardbook.chapters.usage.transfer.tests.test_move_files import (
    Decision,
    brought,
    line,
    listed,
    settled,
)
from cardbook.ports.province import ProvinceCard
from cardbook.ports.standings import Standing
from cardbook.ports.tests.desk import DeskInMemory
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import NOON, City

pytestmark = [pytest.mark.django_db, pytest.mark.article(30), pytest.mark.article(4)]
__all__ = ["desk"]


def came(city: City, number: str, card: str = "") -> TransferIn:
    FILES.post(
        file=brought(line(number, card=card), by=city.here.clerk), by=city.here.clerk, at=NOON
    )
    return TransferIn.objects.latest("pk")


def answer(row: TransferIn) -> str:
    row.refresh_from_db()
    return row.asked


def test_a_card_the_list_does_not_name_is_found(city: City, desk: DeskInMemory) -> None:
    number = make.citizen_number()
    desk.cards[number] = [ProvinceCard(number="E00000001", standing=Standing.NORMAL)]
    row = came(city, number)
    assert ask_about_whoever_came(at=NOON) == 1
    assert answer(row) == "found" and "E00000001" in row.asked_words
    page = signed_in(city.here.clerk).get(reverse("move.in_list")).content.decode()
    assert "省系统另有卡" in page and "E00000001" in page


def test_the_card_he_comes_with_is_no_other(city: City, desk: DeskInMemory) -> None:
    number = make.citizen_number()
    desk.cards[number] = [ProvinceCard(number="E00000001", standing=Standing.NORMAL)]
    row = came(city, number, card="E00000001")
    ask_about_whoever_came(at=NOON)
    assert answer(row) == "clear"


def test_silence_is_said_and_asked_about_again(city: City) -> None:
    row = came(city, make.citizen_number())
    assert ask_about_whoever_came(at=NOON) == 1
    assert answer(row) == "silent" and "没有接口" in row.asked_words
    assert ask_about_whoever_came(at=NOON + timedelta(minutes=1)) == 0
    assert ask_about_whoever_came(at=NOON + timedelta(minutes=11)) == 1


def test_whoever_is_settled_is_not_asked_about(city: City, desk: DeskInMemory) -> None:
    came(city, make.citizen_number())
    (one,) = listed(city.here.clerk)
    settled(one, by=city.here.clerk, decision=Decision.NONE)
    assert ask_about_whoever_came(at=timezone.now()) == 0


def test_the_ticked_are_asked_about_by_their_own_county(city: City, desk: DeskInMemory) -> None:
    row = came(city, make.citizen_number())
    for by in (city.neighbour.clerk, city.here.clerk):
        assert answer(row) == ""
        signed_in(by).post(reverse("move.ask"), {"row": [row.pk]})
    assert answer(row) == "clear"
    assert signed_in(city.here.reviewer).post(reverse("move.ask")).status_code == 403
