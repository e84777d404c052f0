"""Whose a hand-over is: who sent or got it, or whoever carries on for him (Art. 5, 6)."""

from cardbook.chapters.succession import carried_on, carrier_of
from cardbook.custody.models import Shipment
from cardbook.law.roles import Role
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.refusals import Refusal
from cardbook.orgs.actors import Actor
from cardbook.orgs.models import Organization


def is_senders(shipment: Shipment, *, by: Actor) -> bool:
    """This function will say whether a hand-over is the actor's office's to call back.

    Of an office that was merged into his it is. Where one was closed and nobody carries on, the
    county's card keeper calls back: the closed one has nobody to ask.
    """
    if shipment.sender_id == by.org_id:
        return True
    if shipment.sender.in_force:
        return False
    mine = Shipment.objects.filter(pk=shipment.pk, sender__in=carried_on(by.org_id))
    return by.role is Role.CARD_KEEPER or mine.exists()


def asked_of(shipment: Shipment) -> Organization:
    """This function will return who has the cards now: who got them, or who carries on for it."""
    return carrier_of(shipment.receiver) or shipment.receiver


def is_receivers(shipment: Shipment, *, by: Actor) -> bool:
    """This function will say whether the actor's office got a hand-over, or carries on for it."""
    return asked_of(shipment).pk == by.org_id


def not_yours(shipment: Shipment) -> Refusal:
    """This function will say that another office sent it."""
    values = {"list": shipment.number, "office": shipment.sender.name}
    return Refusal(no.LIST_NOT_YOURS, values)
