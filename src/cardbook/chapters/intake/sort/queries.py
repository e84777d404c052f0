"""Reads what waits to be sorted and what boxes hold (Art. 6, 20); nothing here writes."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection
from django.db.models import Count, QuerySet

from cardbook.custody.models import Account
from cardbook.custody.places import Place
from cardbook.law.groups import group_label
from cardbook.orgs.actors import Actor

# The five orders Article 6 leaves to the office; each names the SQL of its key and its label.
ORDERS: dict[str, tuple[str, str]] = {
    "town": ("镇（街道）/村", "coalesce(t.name, '未填镇街') || ' ' || c.village"),
    "unit": ("单位", "coalesce(nullif(c.unit_name, ''), '无单位')"),
    "group": ("人群", "c.\"group\""),
    "bank": ("银行", "coalesce(b.name, '未注明银行')"),
    "batch": ("批次", "m.code"),
}


@dataclass(frozen=True, slots=True)
class Pile:
    """Received cards that belong together under an order, not yet in a slot."""

    key: str
    label: str
    count: int


_FROM = """
FROM custody_position p
JOIN custody_account a ON a.id = p.account_id AND a.kind = 'store'
JOIN orgs_organization o ON o.id = a.organization_id AND o.path LIKE %(county)s
JOIN cards_card c ON c.id = p.card_id AND c.stage = 'in_custody'
JOIN cards_batch m ON m.id = c.batch_id
LEFT JOIN orgs_organization t ON t.id = c.town_id
LEFT JOIN orgs_organization b ON b.id = c.bank_org_id
"""


def piles(*, by: Actor, order: str) -> list[Pile]:
    """This function will group the county's unsorted cards under an order.

    :raises KeyError: when there is no such order.
    """
    key = ORDERS[order][1]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {key} AS key, count(*) {_FROM} GROUP BY 1 ORDER BY 1",  # noqa: S608
            {"county": f"{by.county_path}%"},
        )
        rows = cursor.fetchall()
    return [Pile(key, group_label(key) if order == "group" else key, count)
            for key, count in rows]


def cards_of_pile(*, by: Actor, order: str, key: str, limit: int) -> list[int]:
    """This function will list card ids of one pile in the order of packing, at most `limit`."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT c.id {_FROM} WHERE {ORDERS[order][1]} = %(key)s "  # noqa: S608
            "ORDER BY c.packing, c.id LIMIT %(limit)s",
            {"county": f"{by.county_path}%", "key": key, "limit": limit},
        )
        return [row[0] for row in cursor.fetchall()]


def boxes_of(by: Actor) -> QuerySet[Account]:
    """This function will list the county's boxes with how many cards each holds."""
    return (
        Account.objects.filter(kind=Place.BOX, organization__path__startswith=by.county_path)
        .select_related("organization")
        .annotate(held=Count("positions"))
        .order_by("cabinet", "shelf", "box", "id")
    )


def slots_of(card_ids: Sequence[int]) -> dict[int, str]:
    """This function will say where each card lies, as a clerk reads it on the label."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.card_id, a.code, p.slot, a.kind FROM custody_position p "
            "JOIN custody_account a ON a.id = p.account_id WHERE p.card_id = ANY(%s)",
            [list(card_ids)],
        )
        return {
            card_id: f"{code} 第 {slot} 位" if slot else Place(kind).label
            for card_id, code, slot, kind in cursor.fetchall()
        }
