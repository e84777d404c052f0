"""Every address of the house: a visitor, a post that is not its business, an id that is not there.

What another county's people may see of an object that is there: tests/fire/test_neighbours.py; the
API: tests/api/test_document.py.
"""

import re
from dataclasses import replace
from http import HTTPStatus

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client, RequestFactory
from django.urls import URLPattern

from cardbook.insight.addresses import Address, addresses
from cardbook.law.roles import SEES_PEOPLE, WRITES_REGISTERS, Role
from cardbook.lifecycle.acts import ACTS
from cardbook.lifecycle.pages import ALL_ROLES, Policy
from cardbook.orgs.actors import Actor
from cardbook.people import vault
from cardbook.people.models import Person
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import City
from cardbook.testing.parameters import ruled
from tests.architecture.test_table import routes

pytestmark = pytest.mark.article(32)
# For everybody: the words of the API, and what the banks offer (Art. 24).
OPEN = {"openapi-json", "api-root", "api.bank_offers", "offer.public"}
# Sent without a card they are empty desks: whoever comes is asked for first (Art. 10, 11).
DESKS = {"card.issue_proxy", "card.issue_guardian"}
# The holder is called back at once, so his whole telephone is there (Art. 28).
CALLS_BACK = {"loss.tell", "loss.renew"}
NOBODYS = 2_000_000_000
_PLACE = re.compile(r"<(?:(int|str|slug):)?\w+>")
SOMEBODY = Actor(
    user_id=1, name="某人", post_id=1, role=Role.AUDITOR, org_id=1, org_name="某局", org_path="1.",
    county_id=None, county_path="1.",
)  # fmt: skip
# Of pages without a policy of ours: signing in (tests/architecture/test_table.py).
EVERYBODYS = Policy(ALL_ROLES, "")
GONE = (HTTPStatus.NOT_FOUND, HTTPStatus.FORBIDDEN, HTTPStatus.METHOD_NOT_ALLOWED)


def filled(address: Address) -> str:
    """An address with ids and words of nothing."""
    return _PLACE.sub(lambda place: str(NOBODYS) if place[1] == "int" else "x", address.path)


def opened(client: Client, address: Address) -> int:
    """What is said to whoever opens it, or sends it an empty form where it only takes forms."""
    status = client.get(filled(address)).status_code
    takes_forms_only = status == HTTPStatus.METHOD_NOT_ALLOWED
    return client.post(filled(address)).status_code if takes_forms_only else status


@pytest.mark.trust("A7")
def test_a_visitor_is_let_in_nowhere(db: None) -> None:
    client = Client()
    let_in = {one.name: opened(client, one) for one in addresses() if one.name not in OPEN}
    let_in = {name: said for name, said in let_in.items() if said not in (302, 401)}
    assert let_in == {}


def is_refused(route: URLPattern, role: Role) -> bool:
    """Whether a view sends a post away before it looks at anything."""
    told = dict.fromkeys(route.pattern.converters, 1)
    for method in ("GET", "POST"):
        request = RequestFactory().generic(method, "/")
        request.actor = replace(SOMEBODY, role=role)  # type: ignore[attr-defined]
        try:
            answer = route.callback(request, **told)
        except PermissionDenied:
            return True
        if answer.status_code != HTTPStatus.METHOD_NOT_ALLOWED:
            return False
    return False


@pytest.mark.trust("A7")
@pytest.mark.parametrize("role", sorted(Role))
def test_a_post_opens_no_page_that_is_not_its_business(role: Role) -> None:
    others = [
        route
        for route in routes()
        if role not in getattr(route.callback, "policy", EVERYBODYS).roles
        and not str(route.name).startswith("api")
        and route.name not in OPEN
    ]
    assert others and [one.name for one in others if not is_refused(one, role)] == []


@pytest.mark.trust("A7")
@pytest.mark.django_db
@pytest.mark.parametrize("role", sorted(Role))
def test_what_is_not_there_is_not_found_whoever_asks(city: City, role: Role) -> None:
    client = signed_in(make.worker("某人", role, city.city))
    found = set()
    for one in addresses():
        if role in one.roles and "<int:" in one.path:
            asked = [client.get(filled(one), follow=True).status_code]
            asked += [client.post(filled(one)).status_code] if one.name not in DESKS else []
            found |= {f"{one.name}: {said}" for said in asked if said not in GONE}
    assert found == set()


@pytest.mark.trust("A13")
def test_whoever_supervises_or_runs_the_machines_does_no_act() -> None:
    apart = {Role.AUDITOR, Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN}
    assert [code for code, row in ACTS.items() if row.who.keys() & apart] == []
    assert not {Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN} & SEES_PEOPLE
    assert Role.AUDITOR not in WRITES_REGISTERS


@pytest.mark.trust("P1")
@pytest.mark.django_db
@pytest.mark.parametrize("role", [Role.WINDOW_CLERK, Role.COUNTY_MANAGER])
def test_no_page_shows_a_whole_number_or_telephone_unasked(city: City, role: Role) -> None:
    number, phone = make.citizen_number(), "13900000017"
    holder = make.person(number=number)
    Person.objects.filter(pk=holder.pk).update(
        phone_sealed=vault.seal_text(phone, context=vault.PHONE),
        phone_index=vault.phone_index(phone),
    )
    card = make.issued_card(city, city.here, holder=holder)
    client = signed_in(make.worker("某人", role, city.here.card_body))
    shown, seen = set(), 0
    with ruled("looks_per_minute", 1_000_000):
        for one in addresses():
            if role not in one.roles or one.name.startswith("api"):
                continue
            path = filled(one).replace(str(NOBODYS), str(card.pk))
            answer = client.get(path)
            if "html" in answer.headers.get("Content-Type", "") and not answer.streaming:
                text = answer.content.decode() + answer.headers.get("Location", "")
                seen += answer.status_code == HTTPStatus.OK
                called = phone if one.name not in CALLS_BACK else number
                shown |= {one.name} if number in text or called in text else set()
    assert shown == set() and seen > 20
