"""By when the police will have mended its data, as the holder said (Art. 15)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("corrections", "0001_wrong_cards")]
    operations = [
        migrations.AddField(
            model_name="correctiondetail",
            name="expected_on",
            field=models.DateField(null=True, verbose_name="公安更正预计日"),
        )
    ]
