"""A line from the village to the bank for tests, and cards brought where they lie.

Everything is done by acts; helpers only name the usual arguments.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from cardbook.cards.models import Card
from cardbook.chapters.stranded import arrivals
from cardbook.chapters.stranded.destruction import commands as destruction
from cardbook.chapters.stranded.models import DestructionLot, ReturnLine, ReturnList
from cardbook.chapters.stranded.send_back import cancelling, commands, lists
from cardbook.chapters.stranded.tracing.commands import contact_holders
from cardbook.custody.models import Account, Shipment
from cardbook.insight.check import recount
from cardbook.law.papers import CREMATION, DESTRUCTION_PHOTO
from cardbook.law.roles import Role
from cardbook.lifecycle.facts import Channel, ContactResult, HolderContacted, Stranding
from cardbook.lifecycle.perform import Done
from cardbook.orgs.actors import Actor
from cardbook.orgs.models import Kind, Organization
from cardbook.papers.pictures import kept_image
from cardbook.people.models import Person
from cardbook.testing import factories as make
from cardbook.testing.factories import NOON, City, County
from cardbook.testing.pictures import png

LATER = NOON + timedelta(days=1)
PHOTOS = tuple(kept_image(png(width=wide), DESTRUCTION_PHOTO) for wide in (2, 3))


@dataclass(frozen=True, slots=True)
class Line:
    """Who stands where on the way up and at the end of it."""

    city: City
    county: County
    centre: Organization
    manager: Actor
    teller: Actor
    other_teller: Actor
    clerk: Actor


def line_of(city: City, county: County | None = None) -> Line:
    """The line of a county, with a city centre and a bank of two tellers."""
    county = county or city.here
    centre = make.organization("市局信息中心", Kind.INFO_CENTRE, parent=city.city)
    return Line(
        city=city,
        county=county,
        centre=centre,
        manager=make.worker("市管理员", Role.CITY_MANAGER, centre),
        teller=make.worker("柜员甲", Role.BANK_TELLER, city.bank),
        other_teller=make.worker("柜员乙", Role.BANK_TELLER, city.bank),
        clerk=county.keeper,
    )


def waiting(line: Line, count: int = 1, *, people: list[Person] | None = None) -> list[Card]:
    """Cards received and fetched by nobody, in the card body's store."""
    return make.received_cards(line.city, line.county, people=people, count=count)


def told_three_times(cards: list[Card], by: Actor) -> None:
    """As often and by as many ways as the parameters ask."""
    for place, channel in enumerate((Channel.CALL, Channel.VISIT, Channel.CALL)):
        contact_holders(
            card_ids=[card.pk for card in cards],
            facts=HolderContacted(channel=channel, result=ContactResult.AWAY),
            by=by,
            at=NOON - timedelta(days=3 - place),
            key=make.key(),
        )


def listed(
    cards: list[Card], by: Actor, *, reason: Stranding = Stranding.DEAD, proved: bool = True
) -> ReturnList:
    """An open list of scanned cards, proved where their reason needs it."""
    for card in cards:
        line = lists.scan_stranded(text=card.number, reason=reason, by=by, at=NOON)
        if proved and reason.needs_proof:
            prove(line, by)
    return ReturnList.objects.get(opened_by=by.user_id, shipment=None)


def prove(line: ReturnLine, by: Actor, **changes: object) -> ReturnLine | None:
    """The proof as it should be; `changes` is the one thing a test makes different."""
    given: dict[str, object] = {
        "kind": "cremation", "number": "第0001号", "on": date(2026, 10, 1),
        "image": kept_image(png(), CREMATION),
    }  # fmt: skip
    return lists.prove_line(line_id=line.pk, by=by, **(given | changes))  # type: ignore[arg-type]


def sent_back(
    line: Line,
    cards: list[Card],
    *,
    by: Actor | None = None,
    receiver: Organization | None = None,
    reason: Stranding = Stranding.DEAD,
) -> Shipment:
    """Cards on their way up, with their form."""
    by = by or line.clerk
    done = commands.send_back(
        list_id=listed(cards, by, reason=reason).pk,
        receiver_id=(receiver or line.county.card_body).pk,
        by=by,
        at=NOON,
        key=make.key(),
    )
    return Shipment.objects.get(batch=done.batch)


def scanned(shipment: Shipment, cards: list[Card], by: Actor) -> None:
    """Each card read once."""
    for card in cards:
        arrivals.scan_arrival(shipment=shipment, text=card.number, by=by)


def returned(line: Line, count: int = 1, *, people: list[Person] | None = None) -> list[Card]:
    """Cards that came back and were counted in at the card body."""
    cards = waiting(line, count, people=people)
    shipment = sent_back(line, cards)
    scanned(shipment, cards, line.clerk)
    commands.receive_back(shipment_id=shipment.pk, by=line.clerk, at=NOON, key=make.key())
    return fresh(cards)


def cancelled(line: Line, count: int = 1) -> list[Card]:
    """Returned cards the card body cancelled."""
    cards = returned(line, count)
    cancelling.cancel_returned(
        card_ids=[card.pk for card in cards], words="死亡证明", by=line.county.keeper,
        second=line.county.reviewer, at=NOON, key=make.key(),
    )  # fmt: skip
    return fresh(cards)


def lot_of(line: Line, cards: list[Card], *, key: str = "") -> DestructionLot:
    """A lot on its way to the bank."""
    key = key or make.key()
    destruction.send_to_bank(
        card_ids=[card.pk for card in cards], bank_id=line.city.bank.pk, by=line.county.keeper,
        second=line.county.reviewer, at=NOON, key=key,
    )  # fmt: skip
    return DestructionLot.objects.get(key=key)


def lot_at_bank(line: Line, count: int = 2) -> tuple[DestructionLot, list[Card]]:
    """A lot the bank has counted in."""
    cards = cancelled(line, count)
    lot = lot_of(line, cards)
    assert lot.shipment is not None
    scanned(lot.shipment, cards, line.teller)
    destruction.receive_lot(lot_id=lot.pk, by=line.teller, at=NOON, key=make.key())
    return lot, fresh(cards)


def destroyed(line: Line, count: int = 2) -> tuple[DestructionLot, list[Card]]:
    """A lot that is no more."""
    lot, cards = lot_at_bank(line, count)
    carry_out(line, lot, counted=count)
    return DestructionLot.objects.get(pk=lot.pk), fresh(cards)


def carry_out(line: Line, lot: DestructionLot, **changes: object) -> Done:
    """The destruction as it should be; `changes` is the one thing a test makes different."""
    given: dict[str, object] = {
        "lot_id": lot.pk, "counted": 2, "method": "芯片打孔后粉碎", "place": "示范银行金库",
        "images": PHOTOS, "by": line.teller, "second": line.other_teller,
        "witness": line.county.reviewer, "at": NOON, "key": make.key(),
    }  # fmt: skip
    return destruction.carry_out(**(given | changes))  # type: ignore[arg-type]


def fresh(cards: list[Card]) -> list[Card]:
    """The cards as they are now."""
    return list(Card.objects.filter(pk__in=[card.pk for card in cards]).order_by("pk"))


def place_of(card: Card) -> tuple[str, str]:
    """Kind of place and office."""
    account = Account.objects.select_related("organization").get(positions__card=card)
    return account.kind, account.organization.name


def offences() -> list[str]:
    """What a recount of every promise finds broken."""
    broken = [finding for finding in recount().findings if not finding.holds]
    return [f"{finding.rule.name}: {finding.first}" for finding in broken]
