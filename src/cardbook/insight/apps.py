"""Django's entry for this package: its migration makes the views behind the figures."""

from django.apps import AppConfig


class InsightConfig(AppConfig):
    """Names the package to Django."""

    name = "cardbook.insight"
    label = "insight"
