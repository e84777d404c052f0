"""What the handling of a wrong card keeps for itself: the values, sealed (Art. 13 to 15).

The progress is `cards.Correction`; every step of it is an event. Nothing here writes itself.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from cardbook.cards.models import Application, Correction
from cardbook.lifecycle.facts import Fault, FoundAt


class CorrectionDetail(models.Model):
    """What the face of a wrong card says and what is right, by field, sealed as one text each."""

    correction = models.OneToOneField(
        Correction, models.PROTECT, primary_key=True, related_name="detail"
    )
    found = models.CharField(
        "发现环节", max_length=20, choices=[(str(one), one.label) for one in FoundAt]
    )
    found_on = models.DateField("发现日期")
    wrong_fields = ArrayField(models.CharField(max_length=20), verbose_name="错误项目")
    fault = models.CharField(
        "责任归属", max_length=20, choices=[(str(one), one.label) for one in Fault]
    )
    face_sealed = models.BinaryField()
    right_sealed = models.BinaryField()
    proof = models.CharField("证明材料", max_length=20)
    agent_sealed = models.BinaryField(null=True)
    reference = models.CharField("省系统登记号", max_length=60, db_default="")
    entered_on = models.DateField("省系统登记日期", null=True)
    confirmed_on = models.DateField("省系统确认日期", null=True)
    expected_on = models.DateField("公安更正预计日", null=True)
    corrected_on = models.DateField("公安更正日期", null=True)
    application = models.OneToOneField(
        Application, models.PROTECT, null=True, related_name="correction_detail"
    )
