"""Django's entry for this package."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """Names the package to Django."""

    name = "cardbook.ledger"
    label = "ledger"
