import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("imports", "0002_run_second_person")]

    operations = [
        migrations.CreateModel(
            name="LeftOut",
            fields=[
                ("key", models.CharField(max_length=100, primary_key=True, serialize=False)),
                ("reasons_sealed", models.BinaryField()),
                (
                    "kept_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                    ),
                ),
            ],
        ),
    ]
