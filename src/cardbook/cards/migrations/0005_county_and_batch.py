"""One index for a county's cards and a batch's cards within it, instead of one for the county."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Batches with defects are counted without reading every card of the county (Art. 9)."""

    dependencies = (
        ("orgs", "0001_initial"),
        ("cards", "0004_defect_is_a_hold"),
    )

    operations = (
        migrations.AddIndex(
            model_name="card",
            index=models.Index(fields=["county", "batch"], name="card_county_batch"),
        ),
        migrations.AlterField(
            model_name="card",
            name="county",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="orgs.organization",
            ),
        ),
    )
