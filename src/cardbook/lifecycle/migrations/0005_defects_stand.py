"""Cards found defective before defects were a hold of their own get it; text in lifecycle/sql."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parents[1] / "sql"


class Migration(migrations.Migration):
    dependencies = [
        ("lifecycle", "0004_posting_refers"),
        ("cards", "0004_defect_is_a_hold"),
    ]
    operations = [
        migrations.RunSQL(
            (SQL / "defects_stand.sql").read_text(encoding="utf-8"), migrations.RunSQL.noop
        )
    ]
