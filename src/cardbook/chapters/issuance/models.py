"""Collective pick-up: the bundle a unit takes, its sheet row by row, its pages (Art. 8 para. 3).

`collective/commands.py` writes; what became of each card is in the ledger, ticks are drafts.
"""

from django.db import models
from django.db.models import Deferrable, F, Q

from cardbook.cards.models import Card
from cardbook.lifecycle.facts import Relation, Signer, Unclaimed
from cardbook.orgs.models import Organization, User
from cardbook.people.models import Person


class Bundle(models.Model):
    """Cards one unit or village takes at one time, and the sheet that goes along.

    `batch` ties it to the events and the movement that handed it out; without, it is prepared.
    A long sheet is set by a worker: `pages` is 0 until `sheet_digest` and `copy_digest` keep it.
    `sent_at` says that the unit has reported it and waits for the office to file it.
    """

    unit = models.ForeignKey(Organization, models.PROTECT, related_name="bundles")
    office = models.ForeignKey(Organization, models.PROTECT, related_name="bundles_given")
    prepared_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    prepared_at = models.DateTimeField("准备时间")
    collector = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    id_seen = models.BooleanField("已查验领卡人证件", default=False)
    letter_seen = models.BooleanField("已查验介绍信", default=False)
    batch = models.UUIDField(null=True, unique=True)
    handed_at = models.DateTimeField("交付时间", null=True)
    handed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    signing = models.CharField("签字方式", max_length=10, default="")
    signature = models.CharField(max_length=64, default="")
    cards = models.IntegerField("应发", default=0)
    pages = models.IntegerField("页数", default=0)
    sheet_begun_at = models.DateTimeField("开始排版", null=True)
    sheet_digest = models.CharField("明细表摘要", max_length=64, default="")
    copy_digest = models.CharField("留存联摘要", max_length=64, default="")
    due_on = models.DateField("应备案日", null=True)
    filed_at = models.DateTimeField("备案时间", null=True)
    sent_at = models.DateTimeField("单位报送时间", null=True)
    sent_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    sent_back = models.CharField("退回补正说明", max_length=200, default="")

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(sent_at=None, sent_by=None)
                | Q(sent_at__isnull=False, sent_by__isnull=False, batch__isnull=False),
                name="bundle_sent_after_hand_out",
                violation_error_message="没有交付的明细表不能报送",
            ),
            models.CheckConstraint(
                condition=Q(batch=None, handed_at=None, due_on=None)
                | Q(batch__isnull=False, handed_at__isnull=False, due_on__isnull=False),
                name="bundle_handed_out_as_a_whole",
            ),
            models.CheckConstraint(
                condition=Q(filed_at=None) | Q(batch__isnull=False),
                name="bundle_filed_after_hand_out",
                violation_error_message="没有交付的明细表不能备案",
            ),
        )
        indexes = (
            models.Index(fields=["unit", "-id"], name="bundle_unit"),
            models.Index(
                fields=["due_on"], condition=Q(filed_at=None, batch__isnull=False),
                name="bundle_open_due",
            ),
        )  # fmt: skip

    @property
    def is_being_set(self) -> bool:
        """Whether the cards are out and their long sheet is still with a worker."""
        return self.batch is not None and self.pages == 0

    @property
    def number(self) -> str:
        """The number of the sheet, as printed and in its QR."""
        return f"QZMX{self.pk:08d}"

    def __str__(self) -> str:
        return self.number


class Result(models.TextChoices):
    """What became of a row of the sheet: 应发 = 实发 + 未发 + 退回 + 错卡."""

    SIGNED = "signed", "实发"
    OPEN = "open", "未发"
    RETURNED = "returned", "退回"
    WRONG = "wrong", "错卡"


class BundleRow(models.Model):
    """One card of a bundle. `result` is what was ticked, `filed` what has been filed of it.

    `batch` is the movement that put the card into the unit's hands: as long as the card lies
    where that put it, the row may be signed. `agent_*_sealed` say who signed for the holder, as
    the sheet says; he is entered as a person when the sheet is filed (Art. 10, 11).
    """

    bundle = models.ForeignKey(Bundle, models.CASCADE, related_name="rows", db_index=False)
    row = models.IntegerField("序号")
    card = models.ForeignKey(Card, models.PROTECT, related_name="bundle_rows")
    place = models.CharField("盒内位置", max_length=60, default="")
    batch = models.UUIDField(null=True)
    result = models.CharField("结果", max_length=10, choices=Result.choices, default="")
    signed_on = models.DateField("领取日期", null=True)
    signer = models.CharField(
        "签收人", max_length=10, choices=[(str(s), s.label) for s in Signer], default=""
    )
    self_supporting = models.BooleanField("以自己的劳动收入为主要生活来源", db_default=False)
    reason = models.CharField(
        "未领原因", max_length=10, choices=[(str(u), u.label) for u in Unclaimed], default=""
    )
    words = models.CharField("备注", max_length=200, default="")
    agent_name_sealed = models.BinaryField(null=True)
    agent_number_sealed = models.BinaryField(null=True)
    relation = models.CharField(
        "代签人与持卡人关系", max_length=20, choices=[(str(r), r.label) for r in Relation],
        db_default="", default="",
    )  # fmt: skip
    proof = models.CharField("证明材料", max_length=40, db_default="", default="")
    filed = models.CharField("备案结果", max_length=10, choices=Result.choices, default="")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["bundle", "row"], name="bundle_row_once", deferrable=Deferrable.DEFERRED
            ),
            models.UniqueConstraint(
                fields=["bundle", "card"], name="bundle_card_once",
                violation_error_message="这张卡已在本表上",
            ),
            models.CheckConstraint(
                condition=Q(filed="") | ~Q(result="") & ~Q(batch=None),
                name="bundle_row_filed_has_result",
            ),
            models.CheckConstraint(
                condition=~Q(result=Result.SIGNED) | Q(signed_on__isnull=False) & ~Q(signer=""),
                name="bundle_row_signed_has_day",
                violation_error_message="签收的行要有领取日期和签收人",
            ),
            models.CheckConstraint(
                condition=Q(signer__in=[Signer.PROXY, Signer.GUARDIAN])
                | Q(agent_name_sealed=None, agent_number_sealed=None, relation="", proof=""),
                name="bundle_row_agent_signed",
                violation_error_message="只有代领人、监护人签收的行才写代签人",
            ),
            models.CheckConstraint(
                condition=~Q(filed=Result.SIGNED, signer__in=[Signer.PROXY, Signer.GUARDIAN])
                | Q(agent_name_sealed__isnull=False, agent_number_sealed__isnull=False)
                & ~Q(relation="") & ~Q(proof=""),
                name="bundle_row_filed_names_agent",
                violation_error_message="备案的代签行要写明代签人",
            ),
        )  # fmt: skip


class BundlePage(models.Model):
    """The picture of one page of the sheet as it came back; `filing` 0 is not filed yet."""

    bundle = models.ForeignKey(Bundle, models.PROTECT, related_name="page_images", db_index=False)
    page = models.IntegerField("页")
    digest = models.CharField("影像摘要", max_length=64)
    added_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    added_at = models.DateTimeField("上传时间")
    filing = models.IntegerField("备案次数", default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["bundle", "digest"], name="bundle_page_once",
                violation_error_message="这张影像已上传",
            ),
            models.CheckConstraint(condition=Q(page__gte=1), name="bundle_page_from_one"),
        )  # fmt: skip


class BundleFiling(models.Model):
    """One filing (备案) of a sheet: the first of the whole, later ones of late rows."""

    bundle = models.ForeignKey(Bundle, models.PROTECT, related_name="filings", db_index=False)
    number = models.IntegerField("第几次备案")
    batch = models.UUIDField(unique=True)
    filed_at = models.DateTimeField("备案时间")
    filed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    sent_at = models.DateTimeField("单位报送时间", null=True)
    sent_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    signed = models.IntegerField("实发")
    open = models.IntegerField("未发")
    returned = models.IntegerField("退回")
    wrong = models.IntegerField("错卡")
    due = models.IntegerField("应发")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["bundle", "number"], name="bundle_filing_once"),
            models.CheckConstraint(
                condition=Q(due=F("signed") + F("open") + F("returned") + F("wrong")),
                name="bundle_filing_balances",
                violation_error_message="应发须等于实发、未发、退回、错卡之和",
            ),
        )
