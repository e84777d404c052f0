"""Holders, who acts for them, and by which mandate."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    # What stood here before the first release.
    replaces = [
        ("people", "0002_representatives"),
        ("people", "0003_mandate_terms"),
        ("people", "0004_mandates_stand"),
        ("people", "0005_mandates_told_by_ledger"),
        ("people", "0006_mandate_witness"),
        ("people", "0007_said_to_be_dead"),
    ]

    dependencies = [
        ("orgs", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="KeepingPlan",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("words", models.CharField(max_length=500, verbose_name="措施")),
                ("since", models.DateField(verbose_name="自")),
                ("until", models.DateField(null=True, verbose_name="至")),
                ("paper_digest", models.CharField(default="", max_length=64)),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="keeping_plans",
                        to="orgs.organization",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Person",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number_kind", models.CharField(max_length=20)),
                ("number_sealed", models.BinaryField()),
                ("number_index", models.BinaryField(max_length=32)),
                ("name_sealed", models.BinaryField()),
                ("phone_sealed", models.BinaryField(null=True)),
                ("phone_index", models.BinaryField(max_length=32, null=True)),
                ("address_sealed", models.BinaryField(null=True)),
                (
                    "search_keys",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, size=None
                    ),
                ),
                ("sex", models.CharField(default="0", max_length=1)),
                ("born_on", models.DateField()),
                ("died_on", models.DateField(null=True)),
                ("said_dead_by", models.CharField(db_default="", default="", max_length=90)),
                ("photo_digest", models.CharField(default="", max_length=64)),
            ],
            options={
                "indexes": [models.Index(fields=["phone_index"], name="person_phone")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("number_index",),
                        name="person_number_once",
                        violation_error_message="该证件号码已登记",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Mandate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "matter",
                    models.CharField(
                        choices=[("pick_up", "领取社保卡")], max_length=20, verbose_name="事项"
                    ),
                ),
                ("scope", models.CharField(default="", max_length=100, verbose_name="权限")),
                ("reason", models.CharField(default="", max_length=20, verbose_name="原因")),
                ("relation", models.CharField(default="", max_length=20, verbose_name="关系")),
                ("since", models.DateField(verbose_name="自")),
                ("until", models.DateField(verbose_name="至")),
                ("signed_on", models.DateField(verbose_name="签署日")),
                ("paper_digest", models.CharField(default="", max_length=64)),
                ("witness_sealed", models.BinaryField(null=True)),
                ("standing", models.CharField(max_length=20, verbose_name="委托状态")),
                ("version", models.IntegerField()),
                (
                    "county",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="orgs.organization",
                    ),
                ),
                (
                    "agent",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="mandates",
                        to="people.person",
                    ),
                ),
                (
                    "principal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="mandates_given",
                        to="people.person",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["county", "until"], name="mandate_county")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("until__gte", models.F("since"))),
                        name="mandate_since_before_until",
                        violation_error_message="委托期限的截止日不能早于起始日",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("principal", models.F("agent")), _negated=True),
                        name="mandate_to_another",
                        violation_error_message="不能委托自己",
                    ),
                    models.UniqueConstraint(
                        fields=("principal", "agent", "matter", "since", "until", "signed_on"),
                        name="mandate_once",
                        violation_error_message="这份委托书已登记",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PickUp",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("relation", models.CharField(max_length=20, verbose_name="关系")),
                ("as_guardian", models.BooleanField(default=False)),
                ("on", models.DateField()),
                ("batch", models.UUIDField()),
                (
                    "agent",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="pick_ups",
                        to="people.person",
                    ),
                ),
                (
                    "county",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="orgs.organization",
                    ),
                ),
                (
                    "holder",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.person",
                    ),
                ),
                (
                    "mandate",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="uses",
                        to="people.mandate",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["agent", "on"], name="pick_up_agent"),
                    models.Index(fields=["county", "on"], name="pick_up_county"),
                ],
            },
        ),
        migrations.CreateModel(
            name="UnitLetter",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=60, verbose_name="文号")),
                ("since", models.DateField(verbose_name="自")),
                ("until", models.DateField(verbose_name="至")),
                ("revoked_on", models.DateField(null=True, verbose_name="撤销日")),
                ("paper_digest", models.CharField(default="", max_length=64)),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="letters",
                        to="orgs.organization",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("until__gte", models.F("since"))),
                        name="letter_since_before_until",
                        violation_error_message="授权书的截止日不能早于起始日",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Handler",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("since", models.DateField(verbose_name="自")),
                ("until", models.DateField(null=True, verbose_name="至")),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="handles_for",
                        to="people.person",
                    ),
                ),
                (
                    "letter",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="handlers",
                        to="people.unitletter",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("letter", "person"), name="handler_once_per_letter"
                    )
                ],
            },
        ),
    ]
