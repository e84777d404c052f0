"""Charges nobody owed: on record though refused, listed, cleared up once (Art. 4, 9, 26, 32).

Whoever leads the county sees to it that money that was taken goes back; the auditor reads along.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet

from cardbook.cards.models import Application
from cardbook.chapters.usage.models import RefusedCharge
from cardbook.chapters.usage.reaching import application_named
from cardbook.chapters.usage.replacement.receipts import Payment
from cardbook.chapters.usage.values import ChargeEnd
from cardbook.law.roles import Role
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.facts import ChargeRefused
from cardbook.lifecycle.perform import Done, Step
from cardbook.orgs.actors import Actor

SETTLERS = frozenset({Role.COUNTY_MANAGER, Role.CITY_MANAGER})
READERS = SETTLERS | {Role.AUDITOR}
STATES: Mapping[str, tuple[str, Q]] = {
    "open": ("待处理", Q(settled_at=None)),
    "settled": ("已处理", Q(settled_at__isnull=False)),
}

SORTS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "new": ("新的在前", ("-refused_at", "-id")),
    "old": ("早的在前", ("refused_at", "id")),
    "amount": ("金额大的在前", ("-asked_fen", "-refused_at", "-id")),
    "office": ("按机构", ("office__code", "-refused_at", "-id")),
}


def attempt_words(payment: Payment, why: str) -> str:
    """This function will say what was tried: how it was to be paid, on which receipt, why not."""
    receipt = f"，票据 {payment.receipt.strip().upper()}" if payment.receipt.strip() else ""
    return f"登记收费（{payment.way.label}{receipt}）被拒绝：{why}"


def refused_step(words: str, *, asked_fen: int = 0, application_id: int | None = None) -> Step:
    """This function will make the record of a charge; without an id, on the one just taken."""
    return Step(
        act=act("fee.refuse"),
        facts=ChargeRefused(asked_fen=asked_fen, words=words),
        subject_ids=[application_id] if application_id else (),
        of_born=application_id is None,
    )


def note_refused(
    application_id: int, *, words: str, asked_fen: int = 0, attempted: bool = False, by: Actor,
    at: datetime, done: Done,
) -> None:  # fmt: skip
    """This function will enter a refused charge for whoever clears it up, with its event."""
    RefusedCharge.objects.create(
        application_id=application_id, office_id=by.org_id, entered_by_id=by.user_id,
        refused_at=at, attempted=attempted, asked_fen=asked_fen, words=words, batch=done.batch,
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """What came of it; an amount and a receipt where money was given back."""

    outcome: ChargeEnd
    words: str
    returned_fen: int = 0
    receipt: str = ""


def settle_charge(*, charge_id: int, ending: Ending, by: Actor, at: datetime) -> bool:
    """This function will clear one up, once; False when it is out of reach or was before."""
    open_ = charges_within(by).filter(STATES["open"][1], pk=charge_id)
    return bool(
        open_.update(
            outcome=ending.outcome, returned_fen=ending.returned_fen,
            returned_receipt=ending.receipt, outcome_words=ending.words,
            settled_by_id=by.user_id, settled_at=at,
        )
    )  # fmt: skip


def is_settled_as(row: RefusedCharge, ending: Ending, *, by: Actor) -> bool:
    """This function will say whether somebody has cleared it up in just this way before."""
    return row.settled_by_id == by.user_id and ending == Ending(
        outcome=ChargeEnd(row.outcome), words=row.outcome_words,
        returned_fen=row.returned_fen, receipt=row.returned_receipt,
    )  # fmt: skip


def charges_within(by: Actor) -> QuerySet[RefusedCharge]:
    """This function will find those of a county: of its people's cards, and of its offices."""
    return RefusedCharge.objects.filter(
        Q(application__county__path__startswith=by.county_path)
        | Q(office__path__startswith=by.county_path)
    )


def charges(
    *, by: Actor, today: date, state: str = "", text: str = "", sort: str = "new"
) -> QuerySet[RefusedCharge]:
    """This function will list them, the newest first unless told.

    `text` is a number or part of the words.
    """
    found = charges_within(by).select_related(
        "application__person", "office", "entered_by", "settled_by"
    )
    if state in STATES:
        found = found.filter(STATES[state][1])
    if text := text.strip():
        named = Q(application__in=Application.objects.filter(application_named(text, today=today)))
        found = found.filter(named | Q(words__contains=text) | Q(office__name__contains=text))
    return found.order_by(*SORTS[sort][1])
