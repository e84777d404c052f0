"""Files that came in, and the runs that read them."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    # What stood here before the first release.
    replaces = [
        ("imports", "0002_run_second_person"),
        ("imports", "0003_left_out"),
    ]

    dependencies = [
        ("orgs", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="ImportFile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("layout", models.CharField(max_length=40, verbose_name="格式")),
                ("name", models.CharField(max_length=200, verbose_name="文件名")),
                ("digest", models.CharField(max_length=64)),
                (
                    "uploaded_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                (
                    "stage",
                    models.CharField(
                        choices=[
                            ("staged", "已暂存"),
                            ("checked", "已检查"),
                            ("posted", "已入账"),
                            ("dropped", "已作废"),
                        ],
                        default="staged",
                        max_length=20,
                    ),
                ),
                ("sheet", models.CharField(default="", max_length=100)),
                ("encoding", models.CharField(default="", max_length=20)),
                ("mapping", models.JSONField(default=dict)),
                ("preamble", models.JSONField(default=dict)),
                ("header_row", models.IntegerField(default=0)),
                ("lines", models.IntegerField(default=0, verbose_name="至多行数")),
                ("rows", models.IntegerField(default=0, verbose_name="行数")),
                ("errors", models.IntegerField(default=0, verbose_name="错误行")),
                ("warnings", models.IntegerField(default=0, verbose_name="提示行")),
                ("known", models.IntegerField(default=0, verbose_name="已在册行")),
                ("notes", models.JSONField(default=list)),
                ("posted_at", models.DateTimeField(null=True)),
                ("result", models.JSONField(default=dict)),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="orgs.organization",
                    ),
                ),
                (
                    "uploaded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["organization", "-uploaded_at"], name="import_office"),
                    models.Index(fields=["digest"], name="import_digest"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Problem",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("row", models.IntegerField(verbose_name="行号")),
                ("field", models.CharField(max_length=60, verbose_name="列")),
                ("code", models.CharField(max_length=40)),
                ("sentence", models.CharField(max_length=300, verbose_name="问题")),
                ("remedy", models.CharField(max_length=300, verbose_name="处理建议")),
                ("is_error", models.BooleanField(default=True)),
                (
                    "file",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="problems",
                        to="imports.importfile",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["file", "row"], name="problem_file_row")],
            },
        ),
        migrations.CreateModel(
            name="RememberedLayout",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("layout", models.CharField(max_length=40)),
                ("fingerprint", models.CharField(max_length=64)),
                ("mapping", models.JSONField()),
                (
                    "chosen_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                (
                    "chosen_by",
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
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "fingerprint"), name="layout_remembered_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Run",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "work",
                    models.CharField(choices=[("check", "检查"), ("post", "入账")], max_length=10),
                ),
                ("asked_at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "排队等候"),
                            ("running", "进行中"),
                            ("broken", "中断"),
                            ("done", "已完成"),
                            ("refused", "没有完成"),
                            ("cancelled", "已取消"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("phase", models.CharField(default="", max_length=10)),
                ("rows_done", models.IntegerField(default=0)),
                ("attempts", models.IntegerField(default=0)),
                ("beat_at", models.DateTimeField(null=True)),
                ("cancel_asked", models.BooleanField(default=False)),
                ("code", models.CharField(default="", max_length=40)),
                ("sentence", models.CharField(default="", max_length=500)),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="orgs.post",
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="runs",
                        to="imports.importfile",
                    ),
                ),
                (
                    "second",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="orgs.post",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ("waiting", "running", "broken"))),
                        fields=("file",),
                        name="run_one_open_per_file",
                        violation_error_message="这份文件正在办理",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="LeftOut",
            fields=[
                ("key", models.CharField(max_length=100, primary_key=True, serialize=False)),
                ("reasons_sealed", models.BinaryField()),
                (
                    "kept_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                    ),
                ),
            ],
        ),
    ]
