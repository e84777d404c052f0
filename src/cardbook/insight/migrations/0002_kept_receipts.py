"""The figures read a first receipt where it is kept, with the place of the card."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parents[1] / "figures" / "sql"


class Migration(migrations.Migration):
    dependencies = (("insight", "0001_figures"), ("lifecycle", "0004_first_receipts"))
    operations = (
        migrations.RunSQL(
            (SQL / "registered.sql").read_text(encoding="utf-8"), migrations.RunSQL.noop
        ),
    )
