"""Ways of issuing as data (Art. 7): whole, each group has one, each formality has its article."""

from datetime import date

import pytest

from cardbook.law.groups import GROUPS
from cardbook.law.ways import GROUP_WAYS, WAYS, way, ways_of

pytestmark = pytest.mark.article(7)
TODAY = date(2026, 11, 20)


def test_every_group_has_a_way_and_every_way_exists() -> None:
    for group in GROUPS:
        found = ways_of(group.code, on=TODAY)
        assert found is not None
        assert [way(code).code for code in found.ways] == list(found.ways)
    assert ways_of("employee", on=date(2019, 1, 1)) is None


def test_every_way_has_its_formalities_and_the_acts_that_enforce_them() -> None:
    assert {one.code for one in WAYS} >= {
        "unit", "village", "school", "home", "bank", "post", "window",
    }  # fmt: skip
    for one in WAYS:
        assert one.formalities
        assert one.acts
        assert all(formality.basis.label for formality in one.formalities)


def test_what_the_city_has_not_confirmed_is_marked() -> None:
    assert not any(one.confirmed for one in GROUP_WAYS)
