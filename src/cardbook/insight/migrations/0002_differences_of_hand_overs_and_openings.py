"""Differences still open at hand-overs and in the opening balance have figures of their own."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parents[1] / "figures" / "sql"
VIEWS = ("handed_short", "claims_open")


class Migration(migrations.Migration):
    dependencies = [
        ("insight", "0001_figures"),
        ("intake", "0005_claims_of_death_are_found"),
        ("people", "0007_said_to_be_dead"),
    ]
    operations = [
        migrations.RunSQL(
            (SQL / f"{name}.sql").read_text(encoding="utf-8"), f"DROP VIEW figures_{name}"
        )
        for name in VIEWS
    ]
