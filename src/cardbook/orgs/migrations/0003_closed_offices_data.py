"""Offices that were closed before are not in force; nothing was planned ahead until now."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("orgs", "0002_planned_changes")]
    operations = [
        migrations.RunSQL(
            "UPDATE orgs_organization SET in_force = false WHERE valid_to IS NOT NULL",
            migrations.RunSQL.noop,
        )
    ]
