"""The views behind the figures; the texts are in insight/figures/sql, one file a view."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parents[1] / "figures" / "sql"
# What the first view was before a first receipt was kept with the place (0002).
_REGISTERED = """
CREATE VIEW figures_registered WITH (security_invoker = true) AS
SELECT c.id AS card_id, NULL::bigint AS application_id, c.person_id, c.county_id, a.organization_id AS office_id,
       a.kind AS place, p.account_id, p.slot, c."group" AS people, c.town_id, c.bank_org_id AS bank_id,
       m.happened_at AS since,
       (SELECT f.happened_at
        FROM custody_posting o
        JOIN custody_account s ON s.id = o.account_id AND s.kind IN ('store', 'box', 'drawer')
        JOIN custody_movement f ON f.id = o.movement_id
        WHERE o.card_id = c.id AND o.amount = 1
        ORDER BY o.id LIMIT 1) AS received_at
FROM cards_card c
LEFT JOIN custody_position p ON p.card_id = c.id
LEFT JOIN custody_account a ON a.id = p.account_id
LEFT JOIN custody_movement m ON m.id = p.movement_id;
"""
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
            _REGISTERED
            if name == "registered"
            else (SQL / f"{name}.sql").read_text(encoding="utf-8"),
            f"DROP VIEW figures_{name}",
        )
        for name in VIEWS
    ]
