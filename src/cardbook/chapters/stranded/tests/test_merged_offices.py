"""What a merged office had under way is found with who carries on for it (Art. 5, 9, 16, 17)."""

from uuid import uuid4

import pytest

from cardbook.chapters.duties.organizations import commands as organizations
from cardbook.chapters.intake.distribution.tests import sending
from cardbook.chapters.stranded.arrivals import return_for
from cardbook.chapters.stranded.bring_home.queries import shipments_of
from cardbook.chapters.stranded.elsewhere.commands import ask_outlet
from cardbook.chapters.stranded.elsewhere.queries import wishes
from cardbook.chapters.stranded.send_back.queries import returns_of
from cardbook.custody.models import Purpose, Shipment
from cardbook.law.roles import Role
from cardbook.lib.clock import local_day
from cardbook.lifecycle.facts import AskedVia, Signer
from cardbook.orgs.actors import Actor
from cardbook.orgs.models import Kind, Organization
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import NOON, City

pytestmark = [pytest.mark.django_db, pytest.mark.article(5)]


def merged(city: City, old: Organization, new: Organization) -> None:
    leader = make.worker("局长", Role.COUNTY_MANAGER, city.here.county)
    order = organizations.Order(
        by=leader, at=NOON, on=local_day(NOON), words="批文", key=make.key()
    )
    organizations.merge(organization_ids=[old.pk], successor_id=new.pk, order=order)


@pytest.mark.article(16)
def test_who_wants_his_card_at_a_merged_window_gets_it_at_the_one_that_carries_on(
    city: City,
) -> None:
    (card,) = make.received_cards(city, city.here)
    ask_outlet(
        card_id=card.pk, outlet_id=city.here.window.pk, asked_by=Signer.HOLDER,
        via=AskedVia.WINDOW, words="住得近", by=city.here.clerk, at=NOON, key=make.key(),
    )  # fmt: skip
    new = make.organization("甲县三号窗口", Kind.WINDOW, parent=city.here.card_body)
    merged(city, city.here.window, new)
    page = signed_in(city.here.keeper).get("/elsewhere/").content.decode()
    assert f"receiver={new.code}" in page and f"receiver={city.here.window.code}" not in page
    sending.sent(city.here.keeper, new, [card])
    assert [one.state for one in wishes(city.here.keeper)] == ["there"]


@pytest.mark.article(17)
def test_what_a_merged_office_sent_up_is_in_the_list_of_who_carries_on(city: City) -> None:
    east = make.organization("甲县东村", Kind.VILLAGE, parent=city.here.town)
    west = make.organization("甲县西村", Kind.VILLAGE, parent=city.here.town)
    window = make.organization("甲县三号窗口", Kind.WINDOW, parent=city.here.card_body)
    sent = {
        purpose: Shipment.objects.create(
            purpose=purpose, sender=sender, receiver=city.here.card_body, sent_at=NOON,
            batch=uuid4(),
        )
        for purpose, sender in ((Purpose.RETURN, east), (Purpose.HOME, city.here.window))
    }  # fmt: skip
    helper = make.worker("西村协办员", Role.VILLAGE_HELPER, west)
    clerk: Actor = make.worker("三号窗口员", Role.WINDOW_CLERK, window)
    back, home = sent[Purpose.RETURN], sent[Purpose.HOME]
    assert not returns_of(helper).exists() and not shipments_of(clerk).exists()
    merged(city, east, west)
    merged(city, city.here.window, window)
    assert list(returns_of(helper)) == [back] and list(shipments_of(clerk)) == [home]
    assert return_for(shipment_id=back.pk, by=helper) == back
