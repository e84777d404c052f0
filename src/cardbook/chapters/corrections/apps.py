"""Django's entry for this chapter."""

from django.apps import AppConfig


class CorrectionsConfig(AppConfig):
    """Names the chapter to Django."""

    name = "cardbook.chapters.corrections"
    label = "corrections"
