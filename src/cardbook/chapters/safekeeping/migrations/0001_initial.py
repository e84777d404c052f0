"""Places, keepers, checks, incidents and stock-takes."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    # What stood here before the first release.
    replaces = [
        ("safekeeping", "0001_places_and_stocktakes"),
        ("safekeeping", "0002_visits_are_a_place"),
        ("safekeeping", "0003_incidents_not_told_are_found"),
    ]

    dependencies = [
        ("cards", "0001_initial"),
        ("custody", "0001_initial"),
        ("orgs", "0001_initial"),
        ("people", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Incident",
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
                        choices=[("damaged", "损坏"), ("lost", "丢失")],
                        max_length=20,
                        verbose_name="情况",
                    ),
                ),
                (
                    "cause",
                    models.CharField(
                        choices=[
                            ("fire", "火灾"),
                            ("water", "水浸、受潮"),
                            ("magnetism", "受磁"),
                            ("crushing", "挤压、弯曲"),
                            ("scratching", "刻划、沾污"),
                            ("heat", "高温、日晒"),
                            ("theft", "被盗"),
                            ("transport", "搬运、交接中"),
                            ("other", "其他"),
                        ],
                        max_length=20,
                        verbose_name="原因",
                    ),
                ),
                ("happened_on", models.DateField(verbose_name="发生（发现）日")),
                ("words", models.CharField(max_length=500, verbose_name="经过")),
                ("photo", models.CharField(default="", max_length=64)),
                ("recorded_at", models.DateTimeField()),
                ("batch", models.UUIDField(unique=True)),
                (
                    "told_office",
                    models.CharField(default="", max_length=100, verbose_name="报告对象"),
                ),
                ("told_at", models.DateTimeField(null=True, verbose_name="报告时间")),
                (
                    "told_words",
                    models.CharField(default="", max_length=200, verbose_name="上级意见"),
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
                    "reported_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "second",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "told_by",
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
                    models.Index(fields=["organization", "-id"], name="incident_office"),
                    models.Index(
                        condition=models.Q(("told_at", None)),
                        fields=["organization"],
                        name="incident_untold",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reported_by", models.F("second")), _negated=True),
                        name="incident_by_two",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="IncidentCard",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "incident",
                        "card",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="custody.account",
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
                    "incident",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="safekeeping.incident",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="KeepingPlace",
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
                            ("cabinet", "柜"),
                            ("room", "库"),
                            ("safe", "保险柜"),
                            ("drawer", "窗口抽屉"),
                            ("aside", "停用卡存放处"),
                            ("unit", "单位（村、社区）存放处"),
                        ],
                        max_length=20,
                        verbose_name="种类",
                    ),
                ),
                ("name", models.CharField(max_length=60, verbose_name="名称")),
                ("where", models.CharField(max_length=100, verbose_name="位置")),
                (
                    "climate",
                    models.CharField(default="", max_length=100, verbose_name="温湿度、日照"),
                ),
                ("cabinet", models.CharField(default="", max_length=10, verbose_name="柜号")),
                (
                    "holds",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
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
                        default=list,
                        size=None,
                    ),
                ),
                ("opened_on", models.DateField(verbose_name="启用日")),
                ("closed_on", models.DateField(null=True, verbose_name="停用日")),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="keeping_places",
                        to="orgs.organization",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("closed_on", None)),
                        fields=("organization", "name"),
                        name="keeping_place_name_once",
                        violation_error_message="本机构已有同名的存放处",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="KeepingCheck",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="检查时间")),
                ("words", models.CharField(default="", max_length=200, verbose_name="说明")),
                ("photo", models.CharField(max_length=64)),
                ("key", models.CharField(max_length=64, unique=True)),
                (
                    "checked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "place",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="checks",
                        to="safekeeping.keepingplace",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["place", "-at"], name="keeping_check_place")],
            },
        ),
        migrations.AddField(
            model_name="incident",
            name="place",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="incidents",
                to="safekeeping.keepingplace",
            ),
        ),
        migrations.CreateModel(
            name="Holding",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "function",
                    models.CharField(
                        choices=[
                            ("keeper", "保管人"),
                            ("deputy", "代理保管人"),
                            ("key", "钥匙持有人"),
                        ],
                        max_length=20,
                        verbose_name="职责",
                    ),
                ),
                ("since", models.DateField(verbose_name="自")),
                ("until", models.DateField(null=True, verbose_name="至")),
                (
                    "named_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.person",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "place",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="holdings",
                        to="safekeeping.keepingplace",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("person__isnull", False), ("user", None)),
                            models.Q(("person", None), ("user__isnull", False)),
                            _connector="OR",
                        ),
                        name="holding_of_one",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("until", None), ("until__gte", models.F("since")), _connector="OR"
                        ),
                        name="holding_since_before",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("until", None), models.Q(("function", "key"), _negated=True)
                        ),
                        fields=("place", "function"),
                        name="holding_one_keeper",
                        violation_error_message="这个职责已有人担任，请先写明其截止日",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("function", "key"), ("until", None)),
                        fields=("place", "user", "person"),
                        name="holding_key_once",
                        nulls_distinct=False,
                        violation_error_message="此人已持有这里的钥匙",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Stocktake",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "scope",
                    models.CharField(
                        choices=[
                            ("place", "一处"),
                            ("office", "本机构全部存放处"),
                            ("county", "全部存放处（含下级）"),
                        ],
                        max_length=20,
                        verbose_name="范围",
                    ),
                ),
                (
                    "begun_at",
                    models.DateTimeField(
                        db_default=models.Func(
                            output_field=models.DateTimeField(), template="clock_timestamp()"
                        ),
                        verbose_name="开始",
                    ),
                ),
                ("ended_at", models.DateTimeField(null=True, verbose_name="结束扫描")),
                ("closed_at", models.DateTimeField(null=True, verbose_name="办结")),
                (
                    "account",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="custody.account",
                    ),
                ),
                (
                    "again",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="recounts",
                        to="safekeeping.stocktake",
                    ),
                ),
                (
                    "begun_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
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
                    "ended_by",
                    models.ForeignKey(
                        null=True,
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
                "indexes": [models.Index(fields=["organization", "-id"], name="stocktake_office")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("scope", "organization", "account"),
                        name="stocktake_one_running",
                        nulls_distinct=False,
                        violation_error_message="这里正在盘点中",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("scope", "place"), ("account__isnull", False)),
                            models.Q(
                                models.Q(("scope", "place"), _negated=True), ("account", None)
                            ),
                            _connector="OR",
                        ),
                        name="stocktake_scope_fits",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("closed_at", None),
                            models.Q(
                                ("ended_at__isnull", False),
                                ("second__isnull", False),
                                models.Q(("closed_by", models.F("second")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="stocktake_closed_by_two",
                        violation_error_message="盘点由两人办结",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Scan",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=9, verbose_name="卡号")),
                (
                    "scanned_at",
                    models.DateTimeField(
                        db_default=models.Func(
                            output_field=models.DateTimeField(), template="clock_timestamp()"
                        )
                    ),
                ),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="custody.account",
                    ),
                ),
                (
                    "scanned_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "stocktake",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="scans",
                        to="safekeeping.stocktake",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("stocktake", "account", "number"), name="scan_once_per_place"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Finding",
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
                            ("missing", "短缺"),
                            ("misplaced", "放错位置"),
                            ("extra", "多出"),
                            ("unknown", "台账没有的卡号"),
                        ],
                        max_length=20,
                        verbose_name="差异",
                    ),
                ),
                ("number", models.CharField(max_length=9, verbose_name="卡号")),
                ("scanned_at", models.DateTimeField(null=True, verbose_name="扫描时间")),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("missed", "登记短缺"),
                            ("found", "登记找到"),
                            ("resorted", "改登到扫描处的盒"),
                            ("noted", "已查明"),
                        ],
                        default="",
                        max_length=20,
                        verbose_name="处理",
                    ),
                ),
                ("words", models.CharField(default="", max_length=200, verbose_name="原因")),
                ("closed_at", models.DateTimeField(null=True)),
                ("key", models.CharField(default="", max_length=64)),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="custody.account",
                    ),
                ),
                (
                    "book_account",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="custody.account",
                    ),
                ),
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
                    "closed_by",
                    models.ForeignKey(
                        null=True,
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
                    "stocktake",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="findings",
                        to="safekeeping.stocktake",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("stocktake", "number"), name="finding_once_per_number"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("closed_at", None),
                            models.Q(
                                ("second__isnull", False),
                                models.Q(("words", ""), _negated=True),
                                models.Q(("outcome", ""), _negated=True),
                                models.Q(("closed_by", models.F("second")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="finding_closed_by_two",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StocktakeLine",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "stocktake",
                        "account",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("book", models.IntegerField(verbose_name="账面")),
                ("counted", models.IntegerField(verbose_name="实盘")),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="custody.account",
                    ),
                ),
                (
                    "stocktake",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="safekeeping.stocktake",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="CheckAnswer",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "visit",
                        "measure",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("measure", models.CharField(max_length=20, verbose_name="项目")),
                ("in_order", models.BooleanField(verbose_name="合格")),
                ("remedy", models.CharField(default="", max_length=200, verbose_name="整改")),
                (
                    "visit",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="answers",
                        to="safekeeping.keepingcheck",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("in_order", True),
                            models.Q(("remedy", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="answer_has_remedy",
                    )
                ],
            },
        ),
    ]
