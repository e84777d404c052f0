"""Article 20: a post handed over with its balance, counted by both and fixed when they signed.

`organizations/` beside it writes; the post itself is in `orgs`.
"""

from django.db import models
from django.db.models import F, Q

from cardbook.custody.models import Account
from cardbook.orgs.models import Organization, Post, User


class HandOver(models.Model):
    """One post given from hand to hand: from whom, to whom, at which office, since which day."""

    post = models.OneToOneField(Post, models.PROTECT, related_name="handed_over")
    next_post = models.ForeignKey(Post, models.PROTECT, related_name="+")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    outgoing = models.ForeignKey(User, models.PROTECT, related_name="+")
    incoming = models.ForeignKey(User, models.PROTECT, related_name="+")
    ordered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    on = models.DateField("交接日")
    at = models.DateTimeField("签名时间")
    words = models.CharField("说明", max_length=200, default="")

    class Meta:
        constraints = (
            models.CheckConstraint(condition=~Q(outgoing=F("incoming")), name="handed_to_another"),
        )


class HandOverLine(models.Model):
    """One place of the office and how many cards both found there."""

    hand_over = models.ForeignKey(HandOver, models.PROTECT, related_name="lines")
    account = models.ForeignKey(Account, models.PROTECT, related_name="+")
    cards = models.IntegerField("张数")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["hand_over", "account"], name="line_once_per_account"),
        )
