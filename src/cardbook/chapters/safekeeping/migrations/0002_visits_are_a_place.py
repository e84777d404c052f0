"""Cards that two carry to their holders have a kind of place; no store holds them."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("safekeeping", "0001_places_and_stocktakes"),
    ]

    operations = [
        migrations.AlterField(
            model_name="keepingplace",
            name="holds",
            field=django.contrib.postgres.fields.ArrayField(
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
    ]
