"""What cards are used for, agency by agency, and who outside may ask about one (Art. 2, 23)."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from cardbook.cards.models import Card, TemporaryCard
from cardbook.chapters.usage.values import Carrier, UseField
from cardbook.imports.models import ImportFile
from cardbook.orgs.models import Organization, User


class CardUse(models.Model):
    """One use (事项) of the card at one agency, from a day to a day (exclusive)."""

    agency = models.ForeignKey(Organization, models.PROTECT, related_name="uses", db_index=False)
    code = models.CharField("事项编码", max_length=30)
    name = models.CharField("事项", max_length=100)
    field = models.CharField("领域", max_length=20, choices=UseField.choices)
    carrier = models.CharField("载体", max_length=20, choices=Carrier.choices)
    basis = models.CharField("依据", max_length=100)
    since = models.DateField("启用日")
    until = models.DateField("停用日", null=True)
    decided_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField("登记时间")
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["agency", "code"],
                name="card_use_once",
                violation_error_message="该机构已登记这个事项编码",
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")), name="card_use_since_before"
            ),
        )


class StatusKey(models.Model):
    """A key by which an agency asks for a card's state; only the digest of the key is kept.

    `purposes` are codes of the agency's uses: a use that has ended ends the asking as well.
    """

    agency = models.ForeignKey(
        Organization, models.PROTECT, related_name="status_keys", db_index=False
    )
    title = models.CharField("用于", max_length=100)
    digest = models.BinaryField(max_length=32)
    purposes = ArrayField(models.CharField(max_length=30))
    valid_from = models.DateField("启用日")
    valid_to = models.DateField("失效日")
    per_minute = models.PositiveIntegerField("每分钟上限")
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    second_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField("生成时间")
    revoked_at = models.DateTimeField("撤销时间", null=True)
    revoked_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["digest"], name="status_key_once"),
            models.CheckConstraint(
                condition=Q(valid_to__gt=F("valid_from")),
                name="status_key_from_before_to",
                violation_error_message="失效日要晚于启用日",
            ),
            models.CheckConstraint(
                condition=~Q(made_by=F("second_by")), name="status_key_made_by_two"
            ),
        )


class StatusAsked(models.Model):
    """Who asked for which card's state, what for, and what was answered; never changed."""

    key = models.ForeignKey(StatusKey, models.PROTECT, related_name="asked", db_index=False)
    card = models.ForeignKey(Card, models.PROTECT, null=True, related_name="+")
    temporary_card = models.ForeignKey(
        TemporaryCard, models.PROTECT, null=True, related_name="+", db_index=False
    )
    purpose = models.CharField("用途", max_length=30)
    asked_at = models.DateTimeField("时间")
    answer = models.CharField("答复", max_length=30)

    class Meta:
        indexes = (models.Index(fields=["key", "asked_at"], name="status_asked_by_key"),)


class StatusTooOften(models.Model):
    """The asks of a key beyond its limit, counted by minute and purpose: however many come, the
    rows stay few. A purpose that the key is not granted is kept as an empty one.
    """

    pk = models.CompositePrimaryKey("key_id", "minute", "purpose")
    key = models.ForeignKey(StatusKey, models.PROTECT, related_name="too_often", db_index=False)
    minute = models.DateTimeField("时间")
    purpose = models.CharField("用途", max_length=30, blank=True)
    times = models.PositiveIntegerField("拒绝次数")
    last_at = models.DateTimeField("最后一次")


class CardUsed(models.Model):
    """One use of a card, as an agency's or the province's file said; nothing of its holder.

    With `day_only` the file gave no time, and `used_at` is the beginning of the day.
    """

    pk = models.CompositePrimaryKey("card_id", "used_at", "use_id")
    card = models.ForeignKey(Card, models.PROTECT, related_name="used", db_index=False)
    used_at = models.DateTimeField("用卡时间")
    use = models.ForeignKey(CardUse, models.PROTECT, related_name="+", db_index=False)
    day_only = models.BooleanField()
    file = models.ForeignKey(ImportFile, models.PROTECT, related_name="+")

    class Meta:
        indexes = (models.Index(fields=["used_at"], name="card_used_at"),)


class UseRow(models.Model):
    """A row of a file of uses while it is staged; one with an error may lack its use or time.

    Not logged (sql in the migration): what a crash takes is read from the file again.
    """

    pk = models.CompositePrimaryKey("file_id", "row")
    file = models.ForeignKey(
        ImportFile, models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    row = models.IntegerField()
    card_number = models.CharField(max_length=9)
    use = models.ForeignKey(
        CardUse, models.CASCADE, related_name="+", null=True, db_index=False, db_constraint=False
    )
    used_at = models.DateTimeField(null=True)
    day_only = models.BooleanField()
