"""A mandate becomes a subject of the ledger: where it stands, and its version (Art. 10)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0003_mandate_terms")]
    operations = [
        migrations.AddField(
            model_name="mandate",
            name="standing",
            field=models.CharField(default="registered", max_length=20, verbose_name="委托状态"),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="mandate",
            name="version",
            field=models.IntegerField(default=1),
            preserve_default=False,
        ),
    ]
