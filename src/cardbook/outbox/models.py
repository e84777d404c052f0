"""Messages owed to other systems, and how the line to each of them stands.

Rows are made by `owing.py` in the act's own transaction; a message never disappears.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from cardbook.ledger.models import ClockNow
from cardbook.orgs.models import Organization, User
from cardbook.outbox.states import OPEN, State
from cardbook.people.models import Person
from cardbook.ports.messages import Party


class Message(models.Model):
    """One thing one other system must hear of; people by reference only.

    `reference` is made from what owes it, so that nothing is owed twice. `thread` and `sequence`
    keep what concerns one card in order. `maybe_arrived` says that an attempt broke off after it
    had left. `recipient` is the county whose line it takes, or the bank.
    """

    kind = models.CharField("事项", max_length=40)
    party = models.CharField("对方", max_length=10, choices=[(str(p), p.label) for p in Party])
    recipient = models.ForeignKey(Organization, models.PROTECT, null=True, related_name="+")
    county = models.ForeignKey(Organization, models.PROTECT, related_name="+", db_index=False)
    reference = models.CharField("流水号", max_length=80)
    event_id = models.BigIntegerField(null=True)
    subject_kind = models.CharField(max_length=20)
    subject_id = models.BigIntegerField()
    card_id = models.BigIntegerField(null=True)
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)
    thread = models.CharField(max_length=30)
    sequence = models.BigIntegerField()
    urgent = models.BooleanField()
    happened_at = models.DateTimeField()
    payload = models.TextField()

    state = models.CharField("状态", max_length=12, choices=State.choices())
    attempts = models.SmallIntegerField(db_default=0)
    owed_at = models.DateTimeField(db_default=ClockNow())
    next_at = models.DateTimeField(db_default=ClockNow())
    lease = models.UUIDField(null=True)
    leased_until = models.DateTimeField(null=True)
    maybe_arrived = models.BooleanField(db_default=False)
    answer_code = models.CharField("回复代码", max_length=20, db_default="")
    answer_words = models.CharField("回复", max_length=300, db_default="")
    answered_at = models.DateTimeField(null=True)
    external_reference = models.CharField("对方流水号", max_length=80, db_default="")
    settled_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", db_index=False
    )
    settled_words = models.CharField("办结说明", max_length=200, db_default="")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["reference"], name="message_owed_once"),
            models.CheckConstraint(
                condition=Q(state=State.LEASED, lease__isnull=False, leased_until__isnull=False)
                | (~Q(state=State.LEASED) & Q(lease=None, leased_until=None)),
                name="message_lease_has_end",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.BY_HAND)
                | (Q(settled_by__isnull=False) & ~Q(external_reference="")),
                name="message_by_hand_names_reference",
                violation_error_message="手工办结必须填写对方流水号和办结人",
            ),
        )
        indexes = (
            models.Index(
                fields=["party", "recipient", "-urgent", "id"],
                condition=Q(state__in=[State.OWED, State.LEASED]),
                name="message_due",
            ),
            models.Index(fields=["party", "thread", "sequence"], name="message_thread"),
            models.Index(
                fields=["county", "party", "id"],
                condition=Q(state__in=list(OPEN)),
                name="message_open",
            ),
        )


class Line(models.Model):
    """How the line to one recipient stands: since when nobody answers, and when to try again."""

    party = models.CharField("对方", max_length=10, choices=[(str(p), p.label) for p in Party])
    recipient = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    # Which kinds the line's adapter can say, as the worker last found it; none: all by hand.
    carries = ArrayField(models.CharField(max_length=40), default=list)
    answered_at = models.DateTimeField("最近应答", null=True)
    silent_since = models.DateTimeField("无应答起", null=True)
    failures = models.IntegerField(db_default=0)
    next_at = models.DateTimeField(null=True)
    words = models.CharField("说明", max_length=300, db_default="")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["party", "recipient"], name="line_once"),)
