"""Reads what was counted of a hand-over so far, and what it differs by (Art. 6, 20).

Nothing here tells a page what is expected before the count is closed.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from cardbook.chapters.intake.models import (
    HandDownBox,
    HandDownCount,
    HandDownMissing,
    HandDownScan,
    HandDownWhole,
)
from cardbook.custody.models import Shipment, ShipmentLine
from cardbook.custody.places import Place
from cardbook.custody.shipments import cards_under_way
from cardbook.lib.plain import InputError
from cardbook.registers.codes import BOX, read_code


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """One line of what was counted, newest first."""

    order: int
    text: str
    is_listed: bool
    is_box: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Scans:
    """How much was counted so far, and the last of it."""

    cards: int
    boxes: int
    strange: int
    last: tuple[Scan, ...]


def open_count(shipment_id: int) -> HandDownCount | None:
    """This function will return the count that is running, or None."""
    return (
        HandDownCount.objects.filter(shipment=shipment_id, closed_at=None)
        .select_related("counted_by")
        .first()
    )


def closed_counts(shipment_id: int) -> list[HandDownCount]:
    """This function will list the counts that were closed, newest first."""
    return list(
        HandDownCount.objects.filter(shipment=shipment_id, closed_at__isnull=False)
        .select_related("counted_by", "second")
        .order_by("-id")
    )


def scans_of(count_id: int | None, *, shown: int = 12) -> Scans:
    """This function will sum up a running count; what the list expects is not told."""
    scans = list(
        HandDownScan.objects.filter(count=count_id)
        .order_by("-id")
        .values_list("number", "listed", "scanned_at")
    )
    whole = list(
        HandDownWhole.objects.filter(count=count_id)
        .order_by("-id")
        .values_list("box__code", "taken_at")
    )
    told = [(at, number, listed, False) for number, listed, at in scans]
    told += [(at, code, True, True) for code, at in whole]
    told.sort(key=lambda one: one[0], reverse=True)
    total = len(told)
    return Scans(
        cards=sum(1 for _, listed, _ in scans if listed),
        boxes=len(whole),
        strange=sum(1 for _, listed, _ in scans if not listed),
        last=tuple(
            Scan(order=total - place, text=text, is_listed=listed, is_box=is_box)
            for place, (_, text, listed, is_box) in enumerate(told[:shown])
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a count says of the cards under way: found by scan, found in whole boxes, not seen.

    `taken_back` were scanned, found wrong and taken back while the count went on (Art. 13).
    """

    scanned: tuple[int, ...]
    in_boxes: tuple[int, ...]
    missing: tuple[int, ...]
    strange: tuple[str, ...]
    taken_back: int
    scans: int

    @property
    def found(self) -> int:
        """How many were there."""
        return len(self.scanned) + len(self.in_boxes) + self.taken_back

    @property
    def expected(self) -> int:
        """How many were under way."""
        return self.found + len(self.missing)

    @property
    def differs(self) -> bool:
        """Whether something has to be explained."""
        return bool(self.missing or self.strange)


def finding_of(shipment: Shipment, *, count_id: int) -> Finding:
    """This function will compare a count with the cards still under way, in three queries.

    In four where a scan is of none of them.
    """
    waiting = cards_under_way(shipment).order_by("row")
    expected = list(waiting.values_list("card_id", "card__number", "row"))
    scans = list(
        HandDownScan.objects.filter(count=count_id).order_by("id").values_list("number", flat=True)
    )
    whole = HandDownWhole.objects.filter(count=count_id).values_list(
        "box__first_row", "box__last_row"
    )
    spans = list(whole)
    seen, numbers = set(scans), {number for _, number, _ in expected}
    scanned = tuple(id_ for id_, number, _ in expected if number in seen)
    in_boxes = tuple(
        id_
        for id_, number, row in expected
        if number not in seen and any(a <= row <= z for a, z in spans)
    )
    found = {*scanned, *in_boxes}
    odd = [number for number in scans if number not in numbers]
    taken_back = _taken_back(shipment, odd) if odd else frozenset()
    return Finding(
        scanned=scanned,
        in_boxes=in_boxes,
        missing=tuple(id_ for id_, _, _ in expected if id_ not in found),
        strange=tuple(number for number in odd if number not in taken_back),
        taken_back=len(taken_back),
        scans=len(scans) + len(spans),
    )


def _taken_back(shipment: Shipment, numbers: Sequence[str]) -> frozenset[str]:
    """Of some numbers, the cards of the hand-over that its receiver has among the wrong ones."""
    lies = "card__position__account__"
    found = ShipmentLine.objects.filter(
        shipment=shipment, card__number__in=numbers,
        **{f"{lies}kind": Place.ERROR, f"{lies}organization": shipment.receiver_id},
    )  # fmt: skip
    return frozenset(found.values_list("card__number", flat=True))


def kept_scans(count_id: int) -> int:
    """This function will count what was scanned so far, cards and whole boxes."""
    return (
        HandDownScan.objects.filter(count=count_id).count()
        + HandDownWhole.objects.filter(count=count_id).count()
    )


def missing_lines(count_id: int) -> QuerySet[HandDownMissing]:
    """This function will list the cards a closed count did not see."""
    return HandDownMissing.objects.filter(count=count_id).select_related(
        "card__person", "card__position__account__organization"
    )


def box_named(shipment_id: int, *, text: str) -> HandDownBox | None:
    """This function will find a box of a hand-over by label, code or seal number, or None.

    :raises cardbook.lib.plain.InputError: when a label of ours was not read whole.
    """
    code = text.strip()
    if code.startswith(("~", "～")):
        scanned = read_code(code)
        if scanned.kind != BOX:
            raise InputError("not_a_box", "这不是盒标签")
        code = scanned.parts[1]
    own = HandDownBox.objects.filter(shipment=shipment_id)
    return own.filter(
        Q(code__iexact=code) | (Q(seal_number__iexact=code) & ~Q(seal_number=""))
    ).first()
