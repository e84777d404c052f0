"""What a holder is told of his card on paper: both halves apart, each with its source (Art. 2)."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cardbook.cards.models import Card
from cardbook.cards.states import Bank as BankState
from cardbook.chapters.usage.loss.tests.lost import hotline, lose
from cardbook.chapters.usage.uses import status_slip
from cardbook.chapters.usage.uses.status_slip import status_pdf
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.facts import BankReported
from cardbook.lifecycle.perform import Step, perform
from cardbook.orgs.actors import Actor
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import City

pytestmark = [pytest.mark.django_db, pytest.mark.article(2)]


@pytest.fixture
def city() -> City:
    """A small city."""
    return make.city()


@pytest.fixture
def clerk(city: City) -> Actor:
    """Who is asked at the window."""
    return city.here.clerk


@pytest.fixture
def printed(monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    """What goes into the layout, as it would be set."""
    kept: dict[str, object] = {}

    def keep(*, data: dict[str, object], **_: object) -> bytes:
        kept.update(data)
        return b"%PDF-"

    monkeypatch.setattr(status_slip, "typeset", keep)
    return kept


def lines(card: Card, printed: dict[str, object], *, by: Actor) -> list[str]:
    status_pdf(Card.objects.get(pk=card.pk), by=by, at=timezone.now())
    said = printed["lines"]
    assert isinstance(said, list)
    return said


def test_says_what_each_half_does_and_whose_word_it_is(
    city: City, clerk: Actor, printed: dict[str, object]
) -> None:
    card = make.issued_card(city, city.here)
    social, bank, _ = lines(card, printed, by=clerk)
    assert "记录" in social and "查询" in social and "激活" in social
    assert "存取" in bank and "转账" in bank and "还没有回报" in bank


def test_gives_the_banks_half_with_source_and_time(
    city: City, clerk: Actor, printed: dict[str, object]
) -> None:
    card, at = make.issued_card(city, city.here), make.NOON
    facts = BankReported(bank=str(BankState.ACTIVE), bank_source="银行柜面", bank_as_of=at)
    step = Step(act=act("bank.report"), facts=facts, subject_ids=[card.pk])
    perform(step, by=clerk, at=at, key=make.key())
    _, bank, _ = lines(card, printed, by=clerk)
    assert "银行柜面" in bank and f"{timezone.localtime(at):%Y-%m-%d %H:%M}" in bank
    assert "以银行为准" in bank


@pytest.mark.article(28)
def test_says_until_when_a_loss_holds_and_nothing_once_it_lapsed(
    city: City, clerk: Actor, printed: dict[str, object]
) -> None:
    card = make.issued_card(city, city.here)
    lose(card, by=hotline(city), at=timezone.now())
    social, *_ = lines(card, printed, by=clerk)
    held = dict(printed["facts"])["挂失、停用"]  # type: ignore[call-overload]
    assert "挂失" in social and held.startswith("口头挂失，至 ")
    later = timezone.now() + timedelta(days=30)
    status_pdf(Card.objects.get(pk=card.pk), by=clerk, at=later)
    assert dict(printed["facts"])["挂失、停用"] == "无"  # type: ignore[call-overload]


def test_is_printed_from_the_page_of_the_card_and_by_nobody_of_another_county(
    city: City, clerk: Actor
) -> None:
    card = make.issued_card(city, city.here)
    address = reverse("card.status", args=[card.pk])
    page = signed_in(clerk).get(reverse("card.show", args=[card.pk]))
    assert address in page.content.decode()
    answer = signed_in(clerk).get(address)
    assert answer["Content-Type"] == "application/pdf" and answer.content.startswith(b"%PDF-")
    assert signed_in(city.neighbour.clerk).get(address).status_code == 404
    assert signed_in(hotline(city)).get(address).status_code == 403
