import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0003_mandates_to_borrow_and_lift"),
        ("usage", "0004_refused_lift"),
    ]

    operations = [
        migrations.RenameModel("ProxyActivation", "ProxyErrand"),
        migrations.RenameIndex(
            "ProxyErrand", new_name="proxy_errand_agent", old_name="proxy_activation_agent"
        ),
        migrations.AlterField(
            "ProxyErrand",
            "mandate",
            models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="errands",
                to="people.mandate",
            ),
        ),
    ]
