"""Cards arrive only at offices that are in force today; planned ones are not yet."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parents[1] / "sql"


class Migration(migrations.Migration):
    dependencies = [
        ("lifecycle", "0006_mandates_follow_ledger"),
        ("orgs", "0004_closed_offices_data"),
    ]
    operations = [
        migrations.RunSQL(
            (SQL / "office_in_force.sql").read_text(encoding="utf-8"),
            (SQL / "position_since_it_happened.sql").read_text(encoding="utf-8"),
        )
    ]
