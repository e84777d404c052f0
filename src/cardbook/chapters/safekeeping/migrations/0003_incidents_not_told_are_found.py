"""Incidents nobody told upward yet are counted on the home page: an index of their own."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("safekeeping", "0002_visits_are_a_place"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="incident",
            index=models.Index(
                condition=models.Q(("told_at", None)),
                fields=["organization"],
                name="incident_untold",
            ),
        ),
    ]
