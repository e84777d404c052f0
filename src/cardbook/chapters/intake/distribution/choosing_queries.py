"""Reads what an office could hand on: its boxes, its piles, single cards, and to whom (Art. 6, 8).

Everything here is about the actor's own office: whoever has the cards gives them (Art. 20).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from cardbook.cards.models import Card
from cardbook.chapters.blind import NOTHING, Blind
from cardbook.chapters.coming_home import bodies_of_cards_at
from cardbook.custody.models import Account, Position
from cardbook.custody.places import Place
from cardbook.law.groups import group_label
from cardbook.law.roles import Role
from cardbook.lib.identifiers import parse_card_number
from cardbook.lib.plain import InputError
from cardbook.lifecycle.acts.rows import ON_SHELF
from cardbook.orgs.actors import Actor
from cardbook.orgs.models import Kind, Organization
from cardbook.registers.codes import BOX, read_code

MOST_OFFERED = 400
# Offices that keep cards on shelves of their own; units and villages take theirs by sheet.
OFFICES = (
    Kind.INFO_CENTRE, Kind.CARD_BODY, Kind.AGENCY, Kind.WINDOW, Kind.BANK, Kind.BRANCH, Kind.TOWN,
)  # fmt: skip
BY_SHEET = (Kind.UNIT, Kind.VILLAGE)

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

_FROM = """
FROM custody_position p
JOIN custody_account a ON a.id = p.account_id AND a.kind = ANY(%(kinds)s)
    AND a.organization_id = ANY(%(offices)s)
JOIN cards_card c ON c.id = p.card_id AND c.stage = 'in_custody'
JOIN cards_batch m ON m.id = c.batch_id
LEFT JOIN orgs_organization t ON t.id = c.town_id
LEFT JOIN orgs_organization b ON b.id = c.bank_org_id
"""


@dataclass(frozen=True, slots=True)
class Bundle:
    """Cards that travel together: what is written on the box or bundle, and the cards in order."""

    code: str
    label: str
    card_ids: tuple[int, ...]
    seal_number: str = ""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What somebody chose: bundles, and what he typed that the book does not know."""

    bundles: tuple[Bundle, ...]
    unknown: tuple[str, ...] = ()
    wrong: tuple[str, ...] = ()

    @property
    def card_ids(self) -> tuple[int, ...]:
        """All cards, in the order of the list."""
        return tuple(id_ for bundle in self.bundles for id_ in bundle.card_ids)


@dataclass(frozen=True, slots=True)
class PileRow:
    """Cards of the office that belong together under an order, and who usually gets them."""

    key: str
    label: str
    count: int
    blind: bool = False


@dataclass(frozen=True, slots=True)
class BoxRow:
    """One of the office's boxes with cards in it."""

    id: int
    code: str
    label: str
    office: str
    held: int
    blind: bool = False


def own_shelves(by: Actor) -> tuple[int, ...]:
    """This function will name the office whose shelves the actor gives from: his own."""
    return (by.org_id,)


def shelves_above(by: Actor) -> tuple[int, ...]:
    """This function will name the offices a window's drawer is filled from: it, and its house."""
    above = by.org_path.removeprefix(by.county_path).rstrip(".").split(".")
    return tuple({by.org_id, *(int(part) for part in above if part)})


def boxes(
    offices: Sequence[int], *, blind: Blind = NOTHING, wanted: str = ""
) -> list[BoxRow]:  # fmt: skip
    """This function will list the offices' boxes that hold cards, by cabinet, shelf and box."""
    found = (
        Account.objects.filter(kind=Place.BOX, organization_id__in=offices)
        .select_related("organization")
        .annotate(held=Coalesce(Sum("tally__cards"), 0))
        .filter(held__gt=0)
        .order_by("cabinet", "shelf", "box", "id")
    )
    if wanted:
        found = found.filter(Q(code__icontains=wanted) | Q(label__icontains=wanted))
    return [_box_row(one, blind) for one in found]


def _box_row(box: Any, blind: Blind) -> BoxRow:
    home = box.organization
    hidden = blind.hides(account_id=box.pk, office_id=home.pk, path=home.path)
    return BoxRow(box.pk, box.code, box.label, home.name, box.held, hidden)


def piles(
    offices: Sequence[int], *, order: str, wanted: str = "", blind: bool = False
) -> list[PileRow]:
    """This function will group what lies on the offices' shelves under an order.

    :raises KeyError: when there is no such order.
    """
    key = ORDERS[order][1]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {key} AS key, count(*) {_FROM} GROUP BY 1 ORDER BY 1",
            {"offices": list(offices), "kinds": _shelf()},
        )
        rows = cursor.fetchall()
    found = [PileRow(key, _label(order, key), count, blind) for key, count in rows]
    return [row for row in found if wanted in row.label]


def _shelf() -> list[str]:
    return [str(place) for place in ON_SHELF]


def _label(order: str, key: str) -> str:
    return group_label(key) if order == "group" else key


def from_boxes(offices: Sequence[int], *, box_ids: Sequence[int]) -> Chosen:
    """This function will take the cards of some of the boxes, box by box, slot by slot."""
    own = {
        box.pk: box
        for box in Account.objects.filter(
            pk__in=box_ids, kind=Place.BOX, organization_id__in=offices
        ).order_by("cabinet", "shelf", "box", "id")
    }
    held: dict[int, list[int]] = {}
    positions = Position.objects.filter(account_id__in=own).order_by("slot", "card_id")
    for account_id, card_id in positions.values_list("account_id", "card_id"):
        held.setdefault(account_id, []).append(card_id)
    return Chosen(
        tuple(
            Bundle(box.code, box.label, tuple(held[id_]))
            for id_, box in own.items()
            if id_ in held
        )
    )


def from_piles(offices: Sequence[int], *, order: str, keys: Sequence[str]) -> Chosen:
    """This function will take whole piles, each a bundle of its own."""
    expression = ORDERS[order][1]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {expression} AS key, c.id {_FROM} WHERE {expression} = ANY(%(keys)s) "
            "ORDER BY 1, a.code, p.slot, c.id",
            {"offices": list(offices), "kinds": _shelf(), "keys": list(keys)},
        )
        rows = cursor.fetchall()
    cards: dict[str, list[int]] = {}
    for key, card_id in rows:
        cards.setdefault(key, []).append(card_id)
    return Chosen(
        tuple(
            Bundle(f"散装{place}", _label(order, key), tuple(ids))
            for place, (key, ids) in enumerate(cards.items(), start=1)
        )
    )


def from_numbers(text: str) -> Chosen:
    """This function will read scanned or pasted card numbers, in their order, each once."""
    numbers: dict[str, None] = {}
    wrong: list[str] = []
    for word in re.split(r"[\s,，、;；]+", text.strip()):
        try:
            numbers.update({parse_card_number(word).value: None} if word else {})
        except InputError:
            wrong.append(word[:40])
    found = dict(Card.objects.filter(number__in=list(numbers)).values_list("number", "id"))
    ids = tuple(found[number] for number in numbers if number in found)
    unknown = tuple(number for number in numbers if number not in found)
    bundles = (Bundle("散装1", "逐张扫描", ids),) if ids else ()
    return Chosen(bundles, unknown, tuple(wrong))


def box_of_label(offices: Sequence[int], *, text: str) -> int | None:
    """This function will find the offices' box by its scanned label or its code, or None."""
    found = Account.objects.filter(kind=Place.BOX, organization_id__in=offices)
    code = text.strip()
    if code.startswith(("~", "～")):
        try:
            scanned = read_code(code)
        except InputError:
            return None
        if scanned.kind != BOX:
            return None
        code = scanned.parts[1]
    return found.filter(code__iexact=code).values_list("pk", flat=True).first()


# ------------------------------------------------------------------------------------- receivers
def receivers(by: Actor) -> QuerySet[Organization]:
    """This function will list the open offices the actor's office could give cards to.

    Those of its county, those above it, and banks of the city; the city reaches every county. A
    bank's outlet gives back what it did not hand out, to the body whose cards they are.
    """
    fit = Organization.objects.filter(in_force=True, kind__in=OFFICES).exclude(pk=by.org_id)
    inside, above = Q(path__startswith=by.county_path), Q(kind=Kind.INFO_CENTRE)
    if by.county_id is not None:
        banks = Q(kind__in=(Kind.BANK, Kind.BRANCH))
        fit = fit.filter(inside | above | (banks & _near(by)))
    elif by.role is Role.BANK_TELLER:
        fit = fit.filter(inside | above | Q(pk__in=bodies_of_cards_at(by.org_id)))
    return fit.order_by("kind", "code")


def _near(by: Actor) -> Q:
    """A bank's house, or its outlets in this county."""
    county = by.county_id or 0
    region = Organization.objects.values_list("region", flat=True).get(pk=county)
    return Q(kind=Kind.BANK) | Q(region__startswith=region)


def receivers_offered(by: Actor) -> list[Organization]:
    """This function will list what the field for the receiver offers while one types."""
    return list(receivers(by)[:MOST_OFFERED])


def receiver_named(by: Actor, *, text: str) -> list[Organization]:
    """This function will find who is meant: by code, by whole name, or by a part of the name.

    Units and villages are found too, so that the refusal can say how they get their cards.
    """
    words = text.strip()
    code = words.split(" ")[0].split("　")[0]
    if not words:
        return []
    units = Organization.objects.filter(
        in_force=True, kind__in=BY_SHEET, path__startswith=by.county_path
    )
    for pool in (receivers(by), units.order_by("code")):
        for match in (Q(code=code), Q(name=words), Q(name__contains=words)):
            found = list(pool.filter(match)[:6])
            if found:
                return found
    return []
