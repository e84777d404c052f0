from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cards", "0003_cancelled_by_person"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="card",
            index=models.Index(
                condition=models.Q(
                    models.Q(
                        ("social", "cancelled"),
                        ("bank__in", ("unknown", "inactive", "active", "loss_reported")),
                    ),
                    ("bank", "loss_reported"),
                    models.Q(("social", "active"), ("bank", "inactive")),
                    _connector="OR",
                ),
                fields=["county", "id"],
                name="card_sides_differ",
            ),
        ),
        migrations.AddIndex(
            model_name="card",
            index=models.Index(
                condition=models.Q(("social", "active"), ("bank", "unknown")),
                fields=["county", "id"],
                name="card_bank_silent",
            ),
        ),
    ]
