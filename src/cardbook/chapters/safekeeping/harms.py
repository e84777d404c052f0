"""What was reported harmed or lost by whoever has the cards, until a keeper settles it (Art. 20).

`harm/` takes the reports in and closes them; `places/` settles them by a report of an incident.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from cardbook.chapters.safekeeping.models import HarmReport
from cardbook.law.roles import Role
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.refusals import Refusal, Refused
from cardbook.orgs.actors import Actor

REPORTERS = frozenset(act("harm.report").who)
# Who registers the incident; the county's manager may close what turned out to be none.
SETTLERS = frozenset({*act("stock.damage").who, Role.COUNTY_MANAGER})
READERS = REPORTERS | SETTLERS | act("stock.damage").second | {Role.AUDITOR}


def harms_within(by: Actor) -> QuerySet[HarmReport]:
    """This function will find the reports of the actor's office, or of his county's cards."""
    found = HarmReport.objects.select_related(
        "organization", "account", "reported_by", "settled_by", "incident"
    )
    if by.role in REPORTERS:
        return found.filter(organization=by.org_id)
    seen = Q(organization__path__startswith=by.county_path)
    if by.county_id is not None:
        # An outlet of a bank lies in no county; what it has is told to the county whose it is.
        return found.filter(seen | Q(county=by.county_id))
    return found.filter(seen)


def open_count(by: Actor) -> int:
    """This function will count the reports nobody has settled."""
    return harms_within(by).filter(settled_at=None).count()


def refuse_unnamed(report_id: int, *, by: Actor) -> None:
    """This function will refuse an incident of a report whose cards nobody named yet.

    :raises Refused: when they are to be counted first.
    :raises HarmReport.DoesNotExist: when it is beyond the actor's reach.
    """
    report = harms_within(by).get(pk=report_id)
    if report.unread and report.book_count is None:
        raise Refused([Refusal(no.HARM_NOT_NAMED, {"number": report.number})])


def settle(
    *, report_id: int, incident_id: int | None, words: str, by: Actor, at: datetime
) -> HarmReport:
    """This function will close a report, by an incident or because there was none.

    :raises Refused: when somebody closed it before.
    :raises HarmReport.DoesNotExist: when it is beyond the actor's reach.
    """
    with transaction.atomic():
        ids = list(harms_within(by).filter(pk=report_id).values_list("pk", flat=True))
        report = HarmReport.objects.select_for_update(no_key=True).get(pk__in=ids)
        if report.settled_at is not None:
            same = (by.user_id, words, incident_id)
            if (report.settled_by_id, report.settled_words, report.incident_id) == same:
                return report
            name = report.settled_by.name if report.settled_by else ""
            values = {"number": report.number, "name": name}
            raise Refused([Refusal(no.HARM_SETTLED, values)])
        HarmReport.objects.filter(pk=report.pk).update(
            incident_id=incident_id, settled_words=words, settled_by_id=by.user_id, settled_at=at
        )
    return HarmReport.objects.get(pk=report.pk)
