from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cards", "0002_large_after_small"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="card",
            index=models.Index(
                condition=models.Q(("social", "cancelled")),
                fields=["person", "id"],
                name="card_cancelled_of",
            ),
        ),
    ]
