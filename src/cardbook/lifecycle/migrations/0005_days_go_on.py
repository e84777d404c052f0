"""How long a card lies goes on from shelf to shelf of an office and into its successor (Art. 16)."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parents[1] / "sql"


class Migration(migrations.Migration):
    dependencies = (("lifecycle", "0004_first_receipts"),)
    operations = (
        migrations.RunSQL(
            (SQL / "posting_moves_position.sql").read_text(encoding="utf-8"),
            migrations.RunSQL.noop,
        ),
    )
