"""Calls that end in no act: about cards of another city, and refused ones (Art. 28).

Asked about, or its loss sent to the province: that is all; that somebody called is kept.
"""

from django.db import models

from cardbook.cards.models import Card
from cardbook.orgs.models import Organization, User


class OutsideCall(models.Model):
    """One call about a card of another city: asked about, or reported lost to whoever has it."""

    class Matter(models.TextChoices):
        """All that is done for a card of another place."""

        ASKED = "asked", "查询"
        LOST = "lost", "临时挂失"

    key = models.CharField(max_length=64)
    matter = models.CharField("事项", max_length=10, choices=Matter.choices)
    number_sealed = models.BinaryField()
    number_index = models.BinaryField(max_length=32)
    name_sealed = models.BinaryField(null=True)
    place = models.CharField("发卡地", max_length=60)
    hotline = models.CharField("已告知的发卡地电话", max_length=40)
    reference = models.CharField("发卡地受理号", max_length=40, db_default="")
    call = models.CharField("通话编号", max_length=40, db_default="")
    words = models.CharField("来电内容", max_length=200, db_default="")
    answer = models.CharField("省系统答复", max_length=300, db_default="")
    office = models.ForeignKey(Organization, models.PROTECT, related_name="+", db_index=False)
    handled_by = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    handled_at = models.DateTimeField("受理时间")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["key"],
                name="outside_call_once",
                violation_error_message="这次来电已登记",
            ),
        )
        indexes = (
            models.Index(fields=["number_index"], name="outside_call_number"),
            models.Index(fields=["office", "-handled_at"], name="outside_call_office"),
        )


class RefusedLift(models.Model):
    """Somebody who was charged by a holder asked on the telephone to free his card, in vain."""

    key = models.CharField(max_length=64)
    card = models.ForeignKey(Card, models.PROTECT, related_name="+", db_index=False)
    call = models.CharField("通话编号", max_length=40, db_default="")
    words = models.CharField("来电内容", max_length=200, db_default="")
    office = models.ForeignKey(Organization, models.PROTECT, related_name="+", db_index=False)
    handled_by = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    handled_at = models.DateTimeField("受理时间")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["key"], name="refused_lift_once"),)
        indexes = (models.Index(fields=["card", "-handled_at"], name="refused_lift_card"),)
