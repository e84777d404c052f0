"""Reads what waits to be sorted and what boxes hold (Art. 6, 20); nothing here writes.

`commands.py` beside it moves the cards; `receive/` is where they come from.
"""

import re
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import QuerySet, Sum
from django.db.models.functions import Coalesce

from cardbook.chapters.blind import NOTHING, Blind, blind_for
from cardbook.custody.models import Account
from cardbook.custody.places import Place
from cardbook.law.groups import group_label
from cardbook.ledger.models import Request
from cardbook.orgs.actors import Actor
from cardbook.people.holders import holder_of
from cardbook.registers.codes import BOX, read_code

USUAL_CAPACITY = 200
FIRST_BOX = ("A", "1", "01")

# What was handed down to an agency or a window is theirs, not the county's to sort (Art. 20).
# The five orders Article 6 leaves to the office; each names the SQL of its key.
ORDERS: dict[str, tuple[str, str]] = {
    "town": (
        "镇（街道）/村",
        "concat_ws(' ', coalesce(t.name, '未填镇街'), nullif(c.village, ''))",
    ),
    "unit": ("单位", "coalesce(nullif(c.unit_name, ''), '无单位')"),
    "group": ("人群", 'c."group"'),
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
JOIN orgs_organization o ON o.id = a.organization_id AND o.path LIKE %(within)s
    AND o.kind NOT IN ('agency', 'window', 'bank', 'branch', 'town', 'village', 'unit')
JOIN cards_card c ON c.id = p.card_id AND c.stage = 'in_custody'
JOIN cards_batch m ON m.id = c.batch_id
LEFT JOIN orgs_organization t ON t.id = c.town_id
LEFT JOIN orgs_organization b ON b.id = c.bank_org_id
"""
# 装箱位置 reads 批次-箱-盒-位: slot 10 comes after slot 2, so numbers are compared as numbers.
_PACKING = """
ORDER BY ARRAY(SELECT CASE WHEN part[1] ~ '^[0-9]' THEN lpad(part[1], 20, '0') ELSE part[1] END
               FROM regexp_matches(c.packing, '[0-9]+|[^0-9]+', 'g') AS part), c.id
"""


def piles(*, by: Actor, order: str) -> list[Pile]:
    """This function will group the county's unsorted cards under an order.

    :raises KeyError: when there is no such order.
    """
    key = ORDERS[order][1]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {key} AS key, count(*) {_FROM} GROUP BY 1 ORDER BY 1",
            {"within": f"{by.county_path}%"},
        )
        rows = cursor.fetchall()
    return [Pile(key, label_of(order, key), count) for key, count in rows]


# The usual order is that of `piles`: by key.
PILE_SORTS: Mapping[str, tuple[str, Callable[[Pile], Any] | None]] = {
    "name": ("按名称", None),
    "most": ("张数多的在前", lambda pile: -pile.count),
    "fewest": ("张数少的在前", lambda pile: pile.count),
}


def label_of(order: str, key: str) -> str:
    """This function will write what a pile's box is labelled."""
    return group_label(key) if order == "group" else key


def cards_of_pile(*, within: str, order: str, key: str, limit: int) -> list[int]:
    """This function will list card ids of one pile in the order of packing, at most `limit`.

    `within` is the path of the county whose stores are looked at.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT c.id {_FROM} WHERE {ORDERS[order][1]} = %(key)s {_PACKING} LIMIT %(limit)s",
            {"within": f"{within}%", "key": key, "limit": limit},
        )
        return [row[0] for row in cursor.fetchall()]


def moved_from_elsewhere(
    *, card_ids: Sequence[int], batch: uuid.UUID, account_id: int | None = None
) -> int:
    """This function will count the cards a batch took from anywhere but one box, or any store."""
    home = "a.id = %(account)s" if account_id is not None else "a.kind = 'store'"
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM custody_posting p "  # noqa: S608 - own words only
            "JOIN custody_movement m ON m.id = p.movement_id AND m.batch = %(batch)s "
            f"JOIN custody_account a ON a.id = p.account_id AND NOT {home} "
            "WHERE p.card_id = ANY(%(cards)s) AND p.amount = -1",
            {"batch": batch, "cards": list(card_ids), "account": account_id},
        )
        (found,) = cursor.fetchone()
    return int(found)


def answered_before(*, key: str, by: Actor) -> tuple[int, ...] | None:
    """This function will return the cards the actor's earlier request of this key moved, or None.

    Only his own sorting counts: nobody gets the answer to another's form.
    """
    before = Request.objects.filter(
        key=key, act="card.sort", actor_id=by.user_id, subject_ids__isnull=False
    ).first()
    return tuple(before.subject_ids or ()) if before else None


# ------------------------------------------------------------------------------------------ boxes
@dataclass(frozen=True, slots=True)
class BoxRow:
    """One box with how full it is."""

    id: int
    code: str
    label: str
    office: str
    capacity: int
    held: int
    blind: bool = False

    @property
    def free(self) -> int:
        """Slots still free."""
        return max(self.capacity - self.held, 0)


def boxes_of(by: Actor) -> QuerySet[Account]:
    """This function will list the county's boxes with how many cards each holds."""
    return (
        Account.objects.filter(kind=Place.BOX, organization__path__startswith=by.county_path)
        .select_related("organization")
        .annotate(held=Coalesce(Sum("tally__cards"), 0))
        .order_by("cabinet", "shelf", "box", "id")
    )


def box_rows(by: Actor) -> list[BoxRow]:
    """This function will list the county's boxes for a page; those counted blind are marked."""
    blind = blind_for(by)
    return [_box_row(box, blind) for box in boxes_of(by)]


def _fullness(box: BoxRow) -> float:
    """How full a box is; one that is counted blind tells nothing by its place in the list."""
    return 0 if box.blind else box.held / max(box.capacity, 1)


# The usual order is that of `boxes_of`: cabinet, shelf, box.
BOX_SORTS: Mapping[str, tuple[str, Callable[[BoxRow], Any] | None]] = {
    "code": ("按柜、层、盒", None),
    "office": ("按机构", lambda box: box.office),
    "emptiest": ("空的在前", lambda box: (box.blind, _fullness(box))),
    "fullest": ("满的在前", lambda box: (box.blind, -_fullness(box))),
}


def boxes_seen(by: Actor, *, text: str = "", sort: str = "code") -> list[BoxRow]:
    """This function will list the boxes of a code, a label or an office, in one of `BOX_SORTS`."""
    found = [box for box in box_rows(by) if text in f"{box.code}\n{box.label}\n{box.office}"]
    key = BOX_SORTS[sort][1]
    return sorted(found, key=key) if key else found


def box_row(*, by: Actor, account_id: int) -> BoxRow:
    """This function will return one box of the county.

    :raises Account.DoesNotExist: when it is another county's or no box.
    """
    return _box_row(boxes_of(by).get(pk=account_id), blind_for(by))


def _box_row(box: Account, blind: Blind = NOTHING) -> BoxRow:
    office = box.organization
    return BoxRow(
        id=box.pk,
        code=box.code,
        label=box.label,
        office=office.name,
        capacity=box.capacity,
        held=box.held,  # type: ignore[attr-defined]
        blind=blind.hides(account_id=box.pk, office_id=office.pk, path=office.path),
    )


def find_box(*, by: Actor, text: str) -> BoxRow | None:
    """This function will find a box by its scanned label or its code; None when there is none.

    :raises cardbook.lib.plain.InputError: when a label of ours was not read whole.
    """
    text = text.strip()
    boxes = boxes_of(by)
    if text.startswith(("~", "～")):
        scanned = read_code(text)
        if scanned.kind != BOX:
            return None
        office, code = scanned.parts
        boxes = boxes.filter(organization__code=office, code=code)
    else:
        # An office's own box comes before another's of the same code.
        boxes = boxes.filter(code__iexact=text)
        own = boxes.filter(organization=by.org_id).first()
        if own is not None:
            return _box_row(own)
    found = boxes.first()
    return _box_row(found) if found else None


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Where a pile might go: a box labelled so with free slots, or a new box (id None)."""

    box: BoxRow | None
    code: str
    count: int


def suggest(*, pile: Pile, boxes: Sequence[BoxRow], new_code: str, capacity: int) -> Suggestion:
    """This function will propose the box of the same label with most room, or a new one."""
    fitting = [box for box in boxes if box.label == pile.label and box.free]
    if fitting:
        best = max(fitting, key=lambda box: box.free)
        return Suggestion(best, best.code, min(best.free, pile.count))
    return Suggestion(None, new_code, min(capacity, pile.count))


@dataclass(frozen=True, slots=True)
class NewBox:
    """The next box an office would open, after the one it opened last."""

    cabinet: str
    shelf: str
    box: str
    capacity: int

    @property
    def code(self) -> str:
        """The code on its label, e.g. `A-2-05`."""
        return f"{self.cabinet}-{self.shelf}-{self.box}"


def next_box(*, organization_id: int) -> NewBox:
    """This function will propose the box that follows the office's last one in its shelf."""
    own = Account.objects.filter(kind=Place.BOX, organization=organization_id)
    last = own.order_by("-id").first()
    if last is None:
        return NewBox(*FIRST_BOX, USUAL_CAPACITY)
    on_shelf = own.filter(cabinet=last.cabinet, shelf=last.shelf).values_list("box", flat=True)
    numbers = [int(box) for box in on_shelf if re.fullmatch(r"[0-9]+", box)]
    number = max(numbers, default=0) + 1
    return NewBox(last.cabinet, last.shelf, f"{number:02d}", last.capacity or USUAL_CAPACITY)


# ------------------------------------------------------------------------------- inside one box
@dataclass(frozen=True, slots=True)
class Slot:
    """One slot of a box as the picture shows it; `card_id` None means free."""

    number: int
    card_id: int | None
    card_number: str


@dataclass(frozen=True, slots=True)
class Content:
    """One card in a box with its holder, masked."""

    slot: int
    card_id: int
    card_number: str
    name: str
    masked_number: str


def slots_in(*, account_id: int, capacity: int) -> list[Slot]:
    """This function will picture a box: every slot, free or with its card, in one query."""
    filled = {
        slot: (card_id, number)
        for slot, card_id, number in Account.objects.filter(pk=account_id).values_list(
            "positions__slot", "positions__card_id", "positions__card__number"
        )
        if slot
    }
    last = max([capacity, *filled])
    return [Slot(n, *filled.get(n, (None, ""))) for n in range(1, last + 1)]


def contents_of(*, account_id: int, slots: Sequence[int]) -> list[Content]:
    """This function will list the cards in some slots of a box, with their holders."""
    box = Account.objects.get(pk=account_id)
    positions = (
        box.positions.filter(slot__in=slots).select_related("card__person").order_by("slot")
    )
    rows = []
    for position in positions:
        holder = holder_of(position.card.person)
        rows.append(
            Content(
                slot=position.slot or 0,
                card_id=position.card_id,
                card_number=position.card.number,
                name=holder.name,
                masked_number=holder.masked_number,
            )
        )
    return rows


def cards_in_slots(*, account_id: int, slots: Sequence[int]) -> dict[int, int]:
    """This function will say which card lies in each of some slots: slot to card id."""
    found = Account.objects.filter(pk=account_id, positions__slot__in=slots)
    rows = found.order_by("positions__slot").values_list("positions__slot", "positions__card_id")
    return {slot: card_id for slot, card_id in rows if slot is not None}


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
