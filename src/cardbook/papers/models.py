"""Scans, photos, signatures and original files: kind, digest, sealed bytes on disk (Art. 8, 10).

`storage.py` beside it writes and reads; rows and files are never changed.
"""

from django.db import models
from django.db.models.functions import Now

from cardbook.orgs.models import Organization, User


class Paper(models.Model):
    """One document as received; `digest` is SM3 of the clear bytes, in hex."""

    kind = models.CharField(max_length=40)
    digest = models.CharField(max_length=64)
    media_type = models.CharField(max_length=100)
    size = models.IntegerField()
    title = models.CharField(max_length=200, default="")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    added_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    added_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = (models.Index(fields=["digest"], name="paper_digest"),)
