"""The acts of the card in use, struck at every statement (B2; Art. 22, 26 to 29).

Whole or not there; and when it is there, the list of what is half done has it, so that nobody has
to remember that the bank, the province or the holder was still to be told.
"""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import DatabaseError
from django.http import HttpResponseBase
from django.test import Client
from django.urls import reverse

from cardbook.cards.models import Card, TemporaryCard
from cardbook.cards.states import TemporaryStage
from cardbook.chapters.exchange.messages.following import next_steps
from cardbook.chapters.exchange.messages.queries import messages
from cardbook.chapters.usage.activation.queries import half_done
from cardbook.chapters.usage.activation.tests.test_activation import outlet_of
from cardbook.chapters.usage.loss.tests.lost import hotline, lose
from cardbook.chapters.usage.replacement.tests import windows as at_the
from cardbook.chapters.usage.replacement.tests.windows import Windows, taken, windows
from cardbook.chapters.usage.temporary.tests.lending import PAPERS, stock, waiting
from cardbook.chapters.usage.tests.sending import answers, refused_with, send
from cardbook.lifecycle.facts import ApplyReason
from cardbook.orgs.actors import Actor
from cardbook.ports.messages import MessageKind as Kind
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import NOON, City
from tests.fire.faults import Fault
from tests.fire.strikes import Tried, strike_everywhere

pytestmark = [pytest.mark.trust("B2"), pytest.mark.soak]


@pytest.fixture
def there(fresh_database: str, tmp_path: Path, settings: object) -> Windows:
    """A city of its own with its windows, and somebody at 12333."""
    settings.PAPERS_ROOT = tmp_path  # type: ignore[attr-defined]
    return windows(make.city())


def is_half_done(card: Card, city: City, *, only: str = "") -> bool:
    """Whether the list of cards whose two sides do not agree has it, for that reason."""
    listed = half_done(by=city.here.keeper, at=NOON, only=only)
    return card.pk in {one.card_id for one in listed}


def owed_of(card: Card, city: City) -> set[str]:
    """What the page of messages says is still to be told of a card, and to whom."""
    keeper = city.here.keeper
    found = messages(by=keeper, steps=next_steps(by=keeper), view="open").filter(card_id=card.pk)
    return set(found.values_list("kind", flat=True))


def on_the_list(card: Card, city: City, *kinds: str) -> Callable[[bool], None]:
    """The half-done list has the card and its messages are owed; or neither."""

    def listed(is_done: bool) -> None:
        assert is_half_done(card, city) is is_done
        assert owed_of(card, city) >= set(kinds) if is_done else not owed_of(card, city) & {*kinds}

    return listed


def loss(there: Windows, operator: Actor) -> Tried:
    card, key = make.issued_card(there.city, there.city.here), make.key()
    kinds = (Kind.PROVINCE_ORAL_LOSS, Kind.BANK_LOSS_NOTICE)
    return Tried(lambda: lose(card, by=operator, key=key), on_the_list(card, there.city, *kinds))


def replacement(there: Windows, operator: Actor) -> Tried:
    card, key = at_the.lost_or_worn(there), make.key()
    kinds = (
        Kind.PROVINCE_FORMAL_LOSS, Kind.BANK_LOSS_NOTICE, Kind.PROVINCE_PRODUCTION,
        Kind.BANK_PRODUCTION_ORDER, Kind.PROVINCE_REPLACE, Kind.BANK_CANCEL_NOTICE,
    )  # fmt: skip
    return Tried(
        lambda: taken(there, card, ApplyReason.LOST, key=key),
        on_the_list(card, there.city, *kinds),
    )


def cancellation(there: Windows, operator: Actor) -> Tried:
    card = make.issued_card(there.city, there.city.here)
    form = answers("card.cancel", asker="holder", reason="wish", plastic="none")
    kinds = (Kind.PROVINCE_CANCEL, Kind.BANK_CANCEL_NOTICE)
    return Tried(
        posting("card.cancel", card.pk, form, by=there.clerk),
        on_the_list(card, there.city, *kinds),
    )


def activation(there: Windows, operator: Actor) -> Tried:
    card = make.issued_card(there.city, there.city.here)
    form = answers("social.activate", asked_by="holder")

    def listed(is_done: bool) -> None:
        assert (Kind.PROVINCE_ACTIVATE in owed_of(card, there.city)) is is_done

    return Tried(posting("social.activate", card.pk, form, by=there.clerk), listed)


def sending_to_the_bank(there: Windows, operator: Actor) -> Tried:
    card = make.issued_card(there.city, there.city.here)
    send("social.activate", card, by=there.clerk, asked_by="holder")
    outlet, _ = outlet_of(there.city, name=f"示范支行{card.pk}")
    form = answers("bank.direct", outlet=outlet.pk)

    def listed(is_done: bool) -> None:
        # Half done since its social side was active; what changes is what is still to be done.
        assert is_half_done(card, there.city)
        assert is_half_done(card, there.city, only="bank_unasked") is not is_done
        assert (Kind.BANK_ACTIVATION_REQUEST in owed_of(card, there.city)) is is_done

    return Tried(posting("bank.direct", card.pk, form, by=there.clerk), listed)


def lending(there: Windows, operator: Actor) -> Tried:
    application = waiting(there.city)
    number = f"L{application.pk:06d}"
    stock(number, by=there.city.here.keeper)
    form = answers("temporary.lend", number=number, received_by="holder", **PAPERS)

    def listed(is_done: bool) -> None:
        card = TemporaryCard.objects.get(number=number)
        assert (card.stage == TemporaryStage.LENT) is is_done
        assert card.person_id == (application.person_id if is_done else None)

    return Tried(posting("temporary.lend", application.pk, form, by=there.clerk), listed)


def posting(
    name: str, subject_id: int, form: dict[str, object], *, by: Actor
) -> Callable[[], HttpResponseBase]:
    """A clerk's browser, signed in already, sends the form; any page but the next is a failure."""
    client: Client = signed_in(by)

    def work() -> HttpResponseBase:
        page = client.post(reverse(name, args=[subject_id]), form)
        if page.status_code != 302:
            raise DatabaseError(f"answered {page.status_code}: {refused_with(page)}")
        return page

    return work


ACTS = (loss, replacement, cancellation, activation, sending_to_the_bank, lending)


@pytest.mark.article(22)
@pytest.mark.article(26)
@pytest.mark.article(27)
@pytest.mark.article(28)
@pytest.mark.article(29)
@pytest.mark.trust("D3", "B8")
@pytest.mark.parametrize("fault", list(Fault))
@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.__name__)
def test_struck_anywhere_it_is_on_the_half_done_list_or_nothing_happened(
    there: Windows, act: Callable[[Windows, Actor], Tried], fault: Fault
) -> None:
    operator = hotline(there.city)
    strike_everywhere(lambda: act(there, operator), fault=fault)
