"""One sealed value that does not open closes no page; it can be copied nowhere (row P7)."""

import re
from http import HTTPStatus

import pytest
from django.urls import reverse

from cardbook.cards.models import Card
from cardbook.insight.addresses import addresses
from cardbook.law.roles import Role
from cardbook.lib.damage import MARK, shown_as_damaged
from cardbook.lib.sm import Damaged
from cardbook.people import vault
from cardbook.people.holders import holder_of
from cardbook.people.models import Person
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import City
from cardbook.testing.parameters import ruled

pytestmark = [pytest.mark.article(32), pytest.mark.trust("P7"), pytest.mark.django_db]
# What is printed about one person: nothing is printed with a hole in it.
PAPERS = ("card.status", "card.issue.slip", "look.paper")
_PLACE = re.compile(r"<(?:(int|str|slug):)?\w+>")


def flipped(sealed: bytes) -> bytes:
    return bytes([*sealed[:-1], sealed[-1] ^ 1])


def damage(person_id: int) -> None:
    """Flip one bit of everything sealed of a person."""
    person = Person.objects.get(pk=person_id)
    for field in ("name_sealed", "number_sealed", "phone_sealed", "address_sealed"):
        sealed = getattr(person, field)
        setattr(person, field, flipped(bytes(sealed)) if sealed else None)
    person.save()


@pytest.fixture
def damaged_card(city: City) -> Card:
    number = make.citizen_number()
    holder = make.person(number=number)
    Person.objects.filter(pk=holder.pk).update(
        phone_sealed=vault.seal_text("13900000017", context=vault.PHONE),
        phone_index=vault.phone_index("13900000017"),
    )
    card = make.issued_card(city, city.here, holder=holder)
    damage(holder.pk)
    return card


@pytest.mark.parametrize("role", [Role.WINDOW_CLERK, Role.CARD_KEEPER, Role.COUNTY_MANAGER])
def test_no_page_breaks_because_a_holder_does_not_open(
    city: City, damaged_card: Card, role: Role
) -> None:
    client = signed_in(make.worker("某人", role, city.here.card_body))
    client.raise_request_exception = False
    broken, marked = set(), set()
    with ruled("looks_per_minute", 1_000_000):
        for one in addresses():
            if role not in one.roles or one.name.startswith("api") or one.name in PAPERS:
                continue
            answer = client.get(_filled(one.path, damaged_card.pk))
            broken |= (
                {one.name} if answer.status_code == HTTPStatus.INTERNAL_SERVER_ERROR else set()
            )
            if not answer.streaming and MARK in answer.content.decode(errors="replace"):
                marked.add(one.name)
    assert broken == set()
    assert marked >= {"card.show"}


def _filled(path: str, card_id: int) -> str:
    return _PLACE.sub(lambda place: str(card_id) if place[1] == "int" else "x", path)


def test_the_log_says_which_page_and_which_fields(
    city: City, damaged_card: Card, caplog: pytest.LogCaptureFixture
) -> None:
    client = signed_in(make.worker("某人", Role.WINDOW_CLERK, city.here.card_body))
    path = reverse("card.show", args=[damaged_card.pk])
    client.get(f"{path}?q=x")
    assert f"damaged on a page: {path}, name、number" in caplog.text


@pytest.mark.parametrize("name", PAPERS)
def test_no_paper_is_printed_with_a_hole_in_it(city: City, damaged_card: Card, name: str) -> None:
    role = Role.COUNTY_MANAGER if name == "look.paper" else Role.WINDOW_CLERK
    client = signed_in(make.worker("某人", role, city.here.card_body))
    client.raise_request_exception = False
    (path,) = (one.path for one in addresses() if one.name == name)
    answer = client.get(_filled(path, damaged_card.pk))
    assert answer.status_code == HTTPStatus.INTERNAL_SERVER_ERROR
    assert "cardbook vault check" in answer.content.decode()


def test_what_could_not_be_read_is_copied_nowhere(damaged_card: Card) -> None:
    person = damaged_card.person
    assert person is not None
    with pytest.raises(Damaged):  # an act, a letter, a file
        holder_of(person)
    with shown_as_damaged() as found:
        holder = holder_of(person)
        assert (holder.name, holder.masked_number, holder.masked_phone) == (MARK, MARK, MARK)
        with pytest.raises(Damaged):
            vault.seal_text(holder.name, context=vault.NAME)
    assert found == ["name", "number", "phone"]
