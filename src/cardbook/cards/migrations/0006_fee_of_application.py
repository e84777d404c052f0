"""What became of an application's fee, the bank that makes the card, an excused temporary card."""

import django.db.models.deletion
from django.db import migrations, models

# Rows that were there before the fee was followed: the ledger does not speak of it, so neither
# does their version change.
_FROM_AMOUNT = """
ALTER TABLE cards_application DISABLE TRIGGER USER;
UPDATE cards_application SET fee = 'due' WHERE fee_fen > 0;
ALTER TABLE cards_application ENABLE TRIGGER USER;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("cards", "0005_county_and_batch"),
        ("orgs", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="application",
            name="bank",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="orgs.organization",
            ),
        ),
        migrations.AddField(
            model_name="application",
            name="fee",
            field=models.CharField(
                choices=[
                    ("free", "不收费"),
                    ("due", "应收未收"),
                    ("paid", "已收"),
                    ("waived", "已减免"),
                    ("refunded", "已退"),
                ],
                default="free",
                max_length=20,
                verbose_name="工本费",
            ),
            preserve_default=False,
        ),
        migrations.RunSQL(_FROM_AMOUNT, migrations.RunSQL.noop),
        migrations.AddField(
            model_name="temporarycard",
            name="excused",
            field=models.BooleanField(db_default=False, verbose_name="免予先还"),
        ),
        migrations.AddConstraint(
            model_name="application",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("fee", "free"), ("fee_fen", 0)),
                    models.Q(models.Q(("fee", "free"), _negated=True), ("fee_fen__gt", 0)),
                    _connector="OR",
                ),
                name="application_free_costs_nothing",
                violation_error_message="不收费的申请应收金额为零，收费的大于零",
            ),
        ),
        migrations.AddConstraint(
            model_name="application",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "first"), _negated=True), ("fee", "free"), _connector="OR"
                ),
                name="application_first_is_free",
                violation_error_message="首次申领社保卡实行免费（第四条）",
            ),
        ),
    ]
