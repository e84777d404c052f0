"""The card, the application for one and the temporary card: current state and version.

Nothing here writes itself: `lifecycle.perform` changes rows, triggers hold the promises.
"""

from collections.abc import Mapping
from functools import reduce
from operator import or_

from django.db import models
from django.db.models import Q

from cardbook.cards.states import (
    CLOSED_APPLICATIONS,
    CLOSED_CORRECTIONS,
    IMPOSSIBLE,
    LOOKED_FOR,
    Bank,
    CorrectionProgress,
    Fee,
    Hold,
    Progress,
    Social,
    Stage,
    TemporaryStage,
)
from cardbook.orgs.models import Organization
from cardbook.people.models import Person


class Batch(models.Model):
    """A maker's batch (制卡批次): cards made together for one bank, delivered in parts."""

    code = models.CharField("批次号", max_length=40)
    bank = models.ForeignKey(Organization, models.PROTECT, null=True, related_name="+")
    maker = models.CharField("卡商", max_length=100, default="")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["code", "bank"], name="batch_once", nulls_distinct=False
            ),
        )

    def __str__(self) -> str:
        return self.code


def _mixture(regions: Mapping[str, str | tuple[str, ...]]) -> Q:
    """The condition that a listed mixture of regions occurs."""
    return Q(*((r if isinstance(v, str) else f"{r}__in", v) for r, v in regions.items()))


class Card(models.Model):
    """One social security card: what is printed on it, for whom, and its four regions of state."""

    number = models.CharField("社保卡卡号", max_length=9)
    person = models.ForeignKey(Person, models.PROTECT, related_name="cards")
    county = models.ForeignKey(Organization, models.PROTECT, related_name="+", db_index=False)
    batch = models.ForeignKey(Batch, models.PROTECT, related_name="cards", db_index=False)
    bank_org = models.ForeignKey(
        Organization, models.PROTECT, null=True, related_name="+", db_index=False
    )
    bank_account_sealed = models.BinaryField(null=True)
    bank_last4 = models.CharField("银行卡尾号", max_length=4, db_default="")
    group = models.CharField("人群", max_length=20, db_default="other")
    unit_code = models.CharField("单位编号", max_length=40, db_default="")
    unit_name = models.CharField("单位名称", max_length=100, db_default="")
    town = models.ForeignKey(Organization, models.PROTECT, null=True, related_name="+")
    village = models.CharField("村（社区）", max_length=60, db_default="")
    packing = models.CharField("装箱位置", max_length=40, db_default="")
    made_on = models.DateField(null=True)
    expires_on = models.DateField(null=True)

    stage = models.CharField("卡片状态", max_length=20, choices=Stage.choices())
    social = models.CharField("社保功能", max_length=20, choices=Social.choices())
    hold = models.CharField(
        "挂失/停用", max_length=20, choices=Hold.choices(), db_default=Hold.NONE
    )
    hold_until = models.DateTimeField(null=True)
    bank = models.CharField(
        "金融功能", max_length=20, choices=Bank.choices(), db_default=Bank.UNKNOWN
    )
    bank_source = models.CharField(max_length=60, db_default="")
    bank_as_of = models.DateTimeField(null=True)
    version = models.IntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["number"], name="card_number_once", violation_error_message="该卡号已登记"
            ),
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(social__in=[Social.ACTIVE, Social.LOCKED]),
                name="card_one_active_per_person",
                violation_error_message="该持卡人已有一张社保功能启用的卡，一人只能有一张",
            ),
            models.CheckConstraint(
                condition=(Q(hold=Hold.ORAL_LOSS) & Q(hold_until__isnull=False))
                | (~Q(hold=Hold.ORAL_LOSS) & Q(hold_until__isnull=True)),
                name="card_oral_loss_has_end",
                violation_error_message="口头挂失必须有截止时间，其他状态没有",
            ),
            models.CheckConstraint(
                condition=Q(bank=Bank.UNKNOWN)
                | (Q(bank_as_of__isnull=False) & ~Q(bank_source="")),
                name="card_bank_has_source",
                violation_error_message="金融功能状态必须注明来源和时间",
            ),
            *(
                models.CheckConstraint(
                    condition=~_mixture(regions),
                    name=f"card_{name}",
                    violation_error_message=why,
                )
                for name, regions, why in IMPOSSIBLE
            ),
        )
        indexes = (
            # One index answers for a county's cards and for a batch's within it, so that intake
            # fills no second one.
            models.Index(fields=["county", "batch"], name="card_county_batch"),
            # The few in a mixture of states that a list looks for, found without reading all.
            *(
                models.Index(
                    fields=fields, condition=reduce(or_, map(_mixture, ways)), name=f"card_{name}"
                )
                for name, fields, ways in LOOKED_FOR
            ),
        )

    def __str__(self) -> str:
        return self.number


class SearchKey(models.Model):
    """By which blind keys the holders of a county's cards are found; kept by triggers alone.

    The key of the county comes first: the first fifty of a common name are the first fifty entries
    of one place in one index, however many people bear it elsewhere (docs/adr/0012).
    """

    pk = models.CompositePrimaryKey("county", "key", "person")
    county = models.ForeignKey(
        Organization, models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    key = models.BigIntegerField()
    person = models.ForeignKey(
        Person, models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )


class Application(models.Model):
    """A request for a card: first issue, or replacement and why (Art. 9, 15, 25, 26)."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="applications")
    county = models.ForeignKey(Organization, models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField("申请类型", max_length=20)
    reason = models.CharField("原因", max_length=30)
    old_card = models.ForeignKey(Card, models.PROTECT, null=True, related_name="replacements")
    bank = models.ForeignKey(
        Organization, models.PROTECT, null=True, related_name="+", db_index=False
    )
    fee_fen = models.IntegerField("应收工本费（分）")
    progress = models.CharField("进度", max_length=20, choices=Progress.choices())
    fee = models.CharField("工本费", max_length=20, choices=Fee.choices())
    version = models.IntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["person"],
                condition=~Q(progress__in=CLOSED_APPLICATIONS),
                name="application_one_open_per_person",
                violation_error_message="该持卡人已有一件办理中的制卡申请",
            ),
            models.CheckConstraint(
                condition=Q(fee_fen__gte=0), name="application_fee_not_negative"
            ),
            models.CheckConstraint(
                condition=~Q(reason="defect") | Q(fee_fen=0),
                name="application_defect_is_free",
                violation_error_message="质量问题补换卡不收费（第九条）",
            ),
            models.CheckConstraint(
                condition=Q(fee=Fee.FREE, fee_fen=0) | (~Q(fee=Fee.FREE) & Q(fee_fen__gt=0)),
                name="application_free_costs_nothing",
                violation_error_message="不收费的申请应收金额为零，收费的大于零",
            ),
            models.CheckConstraint(
                condition=~Q(kind="first") | Q(fee=Fee.FREE),
                name="application_first_is_free",
                violation_error_message="首次申领社保卡实行免费（第四条）",
            ),
        )


class TemporaryCard(models.Model):
    """A temporary card for the wait (Art. 27): social function only, lent and returned."""

    number = models.CharField("临时卡号", max_length=20, unique=True)
    county = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="temporary_cards")
    stage = models.CharField("状态", max_length=20, choices=TemporaryStage.choices())
    valid_until = models.DateField(null=True)
    excused = models.BooleanField("免予先还", db_default=False)
    version = models.IntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(stage=TemporaryStage.LENT),
                name="temporary_one_live_per_person",
                violation_error_message="该持卡人已有一张未收回的临时卡",
            ),
            models.CheckConstraint(
                condition=Q(stage=TemporaryStage.IN_STOCK, person=None)
                | ~Q(stage=TemporaryStage.IN_STOCK),
                name="temporary_in_stock_has_no_person",
            ),
        )


class Correction(models.Model):
    """The handling of one wrong card: taken back, checked again, entered above, made anew (13-15).

    What is wrong with it - the values on its face and the right ones - is personal data; the slice
    that handles corrections keeps it sealed.
    """

    card = models.ForeignKey(Card, models.PROTECT, related_name="corrections", db_index=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="corrections", db_index=False)
    county = models.ForeignKey(Organization, models.PROTECT, related_name="+", db_index=False)
    progress = models.CharField("进度", max_length=20, choices=CorrectionProgress.choices())
    version = models.IntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["card"],
                condition=~Q(progress__in=CLOSED_CORRECTIONS),
                name="correction_one_open_per_card",
                violation_error_message="该卡已有一件办理中的错卡处理",
            ),
        )
        indexes = (models.Index(fields=["county", "progress"], name="correction_county"),)
