"""Bundles for collective pick-up, their rows, pages and reports."""

import django.db.models.constraints
import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models

import cardbook.lifecycle.facts.issuing


class Migration(migrations.Migration):
    initial = True

    # What stood here before the first release.
    replaces = [
        ("issuance", "0001_collective_bundles"),
        ("issuance", "0002_unit_reports"),
        ("issuance", "0003_sheets_set_by_a_worker"),
        ("issuance", "0004_row_own_income"),
        ("issuance", "0005_rows_name_who_signed"),
    ]

    dependencies = [
        ("cards", "0001_initial"),
        ("orgs", "0001_initial"),
        ("people", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Bundle",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("prepared_at", models.DateTimeField(verbose_name="准备时间")),
                ("id_seen", models.BooleanField(default=False, verbose_name="已查验领卡人证件")),
                ("letter_seen", models.BooleanField(default=False, verbose_name="已查验介绍信")),
                ("batch", models.UUIDField(null=True, unique=True)),
                ("handed_at", models.DateTimeField(null=True, verbose_name="交付时间")),
                ("signing", models.CharField(default="", max_length=10, verbose_name="签字方式")),
                ("signature", models.CharField(default="", max_length=64)),
                ("cards", models.IntegerField(default=0, verbose_name="应发")),
                ("pages", models.IntegerField(default=0, verbose_name="页数")),
                ("sheet_begun_at", models.DateTimeField(null=True, verbose_name="开始排版")),
                (
                    "sheet_digest",
                    models.CharField(default="", max_length=64, verbose_name="明细表摘要"),
                ),
                (
                    "copy_digest",
                    models.CharField(default="", max_length=64, verbose_name="留存联摘要"),
                ),
                ("due_on", models.DateField(null=True, verbose_name="应备案日")),
                ("filed_at", models.DateTimeField(null=True, verbose_name="备案时间")),
                ("sent_at", models.DateTimeField(null=True, verbose_name="单位报送时间")),
                (
                    "sent_back",
                    models.CharField(default="", max_length=200, verbose_name="退回补正说明"),
                ),
                (
                    "collector",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.person",
                    ),
                ),
                (
                    "handed_by",
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
                        related_name="bundles_given",
                        to="orgs.organization",
                    ),
                ),
                (
                    "prepared_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
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
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="bundles",
                        to="orgs.organization",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["unit", "-id"], name="bundle_unit"),
                    models.Index(
                        condition=models.Q(("batch__isnull", False), ("filed_at", None)),
                        fields=["due_on"],
                        name="bundle_open_due",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("sent_at", None), ("sent_by", None)),
                            models.Q(
                                ("batch__isnull", False),
                                ("sent_at__isnull", False),
                                ("sent_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="bundle_sent_after_hand_out",
                        violation_error_message="没有交付的明细表不能报送",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("batch", None), ("due_on", None), ("handed_at", None)),
                            models.Q(
                                ("batch__isnull", False),
                                ("due_on__isnull", False),
                                ("handed_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="bundle_handed_out_as_a_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("filed_at", None), ("batch__isnull", False), _connector="OR"
                        ),
                        name="bundle_filed_after_hand_out",
                        violation_error_message="没有交付的明细表不能备案",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BundleFiling",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.IntegerField(verbose_name="第几次备案")),
                ("batch", models.UUIDField(unique=True)),
                ("filed_at", models.DateTimeField(verbose_name="备案时间")),
                ("sent_at", models.DateTimeField(null=True, verbose_name="单位报送时间")),
                ("signed", models.IntegerField(verbose_name="实发")),
                ("open", models.IntegerField(verbose_name="未发")),
                ("returned", models.IntegerField(verbose_name="退回")),
                ("wrong", models.IntegerField(verbose_name="错卡")),
                ("due", models.IntegerField(verbose_name="应发")),
                (
                    "bundle",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="filings",
                        to="issuance.bundle",
                    ),
                ),
                (
                    "filed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
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
                        fields=("bundle", "number"), name="bundle_filing_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "due",
                                django.db.models.expressions.CombinedExpression(
                                    django.db.models.expressions.CombinedExpression(
                                        django.db.models.expressions.CombinedExpression(
                                            models.F("signed"), "+", models.F("open")
                                        ),
                                        "+",
                                        models.F("returned"),
                                    ),
                                    "+",
                                    models.F("wrong"),
                                ),
                            )
                        ),
                        name="bundle_filing_balances",
                        violation_error_message="应发须等于实发、未发、退回、错卡之和",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BundlePage",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("page", models.IntegerField(verbose_name="页")),
                ("digest", models.CharField(max_length=64, verbose_name="影像摘要")),
                ("added_at", models.DateTimeField(verbose_name="上传时间")),
                ("filing", models.IntegerField(default=0, verbose_name="备案次数")),
                (
                    "added_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "bundle",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="page_images",
                        to="issuance.bundle",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("bundle", "digest"),
                        name="bundle_page_once",
                        violation_error_message="这张影像已上传",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("page__gte", 1)), name="bundle_page_from_one"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BundleRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("row", models.IntegerField(verbose_name="序号")),
                ("place", models.CharField(default="", max_length=60, verbose_name="盒内位置")),
                ("batch", models.UUIDField(null=True)),
                (
                    "result",
                    models.CharField(
                        choices=[
                            ("signed", "实发"),
                            ("open", "未发"),
                            ("returned", "退回"),
                            ("wrong", "错卡"),
                        ],
                        default="",
                        max_length=10,
                        verbose_name="结果",
                    ),
                ),
                ("signed_on", models.DateField(null=True, verbose_name="领取日期")),
                (
                    "signer",
                    models.CharField(
                        choices=[("holder", "本人"), ("proxy", "代领人"), ("guardian", "监护人")],
                        default="",
                        max_length=10,
                        verbose_name="签收人",
                    ),
                ),
                (
                    "self_supporting",
                    models.BooleanField(
                        db_default=False, verbose_name="以自己的劳动收入为主要生活来源"
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("away", "外出未归"),
                            ("unreached", "联系不上"),
                            ("dead", "死亡"),
                            ("moved", "已迁走、调离"),
                            ("refuses", "拒领"),
                            ("no_card", "有名无卡"),
                            ("other", "其他"),
                        ],
                        default="",
                        max_length=10,
                        verbose_name="未领原因",
                    ),
                ),
                ("words", models.CharField(default="", max_length=200, verbose_name="备注")),
                ("agent_name_sealed", models.BinaryField(null=True)),
                ("agent_number_sealed", models.BinaryField(null=True)),
                (
                    "relation",
                    models.CharField(
                        choices=[
                            ("spouse", "配偶"),
                            ("parent", "父母"),
                            ("child", "子女"),
                            ("grandparent", "祖父母（外祖父母）"),
                            ("grandchild", "孙子女（外孙子女）"),
                            ("sibling", "兄弟姐妹"),
                            ("unit", "原单位"),
                            ("committee", "村（居）委会、民政部门"),
                            ("other", "其他"),
                        ],
                        db_default="",
                        default="",
                        max_length=20,
                        verbose_name="代签人与持卡人关系",
                    ),
                ),
                (
                    "proof",
                    models.CharField(
                        db_default="", default="", max_length=40, verbose_name="证明材料"
                    ),
                ),
                (
                    "filed",
                    models.CharField(
                        choices=[
                            ("signed", "实发"),
                            ("open", "未发"),
                            ("returned", "退回"),
                            ("wrong", "错卡"),
                        ],
                        default="",
                        max_length=10,
                        verbose_name="备案结果",
                    ),
                ),
                (
                    "bundle",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rows",
                        to="issuance.bundle",
                    ),
                ),
                (
                    "card",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="bundle_rows",
                        to="cards.card",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        deferrable=django.db.models.constraints.Deferrable["DEFERRED"],
                        fields=("bundle", "row"),
                        name="bundle_row_once",
                    ),
                    models.UniqueConstraint(
                        fields=("bundle", "card"),
                        name="bundle_card_once",
                        violation_error_message="这张卡已在本表上",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("filed", ""),
                            models.Q(
                                models.Q(("result", ""), _negated=True),
                                models.Q(("batch", None), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="bundle_row_filed_has_result",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("result", "signed"), _negated=True),
                            models.Q(
                                ("signed_on__isnull", False),
                                models.Q(("signer", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="bundle_row_signed_has_day",
                        violation_error_message="签收的行要有领取日期和签收人",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "signer__in",
                                [
                                    cardbook.lifecycle.facts.issuing.Signer["PROXY"],
                                    cardbook.lifecycle.facts.issuing.Signer["GUARDIAN"],
                                ],
                            ),
                            models.Q(
                                ("agent_name_sealed", None),
                                ("agent_number_sealed", None),
                                ("proof", ""),
                                ("relation", ""),
                            ),
                            _connector="OR",
                        ),
                        name="bundle_row_agent_signed",
                        violation_error_message="只有代领人、监护人签收的行才写代签人",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("filed", "signed"),
                                (
                                    "signer__in",
                                    [
                                        cardbook.lifecycle.facts.issuing.Signer["PROXY"],
                                        cardbook.lifecycle.facts.issuing.Signer["GUARDIAN"],
                                    ],
                                ),
                                _negated=True,
                            ),
                            models.Q(
                                ("agent_name_sealed__isnull", False),
                                ("agent_number_sealed__isnull", False),
                                models.Q(("relation", ""), _negated=True),
                                models.Q(("proof", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="bundle_row_filed_names_agent",
                        violation_error_message="备案的代签行要写明代签人",
                    ),
                ],
            },
        ),
    ]
