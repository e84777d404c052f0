"""Reads deliveries and their boxes for pages (Art. 6); nothing here writes.

`queries.py` beside it judges counts, `difference_queries.py` tells what they left open.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection
from django.db.models import Count as Number
from django.db.models import Max, Q, QuerySet

from cardbook.chapters.intake.models import Count, Delivery, DeliveryBox
from cardbook.chapters.intake.receive.queries import (
    CountRow,
    awaited_lines,
    count_row,
    counts_shown,
    one_of,
)
from cardbook.chapters.reminding import Reminder, newest_since, reminders
from cardbook.law.parameters import is_on, parameter
from cardbook.lib.rows import array_of
from cardbook.orgs.actors import Actor

# An event of the office, one for each delivery it was told to receive.
REMINDED = "delivery.remind"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryRow:
    """One delivery in the list; `expected` is None while a blind count is still to come."""

    id: int
    code: str
    office: str
    registered_at: datetime
    registered_by: str
    file_id: int
    file_name: str
    boxes: int
    counted: int
    in_transit: int | None
    expected: int | None
    overdue_days: int
    reminded: Reminder | None = None

    @property
    def state(self) -> str:
        """How far it is, in a few words."""
        if self.overdue_days:
            return f"已 {self.overdue_days} 天未收完"
        if self.counted < self.boxes:
            return "待清点"
        return "有短少待说明" if self.in_transit else "已收完"

    @property
    def badge(self) -> str:
        """How urgent that is."""
        if self.overdue_days:
            return "bad"
        return "wait" if self.counted < self.boxes or self.in_transit else "good"


SORTS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "newest": ("新的在前", ("-registered_at", "-id")),
    "oldest": ("旧的在前", ("registered_at", "id")),
    "code": ("按到货编号", ("code", "id")),
    "office": ("按接收机构", ("organization__code", "-id")),
}
STATES: Mapping[str, str] = {
    "": "全部",
    "open": "未收完",
    "overdue": "逾期未收完",
    "done": "已收完",
}


def deliveries_of(
    by: Actor,
    *,
    state: str = "",
    before: datetime | None = None,
    text: str = "",
    sort: str = "newest",
) -> QuerySet[Delivery]:
    """This function will list the deliveries to the actor's county with sums, in one of `SORTS`.

    `before` is the moment a delivery must have been registered before to be overdue; `text` is
    part of its code, its office's name or its file's.
    """
    found = _deliveries_in(by, state=state, before=before)
    if text:
        found = found.filter(
            Q(code__icontains=text)
            | Q(organization__name__icontains=text)
            | Q(file__name__icontains=text)
        )
    return (
        found.select_related("organization", "file", "registered_by")
        .annotate(
            box_count=Number("boxes", distinct=True),
            counted=Number(
                "boxes", filter=Q(boxes__counts__closed_at__isnull=False), distinct=True
            ),
        )
        .order_by(*SORTS[sort][1])
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Awaited:
    """How many deliveries are not wholly received, and cards short in a count, unexplained."""

    deliveries: int = 0
    short: int = 0


# Thousands of boxes as one array: as many parameters would cost more than the answer.
_BOXES = """
SELECT b.id, b.delivery_id,
       EXISTS (SELECT FROM intake_count n WHERE n.box_id = b.id AND n.closed_at IS NOT NULL)
FROM intake_deliverybox b
JOIN intake_delivery d ON d.id = b.delivery_id
JOIN orgs_organization o ON o.id = d.organization_id
WHERE b.id = ANY(%s::bigint[]) AND o.path LIKE %s
"""


def awaited(by: Actor) -> Awaited:
    """This function will count both from one walk over the cards on their way, box by box.

    As many as the lists have: `deliveries_of` in the state `open`, and `short_cards`.
    """
    lines = awaited_lines(within=by.county_path).order_by()
    cards = dict(lines.values_list("box").annotate(Number("pk")))
    with connection.cursor() as cursor:
        cursor.execute(_BOXES, [array_of(cards), f"{by.county_path}%"])
        boxes = cursor.fetchall()
    return Awaited(
        deliveries=len({delivery for _, delivery, _ in boxes}),
        short=sum(cards[box] for box, _, was_counted in boxes if was_counted),
    )


def _deliveries_in(by: Actor, *, state: str, before: datetime | None = None) -> QuerySet[Delivery]:
    found = Delivery.objects.filter(organization__path__startswith=by.county_path)
    waiting = Q(one_of("pk", awaited_lines(within=by.county_path).values("box__delivery")))
    if state in {"open", "overdue"}:
        found = found.filter(waiting)
    if state == "done":
        found = found.exclude(waiting)
    if state == "overdue" and before is not None:
        found = found.filter(registered_at__lt=before)
    return found


def overdue_in_transit(by: Actor, *, before: datetime) -> QuerySet[Delivery]:
    """This function will list deliveries registered before a moment and not wholly received."""
    return deliveries_of(by, state="overdue", before=before)


def alert_before(*, at: datetime, on: date) -> datetime:
    """This function will say since when a delivery must be on its way to count as overdue."""
    days = parameter("in_transit_alert_days").on(on).value
    assert type(days) is int
    return at - timedelta(days=days)


def delivery_rows(deliveries: Sequence[Delivery], *, at: datetime, on: date) -> list[DeliveryRow]:
    """This function will freeze deliveries with sums for a page, in three more queries at most."""
    blind = is_on("blind_count_required", on=on)
    before = alert_before(at=at, on=on)
    waiting = dict(
        awaited_lines()
        .filter(box__delivery__in=[one.pk for one in deliveries])
        .values_list("box__delivery")
        .annotate(cards=Number("id"))
    )
    offices = {one.organization_id for one in deliveries if one.registered_at < before}
    told = reminders(REMINDED, of=offices, fact="delivery") if offices else {}
    return [
        _delivery_row(
            one, waiting=waiting.get(one.pk, 0), blind=blind, before=before, at=at,
            reminded=newest_since(told, one.pk, since=one.registered_at),
        )
        for one in deliveries
    ]  # fmt: skip


def reminded_count(by: Actor, *, at: datetime, on: date) -> int:
    """This function will count the overdue deliveries of the actor's own office it was told of."""
    late = overdue_in_transit(by, before=alert_before(at=at, on=on))
    own = set(late.filter(organization=by.org_id).values_list("pk", flat=True))
    return len(own & reminders(REMINDED, of=[by.org_id], fact="delivery").keys()) if own else 0


def _delivery_row(
    one: Delivery,
    *,
    waiting: int,
    blind: bool,
    before: datetime,
    at: datetime,
    reminded: Reminder | None,
) -> DeliveryRow:
    boxes, counted = getattr(one, "box_count", 0), getattr(one, "counted", 0)
    hidden = blind and counted < boxes
    overdue = waiting > 0 and one.registered_at < before
    return DeliveryRow(
        id=one.pk,
        code=one.code,
        office=one.organization.name,
        registered_at=one.registered_at,
        registered_by=one.registered_by.name,
        file_id=one.file_id,
        file_name=one.file.name,
        boxes=boxes,
        counted=counted,
        in_transit=None if hidden else waiting,
        expected=None if hidden else one.expected,
        overdue_days=(at - one.registered_at).days if overdue else 0,
        reminded=reminded if overdue else None,
    )


def delivery_of(by: Actor, *, delivery_id: int) -> Delivery:
    """This function will return one delivery of the actor's county with its sums.

    :raises Delivery.DoesNotExist: when it is another county's or does not exist.
    """
    return deliveries_of(by).get(pk=delivery_id)


@dataclass(frozen=True, slots=True)
class BoxRow:
    """One box on the delivery's page; `expected` is None until it was counted blind."""

    id: int
    code: str
    expected: int | None
    count: CountRow | None
    open_shortage: int
    counts: int


BOX_STATES: Mapping[str, str] = {
    "": "全部",
    "waiting": "未清点",
    "running": "正在清点",
    "different": "有差异",
    "right": "相符",
}


def boxes_of(delivery: Delivery, *, on: date, state: str = "") -> list[BoxRow]:
    """This function will list the boxes with their newest count and cards still in transit."""
    blind = is_on("blind_count_required", on=on)
    newest = {
        row["box"]: (row["newest"], row["counts"])
        for row in Count.objects.filter(box__delivery=delivery)
        .values("box")
        .annotate(newest=Max("id"), counts=Number("id"))
    }
    counts = {
        count.box_id: count_row(count)
        for count in counts_shown().filter(id__in=[id_ for id_, _ in newest.values()])
    }
    waiting = dict(
        awaited_lines()
        .filter(box__delivery=delivery)
        .values_list("box")
        .annotate(cards=Number("id"))
    )
    rows = []
    for box in delivery.boxes.order_by("code", "id"):
        count = counts.get(box.pk)
        closed = count is not None and count.closed_at is not None
        rows.append(
            BoxRow(
                id=box.pk,
                code=box.code,
                expected=box.expected if closed or not blind else None,
                count=count,
                open_shortage=waiting.get(box.pk, 0) if closed else 0,
                counts=newest.get(box.pk, (0, 0))[1],
            )
        )
    return [row for row in rows if not state or _box_state(row) == state]


def _box_state(row: BoxRow) -> str:
    if row.count is None:
        return "waiting"
    if row.count.closed_at is None:
        return "running"
    return "right" if row.count.balanced else "different"


def find_box(by: Actor, *, text: str, delivery_id: int | None = None) -> DeliveryBox | None:
    """This function will find a box by the code on its label; the newest delivery wins.

    None means that no delivery of the county lists such a box.
    """
    boxes = DeliveryBox.objects.filter(
        code__iexact=text.strip(), delivery__organization__path__startswith=by.county_path
    )
    if delivery_id is not None:
        boxes = boxes.filter(delivery=delivery_id)
    return boxes.select_related("delivery").order_by("-delivery_id", "-id").first()


def find_delivery(by: Actor, *, text: str) -> int | None:
    """This function will find a delivery by its code; None means there is none in the county."""
    found = Delivery.objects.filter(
        code__iexact=text.strip(), organization__path__startswith=by.county_path
    )
    return found.values_list("pk", flat=True).first()
