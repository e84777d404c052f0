"""What must be mirrored at commit is kept by kind of subject, so that only that kind is asked."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]
    operations = [
        migrations.AddField(
            "promise", "kind", models.TextField(default=""), preserve_default=False
        ),
        migrations.AddField(
            "promise", "born", models.BooleanField(default=False), preserve_default=False
        ),
    ]
