"""The promises about ledger, state and custody read each table once; they say what they said.

It has no way back: an upgrade is taken back by its backup (docs/operate/upgrade.md).
"""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parents[1] / "sql"


class Migration(migrations.Migration):
    dependencies = [
        ("lifecycle", "0007_office_in_force"),
        ("ledger", "0002_promises_by_kind"),
    ]
    operations = [migrations.RunSQL((SQL / "fewer_passes.sql").read_text(encoding="utf-8"))]
