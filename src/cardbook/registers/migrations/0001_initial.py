"""Documents as they were issued, and their running numbers."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    # What stood here before the first release.
    replaces = [
        ("registers", "0002_purpose_and_approval"),
        ("registers", "0003_files_that_were_taken"),
    ]

    dependencies = [
        ("orgs", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="IssuedDocument",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("form", models.CharField(max_length=40, verbose_name="表单")),
                ("number", models.CharField(max_length=60, unique=True, verbose_name="表号")),
                (
                    "issued_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                ("title", models.CharField(max_length=120)),
                ("covers", models.CharField(max_length=200, verbose_name="内容")),
                ("rows", models.IntegerField(verbose_name="行数")),
                (
                    "purpose",
                    models.CharField(
                        db_default="", default="", max_length=100, verbose_name="用途"
                    ),
                ),
                ("digest", models.CharField(max_length=64, verbose_name="内容摘要")),
                ("pdf_digest", models.CharField(max_length=64)),
                ("xlsx_digest", models.CharField(max_length=64)),
                (
                    "approved_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "issued_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
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
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["form", "organization", "-issued_at"], name="document_office"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RunningNumber",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("form", models.CharField(max_length=40)),
                ("year", models.IntegerField()),
                ("last", models.IntegerField()),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="orgs.organization",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("form", "organization", "year"), name="running_number_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="TakenFile",
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
                        choices=[
                            ("sign_off", "签字明细表，交持卡人签字"),
                            ("maker_order", "制卡数据，交卡商制卡"),
                            ("accounts", "卡号对照，交银行"),
                            ("error_sheet", "带错误信息的原表，退回更正"),
                        ],
                        max_length=20,
                        verbose_name="用途",
                    ),
                ),
                ("name", models.CharField(max_length=200, verbose_name="文件")),
                ("rows", models.IntegerField(verbose_name="行数")),
                ("taken_at", models.DateTimeField(verbose_name="领取时间")),
                ("digest", models.CharField(max_length=64, verbose_name="文件摘要")),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="orgs.organization",
                    ),
                ),
                (
                    "taken_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["organization", "-taken_at"], name="taken_office")
                ],
            },
        ),
    ]
