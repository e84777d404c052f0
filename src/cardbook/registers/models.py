"""Documents as issued: frozen bytes, digest, running number (architecture, section 6).

`issue.py` beside it freezes; a re-print gives the same bytes from the store of papers.
"""

from django.db import models
from django.db.models.functions import Now

from cardbook.orgs.models import Organization, User


class IssuedDocument(models.Model):
    """One register as printed to be signed; the number runs by form, office and year."""

    form = models.CharField("表单", max_length=40)
    number = models.CharField("表号", max_length=60, unique=True)
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    issued_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    issued_at = models.DateTimeField(db_default=Now())
    title = models.CharField(max_length=120)
    covers = models.CharField("内容", max_length=200)
    rows = models.IntegerField("行数")
    purpose = models.CharField("用途", max_length=100, default="", db_default="")
    approved_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    digest = models.CharField("内容摘要", max_length=64)
    pdf_digest = models.CharField(max_length=64)
    xlsx_digest = models.CharField(max_length=64)

    class Meta:
        indexes = (
            models.Index(fields=["form", "organization", "-issued_at"], name="document_office"),
        )


class RunningNumber(models.Model):
    """The last number given out for a form at an office in a year, locked while one is taken."""

    form = models.CharField(max_length=40)
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    year = models.IntegerField()
    last = models.IntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["form", "organization", "year"], name="running_number_once"
            ),
        )


class Matter(models.TextChoices):
    """What a file with whole numbers that is no issued document is for."""

    SIGN_OFF = "sign_off", "签字明细表，交持卡人签字"
    MAKER_ORDER = "maker_order", "制卡数据，交卡商制卡"
    ACCOUNTS = "accounts", "卡号对照，交银行"
    ERROR_SHEET = "error_sheet", "带错误信息的原表，退回更正"


class TakenFile(models.Model):
    """A file with whole numbers that left without being an issued document (`taking.py`)."""

    matter = models.CharField("用途", max_length=20, choices=Matter.choices)
    name = models.CharField("文件", max_length=200)
    rows = models.IntegerField("行数")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    taken_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    taken_at = models.DateTimeField("领取时间")
    digest = models.CharField("文件摘要", max_length=64)

    class Meta:
        indexes = (models.Index(fields=["organization", "-taken_at"], name="taken_office"),)
