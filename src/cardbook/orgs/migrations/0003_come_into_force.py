"""Planned changes come into force by their day; the text is in orgs/sql."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parents[1] / "sql"


class Migration(migrations.Migration):
    dependencies = [("orgs", "0002_planned_changes")]
    operations = [
        migrations.RunSQL(
            (SQL / "come_into_force.sql").read_text(encoding="utf-8"),
            (SQL / "come_into_force.reverse.sql").read_text(encoding="utf-8"),
        )
    ]
