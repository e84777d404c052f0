"""Accounts, movements, postings and the one position of each card."""

import django.db.models.deletion
from django.db import migrations, models

import cardbook.custody.places


class Migration(migrations.Migration):
    initial = True

    # What stood here before the first release.
    replaces = [
        ("custody", "0002_positions_follow_postings"),
        ("custody", "0003_distribution"),
        ("custody", "0004_postings_checked_as_a_set"),
    ]

    dependencies = [
        ("cards", "0001_initial"),
        ("orgs", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Account",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("outside", "系统之外（制卡机构、期初）"),
                            ("transit", "在途"),
                            ("store", "待分类库"),
                            ("box", "柜内盒位"),
                            ("drawer", "窗口抽屉"),
                            ("defect", "质量问题卡存放处"),
                            ("unit", "集中领卡单位（村、社区）"),
                            ("post", "邮寄途中"),
                            ("visit", "上门途中（工作人员随身）"),
                            ("error", "错卡存放处"),
                            ("returned", "退回卡存放处"),
                            ("scrap", "待销毁卡存放处"),
                            ("holder", "持卡人"),
                            ("missing", "下落不明"),
                            ("destroyed", "已销毁"),
                        ],
                        max_length=20,
                    ),
                ),
                ("code", models.CharField(default="", max_length=40, verbose_name="编号")),
                ("cabinet", models.CharField(default="", max_length=10, verbose_name="柜")),
                ("shelf", models.CharField(default="", max_length=10, verbose_name="层")),
                ("box", models.CharField(default="", max_length=10, verbose_name="盒")),
                ("capacity", models.IntegerField(default=0, verbose_name="位数")),
                ("label", models.CharField(default="", max_length=100, verbose_name="分类")),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="accounts",
                        to="orgs.organization",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("kind", cardbook.custody.places.Place["BOX"]), _negated=True
                        ),
                        fields=("kind", "organization"),
                        name="account_once_per_organization",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("kind", cardbook.custody.places.Place["BOX"])),
                        fields=("organization", "code"),
                        name="box_code_once",
                        violation_error_message="该柜-层-盒编号已存在",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Movement",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("act", models.CharField(max_length=60)),
                ("batch", models.UUIDField()),
                ("happened_at", models.DateTimeField()),
                (
                    "recorded_at",
                    models.DateTimeField(
                        db_default=models.Func(
                            output_field=models.DateTimeField(), template="clock_timestamp()"
                        )
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["batch"], name="movement_batch")],
            },
        ),
        migrations.CreateModel(
            name="Position",
            fields=[
                (
                    "card",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="position",
                        serialize=False,
                        to="cards.card",
                    ),
                ),
                ("slot", models.IntegerField(null=True)),
                ("since", models.DateTimeField()),
                (
                    "account",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="positions",
                        to="custody.account",
                    ),
                ),
                (
                    "movement",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="custody.movement",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["account", "since", "card"], name="position_account")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("slot__isnull", False)),
                        fields=("account", "slot"),
                        name="slot_holds_one_card",
                        violation_error_message="该位已放有一张卡",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Posting",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("amount", models.SmallIntegerField()),
                ("slot", models.IntegerField(null=True)),
                (
                    "account",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="custody.account",
                    ),
                ),
                (
                    "card",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="cards.card",
                    ),
                ),
                (
                    "movement",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="custody.movement",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["card", "id"], name="posting_card")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("amount__in", [-1, 1])),
                        name="posting_minus_or_plus_one",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Shipment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("hand_down", "下发（分拨、上交）"),
                            ("return", "滞留退回"),
                            ("destroy", "移交销毁"),
                        ],
                        max_length=20,
                        verbose_name="事由",
                    ),
                ),
                ("batch", models.UUIDField(unique=True)),
                ("sent_at", models.DateTimeField(verbose_name="交出时间")),
                ("words", models.CharField(default="", max_length=200, verbose_name="说明")),
                (
                    "receiver",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="shipments",
                        to="orgs.organization",
                    ),
                ),
                (
                    "sender",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="shipments_sent",
                        to="orgs.organization",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["receiver", "-id"], name="shipment_receiver"),
                    models.Index(fields=["sender", "-id"], name="shipment_sender"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ShipmentLine",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "shipment",
                        "row",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("row", models.IntegerField(verbose_name="序号")),
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
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="custody.shipment",
                    ),
                ),
            ],
        ),
    ]
