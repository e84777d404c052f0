"""Claims that a holder died are found by the person: an index of their own."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("intake", "0004_recount_by_the_book"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="openingclaim",
            index=models.Index(
                condition=models.Q(("holder_dead", True)),
                fields=["person"],
                name="claim_holder_dead",
            ),
        ),
    ]
