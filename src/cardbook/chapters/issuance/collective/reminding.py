"""Writes down that a unit was told to bring an overdue sheet back (Art. 8 para. 3).

The reminder is an event of the unit, as the one about its file is (`duties.receivers`).
"""

from datetime import datetime

from django.db import transaction

from cardbook.chapters.issuance.collective.list_queries import REMINDED
from cardbook.chapters.issuance.collective.queries import bundles_of
from cardbook.chapters.issuance.models import Bundle
from cardbook.chapters.posts import refuse_posts
from cardbook.chapters.reminding import About, refuse_silence, remind
from cardbook.law.roles import Role
from cardbook.lib.clock import local_day
from cardbook.lib.masking import mask_in
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.refusals import Refusal, Refused
from cardbook.orgs.actors import Actor
from cardbook.orgs.changes import Decree
from cardbook.orgs.models import Organization

# Whoever hands bundles out, the city among them, and who answers for the county.
REMINDERS = frozenset({*act("bundle.hand_out").who, Role.COUNTY_MANAGER})


@transaction.atomic
def remind_sheet(*, bundle_id: int, words: str, by: Actor, at: datetime) -> Bundle:
    """This function will record that the unit of an overdue sheet was told, once a day.

    :raises Refused: when the post does not remind, it is not said how the unit was told, the
        sheet is not overdue or reported meanwhile, or somebody told the unit today.
    :raises Bundle.DoesNotExist: when it is another county's.
    """
    refuse_posts(by, other_than=REMINDERS, doing="催交签字明细表")
    refuse_silence(words)
    bundle = bundles_of(by).select_for_update(of=("self",)).get(pk=bundle_id)
    unit = Organization.objects.select_for_update(no_key=True).get(pk=bundle.unit_id)
    on = local_day(at)
    _refuse_in_vain(bundle, at=at)
    decree = Decree(
        by=by, at=at, on=on, words=mask_in(words.strip()), basis=act("bundle.hand_out").basis_text
    )
    about = About(act=REMINDED, fact="sheet", row=bundle.pk)
    values = {"sheet": bundle.number}
    remind(about, unit, decree, twice=no.SHEET_REMINDED, values=values, due_on=bundle.due_on)
    return bundle


def _refuse_in_vain(bundle: Bundle, *, at: datetime) -> None:
    """A sheet nobody waits for, or one the unit has reported."""
    if bundle.filed_at or bundle.due_on is None or bundle.due_on >= local_day(at):
        raise Refused([Refusal(no.SHEET_NOT_OVERDUE, {"sheet": bundle.number})])
    if bundle.sent_at:
        raise Refused([Refusal(no.SHEET_SENT, {"sheet": bundle.number})])
