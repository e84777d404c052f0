"""Trigger functions take a linear time by any plan (docs/adr/0017); the texts are in lifecycle/sql."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parents[1] / "sql"


class Migration(migrations.Migration):
    dependencies = [("lifecycle", "0001_guarantees")]
    operations = [
        migrations.RunSQL(
            (SQL / "state_follows_ledger.sql").read_text(encoding="utf-8"), migrations.RunSQL.noop
        ),
        migrations.RunSQL(
            "ALTER FUNCTION promise_is_kept() SET plan_cache_mode = force_custom_plan",
            "ALTER FUNCTION promise_is_kept() RESET plan_cache_mode",
        ),
    ]
