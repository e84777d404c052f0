"""The unit's word that a holder of 16 or 17 lives on his own work, row by row (Art. 11)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("issuance", "0003_sheets_set_by_a_worker")]
    operations = [
        migrations.AddField(
            model_name="bundlerow",
            name="self_supporting",
            field=models.BooleanField(
                db_default=False, verbose_name="以自己的劳动收入为主要生活来源"
            ),
        )
    ]
