"""Puts received cards into cabinet-shelf-box-slot (Art. 6, 20); one `perform()` each.

Boxes are opened here too: a box is a place with a label, not an act on a card.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from cardbook.cards.models import Card
from cardbook.chapters.intake.sort.queries import (
    answered_before,
    cards_in_slots,
    cards_of_pile,
    label_of,
    moved_from_elsewhere,
    next_box,
    slots_of,
)
from cardbook.custody.models import Account
from cardbook.custody.places import Place
from cardbook.custody.postings import Destination
from cardbook.lib.identifiers import parse_card_number
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.cases import Case
from cardbook.lifecycle.facts import CardSorted
from cardbook.lifecycle.judge import refuse_other_roles
from cardbook.lifecycle.perform import Done, Step, perform
from cardbook.lifecycle.refusals import Refusal, Refused
from cardbook.orgs.actors import Actor
from cardbook.orgs.reach import Reach

LARGEST_BOX = 2000
# A box is opened by whoever sorts into it.
_SORT = act("card.sort")
_ATTEMPTS = 20


@dataclass(frozen=True, slots=True)
class Sorted:
    """How many cards went into which box; `repeated` when the same form came twice."""

    count: int
    box: str
    account_id: int
    repeated: bool = False


def box_code(*, cabinet: str, shelf: str, box: str) -> str:
    """This function will write a box's code as on its label, e.g. `A-2-05`."""
    return f"{cabinet}-{shelf}-{box}"


def open_box(
    *, cabinet: str, shelf: str, box: str, capacity: int, label: str, by: Actor
) -> Account:
    """This function will open a box at the actor's office, or return the one with that code.

    :raises ValueError: when the capacity is not between 1 and 2,000.
    :raises Refused: when the role may not sort cards.
    """
    refuse_other_roles(_SORT, by=by)
    if not 1 <= capacity <= LARGEST_BOX:
        raise ValueError(f"每盒位数应在 1 到 {LARGEST_BOX} 之间")
    account, _ = Account.objects.get_or_create(
        kind=Place.BOX,
        organization_id=by.org_id,
        code=box_code(cabinet=cabinet, shelf=shelf, box=box),
        defaults={
            "cabinet": cabinet,
            "shelf": shelf,
            "box": box,
            "capacity": capacity,
            "label": label,
        },
    )
    return account


def sort_cards(
    *, card_ids: Sequence[int], account_id: int, order: str, by: Actor, at: datetime, key: str
) -> Done:
    """This function will put the cards into the lowest free slots of a box, in the given order.

    :raises Refused: when the box has too few free slots or a card is not on a shelf.
    :raises Account.DoesNotExist: when there is no such box in the actor's county.
    """
    account = _box(account_id, by=by)
    return perform(_step(card_ids, account, order), by=by, at=at, key=key)


def _box(account_id: int, *, by: Actor) -> Account:
    return Account.objects.select_related("organization__county").get(
        pk=account_id, kind=Place.BOX, organization__path__startswith=by.county_path
    )


def _step(card_ids: Sequence[int], account: Account, order: str) -> Step:
    """Cards of the box's own office only: between offices they are handed over (Art. 20)."""

    def objections(cases: Sequence[Case]) -> Iterator[Refusal]:
        home = account.organization.path
        for case in cases:
            elsewhere = case.custodian_path and not home.startswith(case.custodian_path)
            if elsewhere and case.place is not None and case.place.is_store:
                values = {"custodian": case.custodian_name, "reach": Reach.OWN.label}
                yield Refusal(no.OUT_OF_REACH, values, case.id)

    return Step(
        act=_SORT,
        facts=CardSorted(order=order, box=account.code),
        subject_ids=card_ids,
        destination=Destination(account.pk),
        objections=objections,
    )


def sort_pile(
    *,
    order: str,
    pile: str,
    count: int,
    account_id: int | None,
    by: Actor,
    at: datetime,
    key: str,
) -> Sorted:
    """This function will put the first `count` cards of a pile into a box, in packing order.

    Without a box, one is opened after the office's last and labelled like the pile. The same key
    again moves nothing more and gives the first answer.

    :raises Refused: when another clerk sorted cards of this pile at the same moment, the box has
        too few free slots, or the role may not.
    :raises Account.DoesNotExist: when there is no such box in the actor's county.
    """
    refuse_other_roles(_SORT, by=by)
    account = _box(account_id, by=by) if account_id is not None else None
    within = _county_path(account) if account else by.county_path
    ids = cards_of_pile(within=within, order=order, key=pile, limit=count)
    # Read after the pile: whoever emptied it under this key has answered by then.
    before = answered_before(key=key, by=by)
    if before is not None:
        return _first_answer(before)
    if not ids:
        raise Refused([Refusal(no.PILE_CHANGED, {"count": count})])
    account = account or _next_box(label_of(order, pile), by=by)
    try:
        return _sort_from(None, _step(ids, account, order), account, by=by, at=at, key=key)
    except Refused:
        # A twin of this form may have opened the new box and finished since we looked.
        before = answered_before(key=key, by=by)
        if before is None:
            raise
        return _first_answer(before)


def _sort_from(
    source: Account | None, step: Step, target: Account, *, by: Actor, at: datetime, key: str
) -> Sorted:
    """Move the cards, all of them from `source` (or from stores), or none.

    A card may go from box to box, so the table alone would let the slower of two clerks carry off
    what the faster has just put away.
    """

    def refuse_moved_by_others(done: Done) -> None:
        moved = moved_from_elsewhere(
            card_ids=step.subject_ids, batch=done.batch, account_id=source.pk if source else None
        )
        if moved:
            raise Refused([Refusal(no.PILE_CHANGED, {"count": moved})])

    done = perform(step, by=by, at=at, key=key, also=refuse_moved_by_others)
    return Sorted(len(done.subject_ids), target.code, target.pk, done.repeated)


def _county_path(account: Account) -> str:
    """Cards of one county stay in it, even when an office of the city does the sorting."""
    office = account.organization
    return office.county.path if office.county else office.path


def _first_answer(card_ids: Sequence[int]) -> Sorted:
    card = Card.objects.filter(pk__in=card_ids[:1]).select_related("position__account").get()
    box = card.position.account
    return Sorted(len(card_ids), box.code, box.pk, repeated=True)


def _next_box(label: str, *, by: Actor) -> Account:
    """A new box after the last; when another clerk opened the same one just now, the next.

    A box of this label that is still empty is as good as new: a form sent twice, or refused after
    its box was opened, leaves at most one empty box, and that is used next.
    """
    empty = Account.objects.filter(
        kind=Place.BOX, organization=by.org_id, label=label, positions=None
    ).exclude(label="")
    waiting = empty.order_by("id").first()
    if waiting is not None:
        return waiting
    for _ in range(_ATTEMPTS):
        new = next_box(organization_id=by.org_id)
        account = open_box(
            cabinet=new.cabinet,
            shelf=new.shelf,
            box=new.box,
            capacity=new.capacity,
            label=label,
            by=by,
        )
        if account.label == label:
            return account
    raise Refused([Refusal(no.DESTINATION_MISSING)])


def move_slots(
    *, account_id: int, slots: Sequence[int], target_id: int, by: Actor, at: datetime, key: str
) -> Sorted:
    """This function will put the cards of some slots into another box: a slip is mended so.

    Empty slots of a range are passed over.

    :raises Refused: when all slots are empty, another clerk moved a card at the same moment, the
        target is the same box or has too little room.
    :raises Account.DoesNotExist: when one of the boxes is not in the actor's county.
    """
    source, target = _box(account_id, by=by), _box(target_id, by=by)
    cards = cards_in_slots(account_id=source.pk, slots=slots)
    before = answered_before(key=key, by=by)
    if before is not None:
        return _first_answer(before)
    if source.pk == target.pk:
        raise Refused([Refusal(no.DESTINATION_MISSING)])
    if not cards:
        raise Refused([Refusal(no.SLOTS_EMPTY, {"box": source.code, "slots": _named(slots)})])
    ids = [cards[slot] for slot in sorted(cards)]
    return _sort_from(source, _step(ids, target, "box"), target, by=by, at=at, key=key)


def _named(slots: Sequence[int]) -> str:
    return "、".join(str(slot) for slot in slots[:10]) + ("等" if len(slots) > 10 else "")


def put_card(*, text: str, account_id: int, by: Actor, at: datetime, key: str) -> tuple[str, str]:
    """This function will put one scanned card into a box; returns its number and new place.

    :raises cardbook.lib.plain.InputError: when the text is not a card number.
    :raises Refused: when the book does not know the card, it lies in this box already, it is not
        on a shelf of the county, or the box is full.
    :raises Account.DoesNotExist: when there is no such box in the actor's county.
    """
    number = parse_card_number(text).value
    account = _box(account_id, by=by)
    card = Card.objects.filter(number=number).select_related("position").first()
    if card is None:
        raise Refused([Refusal(no.CARD_NUMBER_UNKNOWN, {"number": number})])
    if card.position.account_id == account.pk and answered_before(key=key, by=by) is None:
        place = slots_of([card.pk])[card.pk]
        raise Refused([Refusal(no.ALREADY_THERE, {"number": number, "place": place}, card.pk)])
    perform(_step([card.pk], account, "scan"), by=by, at=at, key=key)
    return number, slots_of([card.pk])[card.pk]
