"""Articles 5, 8 and 20: posts handed over with their balance, routing, campaigns, guidance.

`organizations/` beside it writes; the post itself is in `orgs`.
"""

from django.contrib.postgres.fields import ArrayField
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


class RoutingRule(models.Model):
    """Which office hands out to a group of people in a county, from a day on (Art. 8 para. 1)."""

    county = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    group = models.CharField("人群", max_length=20)
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    since = models.DateField("自")
    words = models.CharField("依据", max_length=200)
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["county", "group", "since"],
                name="routing_once_a_day",
                violation_error_message="该人群在这一天已有分工",
            ),
        )


class WayRule(models.Model):
    """Which ways of issuing a group has in a city or county from a day on (Art. 7).

    Of two decisions the later day holds, whoever made it. One made by mistake is taken back, and
    stays readable.
    """

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    group = models.CharField("人群", max_length=20)
    ways = ArrayField(models.CharField(max_length=20), verbose_name="发放方式")
    since = models.DateField("自")
    words = models.CharField("依据", max_length=200)
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["organization", "group", "since"],
                condition=Q(withdrawn_at=None),
                name="ways_once_a_day",
                violation_error_message="该人群在这一天已有规定",
            ),
            models.CheckConstraint(condition=~Q(ways=[]), name="ways_are_some"),
        )


class Campaign(models.Model):
    """What the city (or a county) orders to be done by a day: hand out cards to whom (Art. 5)."""

    title = models.CharField("名称", max_length=100)
    document = models.CharField("文号", max_length=100)
    issuer = models.ForeignKey(Organization, models.PROTECT, related_name="campaigns")
    group = models.CharField("人群", max_length=20, default="")
    since = models.DateField("自")
    due_on = models.DateField("完成期限")
    words = models.CharField("要求", max_length=500, default="")
    ordered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    ordered_at = models.DateTimeField()
    key = models.CharField(max_length=64, unique=True)
    closed_on = models.DateField("结束日", null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(due_on__gte=F("since")),
                name="campaign_since_before_due",
                violation_error_message="完成期限不能早于开始日期",
            ),
        )

    def __str__(self) -> str:
        return self.title


class CampaignTask(models.Model):
    """What one office has to do for a campaign: how many cards, by which day.

    One that was given away whole has none left.
    """

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="tasks", db_index=False)
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    target = models.IntegerField("目标张数")
    due_on = models.DateField("完成期限")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["campaign", "organization"], name="task_once"),
            models.CheckConstraint(condition=Q(target__gte=0), name="task_target_not_negative"),
        )


class Guidance(models.Model):
    """What the city or a county tells its offices about their work, to be read by a day (Art. 5).

    It is for the posts `roles` of all offices at and below `covers`; once withdrawn, for nobody.
    """

    title = models.CharField("标题", max_length=100)
    document = models.CharField("文号", max_length=100)
    body = models.TextField("内容", max_length=4000)
    issuer = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    covers = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    roles = ArrayField(models.CharField(max_length=30))
    read_by = models.DateField("签阅期限")
    published_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    published_at = models.DateTimeField("发布时间")
    key = models.CharField(max_length=64, unique=True)
    withdrawn_on = models.DateField("撤回日", null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=~Q(roles=[]),
                name="guidance_is_for_somebody",
                violation_error_message="业务指导须有收件岗位",
            ),
        )

    def __str__(self) -> str:
        return self.title


class GuidanceReading(models.Model):
    """Somebody signed that he has read it, at the office he worked at then."""

    guidance = models.ForeignKey(Guidance, models.PROTECT, related_name="readings", db_index=False)
    reader = models.ForeignKey(User, models.PROTECT, related_name="+")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    read_at = models.DateTimeField("签阅时间")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["guidance", "reader"], name="guidance_read_once"),
        )
