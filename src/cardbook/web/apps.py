"""Django's entry for this package."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Names the package to Django."""

    name = "cardbook.web"
    label = "web"
