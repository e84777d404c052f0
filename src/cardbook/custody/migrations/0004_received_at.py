"""When a card first lay on a shelf is kept with its place (Art. 6, 16)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (("custody", "0003_tally"),)
    operations = (
        migrations.AddField(
            model_name="position",
            name="received_at",
            field=models.DateTimeField(null=True),
        ),
    )
