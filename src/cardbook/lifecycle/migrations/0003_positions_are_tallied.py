"""Every change of positions is tallied, and what lies there already (docs/adr/0018)."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parents[1] / "sql"


class Migration(migrations.Migration):
    dependencies = (("lifecycle", "0002_large_after_small"), ("custody", "0003_tally"))
    operations = (
        migrations.RunSQL(
            (SQL / "positions_are_tallied.sql").read_text(encoding="utf-8"),
            (SQL / "positions_are_tallied.reverse.sql").read_text(encoding="utf-8"),
        ),
    )
