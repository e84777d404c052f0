"""Since when a card lies in its place: since the hand-over happened; the text is in lifecycle/sql."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parents[1] / "sql"


class Migration(migrations.Migration):
    dependencies = [("lifecycle", "0002_corrections")]
    operations = [
        migrations.RunSQL(
            (SQL / "position_since_it_happened.sql").read_text(encoding="utf-8"),
            (SQL / "position_since_it_happened.reverse.sql").read_text(encoding="utf-8"),
        )
    ]
