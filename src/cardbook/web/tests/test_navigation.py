"""The menu shows the doors a role can open, no other, and marks the nearest (Art. 5)."""

from pathlib import Path

import pytest
from django.urls import resolve, reverse

from cardbook.law.roles import Role
from cardbook.testing import factories
from cardbook.web.navigation import MENU, door, drawn_navigation, navigation

pytestmark = pytest.mark.article(5, 1)


@pytest.mark.parametrize("role", list(Role))
def test_every_door_shown_opens(place, signed_in, role):
    actor = factories.worker("某人", role, place.here.card_body)
    client = signed_in(actor)
    for group in navigation(by=actor, path="/"):
        for item in group.items:
            assert client.get(item.url).status_code == 200, item.title


def test_a_clerk_is_shown_the_window_and_not_the_cabinets(place):
    groups = navigation(by=place.here.clerk, path="/")
    titles = {item.title for group in groups for item in group.items}
    assert "窗口发放" in titles
    assert "分类入柜" not in titles


def test_one_entry_is_marked_the_nearest(place):
    for path in (reverse("delivery.differences"), reverse("delivery.list"), "/"):
        groups = navigation(by=place.here.keeper, path=path)
        marked = [item.url for group in groups for item in group.items if item.active]
        assert marked == [path]


def test_a_page_below_an_entry_marks_it(place):
    groups = navigation(by=place.here.keeper, path=reverse("delivery.list") + "17/")
    marked = [item.title for group in groups for item in group.items if item.active]
    assert marked == ["到货与清点"]


def test_what_is_drawn_is_what_the_role_can_open_with_the_nearest_marked(place):
    path = reverse("delivery.list")
    for actor in (place.here.keeper, place.here.clerk):
        groups = navigation(by=actor, path=path)
        drawn = drawn_navigation(by=actor, path=path)
        items = [item for group in groups for item in group.items]
        assert [f'href="{item.url}"' in drawn for item in items] == [True] * len(items)
        assert drawn.count("<li>") == len(items)
        assert drawn.count("aria-current") == sum(item.active for item in items)
    assert drawn_navigation(by=place.here.keeper, path=path).count("aria-current") == 1


def test_every_entry_of_the_menu_is_an_address_with_a_policy():
    for _, entries in MENU:
        for _, name, _ in entries:
            assert resolve(reverse(name)).func.policy


def test_a_door_one_may_not_open_has_no_address(place):
    assert door("card.sort", place.here.clerk) == ""
    assert door("card.sort", place.here.keeper) == reverse("card.sort")


def test_every_icon_of_the_menu_is_in_the_sprite():
    from django.contrib.staticfiles import finders

    sprite = Path(finders.find("cardbook/icons.svg")).read_text(encoding="utf-8")
    for _, entries in MENU:
        for _, _, icon in entries:
            assert f'id="{icon}"' in sprite
