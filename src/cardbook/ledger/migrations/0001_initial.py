"""Events, requests, seals and checkpoints."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import cardbook.ledger.models


class Migration(migrations.Migration):
    initial = True

    # What stood here before the first release.
    replaces = [
        ("ledger", "0002_promises_by_kind"),
    ]

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Checkpoint",
            fields=[
                ("size", models.BigIntegerField(primary_key=True, serialize=False)),
                ("root", models.BinaryField(max_length=32)),
                ("sealed_at", models.DateTimeField()),
                ("note", models.TextField()),
                ("frontier", models.BinaryField()),
            ],
        ),
        migrations.CreateModel(
            name="Promise",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.TextField()),
                ("first", models.BigIntegerField()),
                ("last", models.BigIntegerField()),
                ("born", models.BooleanField()),
            ],
        ),
        migrations.CreateModel(
            name="Request",
            fields=[
                ("key", models.CharField(max_length=100, primary_key=True, serialize=False)),
                ("digest", models.BinaryField(max_length=32)),
                ("act", models.CharField(max_length=60)),
                ("actor_id", models.BigIntegerField()),
                (
                    "asked_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                ("batch", models.UUIDField()),
                (
                    "subject_ids",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), null=True, size=None
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Event",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("subject_kind", models.CharField(max_length=20)),
                ("subject_id", models.BigIntegerField()),
                ("seq", models.IntegerField()),
                ("act", models.CharField(max_length=60)),
                ("act_version", models.SmallIntegerField(default=1)),
                ("happened_at", models.DateTimeField()),
                (
                    "recorded_at",
                    models.DateTimeField(db_default=cardbook.ledger.models.ClockNow()),
                ),
                ("actor_id", models.BigIntegerField()),
                ("second_id", models.BigIntegerField(null=True)),
                ("post_id", models.BigIntegerField(null=True)),
                ("org_id", models.BigIntegerField()),
                ("device", models.CharField(default="", max_length=60)),
                ("facts", models.TextField()),
                (
                    "papers",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), default=list, size=None
                    ),
                ),
                (
                    "told",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), default=list, size=None
                    ),
                ),
                ("basis", models.CharField(max_length=200)),
                ("edition", models.CharField(max_length=20)),
                ("batch", models.UUIDField()),
                (
                    "transaction",
                    models.BigIntegerField(db_default=cardbook.ledger.models.CurrentTransaction()),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["act", "org_id", "happened_at"], name="event_act_org"),
                    models.Index(fields=["transaction", "id"], name="event_sealing_order"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("subject_kind", "subject_id", "seq"), name="event_subject_seq"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("seq__gte", 1)), name="event_seq_positive"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Seal",
            fields=[
                ("place", models.BigIntegerField(primary_key=True, serialize=False)),
                ("leaf", models.BinaryField(max_length=32)),
                (
                    "event",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="seal",
                        to="ledger.event",
                    ),
                ),
            ],
        ),
    ]
