"""Where an office keeps cards goes on with its successor, with the same people (Art. 5, 20)."""

from datetime import date, timedelta

import pytest

from cardbook.chapters.duties.organizations import commands
from cardbook.chapters.safekeeping.models import Holding, KeepingPlace
from cardbook.chapters.safekeeping.places.check_queries import due_checks
from cardbook.chapters.safekeeping.places.queries import people_for, place_sheet, places
from cardbook.law.roles import Role
from cardbook.orgs.actors import Actor, actor_in
from cardbook.orgs.models import Kind, Organization, Post
from cardbook.testing import factories as make
from cardbook.testing.factories import NOON, City

pytestmark = [pytest.mark.django_db, pytest.mark.article(5), pytest.mark.article(20)]
TODAY, BEFORE = date(2026, 11, 20), date(2026, 3, 2)


def place(office: Organization, keeper: Actor, *, name: str = "一号柜") -> KeepingPlace:
    made = KeepingPlace.objects.create(
        organization=office, kind="cabinet", name=name, where="二楼", cabinet="A", opened_on=BEFORE
    )
    Holding.objects.create(
        place=made, function="keeper", user_id=keeper.user_id, since=BEFORE,
        named_by_id=keeper.user_id,
    )  # fmt: skip
    return made


def test_places_and_their_keepers_go_on_at_the_successor(city: City) -> None:
    leader = make.worker("局长", Role.COUNTY_MANAGER, city.here.county)
    west = make.organization("甲县二号窗口", Kind.WINDOW, parent=city.here.card_body)
    clerk, other = city.here.clerk, make.worker("西窗口", Role.WINDOW_CLERK, west)
    old, _ = place(city.here.window, clerk), place(west, other)
    assert len(due_checks(leader, at=NOON)) == 2
    order = commands.Order(by=leader, at=NOON, on=TODAY, words="批文", key=make.key())
    commands.merge(organization_ids=[city.here.window.pk], successor_id=west.pk, order=order)
    moved = actor_in(Post.objects.get(user=clerk.user_id, until=None))
    assert [one.name for one in places(moved)] == ["一号柜", "甲县一号窗口 一号柜"]
    new = KeepingPlace.objects.get(name="甲县一号窗口 一号柜")
    sheet = place_sheet(place_id=new.pk, by=leader, on=TODAY)
    assert (sheet.keeper, new.cabinet, new.opened_on) == ("窗口甲", "", TODAY)
    assert f"user:{clerk.user_id}" in dict(people_for(sheet, on=TODAY))
    old.refresh_from_db()
    assert old.closed_on == TODAY and not Holding.objects.filter(place=old, until=None).exists()
    due = due_checks(leader, at=NOON + timedelta(days=1))
    assert [one.office for one in due] == [west.name], "nobody is asked to check a closed office"
