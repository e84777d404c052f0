"""Who signed a row for its holder: name, number, relation, paper, instead of free text (Art. 10)."""

from django.db import migrations, models
from django.db.models import Q

_OTHERS = Q(signer__in=["proxy", "guardian"])


class Migration(migrations.Migration):
    dependencies = [("issuance", "0004_row_own_income")]
    operations = [
        migrations.RemoveField(model_name="bundlerow", name="proxy_sealed"),
        migrations.AddField(
            model_name="bundlerow",
            name="agent_name_sealed",
            field=models.BinaryField(null=True),
        ),
        migrations.AddField(
            model_name="bundlerow",
            name="agent_number_sealed",
            field=models.BinaryField(null=True),
        ),
        migrations.AddField(
            model_name="bundlerow",
            name="relation",
            field=models.CharField(
                choices=[
                    ("spouse", "配偶"),
                    ("parent", "父母"),
                    ("child", "子女"),
                    ("grandparent", "祖父母（外祖父母）"),
                    ("grandchild", "孙子女（外孙子女）"),
                    ("sibling", "兄弟姐妹"),
                    ("unit", "原单位"),
                    ("committee", "村（居）委会、民政部门"),
                    ("other", "其他"),
                ],
                db_default="",
                default="",
                max_length=20,
                verbose_name="代签人与持卡人关系",
            ),
        ),
        migrations.AddField(
            model_name="bundlerow",
            name="proof",
            field=models.CharField(
                db_default="", default="", max_length=40, verbose_name="证明材料"
            ),
        ),
        migrations.AddConstraint(
            model_name="bundlerow",
            constraint=models.CheckConstraint(
                condition=_OTHERS
                | Q(agent_name_sealed=None, agent_number_sealed=None, relation="", proof=""),
                name="bundle_row_agent_signed",
                violation_error_message="只有代领人、监护人签收的行才写代签人",
            ),
        ),
        migrations.AddConstraint(
            model_name="bundlerow",
            constraint=models.CheckConstraint(
                condition=~(Q(filed="signed") & _OTHERS)
                | Q(agent_name_sealed__isnull=False, agent_number_sealed__isnull=False)
                & ~Q(relation="")
                & ~Q(proof=""),
                name="bundle_row_filed_names_agent",
                violation_error_message="备案的代签行要写明代签人",
            ),
        ),
    ]
