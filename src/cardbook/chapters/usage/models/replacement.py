"""Receipts of the fee for a new card, and charges that were refused (Art. 26, 32 item 2).

What is owed and what became of it says `cards.Application`; nothing here writes itself.
"""

from django.db import models
from django.db.models import Q

from cardbook.cards.models import Application
from cardbook.chapters.usage.values import ChargeEnd
from cardbook.lifecycle.facts import PayWay
from cardbook.orgs.models import Organization, User


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


class RefusedCharge(models.Model):
    """A fee somebody asked for or entered where none was owed, and what became of it.

    `asked_fen` is 0 where nobody said how much. `batch` ties it to the event `fee.refuse`.
    """

    application = models.ForeignKey(Application, models.PROTECT, related_name="refused_charges")
    office = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    refused_at = models.DateTimeField("时间")
    attempted = models.BooleanField("在本系统登记收费时被拒绝")
    asked_fen = models.IntegerField("被要求的金额（分）")
    words = models.CharField("情况", max_length=200)
    batch = models.UUIDField()
    outcome = models.CharField("结果", max_length=20, choices=ChargeEnd.choices, default="")
    returned_fen = models.IntegerField("退还金额（分）", default=0)
    returned_receipt = models.CharField("退费票据号", max_length=40, default="")
    outcome_words = models.CharField("处理说明", max_length=200, default="")
    settled_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    settled_at = models.DateTimeField("处理时间", null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(settled_at=None, outcome="")
                | (Q(settled_at__isnull=False) & ~Q(outcome="")),
                name="refused_charge_settled_with_outcome",
            ),
            models.CheckConstraint(
                condition=(Q(outcome="returned") & Q(returned_fen__gt=0))
                | (~Q(outcome="returned") & Q(returned_fen=0)),
                name="refused_charge_returned_has_amount",
                violation_error_message="已退还的须写明金额",
            ),
        )
        indexes = (
            models.Index(
                fields=["refused_at"], condition=Q(settled_at=None), name="refused_charge_open"
            ),
        )  # fmt: skip

    @property
    def asked_yuan(self) -> str:
        """What was asked for, as it is said; "" when nobody said how much."""
        return _yuan(self.asked_fen)

    @property
    def returned_yuan(self) -> str:
        """What went back, as it is said; "" when nothing did."""
        return _yuan(self.returned_fen)


def _yuan(fen: int) -> str:
    return f"{fen / 100:.2f}" if fen else ""
