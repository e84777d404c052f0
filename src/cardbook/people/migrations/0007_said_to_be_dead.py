"""Whom an opening balance calls dead without a day is stopped until somebody finds out (Art. 17)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0006_mandate_witness"),
    ]

    operations = [
        migrations.AddField(
            model_name="person",
            name="said_dead_by",
            field=models.CharField(db_default="", default="", max_length=90),
        ),
    ]
