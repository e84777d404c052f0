"""Reads replacements under way (Art. 9, 25); nothing here writes."""

from dataclasses import dataclass

from cardbook.cards.models import Application
from cardbook.cards.states import CLOSED_APPLICATIONS
from cardbook.lifecycle.acts import act
from cardbook.orgs.actors import Actor
from cardbook.people.holders import holder_of

MOST_LISTED = 500
_REASONS = {"defect": "质量问题（第九条）", "error": "信息错误（第十五条）"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationRow:
    """One application under way, in words. `fee` is in yuan."""

    id: int
    name: str
    masked_number: str
    old_card: int | None
    old_number: str
    reason: str
    fee: str
    progress: str
    can_withdraw: bool


def open_applications(by: Actor) -> list[ApplicationRow]:
    """This function will list the county's open applications, oldest first, at most 500."""
    found = (
        Application.objects.filter(county__path__startswith=by.county_path)
        .exclude(progress__in=CLOSED_APPLICATIONS)
        .select_related("person", "old_card")
        .order_by("id")[:MOST_LISTED]
    )
    return [_row(application, by=by) for application in found]


def application_row(*, application_id: int, by: Actor) -> ApplicationRow | None:
    """This function will return one application of the actor's county, open or not, or None."""
    application = (
        Application.objects.filter(pk=application_id, county__path__startswith=by.county_path)
        .select_related("person", "old_card")
        .first()
    )
    return _row(application, by=by) if application else None


def _row(application: Application, *, by: Actor) -> ApplicationRow:
    holder = holder_of(application.person)
    row = act("application.withdraw")
    old = application.old_card
    return ApplicationRow(
        id=application.pk,
        name=holder.name,
        masked_number=holder.masked_number,
        old_card=old.pk if old else None,
        old_number=old.number if old else "",
        reason=_REASONS.get(application.reason, application.reason),
        fee=f"{application.fee_fen / 100:.2f}",
        progress=application.get_progress_display(),
        can_withdraw=by.role in row.who
        and application.progress in (row.on or {}).get("progress", frozenset()),
    )
