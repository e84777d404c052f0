"""A unit's own sheets: reported to the office, taken back, sent back to mend (Art. 8 para. 3).

The unit reads its sheet back by `drafts.py`; reporting issues nothing. That does the office's
filing in `commands.py`, which keeps who reported and when.
"""

from datetime import datetime

from django.db import transaction

from cardbook.chapters.issuance.collective.filing_plan import filing_objections, plan_of
from cardbook.chapters.issuance.collective.queries import bundles_of
from cardbook.chapters.issuance.models import Bundle
from cardbook.chapters.posts import refuse_posts
from cardbook.law.roles import OWN_OFFICE_ONLY
from cardbook.lib.clock import local_day
from cardbook.lib.masking import mask_in
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.judge import refuse_other_roles
from cardbook.lifecycle.refusals import Refusal, Refused
from cardbook.orgs.actors import Actor


@transaction.atomic
def report_sheet(*, bundle_id: int, by: Actor, at: datetime) -> Bundle:
    """This function will report a unit's own sheet to the office that files it; once is enough.

    A wrong card need not be registered yet: that is the office's, as soon as it has the card.

    :raises Refused: naming each row without result or reason, each page that is missing.
    """
    _refuse_offices(by=by)
    bundle = bundles_of(by).select_for_update(of=("self",)).get(pk=bundle_id)
    if bundle.sent_at is not None:
        return bundle
    plan = plan_of(bundle)
    found = filing_objections(bundle, plan, on=local_day(at))
    against = [one for one in found if one.reason is not no.ROW_NOT_WRONG]
    if against:
        raise Refused(against)
    bundle.sent_at, bundle.sent_by_id, bundle.sent_back = at, by.user_id, ""
    bundle.save(update_fields=["sent_at", "sent_by", "sent_back"])
    return bundle


@transaction.atomic
def take_report_back(*, bundle_id: int, by: Actor) -> Bundle:
    """This function will let a unit go on working at a sheet it had reported.

    :raises Refused: when it waits for nobody, because it was filed or sent back meanwhile.
    """
    _refuse_offices(by=by)
    return _open_again(bundle_id, by=by, words="")


@transaction.atomic
def send_report_back(*, bundle_id: int, words: str, by: Actor) -> Bundle:
    """This function will give a reported sheet back to its unit, saying what is to be mended.

    :raises Refused: when the post does not file, nothing is said, or nothing waits.
    """
    refuse_other_roles(act("card.issue_collective"), by=by)
    if not words.strip():
        raise Refused([Refusal(no.REASON_MISSING)])
    return _open_again(bundle_id, by=by, words=mask_in(words.strip()))


def _open_again(bundle_id: int, *, by: Actor, words: str) -> Bundle:
    bundle = bundles_of(by).select_for_update(of=("self",)).get(pk=bundle_id)
    if bundle.sent_at is None:
        raise Refused([Refusal(no.SHEET_NOT_SENT, {"sheet": bundle.number})])
    bundle.sent_at, bundle.sent_by, bundle.sent_back = None, None, words
    bundle.save(update_fields=["sent_at", "sent_by", "sent_back"])
    return bundle


def _refuse_offices(*, by: Actor) -> None:
    """An office files; it has nobody to report to."""
    refuse_posts(by, other_than=OWN_OFFICE_ONLY, doing="报送签字明细表")
