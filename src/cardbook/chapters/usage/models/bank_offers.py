"""What a bank has promised to holders of its cards, from day to day (Art. 24)."""

from django.db import models
from django.db.models import F, Q

from cardbook.chapters.usage.values import OfferKind
from cardbook.orgs.models import Organization, User


class BankOffer(models.Model):
    """One commitment of one bank: a discount, an outlet's service, a machine; kept when over."""

    bank = models.ForeignKey(Organization, models.PROTECT, related_name="offers")
    kind = models.CharField("类别", max_length=20, choices=OfferKind.choices)
    title = models.CharField("内容", max_length=100)
    place = models.CharField("地点", max_length=200, default="")
    words = models.CharField("说明", max_length=300, default="")
    since = models.DateField("自")
    until = models.DateField("至（含）")
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField("登记时间")
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
