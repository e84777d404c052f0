"""How far a hand goes over the tree of offices (Art. 5: each level its own)."""

import pytest

from cardbook.orgs.reach import Reach, covers

CITY, COUNTY, OFFICE, WINDOW, SISTER, NEIGHBOUR = (
    "1.", "1.2.", "1.2.3.", "1.2.3.4.", "1.2.5.", "1.20.",
)  # fmt: skip


@pytest.mark.article(5)
@pytest.mark.parametrize(
    ("reach", "reached"),
    [
        (Reach.OWN, {OFFICE}),
        (Reach.SUBTREE, {OFFICE, WINDOW}),
        (Reach.COUNTY, {COUNTY, OFFICE, WINDOW, SISTER}),
        (Reach.CITY, {CITY, COUNTY, OFFICE, WINDOW, SISTER, NEIGHBOUR}),
    ],
)
def test_from_an_office_of_a_county(reach: Reach, reached: set[str]) -> None:
    everywhere = {CITY, COUNTY, OFFICE, WINDOW, SISTER, NEIGHBOUR}
    assert reached == {
        place
        for place in everywhere
        if covers(reach=reach, actor_path=OFFICE, county_path=COUNTY, custodian_path=place)
    }


@pytest.mark.article(5)
def test_county_2_does_not_reach_county_20() -> None:
    """The dot after each id keeps `1.2` from being the beginning of `1.20`."""
    for reach in (Reach.SUBTREE, Reach.COUNTY):
        assert not covers(
            reach=reach, actor_path=COUNTY, county_path=COUNTY, custodian_path=f"{NEIGHBOUR}3."
        )
