"""Holders sent to a bank's outlet, and called because a half is not in use (Art. 22)."""

from django.db import models
from django.db.models import Q

from cardbook.cards.models import Card
from cardbook.chapters.usage.values import CallResult, VisitResult
from cardbook.orgs.models import Organization, User
from cardbook.people.models import Mandate, Person


class BankVisit(models.Model):
    """One holder on the way to one outlet: sent, there, settled. The green channel is this list.

    `settled_at` is when the bank said what came of it; the bank's own word lies in the ledger.
    """

    card = models.ForeignKey(Card, models.PROTECT, related_name="bank_visits", db_index=False)
    outlet = models.ForeignKey(Organization, models.PROTECT, related_name="+", db_index=False)
    sent_at = models.DateTimeField("引导时间")
    arrived_at = models.DateTimeField("到达时间", null=True)
    settled_at = models.DateTimeField("办结时间", null=True)
    result = models.CharField("结果", max_length=20, choices=VisitResult.choices, default="")
    words = models.CharField("说明", max_length=200, default="")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["card"],
                condition=Q(settled_at=None),
                name="bank_visit_one_open_per_card",
                violation_error_message="这张卡已引导到银行，尚未办结",
            ),
            models.CheckConstraint(
                condition=Q(settled_at=None, result="")
                | (Q(settled_at__isnull=False) & ~Q(result="")),
                name="bank_visit_settled_with_result",
            ),
        )
        indexes = (
            models.Index(
                fields=["outlet", "sent_at"],
                condition=Q(settled_at=None),
                name="bank_visit_waiting",
            ),
        )


class ActivationCall(models.Model):
    """One call to a holder whose card is not in full use, and what came of it."""

    card = models.ForeignKey(Card, models.PROTECT, related_name="+", db_index=False)
    called_at = models.DateTimeField("联系时间")
    called_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    result = models.CharField("结果", max_length=20, choices=CallResult.choices)
    words = models.CharField("说明", max_length=200, default="")

    class Meta:
        indexes = (models.Index(fields=["card", "called_at"], name="activation_call_of"),)


class ProxyErrand(models.Model):
    """What somebody did for a holder on a mandate for it: how many, is limited (Art. 22, 28, 31).

    The mandate names the matter. What is fetched for a holder is a `PickUp` of its own.
    """

    agent = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    mandate = models.ForeignKey(Mandate, models.PROTECT, related_name="errands")
    on = models.DateField()

    class Meta:
        indexes = (models.Index(fields=["agent", "on"], name="proxy_errand_agent"),)
