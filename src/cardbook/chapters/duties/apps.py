"""Django's entry for this chapter."""

from django.apps import AppConfig


class DutiesConfig(AppConfig):
    """Names the chapter to Django."""

    name = "cardbook.chapters.duties"
    label = "duties"
