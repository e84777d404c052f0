from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cards", "0004_sides_that_differ"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="card",
            index=models.Index(
                condition=models.Q(("bank", "active"), ("stage__in", ("in_custody", "missing"))),
                fields=["county", "id"],
                name="card_bank_early",
            ),
        ),
    ]
