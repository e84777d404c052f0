"""Moves cards between accounts: one movement, two postings a card, set-based (Art. 6, 8, 20).

`lifecycle.perform` is the only caller; the trigger `posting_moves_position` keeps positions.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import DEFAULT_DB_ALIAS

from cardbook.custody.models import Account
from cardbook.custody.places import Place
from cardbook.ledger.plans import cursor_for
from cardbook.lib.rows import array_of
from cardbook.orgs.models import Organization


@dataclass(frozen=True, slots=True)
class Destination:
    """Where cards go: one account for all, and a slot for each card when it goes into a box."""

    account_id: int
    slots: Sequence[int] | None = None


_MOVE = """
WITH movement AS (
    INSERT INTO custody_movement (act, batch, happened_at)
    VALUES (%(act)s, %(batch)s, %(happened_at)s) RETURNING id
)
INSERT INTO custody_posting (movement_id, account_id, card_id, amount, slot)
SELECT movement.id, side.account_id, card.id, side.amount, side.slot
FROM movement,
     unnest(%(cards)s::bigint[], %(sources)s::bigint[], %(slots)s::int[])
         AS card(id, source_id, slot),
     LATERAL (VALUES (card.source_id, -1, NULL::int), (%(target)s::bigint, 1, card.slot))
         AS side(account_id, amount, slot)
"""


_ACCOUNT_FIELDS = [field.attname for field in Account._meta.concrete_fields]
_OFFICE_FIELDS = [field.attname for field in Organization._meta.concrete_fields]
# A window asks at every hand-over; the ORM needs ten times as long to ask as this to answer.
_ACCOUNT = f"""
SELECT {", ".join(f"a.{name}" for name in _ACCOUNT_FIELDS)},
       {", ".join(f"o.{name}" for name in _OFFICE_FIELDS)}
FROM custody_account a JOIN orgs_organization o ON o.id = a.organization_id
WHERE a.organization_id = %s::bigint AND a.kind <> '{Place.BOX}'"""  # noqa: S608 - own names only


def post_movement(
    *,
    act: str,
    batch: uuid.UUID,
    happened_at: datetime,
    card_ids: Sequence[int],
    source_ids: Sequence[int],
    destination: Destination,
) -> None:
    """This function will move each card from its source account to the destination.

    :raises django.db.IntegrityError: when a slot is taken or a card is not at its source.
    """
    slots = list(destination.slots) if destination.slots else [None] * len(card_ids)
    with cursor_for(len(card_ids)) as cursor:
        cursor.execute(
            _MOVE,
            {
                "act": act,
                "batch": batch,
                "happened_at": happened_at,
                "cards": array_of(card_ids),
                "sources": array_of(source_ids),
                "slots": array_of(slots),
                "target": destination.account_id,
            },
        )


def account_of(*, organization_id: int, kind: Place) -> Account:
    """This function will return the organisation's account of a kind, opening it on first use.

    The organisation comes with it.
    """
    with cursor_for(1) as cursor:
        cursor.execute(f"{_ACCOUNT} AND a.kind = '{kind}'", [organization_id])
        row = cursor.fetchone()
    if row is None:
        accounts = Account.objects.select_related("organization")
        return accounts.get_or_create(organization_id=organization_id, kind=kind)[0]
    account = Account.from_db(DEFAULT_DB_ALIAS, _ACCOUNT_FIELDS, row[: len(_ACCOUNT_FIELDS)])
    account.organization = Organization.from_db(
        DEFAULT_DB_ALIAS, _OFFICE_FIELDS, row[len(_ACCOUNT_FIELDS) :]
    )
    return account


def free_slots(account: Account) -> list[int]:
    """This function will list the free slots of a box, lowest first."""
    taken = list(account.positions.values_list("slot", flat=True))
    free = sorted(set(range(1, account.capacity + 1)).difference(taken))
    # A card of an opening balance may lie in the box without a known slot: it fills one too.
    return free[: max(len(free) - taken.count(None), 0)]
