"""Reminds an office of a place that was not checked in time (Art. 20, 21)."""

from datetime import datetime

from django.db import transaction

from cardbook.chapters.posts import refuse_posts
from cardbook.chapters.reminding import About, refuse_silence, remind_of_own
from cardbook.chapters.safekeeping.places.check_queries import REMINDED, is_due
from cardbook.chapters.safekeeping.places.queries import places_within
from cardbook.law.roles import Role
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.refusals import Refusal, Refused
from cardbook.orgs.actors import Actor
from cardbook.orgs.models import Organization

# Who looks over the places of a whole county and answers for them (Art. 5, 20).
REMINDERS = frozenset({Role.CITY_MANAGER, Role.COUNTY_MANAGER, Role.CARD_KEEPER})


@transaction.atomic
def remind_check(*, place_id: int, words: str, by: Actor, at: datetime) -> None:
    """This function will record that the office was told to check a place, once a day.

    :raises Refused: when the post does not remind, it is not said how, the check is not overdue
        or the actor's own office's, or somebody told the office today.
    :raises KeepingPlace.DoesNotExist: when the actor may not see it.
    """
    refuse_posts(by, other_than=REMINDERS, doing="催办保管检查")
    refuse_silence(words)
    place = places_within(by).get(pk=place_id)
    office = Organization.objects.select_for_update(no_key=True).get(pk=place.organization_id)
    what = f"存放处“{place.name}”的保管检查"
    if not is_due(place_id, by=by, at=at):
        raise Refused([Refusal(no.REMIND_NOT_DUE, {"what": what})])
    about = About(act=REMINDED, fact="place", row=place_id)
    basis = "第二十条、第二十一条"
    remind_of_own(about, office, what=what, words=words, basis=basis, by=by, at=at)
