"""Holders and their representatives; personal data lives only here, sealed, with blind indexes.

`vault.py` beside it seals and opens; everything above refers to a person by id (PIPL 51, C6).
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Person(models.Model):
    """A person the book knows. `*_sealed` is SM4-GCM, `*_index` an HMAC-SM3 blind index."""

    number_kind = models.CharField(max_length=20)
    number_sealed = models.BinaryField()
    number_index = models.BinaryField(max_length=32)
    name_sealed = models.BinaryField()
    phone_sealed = models.BinaryField(null=True)
    phone_index = models.BinaryField(max_length=32, null=True)
    address_sealed = models.BinaryField(null=True)
    search_keys = ArrayField(models.BigIntegerField(), default=list)
    sex = models.CharField(max_length=1, default="0")
    born_on = models.DateField()
    died_on = models.DateField(null=True)
    photo_digest = models.CharField(max_length=64, default="")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["number_index"],
                name="person_number_once",
                violation_error_message="该证件号码已登记",
            ),
        )
        indexes = (models.Index(fields=["phone_index"], name="person_phone"),)
