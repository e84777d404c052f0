"""How many cards lie in an account since a day (docs/adr/0018)."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (("custody", "0002_purpose_home"),)
    operations = (
        migrations.CreateModel(
            name="Tally",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("since_on", models.DateField()),
                ("cards", models.IntegerField()),
                (
                    "account",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="custody.account",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["account", "since_on"], include=["cards"], name="tally")
                ],
            },
        ),
    )
