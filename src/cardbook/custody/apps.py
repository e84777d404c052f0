"""Django's entry for this package."""

from django.apps import AppConfig


class CustodyConfig(AppConfig):
    """Names the package to Django."""

    name = "cardbook.custody"
    label = "custody"
