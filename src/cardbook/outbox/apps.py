"""Django's entry for this package."""

from django.apps import AppConfig


class OutboxConfig(AppConfig):
    """Names the package to Django."""

    name = "cardbook.outbox"
    label = "outbox"
