"""Wrong and defective cards travel home from an outlet (Art. 9, 13)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (("custody", "0001_initial"),)
    operations = (
        migrations.AlterField(
            model_name="shipment",
            name="purpose",
            field=models.CharField(
                choices=[
                    ("hand_down", "下发（分拨、上交）"),
                    ("return", "滞留退回"),
                    ("destroy", "移交销毁"),
                    ("home", "错卡、质量问题卡送回"),
                ],
                max_length=20,
                verbose_name="事由",
            ),
        ),
    )
