"""Cards with wrong information."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    # What stood here before the first release.
    replaces = [
        ("corrections", "0001_wrong_cards"),
        ("corrections", "0002_police_expected_on"),
    ]

    dependencies = [
        ("cards", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="CorrectionDetail",
            fields=[
                (
                    "correction",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="detail",
                        serialize=False,
                        to="cards.correction",
                    ),
                ),
                (
                    "found",
                    models.CharField(
                        choices=[
                            ("counting", "清点"),
                            ("issuing", "发放"),
                            ("activation", "激活"),
                            ("use", "使用"),
                        ],
                        max_length=20,
                        verbose_name="发现环节",
                    ),
                ),
                ("found_on", models.DateField(verbose_name="发现日期")),
                (
                    "wrong_fields",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20),
                        size=None,
                        verbose_name="错误项目",
                    ),
                ),
                (
                    "fault",
                    models.CharField(
                        choices=[
                            ("capture", "采集差错"),
                            ("maker", "制卡差错"),
                            ("police", "公安数据差错"),
                            ("holder", "本人信息变更"),
                        ],
                        max_length=20,
                        verbose_name="责任归属",
                    ),
                ),
                ("face_sealed", models.BinaryField()),
                ("right_sealed", models.BinaryField()),
                ("proof", models.CharField(max_length=20, verbose_name="证明材料")),
                ("agent_sealed", models.BinaryField(null=True)),
                (
                    "reference",
                    models.CharField(db_default="", max_length=60, verbose_name="省系统登记号"),
                ),
                ("entered_on", models.DateField(null=True, verbose_name="省系统登记日期")),
                ("confirmed_on", models.DateField(null=True, verbose_name="省系统确认日期")),
                ("expected_on", models.DateField(null=True, verbose_name="公安更正预计日")),
                ("corrected_on", models.DateField(null=True, verbose_name="公安更正日期")),
                (
                    "application",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="correction_detail",
                        to="cards.application",
                    ),
                ),
            ],
        ),
    ]
