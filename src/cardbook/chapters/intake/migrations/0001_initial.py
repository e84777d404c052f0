"""Deliveries, opening balances, counts, and hand-overs downward."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import cardbook.ledger.models


class Migration(migrations.Migration):
    initial = True

    # What stood here before the first release.
    replaces = [
        ("intake", "0002_opening"),
        ("intake", "0003_hand_down"),
        ("intake", "0004_recount_by_the_book"),
        ("intake", "0005_claims_of_death_are_found"),
    ]

    dependencies = [
        ("cards", "0001_initial"),
        ("custody", "0001_initial"),
        ("imports", "0001_initial"),
        ("orgs", "0001_initial"),
        ("people", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Delivery",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=40, unique=True, verbose_name="到货编号")),
                (
                    "registered_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                ("expected", models.IntegerField(verbose_name="应到")),
                (
                    "file",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="delivery",
                        to="imports.importfile",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="orgs.organization",
                    ),
                ),
                (
                    "registered_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["organization", "-registered_at"], name="delivery_office")
                ],
            },
        ),
        migrations.CreateModel(
            name="DeliveryBox",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=40, verbose_name="箱/盒号")),
                ("expected", models.IntegerField(verbose_name="应到")),
                (
                    "delivery",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="boxes",
                        to="intake.delivery",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("delivery", "code"), name="delivery_box_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Count",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "seal_number",
                    models.CharField(default="", max_length=40, verbose_name="封签号"),
                ),
                ("seal_intact", models.BooleanField(default=True, verbose_name="封签完好")),
                (
                    "seal_photo",
                    models.CharField(default="", max_length=64, verbose_name="封签照片"),
                ),
                ("remarks", models.CharField(default="", max_length=200, verbose_name="说明")),
                ("started_at", models.DateTimeField(db_default=cardbook.ledger.models.ClockNow())),
                ("closed_at", models.DateTimeField(null=True)),
                ("expected", models.IntegerField(default=0, verbose_name="应到")),
                ("found", models.IntegerField(default=0, verbose_name="实到")),
                ("short", models.IntegerField(default=0, verbose_name="短少")),
                ("extra", models.IntegerField(default=0, verbose_name="多出")),
                ("misrouted", models.IntegerField(default=0, verbose_name="错发县区")),
                (
                    "moved_on",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(),
                        default=list,
                        size=None,
                        verbose_name="清点前已转出",
                    ),
                ),
                (
                    "counted_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "witness",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "box",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="counts",
                        to="intake.deliverybox",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("closed_at", None)),
                        fields=("box",),
                        name="count_one_open_per_box",
                        violation_error_message="该盒正在清点中",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("closed_at", None),
                            (
                                "expected",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("found"), "+", models.F("short")
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="count_balances",
                        violation_error_message="应到必须等于实到加短少",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DeliveryLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "box",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="intake.deliverybox",
                    ),
                ),
                (
                    "card",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="delivery_lines",
                        to="cards.card",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="HandDown",
            fields=[
                (
                    "shipment",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="hand_down",
                        serialize=False,
                        to="custody.shipment",
                    ),
                ),
                (
                    "sent_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="HandDownBox",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=40, verbose_name="箱/盒号")),
                ("label", models.CharField(default="", max_length=200, verbose_name="内容")),
                (
                    "seal_number",
                    models.CharField(default="", max_length=40, verbose_name="封签号"),
                ),
                ("first_row", models.IntegerField()),
                ("last_row", models.IntegerField()),
                (
                    "shipment",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="boxes",
                        to="custody.shipment",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("shipment", "code"), name="hand_down_box_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("last_row__gte", models.F("first_row"))),
                        name="hand_down_box_not_empty",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="HandDownCount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "started_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                ("closed_at", models.DateTimeField(null=True)),
                ("expected", models.IntegerField(default=0, verbose_name="应到")),
                ("found", models.IntegerField(default=0, verbose_name="实到")),
                ("short", models.IntegerField(default=0, verbose_name="短少")),
                ("extra", models.IntegerField(default=0, verbose_name="多出")),
                ("words", models.CharField(default="", max_length=200, verbose_name="差异说明")),
                (
                    "counted_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "second",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "shipment",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="counts",
                        to="custody.shipment",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["shipment", "id"], name="hand_down_count")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("closed_at", None)),
                        fields=("shipment",),
                        name="hand_down_one_open_count",
                        violation_error_message="该交接单正在点收中",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("closed_at", None),
                            (
                                "expected",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("found"), "+", models.F("short")
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="hand_down_count_balances",
                        violation_error_message="应到必须等于实到加短少",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="HandDownMissing",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "count",
                        "card",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "card",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cards.card",
                    ),
                ),
                (
                    "count",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="missing",
                        to="intake.handdowncount",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="HandDownScan",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=9, verbose_name="卡号")),
                ("listed", models.BooleanField()),
                (
                    "scanned_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                (
                    "count",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="scans",
                        to="intake.handdowncount",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("count", "number"), name="hand_down_scan_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="HandDownWhole",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "taken_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                (
                    "box",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="intake.handdownbox",
                    ),
                ),
                (
                    "count",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="whole",
                        to="intake.handdowncount",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("count", "box"), name="hand_down_whole_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="ManifestRow",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "file_id",
                        "row",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("row", models.IntegerField()),
                ("card_number", models.CharField(max_length=9)),
                ("number_kind", models.CharField(max_length=20)),
                ("number_sealed", models.BinaryField()),
                ("number_index", models.BinaryField()),
                ("name_sealed", models.BinaryField()),
                ("name_key", models.BigIntegerField()),
                ("phone_sealed", models.BinaryField(null=True)),
                ("phone_index", models.BinaryField(null=True)),
                ("address_sealed", models.BinaryField(null=True)),
                (
                    "search_keys",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), size=None
                    ),
                ),
                ("sex", models.CharField(max_length=1)),
                ("born_on", models.DateField()),
                ("batch_code", models.CharField(max_length=40)),
                ("box_code", models.CharField(max_length=40)),
                ("packing", models.CharField(max_length=40)),
                ("bank_name", models.CharField(max_length=100)),
                ("bank_account_sealed", models.BinaryField(null=True)),
                ("bank_last4", models.CharField(max_length=4)),
                ("group", models.CharField(max_length=20)),
                ("unit_code", models.CharField(max_length=40)),
                ("unit_name", models.CharField(max_length=100)),
                ("town_name", models.CharField(max_length=60)),
                ("village", models.CharField(max_length=60)),
                ("county_name", models.CharField(max_length=60)),
                ("maker", models.CharField(max_length=100)),
                ("noted", models.BooleanField()),
                (
                    "file",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="imports.importfile",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="OpeningRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("row", models.IntegerField()),
                ("card_number", models.CharField(max_length=9, verbose_name="卡号")),
                ("name_sealed", models.BinaryField()),
                ("name_key", models.BigIntegerField()),
                ("stage", models.CharField(max_length=20)),
                ("social", models.CharField(max_length=20)),
                ("hold", models.CharField(max_length=20)),
                ("bank", models.CharField(max_length=20)),
                ("place", models.CharField(max_length=20)),
                ("place_text", models.CharField(max_length=60, verbose_name="存放地点")),
                ("inferred", models.BooleanField(default=False)),
                ("slot", models.IntegerField(null=True)),
                ("claimed_on", models.DateField(null=True)),
                ("activated_on", models.DateField(null=True)),
                ("lost_on", models.DateField(null=True)),
                ("holder_dead", models.BooleanField(default=False)),
                ("died_on", models.DateField(null=True)),
                ("number_kind", models.CharField(max_length=20)),
                ("number_sealed", models.BinaryField()),
                ("number_index", models.BinaryField()),
                ("phone_sealed", models.BinaryField(null=True)),
                ("phone_index", models.BinaryField(null=True)),
                ("address_sealed", models.BinaryField(null=True)),
                (
                    "search_keys",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), size=None
                    ),
                ),
                ("sex", models.CharField(max_length=1)),
                ("born_on", models.DateField()),
                ("batch_code", models.CharField(max_length=40)),
                ("bank_name", models.CharField(max_length=100)),
                ("bank_account_sealed", models.BinaryField(null=True)),
                ("bank_last4", models.CharField(max_length=4)),
                ("group", models.CharField(max_length=20)),
                ("unit_code", models.CharField(max_length=40)),
                ("unit_name", models.CharField(max_length=100)),
                ("town_name", models.CharField(max_length=60)),
                ("village", models.CharField(max_length=60)),
                ("office_id", models.BigIntegerField()),
                ("box_code", models.CharField(max_length=40)),
                ("hold_until", models.DateTimeField(null=True)),
                (
                    "file",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="imports.importfile",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["file", "row"], name="opening_row_file")],
            },
        ),
        migrations.CreateModel(
            name="OpeningSource",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=60, verbose_name="来源")),
                ("as_of", models.DateField(verbose_name="截止日")),
                (
                    "posted_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                ("batch", models.UUIDField()),
                ("rows", models.IntegerField(verbose_name="所列")),
                ("registered", models.IntegerField(verbose_name="登记")),
                (
                    "county",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="orgs.organization",
                    ),
                ),
                (
                    "file",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="opening",
                        to="imports.importfile",
                    ),
                ),
                (
                    "posted_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "second",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["county", "id"], name="opening_county")],
            },
        ),
        migrations.CreateModel(
            name="OpeningClaim",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("row", models.IntegerField()),
                ("card_number", models.CharField(max_length=9, verbose_name="卡号")),
                ("name_sealed", models.BinaryField()),
                ("name_key", models.BigIntegerField()),
                ("stage", models.CharField(max_length=20)),
                ("social", models.CharField(max_length=20)),
                ("hold", models.CharField(max_length=20)),
                ("bank", models.CharField(max_length=20)),
                ("place", models.CharField(max_length=20)),
                ("place_text", models.CharField(max_length=60, verbose_name="存放地点")),
                ("inferred", models.BooleanField(default=False)),
                ("slot", models.IntegerField(null=True)),
                ("claimed_on", models.DateField(null=True)),
                ("activated_on", models.DateField(null=True)),
                ("lost_on", models.DateField(null=True)),
                ("holder_dead", models.BooleanField(default=False)),
                ("died_on", models.DateField(null=True)),
                ("registered", models.BooleanField(default=False)),
                (
                    "differs",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=10), default=list, size=None
                    ),
                ),
                ("settled_at", models.DateTimeField(null=True)),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="custody.account",
                    ),
                ),
                (
                    "card",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="opening_claims",
                        to="cards.card",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="opening_claims",
                        to="people.person",
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="claims",
                        to="intake.openingsource",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["card_number"], name="claim_number"),
                    models.Index(
                        condition=models.Q(
                            models.Q(("differs", []), _negated=True), ("settled_at", None)
                        ),
                        fields=["source"],
                        name="claim_open",
                    ),
                    models.Index(
                        condition=models.Q(("holder_dead", True)),
                        fields=["person"],
                        name="claim_holder_dead",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("source", "row"), name="claim_once_per_row")
                ],
            },
        ),
        migrations.CreateModel(
            name="Recall",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("asked_at", models.DateTimeField()),
                ("words", models.CharField(max_length=200, verbose_name="原因")),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "card",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cards.card",
                    ),
                ),
                (
                    "shipment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="recalls",
                        to="custody.shipment",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("shipment", "card"), name="recall_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="CountScan",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=9, verbose_name="卡号")),
                ("scanned_at", models.DateTimeField(db_default=cardbook.ledger.models.ClockNow())),
                (
                    "result",
                    models.CharField(
                        choices=[
                            ("expected", "相符"),
                            ("extra", "多出（本批次其他盒）"),
                            ("misrouted", "错发县区"),
                            ("unknown", "多出（不在本批次明细）"),
                            ("moved", "多出（台账已转出）"),
                        ],
                        default="",
                        max_length=20,
                    ),
                ),
                (
                    "count",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="scans",
                        to="intake.count",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("count", "number"), name="scan_once_per_count")
                ],
            },
        ),
        # Staged rows can be read from their file again: they need not survive a crash.
        migrations.RunSQL(
            "ALTER TABLE intake_manifestrow SET UNLOGGED",
            "ALTER TABLE intake_manifestrow SET LOGGED",
        ),
    ]
