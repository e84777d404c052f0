"""When a card first lay on a shelf is kept with its place; what is there already is found once."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parents[1] / "sql"


class Migration(migrations.Migration):
    dependencies = (("lifecycle", "0003_positions_are_tallied"), ("custody", "0004_received_at"))
    operations = (
        migrations.RunSQL(
            (SQL / "posting_moves_position.sql").read_text(encoding="utf-8"),
            migrations.RunSQL.noop,
        ),
        migrations.RunSQL(
            (SQL / "first_receipts.sql").read_text(encoding="utf-8"), migrations.RunSQL.noop
        ),
    )
