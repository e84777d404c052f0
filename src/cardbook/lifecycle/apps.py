"""Django's entry for this package."""

from django.apps import AppConfig


class LifecycleConfig(AppConfig):
    """Names the package to Django."""

    name = "cardbook.lifecycle"
    label = "lifecycle"
