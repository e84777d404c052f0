"""Where answers to forms wait, each in a row of its own; the text is in web/sql."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parents[1] / "sql"


class Migration(migrations.Migration):
    dependencies = [("web", "0001_shared_counts")]
    operations = [
        migrations.RunSQL(
            (SQL / "answers.sql").read_text(encoding="utf-8"), "DROP TABLE web_answer"
        )
    ]
