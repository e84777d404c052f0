"""Django's entry for this package."""

from django.apps import AppConfig


class RegistersConfig(AppConfig):
    """Names the package to Django."""

    name = "cardbook.registers"
    label = "registers"
