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
        (Reach.ANSWERED, {COUNTY, OFFICE, WINDOW, SISTER}),
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
    for reach in (Reach.SUBTREE, Reach.COUNTY, Reach.ANSWERED):
        assert not covers(
            reach=reach, actor_path=COUNTY, county_path=COUNTY, custodian_path=f"{NEIGHBOUR}3."
        )


@pytest.mark.article(5)
@pytest.mark.article(6)
@pytest.mark.article(20)
@pytest.mark.parametrize(
    ("kept", "of_county", "reached"),
    [
        ("1.9.4.", True, True), ("1.9.4.", False, False), ("1.7.", True, False),
        (NEIGHBOUR, True, False), (CITY, True, False),
    ],
)  # fmt: skip
def test_a_county_answers_for_its_cards_at_an_outlet_of_their_bank_alone(
    kept: str, of_county: bool, reached: bool
) -> None:
    told = {"actor_path": OFFICE, "county_path": COUNTY, "custodian_path": kept}
    given = covers(reach=Reach.ANSWERED, bank_path="1.9.4.", of_county=of_county, **told)
    assert given is reached
    assert not covers(reach=Reach.COUNTY, bank_path="1.9.4.", of_county=of_county, **told)
