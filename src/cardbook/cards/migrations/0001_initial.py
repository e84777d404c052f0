"""Cards, applications, temporary cards, wrong cards, and by which words they are found."""

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

import cardbook.cards.states

SQL = Path(__file__).resolve().parents[1] / "sql"


class Migration(migrations.Migration):
    initial = True

    # What stood here before the first release.
    replaces = [
        ("cards", "0002_search_keys"),
        ("cards", "0003_distribution"),
        ("cards", "0004_defect_is_a_hold"),
        ("cards", "0005_county_and_batch"),
        ("cards", "0006_fee_of_application"),
        ("cards", "0007_cards_on_loss"),
        ("cards", "0008_words_of_stock"),
    ]

    dependencies = [
        ("orgs", "0001_initial"),
        ("people", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Batch",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=40, verbose_name="批次号")),
                ("maker", models.CharField(default="", max_length=100, verbose_name="卡商")),
                (
                    "bank",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="orgs.organization",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("code", "bank"), name="batch_once", nulls_distinct=False
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Card",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=9, verbose_name="社保卡卡号")),
                ("bank_account_sealed", models.BinaryField(null=True)),
                (
                    "bank_last4",
                    models.CharField(db_default="", max_length=4, verbose_name="银行卡尾号"),
                ),
                (
                    "group",
                    models.CharField(db_default="other", max_length=20, verbose_name="人群"),
                ),
                (
                    "unit_code",
                    models.CharField(db_default="", max_length=40, verbose_name="单位编号"),
                ),
                (
                    "unit_name",
                    models.CharField(db_default="", max_length=100, verbose_name="单位名称"),
                ),
                (
                    "village",
                    models.CharField(db_default="", max_length=60, verbose_name="村（社区）"),
                ),
                (
                    "packing",
                    models.CharField(db_default="", max_length=40, verbose_name="装箱位置"),
                ),
                ("made_on", models.DateField(null=True)),
                ("expires_on", models.DateField(null=True)),
                (
                    "stage",
                    models.CharField(
                        choices=[
                            ("in_custody", "在管"),
                            ("issued", "已发放"),
                            ("recalled", "已收回"),
                            ("returned", "已退回"),
                            ("missing", "下落不明"),
                            ("cancelled", "已注销（待销毁）"),
                            ("destroyed", "已销毁"),
                        ],
                        max_length=20,
                        verbose_name="卡片状态",
                    ),
                ),
                (
                    "social",
                    models.CharField(
                        choices=[
                            ("sealed", "封存（未激活）"),
                            ("active", "正常"),
                            ("locked", "应用锁定"),
                            ("cancelled", "注销"),
                            ("unknown", "未知"),
                        ],
                        max_length=20,
                        verbose_name="社保功能",
                    ),
                ),
                (
                    "hold",
                    models.CharField(
                        choices=[
                            ("none", "无"),
                            ("oral_loss", "口头挂失"),
                            ("formal_loss", "正式挂失"),
                            ("error", "信息有误"),
                            ("defect", "质量问题"),
                        ],
                        db_default=cardbook.cards.states.Hold["NONE"],
                        max_length=20,
                        verbose_name="挂失/停用",
                    ),
                ),
                ("hold_until", models.DateTimeField(null=True)),
                (
                    "bank",
                    models.CharField(
                        choices=[
                            ("unknown", "未知"),
                            ("inactive", "未激活"),
                            ("active", "正常"),
                            ("loss_reported", "已挂失"),
                            ("closed", "已注销"),
                        ],
                        db_default=cardbook.cards.states.Bank["UNKNOWN"],
                        max_length=20,
                        verbose_name="金融功能",
                    ),
                ),
                ("bank_source", models.CharField(db_default="", max_length=60)),
                ("bank_as_of", models.DateTimeField(null=True)),
                ("version", models.IntegerField()),
                (
                    "bank_org",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="orgs.organization",
                    ),
                ),
                (
                    "batch",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cards",
                        to="cards.batch",
                    ),
                ),
                (
                    "county",
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
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cards",
                        to="people.person",
                    ),
                ),
                (
                    "town",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="orgs.organization",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["county", "batch"], name="card_county_batch"),
                    models.Index(
                        condition=models.Q(
                            (
                                "hold__in",
                                [
                                    cardbook.cards.states.Hold["ORAL_LOSS"],
                                    cardbook.cards.states.Hold["FORMAL_LOSS"],
                                ],
                            )
                        ),
                        fields=["hold_until"],
                        name="card_on_loss",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("number",),
                        name="card_number_once",
                        violation_error_message="该卡号已登记",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(
                            (
                                "social__in",
                                [
                                    cardbook.cards.states.Social["ACTIVE"],
                                    cardbook.cards.states.Social["LOCKED"],
                                ],
                            )
                        ),
                        fields=("person",),
                        name="card_one_active_per_person",
                        violation_error_message="该持卡人已有一张社保功能启用的卡，一人只能有一张",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("hold", cardbook.cards.states.Hold["ORAL_LOSS"]),
                                ("hold_until__isnull", False),
                            ),
                            models.Q(
                                models.Q(
                                    ("hold", cardbook.cards.states.Hold["ORAL_LOSS"]),
                                    _negated=True,
                                ),
                                ("hold_until__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="card_oral_loss_has_end",
                        violation_error_message="口头挂失必须有截止时间，其他状态没有",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("bank", cardbook.cards.states.Bank["UNKNOWN"]),
                            models.Q(
                                ("bank_as_of__isnull", False),
                                models.Q(("bank_source", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="card_bank_has_source",
                        violation_error_message="金融功能状态必须注明来源和时间",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "stage__in",
                                (
                                    cardbook.cards.states.Stage["CANCELLED"],
                                    cardbook.cards.states.Stage["DESTROYED"],
                                ),
                            ),
                            (
                                "social__in",
                                (
                                    cardbook.cards.states.Social["SEALED"],
                                    cardbook.cards.states.Social["UNKNOWN"],
                                    cardbook.cards.states.Social["ACTIVE"],
                                    cardbook.cards.states.Social["LOCKED"],
                                ),
                            ),
                            _negated=True,
                        ),
                        name="card_dead_card_works",
                        violation_error_message="已注销或已销毁的卡，社保功能必须是注销状态",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("stage__in", (cardbook.cards.states.Stage["IN_CUSTODY"],)),
                            (
                                "social__in",
                                (
                                    cardbook.cards.states.Social["ACTIVE"],
                                    cardbook.cards.states.Social["LOCKED"],
                                    cardbook.cards.states.Social["CANCELLED"],
                                ),
                            ),
                            _negated=True,
                        ),
                        name="card_unissued_card_works",
                        violation_error_message="尚未发放的卡，社保功能必须是封存状态（第二十二条：领取后激活）",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("stage__in", (cardbook.cards.states.Stage["DESTROYED"],)),
                            (
                                "hold__in",
                                (
                                    cardbook.cards.states.Hold["ORAL_LOSS"],
                                    cardbook.cards.states.Hold["FORMAL_LOSS"],
                                    cardbook.cards.states.Hold["ERROR"],
                                    cardbook.cards.states.Hold["DEFECT"],
                                ),
                            ),
                            _negated=True,
                        ),
                        name="card_destroyed_card_held",
                        violation_error_message="已销毁的卡不能再挂失或登记错误",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "stage__in",
                                (
                                    cardbook.cards.states.Stage["IN_CUSTODY"],
                                    cardbook.cards.states.Stage["ISSUED"],
                                ),
                            ),
                            ("hold__in", (cardbook.cards.states.Hold["DEFECT"],)),
                            _negated=True,
                        ),
                        name="card_defective_card_given",
                        violation_error_message="登记过质量问题的卡不能再待发或发放（第九条）",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Application",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=20, verbose_name="申请类型")),
                ("reason", models.CharField(max_length=30, verbose_name="原因")),
                ("fee_fen", models.IntegerField(verbose_name="应收工本费（分）")),
                (
                    "progress",
                    models.CharField(
                        choices=[
                            ("captured", "已采集"),
                            ("confirmed", "已确认"),
                            ("submitted", "已提交"),
                            ("refused", "退回修改"),
                            ("accepted", "银行已受理"),
                            ("in_production", "制卡中"),
                            ("produced", "已制成"),
                            ("collected", "已领取"),
                            ("withdrawn", "已撤回"),
                        ],
                        max_length=20,
                        verbose_name="进度",
                    ),
                ),
                (
                    "fee",
                    models.CharField(
                        choices=[
                            ("free", "不收费"),
                            ("due", "应收未收"),
                            ("paid", "已收"),
                            ("waived", "已减免"),
                            ("refunded", "已退"),
                        ],
                        max_length=20,
                        verbose_name="工本费",
                    ),
                ),
                ("version", models.IntegerField()),
                (
                    "bank",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="orgs.organization",
                    ),
                ),
                (
                    "county",
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
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="applications",
                        to="people.person",
                    ),
                ),
                (
                    "old_card",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="replacements",
                        to="cards.card",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(
                            (
                                "progress__in",
                                (
                                    cardbook.cards.states.Progress["COLLECTED"],
                                    cardbook.cards.states.Progress["WITHDRAWN"],
                                ),
                            ),
                            _negated=True,
                        ),
                        fields=("person",),
                        name="application_one_open_per_person",
                        violation_error_message="该持卡人已有一件办理中的制卡申请",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("fee_fen__gte", 0)),
                        name="application_fee_not_negative",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("reason", "defect"), _negated=True),
                            ("fee_fen", 0),
                            _connector="OR",
                        ),
                        name="application_defect_is_free",
                        violation_error_message="质量问题补换卡不收费（第九条）",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("fee", cardbook.cards.states.Fee["FREE"]), ("fee_fen", 0)),
                            models.Q(
                                models.Q(
                                    ("fee", cardbook.cards.states.Fee["FREE"]), _negated=True
                                ),
                                ("fee_fen__gt", 0),
                            ),
                            _connector="OR",
                        ),
                        name="application_free_costs_nothing",
                        violation_error_message="不收费的申请应收金额为零，收费的大于零",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "first"), _negated=True),
                            ("fee", cardbook.cards.states.Fee["FREE"]),
                            _connector="OR",
                        ),
                        name="application_first_is_free",
                        violation_error_message="首次申领社保卡实行免费（第四条）",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Correction",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "progress",
                    models.CharField(
                        choices=[
                            ("recorded", "已登记收回"),
                            ("rechecked", "已再次核查"),
                            ("entered", "省系统已登记"),
                            ("confirmed", "省系统已确认"),
                            ("resumed", "已转补换卡"),
                            ("dropped", "误登撤销"),
                        ],
                        max_length=20,
                        verbose_name="进度",
                    ),
                ),
                ("version", models.IntegerField()),
                (
                    "card",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrections",
                        to="cards.card",
                    ),
                ),
                (
                    "county",
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
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrections",
                        to="people.person",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["county", "progress"], name="correction_county")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(
                            (
                                "progress__in",
                                (
                                    cardbook.cards.states.CorrectionProgress["RESUMED"],
                                    cardbook.cards.states.CorrectionProgress["DROPPED"],
                                ),
                            ),
                            _negated=True,
                        ),
                        fields=("card",),
                        name="correction_one_open_per_card",
                        violation_error_message="该卡已有一件办理中的错卡处理",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SearchKey",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "county",
                        "key",
                        "person",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("key", models.BigIntegerField()),
                (
                    "county",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="orgs.organization",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.person",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="TemporaryCard",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=20, unique=True, verbose_name="临时卡号")),
                (
                    "stage",
                    models.CharField(
                        choices=[
                            ("in_stock", "在库"),
                            ("lent", "已发放"),
                            ("returned", "已收回"),
                            ("lost", "遗失注销"),
                            ("void", "损坏作废"),
                        ],
                        max_length=20,
                        verbose_name="状态",
                    ),
                ),
                ("valid_until", models.DateField(null=True)),
                ("excused", models.BooleanField(db_default=False, verbose_name="免予先还")),
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
                    "person",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="temporary_cards",
                        to="people.person",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("stage", cardbook.cards.states.TemporaryStage["LENT"])
                        ),
                        fields=("person",),
                        name="temporary_one_live_per_person",
                        violation_error_message="该持卡人已有一张未收回的临时卡",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("person", None),
                                ("stage", cardbook.cards.states.TemporaryStage["IN_STOCK"]),
                            ),
                            models.Q(
                                ("stage", cardbook.cards.states.TemporaryStage["IN_STOCK"]),
                                _negated=True,
                            ),
                            _connector="OR",
                        ),
                        name="temporary_in_stock_has_no_person",
                    ),
                ],
            },
        ),
        migrations.RunSQL(
            (SQL / "search_keys.sql").read_text(encoding="utf-8"),
            (SQL / "search_keys.reverse.sql").read_text(encoding="utf-8"),
        ),
    ]
