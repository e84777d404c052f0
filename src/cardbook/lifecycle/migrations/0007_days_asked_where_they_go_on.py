"""Whether days go on is asked only of cards of which it can be so, not of each that arrives."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parents[1] / "sql"


class Migration(migrations.Migration):
    dependencies = (("lifecycle", "0006_keys_change"),)
    operations = (
        migrations.RunSQL(
            (SQL / "posting_moves_position.sql").read_text(encoding="utf-8"),
            migrations.RunSQL.noop,
        ),
    )
