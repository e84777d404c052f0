"""Who: organisations as a tree with validity dates, people at work, the posts they hold (Art. 5).

`actors.py` beside it turns a post into an actor; `reach.py` says how far an actor's hand goes.
"""

from typing import ClassVar

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import F, Q

from cardbook.law.roles import Role


class User(AbstractUser):
    """A person at work, with an account of his own; what he may do comes from his posts."""

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    name = models.CharField("姓名", max_length=60)
    # Until he has one that nobody else knows, he signs nothing.
    password_is_given = models.BooleanField(default=False, db_default=False)

    REQUIRED_FIELDS: ClassVar[list[str]] = []

    def get_full_name(self) -> str:
        """The name as colleagues write it."""
        return self.name or self.username

    def get_short_name(self) -> str:
        """The same name: Chinese names are not shortened."""
        return self.get_full_name()


class Kind(models.TextChoices):
    """What an organisation is under Articles 5 to 8 and 20."""

    CITY = "city", "市人力资源和社会保障局"
    INFO_CENTRE = "info_centre", "市局信息中心"
    COUNTY = "county", "县区人力资源和社会保障局"
    CARD_BODY = "card_body", "社保卡综合管理机构"
    AGENCY = "agency", "社会保险经办机构"
    WINDOW = "window", "社保卡综合服务窗口"
    BANK = "bank", "合作银行"
    BRANCH = "branch", "合作银行网点"
    TOWN = "town", "镇（街道）"
    VILLAGE = "village", "村（社区）"
    UNIT = "unit", "参保单位"
    MAKER = "maker", "制卡机构"
    PROVINCE = "province", "省级发卡机构"


class Organization(models.Model):
    """One office, bank outlet, town, village or employer; `path` lists its ancestors' ids.

    What holds is said by days: `valid_from`, `valid_to` and the states. Name, parent, path and
    `in_force` repeat what the days say of today, in one row for everybody to read (ADR 0015).
    """

    code = models.CharField("编号", max_length=40, unique=True)
    name = models.CharField("名称", max_length=100)
    kind = models.CharField("类别", max_length=20, choices=Kind.choices)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    path = models.CharField(max_length=200, unique=True)
    county = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    region = models.CharField("行政区划", max_length=12, default="")
    address = models.CharField("地址", max_length=200, default="")
    phone = models.CharField("电话", max_length=40, default="")
    hours = models.CharField("办公时间", max_length=100, default="")
    live_on = models.DateField("启用日", null=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    in_force = models.BooleanField(default=True, db_default=True)

    class Meta:
        indexes = (
            models.Index(fields=["path"], name="org_path", opclasses=["varchar_pattern_ops"]),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="org_valid_from_before_to",
                violation_error_message="机构的撤销日期不能早于设立日期",
            ),
        )

    def __str__(self) -> str:
        return self.name


class OrganizationState(models.Model):
    """What an organisation was called and where it stood from a day to a day (exclusive).

    Rows are written when the first change comes; without any, it was always as it is now.
    """

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="states")
    name = models.CharField("名称", max_length=100)
    parent = models.ForeignKey(Organization, models.PROTECT, null=True, related_name="arriving")
    since = models.DateField()
    until = models.DateField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["organization"], condition=Q(until=None), name="org_state_one_now"
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gt=F("since")), name="org_state_since_before"
            ),
        )


class PlannedChange(models.Model):
    """A change ordered for a day to come; the days are in the office's row and states already.

    `came` means that the row says by now what the days say; `withdrawn_at`, that it was taken
    back before its day. Both are kept.
    """

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="planned")
    act = models.CharField("变更", max_length=60)
    title = models.CharField("内容", max_length=200)
    on = models.DateField("自")
    words = models.CharField("依据", max_length=200)
    ordered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    ordered_at = models.DateTimeField()
    came = models.BooleanField(default=False)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["organization", "on"],
                condition=Q(withdrawn_at=None),
                name="planned_once_a_day",
            ),
            models.CheckConstraint(
                condition=Q(came=False) | Q(withdrawn_at=None), name="planned_came_or_withdrawn"
            ),
        )
        indexes = (
            models.Index(
                fields=["on"], condition=Q(came=False, withdrawn_at=None), name="planned_due"
            ),
        )


class Succession(models.Model):
    """Who carries on for whom from a day: both towns of a merger, both offices of a split."""

    predecessor = models.ForeignKey(Organization, models.PROTECT, related_name="successions")
    successor = models.ForeignKey(Organization, models.PROTECT, related_name="predecessions")
    on = models.DateField("自")
    whole = models.BooleanField("全部")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["predecessor", "successor", "on"], name="succession_once"
            ),
        )


class Post(models.Model):
    """A person holds a role at an organisation from a day to a day (exclusive)."""

    user = models.ForeignKey(User, models.PROTECT, related_name="posts")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="posts")
    role = models.CharField("岗位", max_length=30, choices=[(str(r), r.label) for r in Role])
    since = models.DateField("任职起")
    until = models.DateField("任职止", null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["user", "organization", "role"],
                condition=Q(until=None),
                name="post_held_once",
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")), name="post_since_before_until"
            ),
        )
