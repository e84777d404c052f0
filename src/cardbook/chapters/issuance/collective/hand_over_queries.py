"""Reads what the 集中领卡移交单 says of one hand-out: both sides, the papers, box by box (Art. 8).

`hand_over_register.py` beside it prints it. All is as it was when the cards left.
"""

import json
from dataclasses import dataclass
from typing import Any

from django.db import connection

from cardbook.cards.states import Subject
from cardbook.chapters.issuance.models import Bundle
from cardbook.chapters.representatives import readiness_of
from cardbook.custody.places import Place
from cardbook.ledger.models import Event
from cardbook.lib.clock import local_day
from cardbook.lib.rows import named_rows
from cardbook.people.holders import Holder, holder_of
from cardbook.people.models import KeepingPlan, Person, UnitLetter

# Out of which box each card of the bundle went: what left in the movement that handed it out. What
# leaves leaves no slot behind; the row kept it in words when the bundle was put together.
_BOXES = r"""
SELECT a.code, a.kind, count(*) AS cards,
       min(substring(r.place FROM '第 (\d+) 位$')::int) AS first,
       max(substring(r.place FROM '第 (\d+) 位$')::int) AS last,
       string_agg(DISTINCT m.code, '、') AS batches
FROM issuance_bundlerow r
JOIN issuance_bundle b ON b.id = r.bundle_id
JOIN custody_movement v ON v.batch = b.batch AND v.act = 'bundle.hand_out'
JOIN custody_posting p ON p.card_id = r.card_id AND p.movement_id = v.id AND p.amount = -1
JOIN custody_account a ON a.id = p.account_id
JOIN cards_card c ON c.id = r.card_id
JOIN cards_batch m ON m.id = c.batch_id
WHERE r.bundle_id = %s
GROUP BY a.id
ORDER BY min(r.row), a.id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxSpan:
    """The cards that came out of one box, by the slots they lay in."""

    box: str
    first: int | None
    last: int | None
    cards: int
    batches: str

    @property
    def words(self) -> str:
        """The box and, where it has numbered slots, from which to which."""
        if self.first is None:
            return self.box
        if self.first == self.last:
            return f"{self.box} 第 {self.first} 位"
        return f"{self.box} 第 {self.first} 至 {self.last} 位"


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOverPaper:
    """One hand-out of a bundle; the handler who took it along stands first."""

    handlers: tuple[Holder, ...]
    letter: UnitLetter | None
    plan: KeepingPlan | None
    boxes: tuple[BoxSpan, ...]
    photo: str


def hand_over_of(bundle: Bundle) -> HandOverPaper:
    """This function will read one bundle that was handed out, in five queries."""
    facts = _facts_of(bundle)
    letter, plan = _on_file(bundle, facts)
    return HandOverPaper(
        handlers=_handlers(facts.get("handlers", ()), first=bundle.collector_id),
        letter=letter,
        plan=plan,
        boxes=_boxes(bundle.pk),
        photo=facts.get("photo", ""),
    )


def photo_of(bundle: Bundle) -> str:
    """This function will tell under which digest the picture of who came is kept; "" is none."""
    photo: str = _facts_of(bundle).get("photo", "")
    return photo


def _facts_of(bundle: Bundle) -> dict[str, Any]:
    """What was said when the bundle went out."""
    # All its cards went by one act; one of them leads there by the ledger's index.
    card = bundle.rows.order_by("row").values("card_id")[:1]
    event = Event.objects.filter(
        subject_kind=Subject.CARD, subject_id=card, batch=bundle.batch, act="bundle.hand_out"
    ).first()
    return json.loads(event.facts) if event else {}


def _on_file(
    bundle: Bundle, facts: dict[str, int | None]
) -> tuple[UnitLetter | None, KeepingPlan | None]:
    """The letter and the plan the hand-out names; an older one names none: what held that day."""
    if "letter" in facts:
        return (
            UnitLetter.objects.filter(pk=facts["letter"] or 0).first(),
            KeepingPlan.objects.filter(pk=facts["plan"] or 0).first(),
        )
    assert bundle.handed_at is not None
    ready = readiness_of(bundle.unit_id, on=local_day(bundle.handed_at))
    return ready.letter, ready.plan


def _handlers(ids: tuple[int, ...], *, first: int | None) -> tuple[Holder, ...]:
    people = Person.objects.in_bulk(list(ids))
    order = sorted(ids, key=lambda id_: (id_ != first, ids.index(id_)))
    return tuple(holder_of(people[id_]) for id_ in order if id_ in people)


def _boxes(bundle_id: int) -> tuple[BoxSpan, ...]:
    with connection.cursor() as cursor:
        cursor.execute(_BOXES, [bundle_id])
        rows = named_rows(cursor)
    return tuple(
        BoxSpan(
            box=row["code"] or Place(row["kind"]).label, first=row["first"], last=row["last"],
            cards=row["cards"], batches=row["batches"],
        )
        for row in rows
    )  # fmt: skip
