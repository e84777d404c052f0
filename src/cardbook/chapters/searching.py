"""Which cards a clerk means by a card number, a document number or a name (Art. 6, 16 to 19)."""

from datetime import date

from django.db.models import Q

from cardbook.cards.models import Card
from cardbook.cards.search import holders_found
from cardbook.lib import citizen_number
from cardbook.lib.identifiers import parse_card_number
from cardbook.lib.plain import InputError
from cardbook.lib.rows import array_of
from cardbook.orgs.actors import Actor
from cardbook.people import vault
from cardbook.people.holders import find_by_number

MOST_PEOPLE = 50


def card_meant(
    text: str, *, by: Actor, today: date, prefix: str = "", most: int = MOST_PEOPLE
) -> Q:
    """This function will make the condition that a card is one of those somebody searches for.

    `prefix` leads to the card, as in `card__`. Of a name at most so many people are found.
    """
    try:
        return Q(**{f"{prefix}number": parse_card_number(text).value})
    except InputError:
        pass
    try:
        number = citizen_number.parse(text, today=today).number
    except InputError:
        keys = vault.query_keys(text.split())
        people = holders_found(keys=keys, within=by.county_path, limit=most)
        return Q(**{f"{prefix}person__in": people})
    return Q(**{f"{prefix}person__number_index": vault.number_index(number)})


def people_meant(text: str, *, by: Actor, today: date, most: int = MOST_PEOPLE) -> list[int]:
    """This function will list the people somebody means by a document number or a name."""
    try:
        number = citizen_number.parse(text, today=today).number
    except InputError:
        keys = vault.query_keys(text.split())
        return holders_found(keys=keys, within=by.county_path, limit=most)
    found = find_by_number(number)
    return [found.pk] if found else []


def cards_meant(text: str, *, by: Actor, today: date, most: int = MOST_PEOPLE) -> str | None:
    """This function will list the same cards as the text of an array, for SQL; None for ""."""
    if not text:
        return None
    found = Card.objects.filter(card_meant(text, by=by, today=today, most=most))
    return array_of(found.values_list("pk", flat=True))
