"""The few who died are found without reading everybody (Art. 29)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (("people", "0003_mandates_to_borrow_and_lift"),)
    operations = (
        migrations.AddIndex(
            model_name="person",
            index=models.Index(
                condition=models.Q(("died_on__isnull", False)), fields=["id"], name="person_dead"
            ),
        ),
    )
