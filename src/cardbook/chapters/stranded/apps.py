"""Django's entry for this chapter."""

from django.apps import AppConfig


class StrandedConfig(AppConfig):
    """Names the chapter to Django."""

    name = "cardbook.chapters.stranded"
    label = "stranded"
