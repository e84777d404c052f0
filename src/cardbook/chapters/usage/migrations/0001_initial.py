"""The card in use: banks, loss, applications, uses, transfers, offers."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    # What stood here before the first release.
    replaces = [
        ("usage", "0001_activation"),
        ("usage", "0002_temporary"),
        ("usage", "0003_loss"),
        ("usage", "0004_applications"),
        ("usage", "0005_uses"),
        ("usage", "0006_bank_offers"),
        ("usage", "0007_uses_and_transfer_lists"),
        ("usage", "0008_made_cards"),
        ("usage", "0009_province_checks"),
        ("usage", "0010_transfer_in_and_outside_calls"),
        ("usage", "0011_late_hand_overs"),
        ("usage", "0012_use_field_and_carrier"),
        ("usage", "0013_bank_complaints"),
        ("usage", "0014_temporary_cards_asked"),
        ("usage", "0015_transfer_out_lists"),
        ("usage", "0016_activation_calls"),
        ("usage", "0017_refused_charges"),
        ("usage", "0018_leavers_reopened"),
        ("usage", "0019_confirmed_offers"),
    ]

    dependencies = [
        ("cards", "0001_initial"),
        ("imports", "0001_initial"),
        ("orgs", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="BankOffer",
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
                            ("discount", "优惠措施"),
                            ("outlet", "服务网点"),
                            ("machine", "自助设备"),
                        ],
                        max_length=20,
                        verbose_name="类别",
                    ),
                ),
                ("title", models.CharField(max_length=100, verbose_name="内容")),
                ("place", models.CharField(default="", max_length=200, verbose_name="地点")),
                ("words", models.CharField(default="", max_length=300, verbose_name="说明")),
                ("since", models.DateField(verbose_name="自")),
                ("until", models.DateField(verbose_name="至（含）")),
                ("entered_at", models.DateTimeField(verbose_name="登记时间")),
                ("confirmed_at", models.DateTimeField(null=True, verbose_name="确认时间")),
                ("withdrawn_at", models.DateTimeField(null=True, verbose_name="撤回时间")),
                (
                    "bank",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="offers",
                        to="orgs.organization",
                    ),
                ),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "entered_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "withdrawn_by",
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
                        condition=models.Q(("withdrawn_at", None)),
                        fields=("bank", "kind", "title", "place", "since"),
                        name="bank_offer_once",
                        violation_error_message="这项已经登记过",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("until__gte", models.F("since"))),
                        name="bank_offer_since_before_until",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BankComplaint",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("words", models.CharField(max_length=500, verbose_name="投诉内容")),
                ("received_at", models.DateTimeField(verbose_name="受理时间")),
                ("answer", models.CharField(default="", max_length=500, verbose_name="银行答复")),
                ("answered_at", models.DateTimeField(null=True, verbose_name="答复时间")),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("settled", "已解决"),
                            ("not_settled", "未解决"),
                            ("unfounded", "情况不实"),
                        ],
                        default="",
                        max_length=20,
                        verbose_name="结果",
                    ),
                ),
                ("closed_at", models.DateTimeField(null=True, verbose_name="办结时间")),
                (
                    "answered_by",
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
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="complaints",
                        to="orgs.organization",
                    ),
                ),
                (
                    "closed_by",
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
                    "outlet",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="orgs.organization",
                    ),
                ),
                (
                    "received_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "offer",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="complaints",
                        to="usage.bankoffer",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("closed_at", None)),
                        fields=("office", "bank", "words"),
                        name="bank_complaint_once",
                        violation_error_message="同样的投诉已经登记，还没有办结",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("closed_at", None), ("answered_at__isnull", False), _connector="OR"
                        ),
                        name="bank_complaint_closed_after_answer",
                        violation_error_message="银行答复以后才能办结",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BankVisit",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("sent_at", models.DateTimeField(verbose_name="引导时间")),
                ("arrived_at", models.DateTimeField(null=True, verbose_name="到达时间")),
                ("settled_at", models.DateTimeField(null=True, verbose_name="办结时间")),
                (
                    "result",
                    models.CharField(
                        choices=[
                            ("active", "已启用"),
                            ("refused", "未能启用"),
                            ("stayed_away", "没有来"),
                        ],
                        default="",
                        max_length=20,
                        verbose_name="结果",
                    ),
                ),
                ("words", models.CharField(default="", max_length=200, verbose_name="说明")),
                (
                    "card",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="bank_visits",
                        to="cards.card",
                    ),
                ),
                (
                    "outlet",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="orgs.organization",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("settled_at", None)),
                        fields=["outlet", "sent_at"],
                        name="bank_visit_waiting",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("settled_at", None)),
                        fields=("card",),
                        name="bank_visit_one_open_per_card",
                        violation_error_message="这张卡已引导到银行，尚未办结",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("result", ""), ("settled_at", None)),
                            models.Q(
                                ("settled_at__isnull", False),
                                models.Q(("result", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="bank_visit_settled_with_result",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CardUse",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=30, verbose_name="事项编码")),
                ("name", models.CharField(max_length=100, verbose_name="事项")),
                (
                    "field",
                    models.CharField(
                        choices=[
                            ("medical", "就医购药"),
                            ("pension", "养老"),
                            ("unemployment", "失业与就业"),
                            ("injury", "工伤"),
                            ("subsidy", "补贴与待遇发放"),
                            ("transport", "交通出行"),
                            ("culture", "文化旅游"),
                            ("identity", "身份凭证与查询"),
                            ("other", "其他"),
                        ],
                        max_length=20,
                        verbose_name="领域",
                    ),
                ),
                (
                    "carrier",
                    models.CharField(
                        choices=[
                            ("plastic", "实体卡"),
                            ("electronic", "电子社保卡"),
                            ("both", "实体卡、电子社保卡均可"),
                        ],
                        max_length=20,
                        verbose_name="载体",
                    ),
                ),
                ("basis", models.CharField(max_length=100, verbose_name="依据")),
                ("since", models.DateField(verbose_name="启用日")),
                ("until", models.DateField(null=True, verbose_name="停用日")),
                ("decided_at", models.DateTimeField(verbose_name="登记时间")),
                (
                    "agency",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="uses",
                        to="orgs.organization",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "ended_by",
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
                        fields=("agency", "code"),
                        name="card_use_once",
                        violation_error_message="该机构已登记这个事项编码",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("until", None), ("until__gte", models.F("since")), _connector="OR"
                        ),
                        name="card_use_since_before",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CardUsed",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "card_id",
                        "used_at",
                        "use_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("used_at", models.DateTimeField(verbose_name="用卡时间")),
                ("day_only", models.BooleanField()),
                (
                    "card",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="used",
                        to="cards.card",
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="imports.importfile",
                    ),
                ),
                (
                    "use",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="usage.carduse",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["used_at"], name="card_used_at")],
            },
        ),
        migrations.CreateModel(
            name="FeeReceipt",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=40, verbose_name="票据号")),
                ("fee_fen", models.IntegerField(verbose_name="金额（分）")),
                (
                    "way",
                    models.CharField(
                        choices=[
                            ("cash", "现金"),
                            ("card", "刷卡"),
                            ("scan", "扫码"),
                            ("account", "账户扣款"),
                        ],
                        max_length=10,
                        verbose_name="方式",
                    ),
                ),
                ("refund", models.BooleanField(default=False, verbose_name="退费")),
                ("taken_on", models.DateField(verbose_name="日期")),
                ("batch", models.UUIDField()),
                (
                    "application",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="receipts",
                        to="cards.application",
                    ),
                ),
                (
                    "office",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="orgs.organization",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["office", "taken_on"], name="receipt_day")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("office", "number"),
                        name="receipt_once_per_office",
                        violation_error_message="这个票据号在本机构已登记过",
                    ),
                    models.UniqueConstraint(
                        fields=("application", "refund"),
                        name="receipt_once_per_application",
                        violation_error_message="一件申请只收一次、只退一次",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("fee_fen__gt", 0)), name="receipt_has_amount"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LateHandOver",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("event_id", models.BigIntegerField(unique=True, verbose_name="发放记录")),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("day_wrong", "领取在去世之前，日期登记有误"),
                            ("family", "家属领取，已告知交回、注销"),
                            ("not_dead", "死亡登记有误，已更正"),
                            ("misuse", "涉嫌冒领，已移交"),
                        ],
                        max_length=20,
                        verbose_name="查明",
                    ),
                ),
                ("words", models.CharField(max_length=200, verbose_name="说明")),
                ("settled_at", models.DateTimeField(verbose_name="办结时间")),
                (
                    "card",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cards.card",
                    ),
                ),
                (
                    "settled_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("words", ""), _negated=True),
                        name="late_hand_over_says_how",
                        violation_error_message="请写明怎样查明的",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="LeavingRow",
            fields=[
                ("number_sealed", models.BinaryField()),
                ("number_index", models.BinaryField(max_length=32)),
                ("name_sealed", models.BinaryField()),
                ("name_key", models.BigIntegerField()),
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
                ("to_place", models.CharField(max_length=60, verbose_name="转往地、接收机构")),
                ("left_on", models.DateField(verbose_name="转出日期")),
                ("list_number", models.CharField(max_length=40, verbose_name="名单或函号")),
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
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="OutsideCall",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=64)),
                (
                    "matter",
                    models.CharField(
                        choices=[("asked", "查询"), ("lost", "临时挂失")],
                        max_length=10,
                        verbose_name="事项",
                    ),
                ),
                ("number_sealed", models.BinaryField()),
                ("number_index", models.BinaryField(max_length=32)),
                ("name_sealed", models.BinaryField(null=True)),
                ("place", models.CharField(max_length=60, verbose_name="发卡地")),
                ("hotline", models.CharField(max_length=40, verbose_name="已告知的发卡地电话")),
                (
                    "reference",
                    models.CharField(db_default="", max_length=40, verbose_name="发卡地受理号"),
                ),
                ("call", models.CharField(db_default="", max_length=40, verbose_name="通话编号")),
                (
                    "words",
                    models.CharField(db_default="", max_length=200, verbose_name="来电内容"),
                ),
                (
                    "answer",
                    models.CharField(db_default="", max_length=300, verbose_name="省系统答复"),
                ),
                ("handled_at", models.DateTimeField(verbose_name="受理时间")),
                (
                    "handled_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "office",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="orgs.organization",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["number_index"], name="outside_call_number"),
                    models.Index(fields=["office", "-handled_at"], name="outside_call_office"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("key",),
                        name="outside_call_once",
                        violation_error_message="这次来电已登记",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ProvinceCheck",
            fields=[
                (
                    "application",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="province_check",
                        serialize=False,
                        to="cards.application",
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("clear", "省系统没有重复"),
                            ("found", "省系统另有记录"),
                            ("unasked", "省系统未查"),
                        ],
                        max_length=10,
                        verbose_name="结果",
                    ),
                ),
                ("asked_at", models.DateTimeField(verbose_name="查询时间")),
                ("words", models.CharField(max_length=300, verbose_name="说明")),
                ("settled_at", models.DateTimeField(null=True, verbose_name="处理时间")),
                (
                    "settled_words",
                    models.CharField(db_default="", max_length=200, verbose_name="处理结果"),
                ),
                (
                    "settled_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(
                            ("outcome__in", ["unasked", "found"]), ("settled_at", None)
                        ),
                        fields=["asked_at"],
                        name="province_check_open",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("settled_at", None), ("settled_by", None)),
                            models.Q(
                                ("settled_at__isnull", False),
                                ("settled_by__isnull", False),
                                models.Q(("settled_words", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="province_check_settled_says_how",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RefusedCharge",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("refused_at", models.DateTimeField(verbose_name="时间")),
                ("attempted", models.BooleanField(verbose_name="在本系统登记收费时被拒绝")),
                ("asked_fen", models.IntegerField(verbose_name="被要求的金额（分）")),
                ("words", models.CharField(max_length=200, verbose_name="情况")),
                ("batch", models.UUIDField()),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("not_taken", "没有收到钱"),
                            ("returned", "已退还"),
                            ("passed_on", "移交有关部门处理"),
                        ],
                        default="",
                        max_length=20,
                        verbose_name="结果",
                    ),
                ),
                ("returned_fen", models.IntegerField(default=0, verbose_name="退还金额（分）")),
                (
                    "returned_receipt",
                    models.CharField(default="", max_length=40, verbose_name="退费票据号"),
                ),
                (
                    "outcome_words",
                    models.CharField(default="", max_length=200, verbose_name="处理说明"),
                ),
                ("settled_at", models.DateTimeField(null=True, verbose_name="处理时间")),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="refused_charges",
                        to="cards.application",
                    ),
                ),
                (
                    "entered_by",
                    models.ForeignKey(
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
                    "settled_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("settled_at", None)),
                        fields=["refused_at"],
                        name="refused_charge_open",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("outcome", ""), ("settled_at", None)),
                            models.Q(
                                ("settled_at__isnull", False),
                                models.Q(("outcome", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="refused_charge_settled_with_outcome",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("outcome", "returned"), ("returned_fen__gt", 0)),
                            models.Q(
                                models.Q(("outcome", "returned"), _negated=True),
                                ("returned_fen", 0),
                            ),
                            _connector="OR",
                        ),
                        name="refused_charge_returned_has_amount",
                        violation_error_message="已退还的须写明金额",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StatusKey",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("title", models.CharField(max_length=100, verbose_name="用于")),
                ("digest", models.BinaryField(max_length=32)),
                (
                    "purposes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=30), size=None
                    ),
                ),
                ("valid_from", models.DateField(verbose_name="启用日")),
                ("valid_to", models.DateField(verbose_name="失效日")),
                ("per_minute", models.PositiveIntegerField(verbose_name="每分钟上限")),
                ("made_at", models.DateTimeField(verbose_name="生成时间")),
                ("revoked_at", models.DateTimeField(null=True, verbose_name="撤销时间")),
                (
                    "agency",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="status_keys",
                        to="orgs.organization",
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "revoked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "second_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("digest",), name="status_key_once"),
                    models.CheckConstraint(
                        condition=models.Q(("valid_to__gt", models.F("valid_from"))),
                        name="status_key_from_before_to",
                        violation_error_message="失效日要晚于启用日",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("made_by", models.F("second_by")), _negated=True),
                        name="status_key_made_by_two",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StatusAsked",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("purpose", models.CharField(max_length=30, verbose_name="用途")),
                ("asked_at", models.DateTimeField(verbose_name="时间")),
                ("answer", models.CharField(max_length=30, verbose_name="答复")),
                (
                    "card",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cards.card",
                    ),
                ),
                (
                    "temporary_card",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cards.temporarycard",
                    ),
                ),
                (
                    "key",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="asked",
                        to="usage.statuskey",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["key", "asked_at"], name="status_asked_by_key")],
            },
        ),
        migrations.CreateModel(
            name="TemporaryPlace",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("box", models.CharField(max_length=20, verbose_name="盒号")),
                (
                    "card",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="place",
                        to="cards.temporarycard",
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
            ],
        ),
        migrations.CreateModel(
            name="TransferIn",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number_sealed", models.BinaryField()),
                ("number_index", models.BinaryField(max_length=32)),
                ("name_sealed", models.BinaryField()),
                ("name_key", models.BigIntegerField()),
                ("row", models.IntegerField()),
                ("settled_at", models.DateTimeField(null=True, verbose_name="办结时间")),
                ("words", models.CharField(default="", max_length=200, verbose_name="处理结果")),
                ("undone_at", models.DateTimeField(null=True, verbose_name="更正时间")),
                (
                    "undone_words",
                    models.CharField(db_default="", max_length=200, verbose_name="更正原因"),
                ),
                ("from_place", models.CharField(max_length=60, verbose_name="转出地、转出机构")),
                ("moved_on", models.DateField(verbose_name="转入日期")),
                ("old_card", models.CharField(max_length=9, verbose_name="原卡号")),
                ("list_number", models.CharField(max_length=40, verbose_name="名单或函号")),
                (
                    "decision",
                    models.CharField(
                        choices=[
                            ("keep", "原卡继续使用"),
                            ("here", "使用本市的卡"),
                            ("apply", "已受理申领新卡"),
                            ("none", "不办转入（误列、未转来）"),
                        ],
                        db_default="",
                        max_length=10,
                        verbose_name="决定",
                    ),
                ),
                (
                    "asked",
                    models.CharField(
                        choices=[
                            ("clear", "省系统没有另外的卡"),
                            ("found", "省系统另有卡"),
                            ("silent", "省系统没有答复"),
                        ],
                        db_default="",
                        max_length=10,
                        verbose_name="省系统查重",
                    ),
                ),
                ("asked_at", models.DateTimeField(null=True, verbose_name="查询时间")),
                (
                    "asked_words",
                    models.CharField(db_default="", max_length=300, verbose_name="省系统答复"),
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
                    "file",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="imports.importfile",
                    ),
                ),
                (
                    "settled_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "undone_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["county", "settled_at", "id"], name="transfer_in_open")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("number_index", "moved_on", "from_place", "county"),
                        name="transfer_in_once",
                        violation_error_message="这个人的这次转入已登记",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("settled_at", None), ("settled_by", None)),
                            models.Q(
                                ("settled_at__isnull", False),
                                ("settled_by__isnull", False),
                                models.Q(("words", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="transfer_in_settled_says_how",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TransferOut",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number_sealed", models.BinaryField()),
                ("number_index", models.BinaryField(max_length=32)),
                ("name_sealed", models.BinaryField()),
                ("name_key", models.BigIntegerField()),
                ("row", models.IntegerField()),
                ("settled_at", models.DateTimeField(null=True, verbose_name="办结时间")),
                ("words", models.CharField(default="", max_length=200, verbose_name="处理结果")),
                ("undone_at", models.DateTimeField(null=True, verbose_name="更正时间")),
                (
                    "undone_words",
                    models.CharField(db_default="", max_length=200, verbose_name="更正原因"),
                ),
                ("to_place", models.CharField(max_length=60, verbose_name="转往地、接收机构")),
                ("left_on", models.DateField(verbose_name="转出日期")),
                ("list_number", models.CharField(max_length=40, verbose_name="名单或函号")),
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
                    "file",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="imports.importfile",
                    ),
                ),
                (
                    "settled_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "undone_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["county", "settled_at", "id"], name="transfer_out_open")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("number_index", "left_on", "to_place", "county"),
                        name="transfer_out_once",
                        violation_error_message="这个人的这次转出已登记",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("settled_at", None), ("settled_by", None)),
                            models.Q(
                                ("settled_at__isnull", False),
                                ("settled_by__isnull", False),
                                models.Q(("words", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="transfer_out_settled_says_how",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TransferRow",
            fields=[
                ("number_sealed", models.BinaryField()),
                ("number_index", models.BinaryField(max_length=32)),
                ("name_sealed", models.BinaryField()),
                ("name_key", models.BigIntegerField()),
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
                ("from_place", models.CharField(max_length=60, verbose_name="转出地、转出机构")),
                ("moved_on", models.DateField(verbose_name="转入日期")),
                ("old_card", models.CharField(max_length=9, verbose_name="原卡号")),
                ("list_number", models.CharField(max_length=40, verbose_name="名单或函号")),
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
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="UseRow",
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
                ("used_at", models.DateTimeField(null=True)),
                ("day_only", models.BooleanField()),
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
                (
                    "use",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="usage.carduse",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ActivationCall",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("called_at", models.DateTimeField(verbose_name="联系时间")),
                (
                    "result",
                    models.CharField(
                        choices=[
                            ("will_come", "答应来办"),
                            ("told", "已告知"),
                            ("no_answer", "无人接听"),
                            ("wrong_number", "号码不对"),
                            ("away", "外出未归"),
                            ("refuses", "不需要"),
                        ],
                        max_length=20,
                        verbose_name="结果",
                    ),
                ),
                ("words", models.CharField(default="", max_length=200, verbose_name="说明")),
                (
                    "called_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "card",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cards.card",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["card", "called_at"], name="activation_call_of")],
            },
        ),
        migrations.CreateModel(
            name="ApplicationDetail",
            fields=[
                (
                    "application",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="detail",
                        serialize=False,
                        to="cards.application",
                    ),
                ),
                (
                    "entry",
                    models.CharField(
                        choices=[("office", "社保卡综合服务窗口"), ("bank", "合作银行窗口")],
                        max_length=10,
                        verbose_name="受理地点",
                    ),
                ),
                ("captured_on", models.DateField(verbose_name="受理日期")),
                ("promised_on", models.DateField(verbose_name="承诺日期")),
                (
                    "ground",
                    models.CharField(db_default="", max_length=30, verbose_name="发放依据"),
                ),
                (
                    "ground_source",
                    models.CharField(db_default="", max_length=100, verbose_name="依据出处"),
                ),
                (
                    "old_plastic",
                    models.CharField(
                        choices=[("good", "好卡"), ("broken", "坏卡"), ("none", "无卡")],
                        db_default="none",
                        max_length=10,
                        verbose_name="旧卡状态",
                    ),
                ),
                (
                    "delivery",
                    models.CharField(
                        choices=[
                            ("window", "窗口自取"),
                            ("bank", "银行网点领取"),
                            ("post", "邮寄"),
                        ],
                        max_length=10,
                        verbose_name="领卡方式",
                    ),
                ),
                ("photo", models.CharField(db_default="", max_length=64)),
                (
                    "photo_source",
                    models.CharField(
                        choices=[
                            ("kept", "沿用登记照片"),
                            ("brought", "现场采集或自备"),
                            ("police", "公安照片"),
                        ],
                        max_length=10,
                        verbose_name="照片来源",
                    ),
                ),
                ("captured_sealed", models.BinaryField()),
                ("made_sealed", models.BinaryField(null=True)),
                (
                    "signer",
                    models.CharField(
                        choices=[("holder", "本人"), ("proxy", "代领人"), ("guardian", "监护人")],
                        db_default="",
                        max_length=10,
                        verbose_name="签字人",
                    ),
                ),
                (
                    "signing",
                    models.CharField(
                        choices=[
                            ("screen", "screen"),
                            ("paper", "paper"),
                            ("thumb", "thumb"),
                            ("none", "none"),
                        ],
                        db_default="",
                        max_length=10,
                    ),
                ),
                ("signature", models.CharField(db_default="", max_length=64)),
                ("confirmed_digest", models.CharField(db_default="", max_length=64)),
                ("submitted_digest", models.CharField(db_default="", max_length=64)),
                (
                    "answer",
                    models.CharField(db_default="", max_length=200, verbose_name="银行答复"),
                ),
                (
                    "reference",
                    models.CharField(db_default="", max_length=60, verbose_name="银行回执号"),
                ),
                (
                    "office",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="orgs.organization",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["promised_on"], name="application_promised")],
            },
        ),
        # Staged rows can be read from their file again: they need not survive a crash.
        migrations.RunSQL(
            "ALTER TABLE usage_userow SET UNLOGGED", "ALTER TABLE usage_userow SET LOGGED"
        ),
        migrations.RunSQL(
            "ALTER TABLE usage_transferrow SET UNLOGGED",
            "ALTER TABLE usage_transferrow SET LOGGED",
        ),
        migrations.RunSQL(
            "ALTER TABLE usage_leavingrow SET UNLOGGED", "ALTER TABLE usage_leavingrow SET LOGGED"
        ),
    ]
