"""What an application for a card consists of; the progress is `cards.Application` (Art. 4, 25).

What was captured of the holder lies sealed; every step is an event. Nothing here writes itself.
"""

from django.db import models

from cardbook.cards.models import Application
from cardbook.chapters.usage.values import Delivery, PhotoSource
from cardbook.lifecycle.facts import EntryPoint, Plastic, Signer, Signing
from cardbook.orgs.models import Organization


class ApplicationDetail(models.Model):
    """Where an application was taken, on what ground, what was captured, signed and submitted."""

    application = models.OneToOneField(
        Application, models.PROTECT, primary_key=True, related_name="detail"
    )
    entry = models.CharField(
        "受理地点", max_length=10, choices=[(str(one), one.label) for one in EntryPoint]
    )
    office = models.ForeignKey(Organization, models.PROTECT, related_name="+", db_index=False)
    captured_on = models.DateField("受理日期")
    promised_on = models.DateField("承诺日期")
    ground = models.CharField("发放依据", max_length=30, db_default="")
    ground_source = models.CharField("依据出处", max_length=100, db_default="")
    old_plastic = models.CharField(
        "旧卡状态", max_length=10, choices=[(str(one), one.label) for one in Plastic],
        db_default=str(Plastic.NONE),
    )  # fmt: skip
    delivery = models.CharField("领卡方式", max_length=10, choices=Delivery.choices)
    photo = models.CharField(max_length=64, db_default="")
    photo_source = models.CharField("照片来源", max_length=10, choices=PhotoSource.choices)
    captured_sealed = models.BinaryField()
    made_sealed = models.BinaryField(null=True)
    signer = models.CharField(
        "签字人", max_length=10, choices=[(str(one), one.label) for one in Signer], db_default=""
    )
    signing = models.CharField(
        max_length=10, choices=[(str(one), str(one)) for one in Signing], db_default=""
    )
    signature = models.CharField(max_length=64, db_default="")
    confirmed_digest = models.CharField(max_length=64, db_default="")
    submitted_digest = models.CharField(max_length=64, db_default="")
    answer = models.CharField("银行答复", max_length=200, db_default="")
    reference = models.CharField("银行回执号", max_length=60, db_default="")

    class Meta:
        indexes = (models.Index(fields=["promised_on"], name="application_promised"),)
