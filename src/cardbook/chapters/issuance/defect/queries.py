"""Reads replacements under way (Art. 9, 25); nothing here writes."""

from dataclasses import dataclass

from cardbook.cards.models import Application
from cardbook.cards.states import CLOSED_APPLICATIONS
from cardbook.orgs.actors import Actor
from cardbook.people.holders import Holder, holder_of


@dataclass(frozen=True, slots=True)
class ApplicationRow:
    """One application for the list."""

    application: Application
    holder: Holder


def open_applications(by: Actor) -> list[ApplicationRow]:
    """This function will list the county's open applications, oldest first, at most 500."""
    found = (
        Application.objects.filter(county__path__startswith=by.county_path)
        .exclude(progress__in=CLOSED_APPLICATIONS)
        .select_related("person", "old_card", "county")
        .order_by("id")[:500]
    )
    return [ApplicationRow(application, holder_of(application.person)) for application in found]
