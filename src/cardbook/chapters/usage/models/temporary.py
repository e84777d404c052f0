"""Where temporary cards in stock lie (Art. 27)."""

from django.db import models

from cardbook.cards.models import TemporaryCard
from cardbook.orgs.models import Organization


class TemporaryPlace(models.Model):
    """In which box of which office a temporary card came into stock."""

    card = models.OneToOneField(TemporaryCard, models.PROTECT, related_name="place")
    office = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    box = models.CharField("盒号", max_length=20)
