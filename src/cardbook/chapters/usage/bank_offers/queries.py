"""What banks have promised and what of it stands on a day (Art. 24); nothing here writes."""

from datetime import date

from django.db.models import Q, QuerySet

from cardbook.chapters.usage.models import BankOffer
from cardbook.law.roles import Role
from cardbook.orgs.actors import Actor
from cardbook.orgs.models import Kind, Organization
from cardbook.orgs.reach import bank_of


def offers(*, today: date | None, kind: str = "", text: str = "") -> QuerySet[BankOffer]:
    """This function will list commitments by bank; with `today` those that stand on the day.

    What has expired drops out by its date alone.
    """
    found = BankOffer.objects.select_related("bank", "entered_by")
    if today is not None:
        found = found.filter(since__lte=today, until__gte=today, withdrawn_at=None)
    if kind:
        found = found.filter(kind=kind)
    if text:
        found = found.filter(
            Q(bank__name__contains=text) | Q(title__contains=text) | Q(place__contains=text)
        )
    return found.order_by("bank__code", "kind", "title", "id")


def banks_of(by: Actor) -> list[tuple[int, str]]:
    """This function will list the banks an actor speaks for: a teller his own, the city all."""
    found = Organization.objects.filter(kind=Kind.BANK, valid_to=None)
    if by.role is Role.BANK_TELLER:
        found = found.filter(path=bank_of(by.org_path))
    return [(one.pk, one.name) for one in found.order_by("code")]
