"""Cards are given to the bank that made them, counted in, and destroyed under witness (Art. 19).

One `perform()` each; a lot is written before its cards go, so that every event names it.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction

from cardbook.cards.models import Card, Correction
from cardbook.chapters.row_by_row import Outcome, row_by_row
from cardbook.chapters.stranded import arrivals
from cardbook.chapters.stranded.destruction.queries import corrections_settled
from cardbook.chapters.stranded.models import DestructionLine, DestructionLot
from cardbook.chapters.stranded.scope import only_office_of
from cardbook.custody.models import Purpose
from cardbook.custody.places import Place
from cardbook.custody.postings import Destination, account_of
from cardbook.custody.shipments import record_shipment
from cardbook.law.parameters import quoted, whole_number
from cardbook.law.roles import roles_named
from cardbook.lib.clock import local_day, to_the_minute
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.cases import Case
from cardbook.lifecycle.facts import (
    CardDestroyed,
    DestructionAcknowledged,
    DestructionTakenBack,
    GivenUpForDestruction,
)
from cardbook.lifecycle.judge import Presented, refuse_other_roles
from cardbook.lifecycle.perform import Done, Step, perform
from cardbook.lifecycle.refusals import Refusal, Refused
from cardbook.orgs.actors import Actor
from cardbook.orgs.models import Kind, Organization
from cardbook.papers.pictures import KeptImage
from cardbook.papers.storage import keep_images


def send_to_bank(
    *,
    card_ids: Sequence[int],
    bank_id: int,
    by: Actor,
    second: Actor | None,
    at: datetime,
    key: str,
) -> Done:
    """This function will give cards to their bank in one lot, counted and signed by two.

    :raises Refused: when a card may not be destroyed yet, is another bank's, or lies elsewhere.
    """
    refuse_other_roles(act("destruction.send"), by=by)
    bank = Organization.objects.filter(pk=bank_id, kind__in=[Kind.BANK, Kind.BRANCH]).first()
    if bank is None:
        raise Refused([Refusal(no.RECEIVER_UNFIT, {"receiver": ""})])
    ids = list(dict.fromkeys(card_ids))
    lot = _lot_for(ids, bank=bank, by=by, key=key)
    step = Step(
        act=act("destruction.send"),
        facts={id_: GivenUpForDestruction(lot=lot.pk, row=row) for row, id_ in enumerate(ids, 1)},
        subject_ids=ids,
        destination=Destination(account_of(organization_id=bank.pk, kind=Place.TRANSIT).pk),
        objections=lambda cases: _may_not_go(cases, bank=bank),
    )

    def also(done: Done) -> None:
        shipment = record_shipment(
            purpose=Purpose.DESTROY, sender_id=lot.office_id, receiver_id=bank.pk,
            batch=done.batch, card_ids=ids, at=at, words=f"销毁清单 {lot.number}",
        )  # fmt: skip
        DestructionLot.objects.filter(pk=lot.pk).update(shipment=shipment)
        DestructionLine.objects.bulk_create(
            DestructionLine(lot=lot, row=row, card_id=id_) for row, id_ in enumerate(ids, 1)
        )

    return perform(step, by=by, second=second, at=at, key=key, also=also)


def send_those_that_may(
    *,
    card_ids: Sequence[int],
    bank_id: int,
    by: Actor,
    second: Actor | None,
    at: datetime,
    key: str,
) -> Outcome:
    """This function will give up in one lot what may go; each of the others is told why not.

    :raises Refused: when nothing is chosen, or a reason is about no card (bank, second person).
    """

    def work(ids: Sequence[int], attempt: str) -> Done:
        return send_to_bank(
            card_ids=ids, bank_id=bank_id, by=by, second=second, at=at, key=attempt
        )

    if not card_ids:
        raise Refused([Refusal(no.NOTHING_CHOSEN)])
    return row_by_row(card_ids, key=key, work=work)


def _lot_for(ids: Sequence[int], *, bank: Organization, by: Actor, key: str) -> DestructionLot:
    """The lot of this request; asked again it is the same, so the answer is the same too."""
    before = DestructionLot.objects.filter(key=key).first()
    if before is not None and before.shipment_id is not None:
        return before
    office = only_office_of(ids)
    with transaction.atomic():
        lot, _ = DestructionLot.objects.update_or_create(
            key=key, defaults={"office": office, "bank": bank, "opened_by_id": by.user_id}
        )
    return lot


def _may_not_go(cases: Sequence[Case], *, bank: Organization) -> Iterable[Refusal]:
    """Wrong cards only after the province confirmed them, and each to the bank that made it."""
    ids = [case.id for case in cases]
    list(Correction.objects.select_for_update(no_key=True).filter(card__in=ids).order_by("pk"))
    settled = corrections_settled(ids)
    cards = Card.objects.select_related("bank_org").in_bulk(ids)
    for case in cases:
        if case.place is Place.ERROR and case.id not in settled:
            yield Refusal(no.CORRECTION_NOT_CONFIRMED, {"number": case.number}, case.id)
        maker = cards[case.id].bank_org
        if maker is not None and not (
            bank.path.startswith(maker.path) or maker.path.startswith(bank.path)
        ):
            values = {"number": case.number, "bank": maker.name, "receiver": bank.name}
            yield Refusal(no.BANK_DIFFERS, values, case.id)


def receive_lot(*, lot_id: int, by: Actor, at: datetime, key: str) -> Done:
    """This function will take the scanned cards of a lot into the bank's keeping.

    :raises Refused: when nothing was scanned, or a card is no longer under way with it.
    """
    lot = DestructionLot.objects.select_related("shipment").get(pk=lot_id)
    assert lot.shipment is not None
    shipment = lot.shipment
    step = Step(
        act=act("destruction.receive"),
        facts=DestructionAcknowledged(lot=lot.pk),
        subject_ids=arrivals.cards_ready(shipment),
        destination=Destination(
            account_of(organization_id=shipment.receiver_id, kind=Place.SCRAP).pk
        ),
        objections=lambda cases: arrivals.objections_to_arrival(shipment.pk, cases),
    )
    return perform(
        step, by=by, at=at, key=key,
        also=lambda done: arrivals.mark_taken(
            shipment_id=shipment.pk, card_ids=done.subject_ids, batch=done.batch
        ),
    )  # fmt: skip


def take_back(
    *,
    lot_id: int,
    card_ids: Sequence[int],
    words: str,
    by: Actor,
    second: Actor | None,
    at: datetime,
    key: str,
) -> Done:
    """This function will give cards of a lot back to the office that sent them, which signs too.

    :raises Refused: when a card is not of the lot, is destroyed, or the other side did not sign.
    """
    lot = DestructionLot.objects.select_related("office").get(pk=lot_id)
    if not card_ids:
        raise Refused([Refusal(no.NOTHING_CHOSEN)])
    step = Step(
        act=act("destruction.take_back"),
        facts=DestructionTakenBack(lot=lot.pk, words=words),
        subject_ids=list(card_ids),
        destination=Destination(account_of(organization_id=lot.office_id, kind=Place.SCRAP).pk),
        objections=lambda cases: _may_not_return(lot, cases, second=second),
    )

    def also(done: Done) -> None:
        DestructionLine.objects.filter(lot=lot, card__in=done.subject_ids).update(taken_back=True)

    return perform(step, by=by, second=second, at=at, key=key, also=also)


def _may_not_return(
    lot: DestructionLot, cases: Sequence[Case], *, second: Actor | None
) -> Iterable[Refusal]:
    _locked(lot.pk)
    listed = set(
        DestructionLine.objects.filter(lot=lot, taken_back=False).values_list("card_id", flat=True)
    )
    for case in cases:
        if case.id not in listed:
            values = {"number": case.number, "list": lot.number}
            yield Refusal(no.NOT_OF_THIS_LIST, values, case.id)
    if second is not None and not lot.office.path.startswith(second.county_path):
        row = act("destruction.take_back")
        values = {
            "name": second.name, "role": second.role.label, "act": row.title,
            "roles": roles_named(row.second),
        }  # fmt: skip
        yield Refusal(no.SECOND_PERSON_MAY_NOT, values)


def _locked(lot_id: int) -> DestructionLot:
    """The lot, so that nobody gives a card back while it is destroyed."""
    return DestructionLot.objects.select_for_update(no_key=True).get(pk=lot_id)


def carry_out(
    *,
    lot_id: int,
    counted: int,
    method: str,
    place: str,
    images: Sequence[KeptImage],
    by: Actor,
    second: Actor | None,
    witness: Actor | None,
    at: datetime,
    key: str,
) -> Done:
    """This function will record that a whole lot was destroyed by two people before a witness.

    :raises Refused: when the count differs, a card has not arrived, photos are too few, the
        witness may not, or it is destroyed already.
    """
    facts = CardDestroyed(
        lot=lot_id, method=method, witness=witness.user_id if witness else 0, place=place
    )
    step = _destroying(lot_id, facts, counted=counted, images=images, at=at)
    written: dict[str, object] = {
        "carried_at": at, "carried_by_id": by.user_id, "method": method, "place": place,
        "counted": counted, "photos": [image.digest for image in images],
    }  # fmt: skip

    def also(done: Done) -> None:
        assert second is not None and witness is not None  # the table asks for both
        keep_images(images, by=by)
        DestructionLot.objects.filter(pk=lot_id).update(
            carried_batch=done.batch, second_id=second.user_id, witness_id=witness.user_id,
            **written,
        )  # fmt: skip

    try:
        return perform(step, by=by, second=second, witness=witness, at=at, key=key, also=also)
    except Refused as refused:
        _refuse_destroyed(lot_id)
        raise refused


def _refuse_destroyed(lot_id: int) -> None:
    """Of a lot that is destroyed there is one thing to say, and not one of each of its cards."""
    lot = DestructionLot.objects.select_related("carried_by").get(pk=lot_id)
    if lot.carried_by is not None:
        values = {
            "list": lot.number, "at": to_the_minute(lot.carried_at),
            "name": lot.carried_by.get_full_name(),
        }  # fmt: skip
        raise Refused([Refusal(no.LOT_DESTROYED, values)])


def _destroying(
    lot_id: int,
    facts: CardDestroyed,
    *,
    counted: int,
    images: Sequence[KeptImage],
    at: datetime,
) -> Step:
    lot = DestructionLot.objects.get(pk=lot_id)
    lines = DestructionLine.objects.filter(lot=lot, taken_back=False).order_by("row")
    ids = list(lines.values_list("card_id", flat=True))
    if not ids:
        raise Refused([Refusal(no.NOTHING_CHOSEN)])
    return Step(
        act=act("destruction.carry_out"),
        facts=facts,
        subject_ids=ids,
        papers=[Presented(kind=image.kind, digest=image.digest) for image in images],
        objections=lambda cases: [
            *_count_differs(lot, cases, counted),
            *_too_few_photos(lot, images, at=at),
        ],
        destination=Destination(account_of(organization_id=lot.bank_id, kind=Place.DESTROYED).pk),
    )


def _count_differs(lot: DestructionLot, cases: Sequence[Case], counted: int) -> Iterable[Refusal]:
    """As many on the table as on the list, and none given back meanwhile."""
    _locked(lot.pk)
    listed = DestructionLine.objects.filter(lot=lot, taken_back=False).count()
    if not listed == counted == len(cases):
        values = {"list": lot.number, "listed": listed, "counted": counted}
        yield Refusal(no.LOT_COUNT_DIFFERS, values)


def _too_few_photos(
    lot: DestructionLot, images: Sequence[KeptImage], *, at: datetime
) -> Iterable[Refusal]:
    """What was destroyed cannot be looked at again: pictures of before and after, none twice."""
    on = local_day(at)
    least = whole_number("destruction_photos", on=on)
    given = len({image.digest for image in images})
    if 0 < given < least:  # without any the table says what is missing
        words = quoted("destruction_photos", on=on)
        values = {"list": lot.number, "given": given, "least": words}
        yield Refusal(no.PHOTOS_TOO_FEW, values)
