"""Fixtures of the whole house; the early part (server, environment) is the plugin itself."""

from cardbook.testing.plugin import django_db_setup, fresh_database

__all__ = ["django_db_setup", "fresh_database"]
