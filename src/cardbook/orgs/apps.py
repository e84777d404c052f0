"""Django's entry for this package."""

from django.apps import AppConfig


class OrgsConfig(AppConfig):
    """Names the package to Django."""

    name = "cardbook.orgs"
    label = "orgs"
