"""Whose a hand-over is to call back: who sent it, or whoever carries on for him (Art. 5, 6)."""

from django.db.models.expressions import RawSQL

from cardbook.custody.models import Shipment
from cardbook.law.roles import Role
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.refusals import Refusal
from cardbook.orgs.actors import Actor

# An office and all that went into it, whole, however many mergers ago.
_CARRIED_ON = """
    WITH RECURSIVE carried(id) AS (
        SELECT %s::bigint
        UNION
        SELECT s.predecessor_id FROM orgs_succession s
        JOIN carried ON carried.id = s.successor_id WHERE s.whole
    )
    SELECT id FROM carried
"""


def carried_on(office_id: int) -> RawSQL:
    """This function will make the query of an office and those it carries on for."""
    return RawSQL(_CARRIED_ON, [office_id])  # noqa: S611 - the text is fixed, the id a parameter


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


def not_yours(shipment: Shipment) -> Refusal:
    """This function will say that another office sent it."""
    values = {"list": shipment.number, "office": shipment.sender.name}
    return Refusal(no.LIST_NOT_YOURS, values)
