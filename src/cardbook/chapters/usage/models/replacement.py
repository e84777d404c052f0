"""Receipts of the fee for a new card: each number once in an office (Art. 26, 32 item 2).

What is owed and what became of it says `cards.Application`; nothing here writes itself.
"""

from django.db import models
from django.db.models import Q

from cardbook.cards.models import Application
from cardbook.lifecycle.facts import PayWay
from cardbook.orgs.models import Organization


class FeeReceipt(models.Model):
    """One receipt: money taken, or given back. `batch` ties it to the event."""

    application = models.ForeignKey(
        Application, models.PROTECT, related_name="receipts", db_index=False
    )
    office = models.ForeignKey(Organization, models.PROTECT, related_name="+", db_index=False)
    number = models.CharField("票据号", max_length=40)
    fee_fen = models.IntegerField("金额（分）")
    way = models.CharField(
        "方式", max_length=10, choices=[(str(one), one.label) for one in PayWay]
    )
    refund = models.BooleanField("退费", default=False)
    taken_on = models.DateField("日期")
    batch = models.UUIDField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["office", "number"], name="receipt_once_per_office",
                violation_error_message="这个票据号在本机构已登记过",
            ),
            models.UniqueConstraint(
                fields=["application", "refund"], name="receipt_once_per_application",
                violation_error_message="一件申请只收一次、只退一次",
            ),
            models.CheckConstraint(condition=Q(fee_fen__gt=0), name="receipt_has_amount"),
        )  # fmt: skip
        indexes = (models.Index(fields=["office", "taken_on"], name="receipt_day"),)
