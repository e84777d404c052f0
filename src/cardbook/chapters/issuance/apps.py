"""Django's entry for this chapter."""

from django.apps import AppConfig


class IssuanceConfig(AppConfig):
    """Names the chapter to Django."""

    name = "cardbook.chapters.issuance"
    label = "issuance"
