import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cards", "0003_cancelled_by_person"),
        ("intake", "0003_account_twins"),
    ]

    operations = [
        migrations.AddField(
            model_name="openingrow",
            name="account_key",
            field=models.BigIntegerField(null=True),
        ),
        migrations.CreateModel(
            name="CardAccount",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "account_key",
                        "card",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("account_key", models.BigIntegerField()),
                (
                    "card",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cards.card",
                    ),
                ),
            ],
        ),
    ]
