"""Who looked at whom (Art. 32 item 3)."""

from pathlib import Path

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

SQL = Path(__file__).resolve().parents[1] / "sql"


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("cards", "0001_initial"),
        ("orgs", "0001_initial"),
        ("people", "0001_initial"),
        ("lifecycle", "0001_guarantees"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Look",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("looked_at", models.DateTimeField(verbose_name="时间")),
                ("device", models.CharField(blank=True, max_length=60)),
                ("page", models.CharField(max_length=60)),
                (
                    "how",
                    models.CharField(
                        choices=[
                            ("number", "按证件号码"),
                            ("card", "按卡号"),
                            ("phone", "按电话"),
                            ("mandate", "扫描委托书"),
                            ("words", "按姓名、尾号等"),
                            ("opened", "从页面打开"),
                        ],
                        max_length=10,
                    ),
                ),
                ("counted", models.BooleanField()),
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
                    "organization",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="orgs.organization",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.person",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["person", "looked_at"], name="look_at_person"),
                    models.Index(fields=["user", "looked_at"], name="look_by_user"),
                    models.Index(fields=["looked_at"], name="look_in_time"),
                ],
            },
        ),
        migrations.CreateModel(
            name="LookAlarm",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("raised_at", models.DateTimeField(verbose_name="时间")),
                ("times", models.IntegerField(verbose_name="一分钟内次数")),
                ("reason", models.CharField(blank=True, max_length=100, verbose_name="原因")),
                (
                    "organization",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="orgs.organization",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["user", "raised_at"], name="look_alarm_of_user"),
                    models.Index(fields=["raised_at"], name="look_alarm_in_time"),
                ],
            },
        ),
        migrations.RunSQL(
            (SQL / "looks.sql").read_text(encoding="utf-8"),
            (SQL / "looks.reverse.sql").read_text(encoding="utf-8"),
        ),
    ]
