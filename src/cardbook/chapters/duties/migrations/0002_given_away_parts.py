"""A part of a campaign that was given away whole has no card left (Art. 5)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (("duties", "0001_initial"),)
    operations = (
        migrations.RemoveConstraint(model_name="campaigntask", name="task_has_a_target"),
        migrations.AddConstraint(
            model_name="campaigntask",
            constraint=models.CheckConstraint(
                condition=models.Q(("target__gte", 0)), name="task_target_not_negative"
            ),
        ),
    )
