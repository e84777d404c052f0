"""The book nobody can alter: one row for every act done to any subject, and who asked for it once.

Serves every article; `append.py` beside it is the only writer, `proof` seals what was written.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now


class ClockNow(models.Func):
    """The database's own clock at the moment of the row, not of the transaction."""

    template = "clock_timestamp()"
    output_field = models.DateTimeField()


class CurrentTransaction(models.Func):
    """The number of the running transaction; the sealer waits until all below it are finished."""

    template = "pg_current_xact_id()::text::bigint"
    output_field = models.BigIntegerField()


class Event(models.Model):
    """One act on one subject. Rows are never changed: trigger and missing grants see to it."""

    subject_kind = models.CharField(max_length=20)
    subject_id = models.BigIntegerField()
    seq = models.IntegerField()
    act = models.CharField(max_length=60)
    act_version = models.SmallIntegerField(default=1)
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=ClockNow())
    actor_id = models.BigIntegerField()
    second_id = models.BigIntegerField(null=True)
    post_id = models.BigIntegerField(null=True)
    org_id = models.BigIntegerField()
    device = models.CharField(max_length=60, default="")
    facts = models.TextField()
    papers = ArrayField(models.TextField(), default=list)
    told = ArrayField(models.TextField(), default=list)
    basis = models.CharField(max_length=200)
    edition = models.CharField(max_length=20)
    batch = models.UUIDField()
    transaction = models.BigIntegerField(db_default=CurrentTransaction())

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["subject_kind", "subject_id", "seq"], name="event_subject_seq"
            ),
            models.CheckConstraint(condition=models.Q(seq__gte=1), name="event_seq_positive"),
        )
        indexes = (
            models.Index(fields=["act", "org_id", "happened_at"], name="event_act_org"),
            models.Index(fields=["transaction", "id"], name="event_sealing_order"),
        )


class Promise(models.Model):
    """A row that lives inside one transaction: events `first`..`last` must be mirrored at commit.

    A deferred trigger runs once for a statement and kind, not for each event; `born`: any are new.
    """

    kind = models.TextField()
    first = models.BigIntegerField()
    last = models.BigIntegerField()
    born = models.BooleanField()


class Request(models.Model):
    """A question asked once: the same key with the same content gets the first answer again.

    `batch` is made from the key (`lifecycle.perform`), so every event leads back to its request.
    """

    key = models.CharField(max_length=100, primary_key=True)
    digest = models.BinaryField(max_length=32)
    act = models.CharField(max_length=60)
    actor_id = models.BigIntegerField()
    asked_at = models.DateTimeField(db_default=Now())
    batch = models.UUIDField()
    subject_ids = ArrayField(models.BigIntegerField(), null=True)


class Seal(models.Model):
    """The place of one event in the sealed order, and the hash of its line at that moment.

    Places are dense from 0; rows are never changed (`proof.py` is the only writer).
    """

    place = models.BigIntegerField(primary_key=True)
    event = models.OneToOneField(Event, models.PROTECT, related_name="seal")
    leaf = models.BinaryField(max_length=32)


class Checkpoint(models.Model):
    """A signed statement: the first `size` events have this root. One root for one size, for ever.

    `note` is the text as published and kept by others; `frontier` lets the sealer go on.
    """

    size = models.BigIntegerField(primary_key=True)
    root = models.BinaryField(max_length=32)
    sealed_at = models.DateTimeField()
    note = models.TextField()
    frontier = models.BinaryField()
