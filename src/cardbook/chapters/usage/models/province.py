"""What the province said when an application was taken: other cards, others in hand (Art. 4, 25).

Card numbers and states only, no person. Not asked is written down as such and stays open.
"""

from django.db import models
from django.db.models import Q

from cardbook.cards.models import Application
from cardbook.orgs.models import User


class ProvinceCheck(models.Model):
    """The duplicate check of one application against the province: when, and what came of it."""

    class Outcome(models.TextChoices):
        """What is known."""

        CLEAR = "clear", "省系统没有重复"
        FOUND = "found", "省系统另有记录"
        UNASKED = "unasked", "省系统未查"

    application = models.OneToOneField(
        Application, models.PROTECT, primary_key=True, related_name="province_check"
    )
    outcome = models.CharField("结果", max_length=10, choices=Outcome.choices)
    asked_at = models.DateTimeField("查询时间")
    words = models.CharField("说明", max_length=300)
    settled_at = models.DateTimeField("处理时间", null=True)
    settled_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    settled_words = models.CharField("处理结果", max_length=200, db_default="")

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(settled_at=None, settled_by=None)
                | (Q(settled_at__isnull=False, settled_by__isnull=False) & ~Q(settled_words="")),
                name="province_check_settled_says_how",
            ),
        )
        indexes = (
            models.Index(
                fields=["asked_at"],
                condition=Q(outcome__in=["unasked", "found"], settled_at=None),
                name="province_check_open",
            ),
        )
