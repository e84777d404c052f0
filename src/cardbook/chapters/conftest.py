"""What tests of several slices stand on: an outlet of the bank and its teller (Art. 5)."""

import pytest
from django.test import Client

from cardbook.law.roles import Role
from cardbook.orgs.actors import Actor
from cardbook.orgs.models import Kind, Organization
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import City


@pytest.fixture
def outlet(city: City) -> Organization:
    """An outlet of the bank whose cards the city has."""
    return make.organization("示范银行甲县支行", Kind.BRANCH, parent=city.bank)


@pytest.fixture
def teller(outlet: Organization) -> Actor:
    """Who works there."""
    return make.worker("柜员", Role.BANK_TELLER, outlet)


@pytest.fixture
def desk(teller: Actor) -> Client:
    """His browser."""
    return signed_in(teller)
