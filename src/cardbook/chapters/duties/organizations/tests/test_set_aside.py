"""Cards that may not be given out go along when their office is merged, and stay set aside."""

from collections.abc import Mapping, Sequence

import pytest

from cardbook.cards.models import Card
from cardbook.chapters.duties.organizations import commands
from cardbook.custody.places import Place
from cardbook.custody.postings import Destination, account_of
from cardbook.insight.check import recount
from cardbook.law.roles import Role
from cardbook.lib.clock import local_day
from cardbook.lifecycle import facts as f
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.perform import Step, perform
from cardbook.orgs.models import Kind, Organization
from cardbook.testing import factories as make
from cardbook.testing.factories import NOON, City

WRONG = f.ErrorRecorded(found=f.FoundAt.COUNTING, fields=(f.WrongField.NAME,), reported="staff")
BACK = f.SentBack(reason=f.Stranding.AWAY)
WAYS: Mapping[Place, Sequence[tuple[str, object, Place]]] = {
    Place.ERROR: [("error.record", WRONG, Place.ERROR)],
    Place.RETURNED: [
        ("stranded.send_back", BACK, Place.TRANSIT),
        ("stranded.receive_back", f.ReturnAcknowledged(shipment=1, scanned=True), Place.RETURNED),
    ],
}


def put_into(city: City, card: Card, office: Organization, kind: Place) -> None:
    for code, facts, place in WAYS[kind]:
        step = Step(
            act=act(code),
            facts=facts,
            subject_ids=[card.pk],
            papers=make.usual_papers(code),
            destination=Destination(account_of(organization_id=office.pk, kind=place).pk),
        )
        perform(step, by=city.here.keeper, at=NOON, key=make.key())


@pytest.mark.django_db
@pytest.mark.article(20)
@pytest.mark.parametrize("kind", WAYS)
def test_it_goes_along_into_the_same_kind_of_place(city: City, kind: Place) -> None:
    east, west = (
        make.organization(name, Kind.TOWN, parent=city.here.county)
        for name in ("甲县东镇", "甲县西镇")
    )
    (card,) = make.received_cards(city, city.here)
    put_into(city, card, east, kind)
    manager = make.worker("市管理员", Role.CITY_MANAGER, city.city)
    commands.merge(
        organization_ids=[east.pk],
        successor_id=west.pk,
        order=commands.Order(
            by=manager, at=NOON, on=local_day(NOON), words="批文", key=make.key()
        ),
    )
    place = Card.objects.get(pk=card.pk).position.account
    assert (place.kind, place.organization_id) == (kind, west.pk)
    assert [finding.first for finding in recount().findings if not finding.holds] == []
