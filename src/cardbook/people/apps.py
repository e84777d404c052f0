"""Django's entry for this package."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Names the package to Django."""

    name = "cardbook.people"
    label = "people"
