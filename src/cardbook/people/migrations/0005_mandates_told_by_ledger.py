"""Who registered or revoked a mandate, when and why, is in the ledger and nowhere else."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0004_mandates_stand"),
        ("lifecycle", "0006_mandates_follow_ledger"),
    ]
    operations = [
        migrations.RemoveField(model_name="mandate", name=name)
        for name in (
            "registered_at",
            "registered_by",
            "revoked_by",
            "revoked_on",
            "revoked_words",
        )
    ]
