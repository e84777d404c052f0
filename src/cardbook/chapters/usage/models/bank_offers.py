"""What a bank has promised to holders of its cards, and who complained about it (Art. 24)."""

from django.db import models
from django.db.models import F, Q

from cardbook.chapters.usage.values import ComplaintEnd, OfferKind
from cardbook.orgs.models import Organization, User


class BankOffer(models.Model):
    """One commitment of one bank: a discount, an outlet's service, a machine; kept when over.

    What a bank enters is public once it is confirmed; what the city enters is confirmed by that.
    """

    bank = models.ForeignKey(Organization, models.PROTECT, related_name="offers")
    kind = models.CharField("类别", max_length=20, choices=OfferKind.choices)
    title = models.CharField("内容", max_length=100)
    place = models.CharField("地点", max_length=200, default="")
    words = models.CharField("说明", max_length=300, default="")
    since = models.DateField("自")
    until = models.DateField("至（含）")
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField("登记时间")
    confirmed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField("确认时间", null=True)
    withdrawn_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField("撤回时间", null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["bank", "kind", "title", "place", "since"],
                condition=Q(withdrawn_at=None),
                name="bank_offer_once",
                violation_error_message="这项已经登记过",
            ),
            models.CheckConstraint(
                condition=Q(until__gte=F("since")), name="bank_offer_since_before_until"
            ),
        )


class BankComplaint(models.Model):
    """What somebody said of a bank's promise or outlet, what the bank answered, how it ended.

    Nothing of who complained is kept: whoever took it down knows whom to tell.
    """

    bank = models.ForeignKey(Organization, models.PROTECT, related_name="complaints")
    offer = models.ForeignKey(BankOffer, models.PROTECT, null=True, related_name="complaints")
    outlet = models.ForeignKey(Organization, models.PROTECT, null=True, related_name="+")
    words = models.CharField("投诉内容", max_length=500)
    office = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    received_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    received_at = models.DateTimeField("受理时间")
    answer = models.CharField("银行答复", max_length=500, default="")
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField("答复时间", null=True)
    outcome = models.CharField("结果", max_length=20, choices=ComplaintEnd.choices, default="")
    closed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField("办结时间", null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["office", "bank", "words"],
                condition=Q(closed_at=None),
                name="bank_complaint_once",
                violation_error_message="同样的投诉已经登记，还没有办结",
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None) | Q(answered_at__isnull=False),
                name="bank_complaint_closed_after_answer",
                violation_error_message="银行答复以后才能办结",
            ),
        )
