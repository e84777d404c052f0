"""Django's entry for this chapter."""

from django.apps import AppConfig


class UsageConfig(AppConfig):
    """Names the chapter to Django."""

    name = "cardbook.chapters.usage"
    label = "usage"
