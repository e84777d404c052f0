"""Positions are written from postings, whose references are checked; lists read them in order."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cards", "0002_search_keys"),
        ("custody", "0001_initial"),
    ]

    operations = [
        migrations.AlterField(
            model_name="position",
            name="account",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="positions",
                to="custody.account",
            ),
        ),
        migrations.AlterField(
            model_name="position",
            name="card",
            field=models.OneToOneField(
                db_constraint=False,
                on_delete=django.db.models.deletion.PROTECT,
                primary_key=True,
                related_name="position",
                serialize=False,
                to="cards.card",
            ),
        ),
        migrations.AlterField(
            model_name="position",
            name="movement",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                to="custody.movement",
            ),
        ),
        migrations.AddIndex(
            model_name="position",
            index=models.Index(fields=["account", "since", "card"], name="position_account"),
        ),
    ]
