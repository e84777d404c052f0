"""The promises of the fourth subject, the handling of a wrong card; the text is in lifecycle/sql."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parents[1] / "sql"


class Migration(migrations.Migration):
    dependencies = [("lifecycle", "0001_guarantees"), ("cards", "0003_distribution")]
    operations = [
        migrations.RunSQL(
            (SQL / "corrections_follow_ledger.sql").read_text(encoding="utf-8"),
            (SQL / "corrections_follow_ledger.reverse.sql").read_text(encoding="utf-8"),
        )
    ]
