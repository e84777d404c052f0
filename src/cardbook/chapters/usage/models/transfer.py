"""Whose insurance relation comes here or leaves, as lists say (Art. 30)."""

from django.db import models
from django.db.models import Q

from cardbook.chapters.usage.values import Decision
from cardbook.imports.models import ImportFile
from cardbook.orgs.models import Organization, User


class _Person(models.Model):
    """Whom a row is about: sealed, and found blind."""

    number_sealed = models.BinaryField()
    number_index = models.BinaryField(max_length=32)
    name_sealed = models.BinaryField()
    name_key = models.BigIntegerField()

    class Meta:
        abstract = True


class _Staged(models.Model):
    """A row while it is staged.

    Not logged (sql in the migration): what a crash takes is read from the file again.
    """

    pk = models.CompositePrimaryKey("file_id", "row")
    file = models.ForeignKey(
        ImportFile, models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    row = models.IntegerField()

    class Meta:
        abstract = True


class _Kept(models.Model):
    """A row that was posted: what was done, and why it was opened again if it was."""

    county = models.ForeignKey(Organization, models.PROTECT, related_name="+", db_index=False)
    file = models.ForeignKey(ImportFile, models.PROTECT, related_name="+", db_index=False)
    row = models.IntegerField()
    settled_at = models.DateTimeField("办结时间", null=True)
    settled_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    words = models.CharField("处理结果", max_length=200, default="")
    undone_at = models.DateTimeField("更正时间", null=True)
    undone_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    undone_words = models.CharField("更正原因", max_length=200, db_default="")

    class Meta:
        abstract = True


_SETTLED_SAYS_HOW = Q(settled_at=None, settled_by=None) | (
    Q(settled_at__isnull=False, settled_by__isnull=False) & ~Q(words="")
)


class _Coming(_Person):
    """Who comes, from where, with which card: the same in a staged row and a kept one."""

    from_place = models.CharField("转出地、转出机构", max_length=60)
    moved_on = models.DateField("转入日期")
    old_card = models.CharField("原卡号", max_length=9)
    list_number = models.CharField("名单或函号", max_length=40)

    class Meta:
        abstract = True


class TransferIn(_Coming, _Kept):
    """One person of a list of those who come, and what the province said of his cards."""

    class Asked(models.TextChoices):
        """What is known of his cards elsewhere."""

        CLEAR = "clear", "省系统没有另外的卡"
        FOUND = "found", "省系统另有卡"
        SILENT = "silent", "省系统没有答复"

    decision = models.CharField("决定", max_length=10, choices=Decision.choices, db_default="")
    asked = models.CharField("省系统查重", max_length=10, choices=Asked.choices, db_default="")
    asked_at = models.DateTimeField("查询时间", null=True)
    asked_words = models.CharField("省系统答复", max_length=300, db_default="")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["number_index", "moved_on", "from_place", "county"],
                name="transfer_in_once",
                violation_error_message="这个人的这次转入已登记",
            ),
            models.CheckConstraint(
                condition=_SETTLED_SAYS_HOW, name="transfer_in_settled_says_how"
            ),
        )
        indexes = (models.Index(fields=["county", "settled_at", "id"], name="transfer_in_open"),)


class TransferRow(_Coming, _Staged):
    """A row of such a list while it is staged."""


class _Leaving(_Person):
    """Who leaves, where to, when: the same in a staged row and a kept one."""

    to_place = models.CharField("转往地、接收机构", max_length=60)
    left_on = models.DateField("转出日期")
    list_number = models.CharField("名单或函号", max_length=40)

    class Meta:
        abstract = True


class TransferOut(_Leaving, _Kept):
    """One person of a list of those who leave; his card ends or stays by an act of its own."""

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["number_index", "left_on", "to_place", "county"],
                name="transfer_out_once",
                violation_error_message="这个人的这次转出已登记",
            ),
            models.CheckConstraint(
                condition=_SETTLED_SAYS_HOW, name="transfer_out_settled_says_how"
            ),
        )
        indexes = (models.Index(fields=["county", "settled_at", "id"], name="transfer_out_open"),)


class LeavingRow(_Leaving, _Staged):
    """A row of such a list while it is staged."""
