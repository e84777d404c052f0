"""Old and new rows are compared in a linear time by any plan; the text is in cards/sql."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parents[1] / "sql"


class Migration(migrations.Migration):
    dependencies = [("cards", "0001_initial")]
    operations = [
        migrations.RunSQL(
            (SQL / "search_keys.sql").read_text(encoding="utf-8"), migrations.RunSQL.noop
        )
    ]
