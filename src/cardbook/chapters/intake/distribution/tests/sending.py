"""Hand-overs for tests, made by the commands a page calls."""

from cardbook.cards.models import Card
from cardbook.chapters.intake.distribution import arrival_commands, commands
from cardbook.chapters.intake.distribution.choosing_queries import Bundle, Chosen
from cardbook.chapters.intake.models import HandDownCount
from cardbook.custody.models import Position, Shipment
from cardbook.law.roles import Role
from cardbook.orgs.actors import Actor
from cardbook.orgs.models import Kind, Organization
from cardbook.testing import factories as make
from cardbook.testing.factories import NOON, City


def agency(city: City) -> tuple[Organization, Actor]:
    """An agency of the county and its clerk."""
    office = make.organization("甲县社保局", Kind.AGENCY, parent=city.here.county)
    return office, make.worker("经办人", Role.AGENCY_CLERK, office)


def chosen(*bundles: list[Card], seal: str = "") -> Chosen:
    """Each list of cards as a bundle."""
    return Chosen(
        tuple(
            Bundle(f"A-1-{place:02d}", "按镇街", tuple(card.pk for card in cards), seal)
            for place, cards in enumerate(bundles, start=1)
        )
    )


def sent(by: Actor, to: Organization, *bundles: list[Card], seal: str = "") -> Shipment:
    """Cards given by one office to another."""
    given = chosen(*bundles, seal=seal)
    return commands.send_cards(
        chosen=given, receiver_id=to.pk, words="按分工下发", by=by, at=NOON, key=make.key()
    ).shipment


def scanned(shipment: Shipment, by: Actor, *texts: str) -> HandDownCount:
    """The count after some scans."""
    count = arrival_commands.begin_count(shipment_id=shipment.pk, by=by, at=NOON)
    for text in texts:
        arrival_commands.scan(shipment_id=shipment.pk, text=text, by=by, at=NOON)
    return count


def received(shipment: Shipment, by: Actor, *texts: str) -> HandDownCount:
    """A count that agrees, closed."""
    count = scanned(shipment, by, *texts)
    return arrival_commands.finish_count(count_id=count.pk, by=by, at=NOON, key=make.key())


def place_of(card: Card) -> tuple[str, int]:
    """Where a card is: kind of place and office."""
    account = Position.objects.select_related("account").get(card=card).account
    return account.kind, account.organization_id
