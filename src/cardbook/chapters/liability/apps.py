"""Django's entry for this chapter."""

from django.apps import AppConfig


class LiabilityConfig(AppConfig):
    """Names the chapter to Django."""

    name = "cardbook.chapters.liability"
    label = "liability"
