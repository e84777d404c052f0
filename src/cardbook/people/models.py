"""Holders and their representatives; personal data lives only here, sealed, with blind indexes.

`vault.py` beside it seals and opens; everything above refers to a person by id (PIPL 51, C6).
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from cardbook.orgs.models import Organization


class Person(models.Model):
    """A person the book knows. `*_sealed` is SM4-GCM, `*_index` an HMAC-SM3 blind index."""

    number_kind = models.CharField(max_length=20)
    number_sealed = models.BinaryField()
    number_index = models.BinaryField(max_length=32)
    name_sealed = models.BinaryField()
    phone_sealed = models.BinaryField(null=True)
    phone_index = models.BinaryField(max_length=32, null=True)
    address_sealed = models.BinaryField(null=True)
    search_keys = ArrayField(models.BigIntegerField(), default=list)
    sex = models.CharField(max_length=1, default="0")
    born_on = models.DateField()
    died_on = models.DateField(null=True)
    # The row of an opening balance that calls him dead without a day, until somebody finds out.
    said_dead_by = models.CharField(max_length=90, default="", db_default="")
    photo_digest = models.CharField(max_length=64, default="")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["number_index"],
                name="person_number_once",
                violation_error_message="该证件号码已登记",
            ),
        )
        indexes = (
            models.Index(fields=["phone_index"], name="person_phone"),
            models.Index(fields=["id"], condition=Q(died_on__isnull=False), name="person_dead"),
        )


class UnitLetter(models.Model):
    """A unit's letter of authority (介绍信、授权书): whom it may send, from day to day."""

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="letters")
    number = models.CharField("文号", max_length=60)
    since = models.DateField("自")
    until = models.DateField("至")
    revoked_on = models.DateField("撤销日", null=True)
    paper_digest = models.CharField(max_length=64, default="")

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(until__gte=F("since")),
                name="letter_since_before_until",
                violation_error_message="授权书的截止日不能早于起始日",
            ),
        )


class Handler(models.Model):
    """One person a letter of authority names."""

    letter = models.ForeignKey(UnitLetter, models.PROTECT, related_name="handlers")
    person = models.ForeignKey(Person, models.PROTECT, related_name="handles_for")
    since = models.DateField("自")
    until = models.DateField("至", null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["letter", "person"], name="handler_once_per_letter"),
        )


class KeepingPlan(models.Model):
    """How a unit keeps cards safe while it has them (安全保管措施, Art. 20)."""

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="keeping_plans")
    words = models.CharField("措施", max_length=500)
    since = models.DateField("自")
    until = models.DateField("至", null=True)
    paper_digest = models.CharField(max_length=64, default="")


class Mandate(models.Model):
    """委托书: a holder charged somebody for a time (Civil Code art. 165); by whom: the ledger."""

    class Matter(models.TextChoices):
        """What the agent may do."""

        PICK_UP = "pick_up", "领取社保卡"
        ACTIVATE = "activate", "激活社保功能"
        BORROW = "borrow", "领取临时卡"
        LIFT = "lift", "解除挂失"

    principal = models.ForeignKey(Person, models.PROTECT, related_name="mandates_given")
    agent = models.ForeignKey(Person, models.PROTECT, related_name="mandates")
    county = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    matter = models.CharField("事项", max_length=20, choices=Matter.choices)
    scope = models.CharField("权限", max_length=100, default="")
    reason = models.CharField("原因", max_length=20, default="")
    relation = models.CharField("关系", max_length=20, default="")
    since = models.DateField("自")
    until = models.DateField("至")
    signed_on = models.DateField("签署日")
    paper_digest = models.CharField(max_length=64, default="")
    witness_sealed = models.BinaryField(null=True)
    standing = models.CharField("委托状态", max_length=20)
    version = models.IntegerField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(until__gte=F("since")),
                name="mandate_since_before_until",
                violation_error_message="委托期限的截止日不能早于起始日",
            ),
            models.CheckConstraint(
                condition=~Q(principal=F("agent")),
                name="mandate_to_another",
                violation_error_message="不能委托自己",
            ),
            models.UniqueConstraint(
                fields=["principal", "agent", "matter", "since", "until", "signed_on"],
                name="mandate_once",
                violation_error_message="这份委托书已登记",
            ),
        )
        indexes = (models.Index(fields=["county", "until"], name="mandate_county"),)


class PickUp(models.Model):
    """A card somebody fetched for its holder: how many, is limited (Art. 10, 31)."""

    agent = models.ForeignKey(Person, models.PROTECT, related_name="pick_ups", db_index=False)
    holder = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    mandate = models.ForeignKey(Mandate, models.PROTECT, null=True, related_name="uses")
    county = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    relation = models.CharField("关系", max_length=20)
    as_guardian = models.BooleanField(default=False)
    on = models.DateField()
    batch = models.UUIDField()

    class Meta:
        indexes = (
            models.Index(fields=["agent", "on"], name="pick_up_agent"),
            models.Index(fields=["county", "on"], name="pick_up_county"),
        )
