"""Uses say their field and which kind of card they ask for (Art. 23); old ones the widest."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("usage", "0011_late_hand_overs")]

    operations = [
        migrations.AddField(
            model_name="carduse",
            name="field",
            field=models.CharField(
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
                default="other",
                max_length=20,
                verbose_name="领域",
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="carduse",
            name="carrier",
            field=models.CharField(
                choices=[
                    ("plastic", "实体卡"),
                    ("electronic", "电子社保卡"),
                    ("both", "实体卡、电子社保卡均可"),
                ],
                default="both",
                max_length=20,
                verbose_name="载体",
            ),
            preserve_default=False,
        ),
    ]
