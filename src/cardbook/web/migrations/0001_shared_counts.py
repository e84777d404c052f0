"""The table behind the limits on signing in; the text is in web/sql."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parents[1] / "sql"


class Migration(migrations.Migration):
    dependencies = []
    operations = [
        migrations.RunSQL(
            (SQL / "shared_counts.sql").read_text(encoding="utf-8"), "DROP TABLE cardbook_cache"
        )
    ]
