"""Offices that were closed before are not in force; nothing was planned ahead until now."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("orgs", "0003_come_into_force")]
    operations = [
        migrations.RunSQL(
            "UPDATE orgs_organization SET in_force = false WHERE valid_to IS NOT NULL",
            migrations.RunSQL.noop,
        )
    ]
