"""Django's entry for this package."""

from django.apps import AppConfig


class PapersConfig(AppConfig):
    """Names the package to Django."""

    name = "cardbook.papers"
    label = "papers"
