"""Articles 20 and 21: places and who holds their keys, checks, incidents and what was reported.

`places/` and `harm/` write; where a card is, only `custody` knows.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from cardbook.cards.models import Card
from cardbook.custody.models import Account
from cardbook.custody.places import Place
from cardbook.orgs.models import Organization, User
from cardbook.people.models import Person


# ------------------------------------------------------------------- places and their keys (R20.1)
class KeepingPlace(models.Model):
    """A cabinet, strong room, safe, drawer or shelf where an office or unit keeps cards.

    What lies in it follows from `cabinet` (boxes of that cabinet) and `holds` (kinds of place).
    """

    class Kind(models.TextChoices):
        """What it is."""

        CABINET = "cabinet", "柜"
        ROOM = "room", "库"
        SAFE = "safe", "保险柜"
        DRAWER = "drawer", "窗口抽屉"
        ASIDE = "aside", "停用卡存放处"
        UNIT = "unit", "单位（村、社区）存放处"

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="keeping_places")
    kind = models.CharField("种类", max_length=20, choices=Kind.choices)
    name = models.CharField("名称", max_length=60)
    where = models.CharField("位置", max_length=100)
    climate = models.CharField("温湿度、日照", max_length=100, default="")
    cabinet = models.CharField("柜号", max_length=10, default="")
    holds = ArrayField(
        models.CharField(max_length=20, choices=[(str(p), p.label) for p in Place]), default=list
    )
    opened_on = models.DateField("启用日")
    closed_on = models.DateField("停用日", null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["organization", "name"],
                condition=Q(closed_on=None),
                name="keeping_place_name_once",
                violation_error_message="本机构已有同名的存放处",
            ),
        )

    def __str__(self) -> str:
        return self.name


class Holding(models.Model):
    """Who answers for a place or holds a key of it, from a day to a day (exclusive).

    Staff have an account of their own; of a unit it is a person its letter of authority names.
    """

    class Function(models.TextChoices):
        """For what he is named."""

        KEEPER = "keeper", "保管人"
        DEPUTY = "deputy", "代理保管人"
        KEY = "key", "钥匙持有人"

    place = models.ForeignKey(KeepingPlace, models.PROTECT, related_name="holdings")
    function = models.CharField("职责", max_length=20, choices=Function.choices)
    user = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    since = models.DateField("自")
    until = models.DateField("至", null=True)
    named_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(user=None, person__isnull=False) | Q(user__isnull=False, person=None),
                name="holding_of_one",
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")), name="holding_since_before"
            ),
            models.UniqueConstraint(
                fields=["place", "function"],
                condition=Q(until=None) & ~Q(function="key"),
                name="holding_one_keeper",
                violation_error_message="这个职责已有人担任，请先写明其截止日",
            ),
            models.UniqueConstraint(
                fields=["place", "user", "person"],
                condition=Q(until=None, function="key"),
                nulls_distinct=False,
                name="holding_key_once",
                violation_error_message="此人已持有这里的钥匙",
            ),
        )


# ------------------------------------------------------------- checks and incidents (R20.3, 20.5)
class KeepingCheck(models.Model):
    """One check of a place: every measure answered, with a photo."""

    place = models.ForeignKey(KeepingPlace, models.PROTECT, related_name="checks", db_index=False)
    checked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField("检查时间")
    words = models.CharField("说明", max_length=200, default="")
    photo = models.CharField(max_length=64)
    key = models.CharField(max_length=64, unique=True)

    class Meta:
        indexes = (models.Index(fields=["place", "-at"], name="keeping_check_place"),)


class CheckAnswer(models.Model):
    """What was found of one measure; what is not in order says what is done about it."""

    pk = models.CompositePrimaryKey("visit", "measure")
    visit = models.ForeignKey(KeepingCheck, models.PROTECT, related_name="answers", db_index=False)
    measure = models.CharField("项目", max_length=20)
    in_order = models.BooleanField("合格")
    remedy = models.CharField("整改", max_length=200, default="")

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(in_order=True) | ~Q(remedy=""), name="answer_has_remedy"
            ),
        )


class Incident(models.Model):
    """Damaged or lost stock: what happened, to which cards, and that it was reported upward."""

    class Kind(models.TextChoices):
        """What became of the cards."""

        DAMAGED = "damaged", "损坏"
        LOST = "lost", "丢失"

    class Cause(models.TextChoices):
        """By what, after the six protections and the four rules."""

        FIRE = "fire", "火灾"
        WATER = "water", "水浸、受潮"
        MAGNETISM = "magnetism", "受磁"
        CRUSHING = "crushing", "挤压、弯曲"
        SCRATCHING = "scratching", "刻划、沾污"
        HEAT = "heat", "高温、日晒"
        THEFT = "theft", "被盗"
        TRANSPORT = "transport", "搬运、交接中"
        OTHER = "other", "其他"

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    place = models.ForeignKey(KeepingPlace, models.PROTECT, null=True, related_name="incidents")
    kind = models.CharField("情况", max_length=20, choices=Kind.choices)
    cause = models.CharField("原因", max_length=20, choices=Cause.choices)
    happened_on = models.DateField("发生（发现）日")
    words = models.CharField("经过", max_length=500)
    photo = models.CharField(max_length=64, default="")
    reported_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    second = models.ForeignKey(User, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    batch = models.UUIDField(unique=True)
    told_office = models.CharField("报告对象", max_length=100, default="")
    told_at = models.DateTimeField("报告时间", null=True)
    told_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    told_words = models.CharField("上级意见", max_length=200, default="")

    class Meta:
        indexes = (
            models.Index(fields=["organization", "-id"], name="incident_office"),
            models.Index(
                fields=["organization"], name="incident_untold", condition=Q(told_at=None)
            ),
        )
        constraints = (
            models.CheckConstraint(condition=~Q(reported_by=F("second")), name="incident_by_two"),
        )

    @property
    def number(self) -> str:
        """The running number, as printed on the report."""
        return f"SG{self.pk:08d}"

    def __str__(self) -> str:
        return self.number


class IncidentCard(models.Model):
    """One card of an incident, and where the book had it."""

    pk = models.CompositePrimaryKey("incident", "card")
    incident = models.ForeignKey(Incident, models.PROTECT, related_name="lines", db_index=False)
    card = models.ForeignKey(Card, models.PROTECT, related_name="+")
    account = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)


class HarmReport(models.Model):
    """What whoever has cards said happened to some of them; a keeper settles it (Art. 20, 21).

    `county` is whose keeper does, None for an office of the city. With `unread`, `account` (None:
    anywhere) and `told_count` (None: not known) stand until he names cards out of `book_count`.
    """

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    kind = models.CharField("情况", max_length=20, choices=Incident.Kind.choices)
    cause = models.CharField("原因", max_length=20, choices=Incident.Cause.choices)
    happened_on = models.DateField("发生（发现）日")
    where = models.CharField("存放位置", max_length=100, default="")
    words = models.CharField("经过", max_length=500)
    photo = models.CharField(max_length=64, default="")
    reported_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    reported_at = models.DateTimeField("报告时间")
    batch = models.UUIDField()
    county = models.ForeignKey(Organization, models.PROTECT, null=True, related_name="+")
    unread = models.BooleanField("卡号读不出", default=False)
    account = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    told_count = models.IntegerField("报告张数", null=True)
    book_count = models.IntegerField("清点时账面", null=True)
    incident = models.ForeignKey(Incident, models.PROTECT, null=True, related_name="harms")
    settled_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    settled_at = models.DateTimeField("处理时间", null=True)
    settled_words = models.CharField("处理意见", max_length=200, default="")

    class Meta:
        indexes = (
            models.Index(fields=["organization", "-id"], name="harm_office"),
            models.Index(fields=["id"], name="harm_open", condition=Q(settled_at=None)),
        )
        constraints = (
            models.UniqueConstraint(
                fields=["batch", "county"], nulls_distinct=False, name="harm_once"
            ),
            models.CheckConstraint(
                condition=Q(unread=True) | Q(account=None, told_count=None, book_count=None),
                name="harm_counted_where_unread",
            ),
            models.CheckConstraint(condition=~Q(told_count__lte=0), name="harm_told_some"),
        )

    @property
    def number(self) -> str:
        """The running number."""
        return f"BG{self.pk:08d}"


class HarmCard(models.Model):
    """One card of such a report, and where the book had it."""

    pk = models.CompositePrimaryKey("report", "card")
    report = models.ForeignKey(HarmReport, models.PROTECT, related_name="lines", db_index=False)
    card = models.ForeignKey(Card, models.PROTECT, related_name="+")
    account = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
