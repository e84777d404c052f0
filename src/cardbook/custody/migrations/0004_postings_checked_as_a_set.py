"""References of postings are looked for by a trigger (lifecycle 0004), not row by row."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cards", "0003_distribution"),
        ("custody", "0003_distribution"),
    ]

    operations = [
        migrations.AlterField(
            model_name="posting",
            name="account",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                to="custody.account",
            ),
        ),
        migrations.AlterField(
            model_name="posting",
            name="card",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                to="cards.card",
            ),
        ),
        migrations.AlterField(
            model_name="posting",
            name="movement",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                to="custody.movement",
            ),
        ),
    ]
