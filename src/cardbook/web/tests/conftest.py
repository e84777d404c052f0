"""What the shell's tests share: two counties, a client per person, a card with a life."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import resolve

from cardbook.cards.models import Card
from cardbook.orgs.actors import Actor
from cardbook.testing import clients, factories
from cardbook.testing.browser import Site

SignIn = Callable[[Actor], Client]


@pytest.fixture
def place(db: None) -> factories.City:
    """A city with two counties."""
    return factories.city()


@pytest.fixture
def town(site: Site) -> factories.City:
    """The same city on the running server's own database."""
    return factories.city()


@pytest.fixture
def signed_in() -> SignIn:
    """A client of somebody in a post."""
    return clients.signed_in


@pytest.fixture
def card(place: factories.City) -> Card:
    """A card its holder took home in 甲县."""
    return factories.issued_card(place, place.here)


@pytest.fixture
def demo(settings):
    """Settings as in demo mode.

    The addresses are loaded before: loaded by such a test, the demo's would stay for all others.
    """
    resolve("/")
    templates = settings.TEMPLATES[0]
    options = templates["OPTIONS"]
    processors = [*options["context_processors"], "cardbook.demo.context.accounts"]
    settings.TEMPLATES = [{**templates, "OPTIONS": {**options, "context_processors": processors}}]
    settings.DEMO = True
