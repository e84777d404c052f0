"""Two more matters a mandate may charge with (Art. 27, 28)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Only the words of a choice change: the column stays as it is."""

    dependencies = [("people", "0002_mandates_to_activate")]

    operations = [
        migrations.AlterField(
            model_name="mandate",
            name="matter",
            field=models.CharField(
                choices=[
                    ("pick_up", "领取社保卡"),
                    ("activate", "激活社保功能"),
                    ("borrow", "领取临时卡"),
                    ("lift", "解除挂失"),
                ],
                max_length=20,
                verbose_name="事项",
            ),
        ),
    ]
