"""The promises of the fifth subject, the mandate; the text is in lifecycle/sql."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parents[1] / "sql"


def _text(name: str) -> str:
    return (SQL / name).read_text(encoding="utf-8")


class Migration(migrations.Migration):
    dependencies = [("lifecycle", "0005_defects_stand"), ("people", "0004_mandates_stand")]
    operations = [
        migrations.RunSQL(_text("mandates_written_up.sql"), migrations.RunSQL.noop),
        migrations.RunSQL(
            _text("mandates_follow_ledger.sql"), _text("mandates_follow_ledger.reverse.sql")
        ),
    ]
