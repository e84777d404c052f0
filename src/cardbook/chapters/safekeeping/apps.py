"""Django's entry for this chapter."""

from django.apps import AppConfig


class SafekeepingConfig(AppConfig):
    """Names the chapter to Django."""

    name = "cardbook.chapters.safekeeping"
    label = "safekeeping"
