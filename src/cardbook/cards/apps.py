"""Django's entry for this package."""

from django.apps import AppConfig


class CardsConfig(AppConfig):
    """Names the package to Django."""

    name = "cardbook.cards"
    label = "cards"
