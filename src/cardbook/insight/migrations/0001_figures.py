"""The views behind the figures; the texts are in insight/figures/sql, one file a view."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parents[1] / "figures" / "sql"
# Views stand on the ones before them.
VIEWS = (
    "registered",
    "received",
    "in_transit",
    "in_custody",
    "issued",
    "defective",
    "missing",
    "differences",
    "replacements",
    "stranded",
    "issue_time",
    "handed_short",
    "claims_open",
)


class Migration(migrations.Migration):
    # What stood here before the first release.
    replaces = [("insight", "0002_differences_of_hand_overs_and_openings")]

    dependencies = [
        ("ledger", "0001_initial"),
        ("orgs", "0001_initial"),
        ("cards", "0001_initial"),
        ("custody", "0001_initial"),
        ("intake", "0001_initial"),
        ("people", "0001_initial"),
    ]
    operations = [
        migrations.RunSQL(
            (SQL / f"{name}.sql").read_text(encoding="utf-8"), f"DROP VIEW figures_{name}"
        )
        for name in VIEWS
    ]
