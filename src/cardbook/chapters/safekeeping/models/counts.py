"""Article 20: stock-takes, their scans, and the differences two people close.

`stocktaking/` writes; where a card is, only `custody` knows.
"""

from django.db import models
from django.db.models import F, Q

from cardbook.cards.models import Card
from cardbook.custody.models import Account
from cardbook.orgs.models import Organization, User


def _clock() -> models.Func:
    """The database's own clock: scans are compared with movements, which it times too."""
    return models.Func(template="clock_timestamp()", output_field=models.DateTimeField())


class Stocktake(models.Model):
    """One blind count of a place, an office or a county, while work goes on.

    Ended, its scans are compared with the book as of each scan; closed, every difference has a
    reason and two people stand behind it.
    """

    class Scope(models.TextChoices):
        """How much is counted."""

        PLACE = "place", "一处"
        OFFICE = "office", "本机构全部存放处"
        COUNTY = "county", "全部存放处（含下级）"

    scope = models.CharField("范围", max_length=20, choices=Scope.choices)
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    account = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    again = models.ForeignKey("self", models.PROTECT, null=True, related_name="recounts")
    begun_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    begun_at = models.DateTimeField("开始", db_default=_clock())
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField("结束扫描", null=True)
    closed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    second = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField("办结", null=True)

    class Meta:
        indexes = (models.Index(fields=["organization", "-id"], name="stocktake_office"),)
        constraints = (
            models.UniqueConstraint(
                fields=["scope", "organization", "account"],
                condition=Q(ended_at=None),
                nulls_distinct=False,
                name="stocktake_one_running",
                violation_error_message="这里正在盘点中",
            ),
            models.CheckConstraint(
                condition=(Q(scope="place") & Q(account__isnull=False))
                | (~Q(scope="place") & Q(account=None)),
                name="stocktake_scope_fits",
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None)
                | (Q(second__isnull=False, ended_at__isnull=False) & ~Q(closed_by=F("second"))),
                name="stocktake_closed_by_two",
                violation_error_message="盘点由两人办结",
            ),
        )

    @property
    def number(self) -> str:
        """The running number, as printed on its sheet."""
        return f"PD{self.pk:08d}"

    def __str__(self) -> str:
        return self.number


class Scan(models.Model):
    """One number read from a card in a place; read twice there, it is one scan, the first."""

    stocktake = models.ForeignKey(Stocktake, models.PROTECT, related_name="scans", db_index=False)
    account = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    number = models.CharField("卡号", max_length=9)
    scanned_by = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    scanned_at = models.DateTimeField(db_default=_clock())

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["stocktake", "account", "number"], name="scan_once_per_place"
            ),
        )


class StocktakeLine(models.Model):
    """One place of a stock-take: what the book had as of the scans, and what was there."""

    pk = models.CompositePrimaryKey("stocktake", "account")
    stocktake = models.ForeignKey(Stocktake, models.PROTECT, related_name="lines", db_index=False)
    account = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    book = models.IntegerField("账面")
    counted = models.IntegerField("实盘")


class Finding(models.Model):
    """One difference of a stock-take, until two people say what became of it."""

    class Kind(models.TextChoices):
        """How the scans and the book differ."""

        MISSING = "missing", "短缺"
        MISPLACED = "misplaced", "放错位置"
        EXTRA = "extra", "多出"
        UNKNOWN = "unknown", "台账没有的卡号"

    class Outcome(models.TextChoices):
        """What the two people decided."""

        MISSED = "missed", "登记短缺"
        FOUND = "found", "登记找到"
        RESORTED = "resorted", "改登到扫描处的盒"
        NOTED = "noted", "已查明"

    stocktake = models.ForeignKey(
        Stocktake, models.PROTECT, related_name="findings", db_index=False
    )
    kind = models.CharField("差异", max_length=20, choices=Kind.choices)
    number = models.CharField("卡号", max_length=9)
    card = models.ForeignKey(Card, models.PROTECT, null=True, related_name="+")
    account = models.ForeignKey(
        Account, models.PROTECT, null=True, related_name="+", db_index=False
    )
    book_account = models.ForeignKey(
        Account, models.PROTECT, null=True, related_name="+", db_index=False
    )
    scanned_at = models.DateTimeField("扫描时间", null=True)
    outcome = models.CharField("处理", max_length=20, choices=Outcome.choices, default="")
    words = models.CharField("原因", max_length=200, default="")
    closed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    second = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)
    key = models.CharField(max_length=64, default="")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["stocktake", "number"], name="finding_once_per_number"
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None)
                | (
                    Q(second__isnull=False)
                    & ~Q(words="")
                    & ~Q(outcome="")
                    & ~Q(closed_by=F("second"))
                ),
                name="finding_closed_by_two",
            ),
        )
