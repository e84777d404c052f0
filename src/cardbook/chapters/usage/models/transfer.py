"""Whose insurance relation came here, as the other place's list says (Art. 30)."""

from django.db import models
from django.db.models import Q

from cardbook.chapters.usage.values import Decision
from cardbook.imports.models import ImportFile
from cardbook.orgs.models import Organization, User


class _Named(models.Model):
    """Who comes, from where, with which card: the same in a staged row and a kept one."""

    number_sealed = models.BinaryField()
    number_index = models.BinaryField(max_length=32)
    name_sealed = models.BinaryField()
    name_key = models.BigIntegerField()
    from_place = models.CharField("转出地、转出机构", max_length=60)
    moved_on = models.DateField("转入日期")
    old_card = models.CharField("原卡号", max_length=9)
    list_number = models.CharField("名单或函号", max_length=40)

    class Meta:
        abstract = True


class TransferIn(_Named):
    """One person of a list of those who come; kept until somebody says what was done."""

    county = models.ForeignKey(Organization, models.PROTECT, related_name="+", db_index=False)
    file = models.ForeignKey(ImportFile, models.PROTECT, related_name="+", db_index=False)
    row = models.IntegerField()
    settled_at = models.DateTimeField("办结时间", null=True)
    settled_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    words = models.CharField("处理结果", max_length=200, default="")
    decision = models.CharField("决定", max_length=10, choices=Decision.choices, db_default="")
    undone_at = models.DateTimeField("更正时间", null=True)
    undone_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    undone_words = models.CharField("更正原因", max_length=200, db_default="")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["number_index", "moved_on", "from_place", "county"],
                name="transfer_in_once",
                violation_error_message="这个人的这次转入已登记",
            ),
            models.CheckConstraint(
                condition=Q(settled_at=None, settled_by=None)
                | (Q(settled_at__isnull=False, settled_by__isnull=False) & ~Q(words="")),
                name="transfer_in_settled_says_how",
            ),
        )
        indexes = (models.Index(fields=["county", "settled_at", "id"], name="transfer_in_open"),)


class TransferRow(_Named):
    """A row of such a list while it is staged: personal fields sealed, look-ups blind.

    Not logged (sql in the migration): what a crash takes is read from the file again.
    """

    pk = models.CompositePrimaryKey("file_id", "row")
    file = models.ForeignKey(
        ImportFile, models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    row = models.IntegerField()
