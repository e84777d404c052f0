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
    # What stood here before the first release.
    replaces = [
        ("lifecycle", "0002_corrections"),
        ("lifecycle", "0003_since_it_happened"),
        ("lifecycle", "0004_posting_refers"),
        ("lifecycle", "0005_defects_stand"),
        ("lifecycle", "0006_mandates_follow_ledger"),
        ("lifecycle", "0007_office_in_force"),
        ("lifecycle", "0008_fewer_passes"),
    ]

    dependencies = [
        ("ledger", "0001_initial"),
        ("cards", "0001_initial"),
        ("custody", "0001_initial"),
        ("papers", "0001_initial"),
        ("registers", "0001_initial"),
    ]
    operations = [
        _guarantee("ledger_refuses_change"),
        _guarantee("state_follows_ledger"),
        _guarantee("events_in_sequence"),
        _guarantee("posting_moves_position"),
    ]
