"""Django's entry for this package."""

from django.apps import AppConfig


class ImportsConfig(AppConfig):
    """Names the package to Django."""

    name = "cardbook.imports"
    label = "imports"
