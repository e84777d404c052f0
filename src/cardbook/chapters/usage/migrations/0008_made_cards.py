"""The card as its maker returned it, sealed with its application (Art. 25)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("usage", "0007_uses_and_transfer_lists")]

    operations = [
        migrations.AddField(
            model_name="applicationdetail",
            name="made_sealed",
            field=models.BinaryField(null=True),
        ),
    ]
