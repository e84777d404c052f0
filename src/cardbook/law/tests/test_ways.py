"""Ways of issuing as data (Art. 7): each group has all, each formality has its article."""

import pytest

from cardbook.law.groups import GROUPS
from cardbook.law.ways import ALL, WAYS, usual_ways, way, ways_label

pytestmark = pytest.mark.article(7)


@pytest.mark.parametrize("group", [*(one.code for one in GROUPS), "older data"])
def test_every_group_has_every_way_where_nobody_decided(group: str) -> None:
    found = usual_ways(group)
    assert set(found.ways) == set(ALL) and len(found.ways) == len(ALL)
    assert "第七条" in found.source


def test_every_way_has_its_formalities_and_the_acts_that_enforce_them() -> None:
    assert set(ALL) == {"window", "unit", "village", "school", "home", "outlet", "post"}
    for one in WAYS:
        assert way(one.code) is one
        assert one.acts
        assert one.formalities and all(formality.basis.label for formality in one.formalities)


def test_a_way_is_named_as_a_clerk_does() -> None:
    assert ways_label(["window", "post", "by_drone"]) == "窗口领取、邮寄、by_drone"
