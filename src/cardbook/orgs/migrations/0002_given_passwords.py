"""Whether somebody else knows a password: accounts that are there already chose theirs (Art. 32)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (("orgs", "0001_initial"),)
    operations = (
        migrations.AddField(
            model_name="user",
            name="password_is_given",
            field=models.BooleanField(db_default=False, default=False),
        ),
    )
