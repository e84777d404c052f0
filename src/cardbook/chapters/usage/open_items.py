"""What may still run over a card when it dies: what the book knows, what others have to say.

Computed here and shown before an act; the act records it with whoever was asked (Art. 17, 29, 30).
"""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Q, QuerySet

from cardbook.cards.models import Application, Card, Correction, TemporaryCard
from cardbook.cards.states import (
    CLOSED_APPLICATIONS,
    CLOSED_CORRECTIONS,
    Fee,
    Hold,
    Progress,
    TemporaryStage,
    hold_at,
)
from cardbook.lifecycle.facts import Found, Informant, OpenItem, OpenMatter

_LOSS = (Hold.ORAL_LOSS, Hold.FORMAL_LOSS)
# Owed while the application is open; to be paid back once nothing will come of it.
_UNSETTLED = Q(fee=Fee.DUE) & ~Q(progress__in=CLOSED_APPLICATIONS) | (
    Q(fee=Fee.PAID) & ~Q(progress=Progress.COLLECTED)
)


def known_items(card_id: int, *, at: datetime) -> tuple[OpenItem, ...]:
    """This function will say of every matter of our own whether it is open, in a few queries."""
    card = Card.objects.get(pk=card_id)
    hold = hold_at(card.hold, until=card.hold_until, at=at)
    mine = Application.objects.filter(person=card.person_id).order_by("pk")
    found = {
        OpenMatter.TEMPORARY: list(_lent(card)),
        OpenMatter.APPLICATION: [
            f"SQ{one.pk}（{Progress.of(one.progress).label}）"
            for one in mine.exclude(progress__in=CLOSED_APPLICATIONS)
        ],
        OpenMatter.LOSS: [Hold.of(hold).label] if hold in _LOSS else [],
        OpenMatter.CORRECTION: list(_wrong(card)),
        OpenMatter.FEE: [
            f"SQ{one.pk} {Fee.of(one.fee).label} {one.fee_fen / 100:.2f} 元"
            for one in mine.filter(_UNSETTLED)
        ],
    }
    return tuple(
        OpenItem(
            item=matter, state=Found.OPEN if what else Found.NONE, said_by=Informant.BOOK,
            words="、".join(what),
        )
        for matter, what in found.items()
    )  # fmt: skip


def known_in_words(card_id: int, *, at: datetime) -> list[str]:
    """This function will name what the book knows to be open, each in one line."""
    return [
        f"{one.item.label}：{one.words}"
        for one in known_items(card_id, at=at)
        if one.state is Found.OPEN
    ]  # fmt: skip


def _lent(card: Card) -> QuerySet[TemporaryCard, str]:
    lent = TemporaryCard.objects.filter(person=card.person_id, stage=TemporaryStage.LENT)
    return lent.values_list("number", flat=True)


def _wrong(card: Card) -> Iterator[str]:
    found = Correction.objects.filter(person=card.person_id).exclude(
        progress__in=CLOSED_CORRECTIONS
    )
    yield from found.values_list("card__number", flat=True)
