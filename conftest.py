"""Fixtures of the whole house; the early part (server, environment) is the plugin itself."""

import pytest

from cardbook.testing.plugin import django_db_setup, fresh_database

__all__ = ["django_db_setup", "fresh_database"]

# Tests of one group run one after another on one core, some of them waiting for a minute: started
# first, they do not keep the other core idle at the end.
_GROUPS_FIRST = ("survival", "fire", "embedded", "backup")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the long groups in front; within them and after them the order stays random."""
    items.sort(key=_place)


def _place(item: pytest.Item) -> int:
    mark = item.get_closest_marker("xdist_group")
    group = mark.args[0] if mark and mark.args else ""
    return _GROUPS_FIRST.index(group) if group in _GROUPS_FIRST else len(_GROUPS_FIRST)
