"""Articles 16 to 19: lists of returned cards, scans of arrivals, letters to banks, lots.

`tracing/`, `send_back/` and `destruction/` write them; the cards themselves are in the kernel.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from cardbook.cards.models import Card
from cardbook.custody.models import Shipment
from cardbook.lifecycle.facts import SentBack, Stranding
from cardbook.orgs.models import Organization, User
from cardbook.registers.models import IssuedDocument

REASONS = [(str(one), one.label) for one in Stranding]
PROOFS = sorted({(kind.code, kind.title) for one in Stranding for kind in one.proofs})


class ReturnList(models.Model):
    """Stranded cards one office sends up the line, with why each of them is stranded (Art. 17).

    Open while it is scanned; with `shipment` it was sent, with `document` its form was printed.
    """

    sender = models.ForeignKey(Organization, models.PROTECT, null=True, related_name="+")
    receiver = models.ForeignKey(Organization, models.PROTECT, null=True, related_name="+")
    opened_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(db_default=Now())
    document = models.ForeignKey(IssuedDocument, models.PROTECT, null=True, related_name="+")
    shipment = models.OneToOneField(
        Shipment, models.PROTECT, null=True, related_name="return_list"
    )

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["opened_by"],
                condition=Q(shipment=None),
                name="return_one_open_per_user",
                violation_error_message="已有一张未提交的退回名单",
            ),
        )

    @property
    def number(self) -> str:
        """The running number, as printed."""
        return f"TH{self.pk:07d}"

    def __str__(self) -> str:
        return self.number


class ReturnLine(models.Model):
    """One card of the list: why it is stranded, and which paper shows it.

    The picture of that paper is kept sealed by its digest as soon as it was uploaded.
    """

    returned = models.ForeignKey(ReturnList, models.CASCADE, related_name="lines", db_index=False)
    row = models.IntegerField("序号")
    card = models.ForeignKey(Card, models.PROTECT, related_name="return_lines")
    reason = models.CharField("滞留原因", max_length=20, choices=REASONS, default="")
    proof = models.CharField("证明种类", max_length=40, choices=PROOFS, default="")
    proof_number = models.CharField("编号或出具机关", max_length=80, default="")
    proof_on = models.DateField("证明日期", null=True)
    proof_image = models.CharField("证明影像", max_length=64, default="")
    words = models.CharField("说明", max_length=200, default="")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["returned", "card"], name="return_card_once"),
        )

    @property
    def facts(self) -> SentBack:
        """What the act will record of this card."""
        return SentBack(
            reason=Stranding(self.reason), proof=self.proof, proof_number=self.proof_number,
            proof_on=self.proof_on, proof_image=self.proof_image, words=self.words,
        )  # fmt: skip


class ArrivalScan(models.Model):
    """One number read while a shipment is counted in; `batch` names the act that took it in.

    Without a card, or with one that is not of the shipment, it is a difference to look into.
    """

    shipment = models.ForeignKey(Shipment, models.PROTECT, related_name="scans", db_index=False)
    number = models.CharField("卡号", max_length=9)
    card = models.ForeignKey(Card, models.PROTECT, null=True, related_name="+", db_index=False)
    listed = models.BooleanField("在交接单上")
    scanned_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    scanned_at = models.DateTimeField(db_default=Now())
    batch = models.UUIDField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["shipment", "number"], name="arrival_scan_once"),
        )


class BankNotice(models.Model):
    """A letter telling a bank which cards were cancelled on a day, and its answer (Art. 18).

    It says what we did; the bank's own state of a card changes only when the bank reports it.
    """

    bank = models.ForeignKey(Organization, models.PROTECT, related_name="+", db_index=False)
    office = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    on = models.DateField("注销日期")
    sent_at = models.DateTimeField("送出时间", null=True)
    sent_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    sent_way = models.CharField("送出方式", max_length=60, default="")
    acknowledged_on = models.DateField("回执日期", null=True)
    acknowledged_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    acknowledged_words = models.CharField("回执内容", max_length=200, default="")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["bank", "office", "on"],
                condition=Q(sent_at=None),
                name="bank_notice_one_open_a_day",
            ),
            models.CheckConstraint(
                condition=Q(acknowledged_on=None) | Q(sent_at__isnull=False),
                name="bank_notice_sent_before_acknowledged",
                violation_error_message="没有送出的告知函不能有回执",
            ),
        )

    @property
    def number(self) -> str:
        """The running number, as printed."""
        return f"GZ{self.pk:07d}"

    def __str__(self) -> str:
        return self.number


class BankNoticeLine(models.Model):
    """One cancelled card of a letter."""

    notice = models.ForeignKey(BankNotice, models.PROTECT, related_name="lines")
    card = models.OneToOneField(Card, models.PROTECT, related_name="bank_notice")


class DestructionLot(models.Model):
    """Cards given to the bank that made them, to be destroyed (Art. 19).

    It is written before the cards go (`key` is the request's), sent with `shipment`, and carried
    out with `carried_batch`; the acts are in the ledger.
    """

    key = models.CharField(max_length=64, unique=True)
    office = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    bank = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    opened_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(db_default=Now())
    shipment = models.OneToOneField(
        Shipment, models.PROTECT, null=True, related_name="destruction_lot"
    )
    carried_batch = models.UUIDField(null=True)
    carried_at = models.DateTimeField("销毁时间", null=True)
    carried_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    second = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    witness = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    method = models.CharField("销毁方式", max_length=100, default="")
    place = models.CharField("销毁地点", max_length=100, default="")
    counted = models.IntegerField("实际清点", null=True)
    photos = ArrayField(models.CharField(max_length=64), default=list)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(carried_batch=None)
                | Q(
                    carried_at__isnull=False,
                    carried_by__isnull=False,
                    second__isnull=False,
                    witness__isnull=False,
                    counted__isnull=False,
                ),
                name="lot_carried_out_by_three",
            ),
        )

    @property
    def number(self) -> str:
        """The running number, as printed."""
        return f"XH{self.pk:07d}"

    def __str__(self) -> str:
        return self.number


class DestructionLine(models.Model):
    """One card of a lot; `taken_back` when the bank did not find it or did not take it."""

    lot = models.ForeignKey(DestructionLot, models.PROTECT, related_name="lines", db_index=False)
    row = models.IntegerField("序号")
    card = models.ForeignKey(Card, models.PROTECT, related_name="destruction_lines")
    taken_back = models.BooleanField("已退回", default=False)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["lot", "row"], name="lot_row_once"),)
