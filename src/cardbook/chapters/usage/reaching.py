"""Which cards and applications a window works on: its county's, or its own bank's (Art. 25, 26).

Nothing of another bank's customers is shown at a bank's window, not even that there is one.
"""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from cardbook.cards.models import Application, Card
from cardbook.law.roles import Role
from cardbook.lib import citizen_number
from cardbook.lib.ids import id_of
from cardbook.lib.plain import InputError
from cardbook.lib.sm import Damaged
from cardbook.orgs.actors import Actor
from cardbook.orgs.models import Kind, Organization
from cardbook.orgs.reach import bank_of
from cardbook.papers.storage import PaperMissing, read_paper
from cardbook.people.holders import find_by_number
from cardbook.people.models import Person


@dataclass(frozen=True, slots=True, kw_only=True)
class Bank:
    """A bank that makes cards."""

    id: int
    name: str
    path: str


def is_bank(by: Actor) -> bool:
    """This function will say whether somebody works at a bank's window."""
    return by.role is Role.BANK_TELLER


def cards_within(by: Actor) -> QuerySet[Card]:
    """This function will find the cards a window may ask another one for."""
    within = Q(county__path__startswith=by.county_path)
    if is_bank(by):
        within = Q(bank_org__path__startswith=bank_of(by.org_path))
    return Card.objects.filter(within).select_related("person", "bank_org", "county")


def applications_within(by: Actor) -> QuerySet[Application]:
    """This function will find the applications a window works on."""
    within = Q(county__path__startswith=by.county_path)
    if is_bank(by):
        within = Q(bank__path__startswith=bank_of(by.org_path))
    return Application.objects.filter(within).select_related(
        "person", "old_card", "bank", "county", "detail"
    )


def application_numbered(number: str, by: Actor) -> Application | None:
    """This function will find an application by its number, as text, or return None."""
    found = id_of(number)
    return None if found is None else applications_within(by).filter(pk=found).first()


def application_named(text: str, *, today: date) -> Q:
    """This function will name an application by its number, or all of a person's by his document.

    What is neither is the number of an old card, or finds nothing.
    """
    text = text.strip().upper().removeprefix("SQ")
    if text.isdecimal() and len(text) < 15:
        return Q(pk=int(text))
    try:
        person = find_by_number(citizen_number.parse(text, today=today).number)
    except InputError:
        return Q(old_card__number=text)
    return Q(person=person) if person else Q(pk=None)


def banks_for(by: Actor) -> tuple[Bank, ...]:
    """This function will list the banks an application may go to: at a bank, itself alone."""
    banks = Organization.objects.filter(kind=Kind.BANK, valid_to=None).order_by("code")
    if is_bank(by):
        banks = banks.filter(path__startswith=bank_of(by.org_path))
    return tuple(Bank(id=one.pk, name=one.name, path=one.path) for one in banks)


def outlets() -> QuerySet[Organization]:
    """This function will list the outlets of all banks that are open, by code."""
    return Organization.objects.filter(kind=Kind.BRANCH, valid_to=None).order_by("code")


def photo_bytes(person: Person) -> bytes | None:
    """This function will read a person's registered photo; None when there is none to be read."""
    if not person.photo_digest:
        return None
    try:
        return read_paper(person.photo_digest)
    except (PaperMissing, Damaged):
        return None
