"""Reminds an office of a delivery that was not wholly received in time (Art. 6)."""

from datetime import datetime

from django.db import transaction

from cardbook.chapters.intake.models import Delivery
from cardbook.chapters.intake.receive.delivery_queries import (
    REMINDED,
    alert_before,
    overdue_in_transit,
)
from cardbook.chapters.posts import refuse_posts
from cardbook.chapters.reminding import About, refuse_silence, remind_of_own
from cardbook.law.roles import Role
from cardbook.lib.clock import local_day
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.refusals import Refusal, Refused
from cardbook.orgs.actors import Actor
from cardbook.orgs.models import Organization

# Whoever arranges the issuance of a city or a county (Art. 5, 6).
REMINDERS = frozenset({Role.CITY_MANAGER, Role.COUNTY_MANAGER})


@transaction.atomic
def remind_delivery(*, delivery_id: int, words: str, by: Actor, at: datetime) -> None:
    """This function will record that the office was told to receive a delivery, once a day.

    :raises Refused: when the post does not remind, it is not said how, the delivery is not
        overdue or the actor's own office's, or somebody told the office today.
    :raises Delivery.DoesNotExist: when it is another county's.
    """
    refuse_posts(by, other_than=REMINDERS, doing="催收到货")
    refuse_silence(words)
    within = Delivery.objects.filter(organization__path__startswith=by.county_path)
    delivery = within.get(pk=delivery_id)
    office = Organization.objects.select_for_update(no_key=True).get(pk=delivery.organization_id)
    what = f"到货 {delivery.code} "
    late = overdue_in_transit(by, before=alert_before(at=at, on=local_day(at)))
    if not late.filter(pk=delivery_id).exists():
        raise Refused([Refusal(no.REMIND_NOT_DUE, {"what": what})])
    about = About(act=REMINDED, fact="delivery", row=delivery_id)
    remind_of_own(about, office, what=what, words=words, basis="第六条", by=by, at=at)
