"""The owner seals what an old key sealed anew without an act (row P6); the text is in lifecycle/sql."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parents[1] / "sql"


class Migration(migrations.Migration):
    dependencies = [("lifecycle", "0005_days_go_on")]
    operations = [
        migrations.RunSQL(
            (SQL / "state_follows_ledger.sql").read_text(encoding="utf-8"), migrations.RunSQL.noop
        ),
    ]
