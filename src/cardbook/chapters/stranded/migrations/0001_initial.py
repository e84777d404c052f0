"""Contacts, returns and destruction."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    # What stood here before the first release.
    replaces = [
        ("stranded", "0001_return_and_destruction"),
        ("stranded", "0002_proofs_of_stranding"),
    ]

    dependencies = [
        ("cards", "0001_initial"),
        ("custody", "0001_initial"),
        ("orgs", "0001_initial"),
        ("registers", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="BankNotice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("on", models.DateField(verbose_name="注销日期")),
                ("sent_at", models.DateTimeField(null=True, verbose_name="送出时间")),
                ("sent_way", models.CharField(default="", max_length=60, verbose_name="送出方式")),
                ("acknowledged_on", models.DateField(null=True, verbose_name="回执日期")),
                (
                    "acknowledged_words",
                    models.CharField(default="", max_length=200, verbose_name="回执内容"),
                ),
                (
                    "acknowledged_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "bank",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="orgs.organization",
                    ),
                ),
                (
                    "office",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="orgs.organization",
                    ),
                ),
                (
                    "sent_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("sent_at", None)),
                        fields=("bank", "office", "on"),
                        name="bank_notice_one_open_a_day",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("acknowledged_on", None), ("sent_at__isnull", False), _connector="OR"
                        ),
                        name="bank_notice_sent_before_acknowledged",
                        violation_error_message="没有送出的告知函不能有回执",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BankNoticeLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "card",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="bank_notice",
                        to="cards.card",
                    ),
                ),
                (
                    "notice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="stranded.banknotice",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="DestructionLot",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=64, unique=True)),
                (
                    "opened_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                ("carried_batch", models.UUIDField(null=True)),
                ("carried_at", models.DateTimeField(null=True, verbose_name="销毁时间")),
                ("method", models.CharField(default="", max_length=100, verbose_name="销毁方式")),
                ("place", models.CharField(default="", max_length=100, verbose_name="销毁地点")),
                ("counted", models.IntegerField(null=True, verbose_name="实际清点")),
                (
                    "photos",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=64), default=list, size=None
                    ),
                ),
                (
                    "bank",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="orgs.organization",
                    ),
                ),
                (
                    "carried_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "office",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="orgs.organization",
                    ),
                ),
                (
                    "opened_by",
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
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="destruction_lot",
                        to="custody.shipment",
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
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("carried_batch", None),
                            models.Q(
                                ("carried_at__isnull", False),
                                ("carried_by__isnull", False),
                                ("counted__isnull", False),
                                ("second__isnull", False),
                                ("witness__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="lot_carried_out_by_three",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="DestructionLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("row", models.IntegerField(verbose_name="序号")),
                ("taken_back", models.BooleanField(default=False, verbose_name="已退回")),
                (
                    "card",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="destruction_lines",
                        to="cards.card",
                    ),
                ),
                (
                    "lot",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="stranded.destructionlot",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("lot", "row"), name="lot_row_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="ReturnList",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "opened_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                (
                    "document",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registers.issueddocument",
                    ),
                ),
                (
                    "opened_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "receiver",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="orgs.organization",
                    ),
                ),
                (
                    "sender",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="orgs.organization",
                    ),
                ),
                (
                    "shipment",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="return_list",
                        to="custody.shipment",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("shipment", None)),
                        fields=("opened_by",),
                        name="return_one_open_per_user",
                        violation_error_message="已有一张未提交的退回名单",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ReturnLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("row", models.IntegerField(verbose_name="序号")),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("dead", "死亡"),
                            ("missing_person", "失踪"),
                            ("abroad", "出国（境）定居"),
                            ("deregistered", "户籍注销"),
                            ("left_unit", "调离单位"),
                            ("away", "外出未归"),
                            ("unknown_person", "查无此人"),
                            ("refuses", "拒领"),
                            ("second_card", "重复制卡"),
                            ("wrong_information", "信息有误"),
                            ("other", "其他"),
                        ],
                        default="",
                        max_length=20,
                        verbose_name="滞留原因",
                    ),
                ),
                (
                    "proof",
                    models.CharField(
                        choices=[
                            ("cremation", "火化证明"),
                            ("death_certificate", "死亡证明"),
                            ("death_ruling", "宣告死亡判决书"),
                            ("household_cancelled", "户籍注销证明"),
                            ("missing_ruling", "宣告失踪判决书"),
                            ("settled_abroad", "国（境）外定居证明"),
                        ],
                        default="",
                        max_length=40,
                        verbose_name="证明种类",
                    ),
                ),
                (
                    "proof_number",
                    models.CharField(default="", max_length=80, verbose_name="编号或出具机关"),
                ),
                ("proof_on", models.DateField(null=True, verbose_name="证明日期")),
                (
                    "proof_image",
                    models.CharField(default="", max_length=64, verbose_name="证明影像"),
                ),
                ("words", models.CharField(default="", max_length=200, verbose_name="说明")),
                (
                    "card",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="return_lines",
                        to="cards.card",
                    ),
                ),
                (
                    "returned",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lines",
                        to="stranded.returnlist",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("returned", "card"), name="return_card_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="ArrivalScan",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=9, verbose_name="卡号")),
                ("listed", models.BooleanField(verbose_name="在交接单上")),
                (
                    "scanned_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                ("batch", models.UUIDField(null=True)),
                (
                    "card",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cards.card",
                    ),
                ),
                (
                    "scanned_by",
                    models.ForeignKey(
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
                        related_name="scans",
                        to="custody.shipment",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("shipment", "number"), name="arrival_scan_once"
                    )
                ],
            },
        ),
    ]
