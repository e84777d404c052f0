"""A database of a test's own is gone after it, whoever forgot to leave."""

import psycopg
import pytest
from django.conf import settings
from django.db import connections

from cardbook.testing.plugin import own_database


def test_somebody_who_forgot_to_leave_does_not_keep_it(
    django_db_setup: None, django_db_blocker: pytest.FixtureRequest
) -> None:
    with own_database(django_db_blocker) as name:
        stayed = psycopg.connect(settings.DATABASE_URLS.app_url, dbname=name, autocommit=True)

    with pytest.raises(psycopg.OperationalError):
        stayed.execute("SELECT 1")
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        psycopg.connect(settings.DATABASE_URLS.app_url, dbname=name)
    assert connections["default"].settings_dict["NAME"] != name
