"""Cards on their way between two offices: written down when sent, read until acknowledged.

Serves Articles 6, 8, 17 and 19 alike: handed down, rerouted, returned, given up for destruction.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import QuerySet

from cardbook.custody.models import Purpose, Shipment, ShipmentLine
from cardbook.lib.rows import array_of

_LINES = """
INSERT INTO custody_shipmentline (shipment_id, row, card_id)
SELECT %s, row, card_id FROM unnest(%s::bigint[]) WITH ORDINALITY AS given(card_id, row)
"""

_TALLY = """
SELECT s.id, count(*), count(*) FILTER (WHERE m.batch = s.batch)
FROM custody_shipment s
JOIN custody_shipmentline l ON l.shipment_id = s.id
JOIN custody_position p ON p.card_id = l.card_id
JOIN custody_movement m ON m.id = p.movement_id
WHERE s.id = ANY(%s::bigint[]) GROUP BY s.id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many cards a shipment had, and how many of them nobody has acknowledged yet."""

    sent: int
    under_way: int

    @property
    def arrived(self) -> int:
        """Cards that are somewhere else by now."""
        return self.sent - self.under_way


def record_shipment(
    *,
    purpose: Purpose,
    sender_id: int,
    receiver_id: int,
    batch: uuid.UUID,
    card_ids: Sequence[int],
    at: datetime,
    words: str = "",
) -> Shipment:
    """This function will write a shipment and its rows in the order given; two statements.

    Call it in the transaction that sends the cards (`also` of `perform`).
    """
    shipment = Shipment.objects.create(
        purpose=purpose, sender_id=sender_id, receiver_id=receiver_id, batch=batch, sent_at=at,
        words=words,
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_LINES, [shipment.pk, array_of(card_ids)])
    return shipment


def cards_under_way(shipment: Shipment) -> QuerySet[ShipmentLine]:
    """This function will list the rows of cards nobody has acknowledged.

    A card has not arrived as long as it lies where the sending of this very shipment put it.
    """
    return ShipmentLine.objects.filter(
        shipment=shipment, card__position__movement__batch=shipment.batch
    )


def tallies(shipment_ids: Sequence[int]) -> dict[int, Tally]:
    """This function will count the cards of many shipments in one query."""
    with connection.cursor() as cursor:
        cursor.execute(_TALLY, [array_of(shipment_ids)])
        return {row[0]: Tally(sent=row[1], under_way=row[2]) for row in cursor.fetchall()}
