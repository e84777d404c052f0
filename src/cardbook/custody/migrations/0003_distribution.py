import django.db.models.deletion
from django.db import migrations, models

from cardbook.custody.places import Place


class Migration(migrations.Migration):
    dependencies = [
        ("cards", "0003_distribution"),
        ("custody", "0002_positions_follow_postings"),
        ("orgs", "0001_initial"),
    ]

    operations = [
        migrations.AlterField(
            "account",
            "kind",
            models.CharField(max_length=20, choices=[(str(p), p.label) for p in Place]),
        ),
        migrations.AddIndex("movement", models.Index(fields=["batch"], name="movement_batch")),
        migrations.CreateModel(
            name="Shipment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("hand_down", "下发（分拨、上交）"),
                            ("return", "滞留退回"),
                            ("destroy", "移交销毁"),
                        ],
                        max_length=20,
                        verbose_name="事由",
                    ),
                ),
                (
                    "sender",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="shipments_sent",
                        to="orgs.organization",
                    ),
                ),
                (
                    "receiver",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="shipments",
                        to="orgs.organization",
                    ),
                ),
                ("batch", models.UUIDField(unique=True)),
                ("sent_at", models.DateTimeField(verbose_name="交出时间")),
                ("words", models.CharField(default="", max_length=200, verbose_name="说明")),
            ],
            options={
                "indexes": [
                    models.Index(fields=["receiver", "-id"], name="shipment_receiver"),
                    models.Index(fields=["sender", "-id"], name="shipment_sender"),
                ]
            },
        ),
        migrations.CreateModel(
            name="ShipmentLine",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "shipment",
                        "row",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "shipment",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="custody.shipment",
                    ),
                ),
                ("row", models.IntegerField(verbose_name="序号")),
                (
                    "card",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cards.card",
                    ),
                ),
            ],
        ),
    ]
