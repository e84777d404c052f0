"""Django's entry for this chapter."""

from django.apps import AppConfig


class IntakeConfig(AppConfig):
    """Names the chapter to Django."""

    name = "cardbook.chapters.intake"
    label = "intake"
