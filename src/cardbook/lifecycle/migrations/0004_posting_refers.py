"""What a posting names is looked for as a set; the references row by row are gone."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parents[1] / "sql"


class Migration(migrations.Migration):
    dependencies = [
        ("lifecycle", "0003_since_it_happened"),
        ("custody", "0004_postings_checked_as_a_set"),
    ]
    operations = [
        migrations.RunSQL(
            (SQL / "posting_refers.sql").read_text(encoding="utf-8"),
            (SQL / "posting_refers.reverse.sql").read_text(encoding="utf-8"),
        )
    ]
