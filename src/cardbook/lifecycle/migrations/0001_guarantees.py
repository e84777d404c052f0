"""The database's own promises about ledger, state and custody; the texts are in lifecycle/sql."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parents[1] / "sql"


def _guarantee(name: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        (SQL / f"{name}.sql").read_text(encoding="utf-8"),
        (SQL / f"{name}.reverse.sql").read_text(encoding="utf-8"),
    )


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0001_initial"),
        ("cards", "0001_initial"),
        ("custody", "0001_initial"),
        ("papers", "0001_initial"),
        ("registers", "0001_initial"),
    ]
    operations = [
        _guarantee("ledger_refuses_change"),
        _guarantee("events_in_sequence"),
        _guarantee("state_follows_ledger"),
        _guarantee("posting_moves_position"),
    ]
