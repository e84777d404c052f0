"""Hand-overs of offices that were merged or renamed meanwhile (Art. 5, 6, 20)."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from cardbook.cards.models import Card
from cardbook.chapters.duties.organizations import commands as organizations
from cardbook.chapters.intake.distribution.tests.sending import place_of, received, sent
from cardbook.custody.models import Shipment
from cardbook.custody.places import Place
from cardbook.insight.check import recount
from cardbook.law.roles import Role
from cardbook.lib.clock import local_day
from cardbook.lifecycle.perform import perform
from cardbook.orgs.actors import Actor, actor_in
from cardbook.orgs.models import Kind, Organization, Post
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import NOON, City

pytestmark = [pytest.mark.django_db, pytest.mark.article(5), pytest.mark.article(6)]


@pytest.fixture
def leader(city: City) -> Actor:
    return make.worker("局长", Role.COUNTY_MANAGER, city.here.county)


def order(by: Actor, *, days: int = 0) -> organizations.Order:
    at = NOON + timedelta(days=days)
    return organizations.Order(by=by, at=at, on=local_day(at), words="批文", key=make.key())


def handed_back(city: City) -> tuple[Organization, Actor, Card, Shipment]:
    """An agency, and what it gave back to the county's card body that nobody has counted in."""
    office = make.organization("甲县东经办处", Kind.AGENCY, parent=city.here.county)
    clerk = make.worker("东经办人", Role.AGENCY_CLERK, office)
    (card,) = make.received_cards(city, city.here)
    received(sent(city.here.keeper, office, [card]), clerk, card.number)
    return office, clerk, card, sent(clerk, city.here.card_body, [card])


def test_whoever_carries_on_calls_back_what_the_merged_office_sent(
    city: City, leader: Actor
) -> None:
    office, clerk, card, shipment = handed_back(city)
    west = make.organization("甲县西经办处", Kind.AGENCY, parent=city.here.county)
    organizations.merge(organization_ids=[office.pk], successor_id=west.pk, order=order(leader))
    moved = actor_in(Post.objects.get(user=clerk.user_id, until=None))
    client = signed_in(moved)
    mine = client.get(reverse("handover.list"), {"view": "out"}).content.decode()
    assert shipment.number in mine
    page = client.post(
        reverse("handover.take_back", args=[shipment.pk]),
        {"key": make.key(), "words": "合并后重新分"},
        follow=True,
    )
    assert "1 张未点收的卡已追回" in page.content.decode()
    assert place_of(card) == (Place.STORE, west.pk)
    assert recount().holds


def test_what_was_asked_back_of_merged_offices_goes_from_who_carries_on_to_who_does(
    city: City, leader: Actor
) -> None:
    east = make.organization("甲县东经办处", Kind.AGENCY, parent=city.here.county)
    giver = make.worker("东经办人", Role.AGENCY_CLERK, east)
    first, second = make.received_cards(city, city.here, count=2)
    received(sent(city.here.keeper, east, [first, second]), giver, first.number, second.number)
    shipment = sent(giver, city.here.card_body, [first, second])
    received(shipment, city.here.keeper, first.number, second.number)
    recall = {"key": make.key(), "words": "分错", "card": first.pk}
    address = reverse("handover.take_back", args=[shipment.pk])
    asked = signed_in(giver).post(address, recall, follow=True).content.decode()
    assert "1 张已点收的卡已通知" in asked
    west = make.organization("甲县西经办处", Kind.AGENCY, parent=city.here.county)
    body = make.organization("甲县新卡管中心", Kind.CARD_BODY, parent=city.here.county)
    for old, new in ((east, west), (city.here.card_body, body)):
        organizations.merge(organization_ids=[old.pk], successor_id=new.pk, order=order(leader))
    keeper, giver = (
        actor_in(Post.objects.get(user=one.user_id, until=None))
        for one in (city.here.keeper, giver)
    )
    page = signed_in(keeper).get(reverse("handover.show", args=[shipment.pk])).content.decode()
    assert "交回甲县西经办处" in page and f'value="{west.code} 甲县西经办处"' in page
    recall = {"key": make.key(), "words": "分错", "card": second.pk}
    asked = signed_in(giver).post(address, recall, follow=True).content.decode()
    assert "已通知甲县新卡管中心交回" in asked
    assert "要求追回" in signed_in(keeper).get(reverse("handover.list")).content.decode()


def test_a_helper_of_the_town_that_carries_on_still_sees_the_merged_towns_lists(
    city: City, leader: Actor
) -> None:
    east = make.ready_unit(city.here, name="东镇", kind=Kind.TOWN)
    west = make.organization("西镇", Kind.TOWN, parent=city.here.county)
    helper = make.worker("协办员", Role.VILLAGE_HELPER, east)
    (card,) = make.received_cards(city, city.here)
    shipment = sent(city.here.keeper, east, [card])
    received(shipment, helper, card.number)
    url = reverse("handover.show", args=[shipment.pk])
    organizations.merge(organization_ids=[east.pk], successor_id=west.pk, order=order(leader))
    other = make.organization("南镇", Kind.TOWN, parent=city.here.county)
    for town, status in ((west, 200), (other, 404)):
        reader = make.worker(f"{town.name}协办员", Role.VILLAGE_HELPER, town)
        assert signed_in(reader).get(url).status_code == status


def test_of_a_closed_office_nobody_carries_on_for_the_card_keeper_calls_back(
    city: City, leader: Actor
) -> None:
    office, clerk, card, shipment = handed_back(city)
    Post.objects.filter(user=clerk.user_id).update(until=date(2026, 11, 20))
    organizations.close(organization_id=office.pk, order=order(leader))
    page = signed_in(city.here.keeper).post(
        reverse("handover.take_back", args=[shipment.pk]),
        {"key": make.key(), "words": "经办处已撤销"},
        follow=True,
    )
    assert "1 张未点收的卡已追回" in page.content.decode()
    assert place_of(card) == (Place.STORE, city.here.card_body.pk)


@pytest.mark.article(20)
def test_papers_of_days_before_a_change_of_name_keep_the_old_one(
    city: City, leader: Actor
) -> None:
    office, _, _, shipment = handed_back(city)
    organizations.rename(
        organization_id=office.pk, name="甲县新经办处", order=order(leader, days=3)
    )
    client = signed_in(city.here.keeper)
    for address in (
        reverse("handover.list") + "?view=all",
        reverse("handover.show", args=[shipment.pk]),
        reverse("register.handover") + f"?shipment={shipment.number}",
        reverse("register.handover_list") + f"?shipment={shipment.number}",
    ):
        page = client.get(address).content.decode()
        assert "甲县东经办处" in page and "甲县新经办处" not in page, address


@pytest.mark.article(12)
def test_what_an_office_told_and_did_stays_under_its_name_of_that_day(
    city: City, leader: Actor
) -> None:
    (card,) = make.received_cards(city, city.here)
    perform(make.issue_step(card), by=city.here.clerk, at=NOON, key=make.key())
    window = city.here.window
    organizations.rename(organization_id=window.pk, name="甲县新窗口", order=order(leader, days=1))
    day = {"office": window.code, "start": "2026-11-20", "end": "2026-11-20"}
    client = signed_in(city.here.reviewer)
    for register in ("register.notices_told", "register.pick_up"):
        page = client.get(reverse(register), day).content.decode()
        assert "甲县一号窗口" in page, register
        assert page.count("甲县新窗口") == 1, "only where an office is chosen"
