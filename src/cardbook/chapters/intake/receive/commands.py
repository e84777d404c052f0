"""Counts a delivered box and receives what was in it (Art. 6); one `perform()` each.

`queries.py` beside it reads, `pages.py` shows; the manifest itself comes in by `importer.py`.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from cardbook.chapters.intake.models import Count, CountScan, DeliveryBox, ScanResult
from cardbook.chapters.intake.receive.queries import (
    Finding,
    Home,
    box_for_count,
    count_within,
    deliveries_of_cards,
    judge_scans,
)
from cardbook.chapters.row_by_row import Outcome, row_by_row
from cardbook.custody.places import Place
from cardbook.custody.postings import Destination, account_of
from cardbook.law.papers import SEAL_PHOTO
from cardbook.law.parameters import value
from cardbook.lib.clock import local_day
from cardbook.lib.identifiers import parse_card_number
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.facts import DeliveryReceived, DifferenceExplained, ShortageRecorded
from cardbook.lifecycle.judge import Presented, refusals_of_actor, refuse_other_roles
from cardbook.lifecycle.perform import Done, Step, perform
from cardbook.lifecycle.refusals import Reason, Refusal, Refused
from cardbook.orgs.actors import Actor
from cardbook.papers.pictures import Picture
from cardbook.papers.storage import add_paper

# Scanning is part of the act it leads to: the same roles do it.
_RECEIVE = act("delivery.receive")
# What lay in the box and does not belong there by the book.
_EXTRA = (ScanResult.EXTRA, ScanResult.UNKNOWN, ScanResult.MOVED)
# How often a close begins anew because somebody scanned at that very moment.
_ATTEMPTS = 5


class _ScannedMeanwhile(Exception):
    """A scan arrived between judging and closing; the close begins anew with it."""


def start_count(
    *,
    box_id: int,
    by: Actor,
    at: datetime,
    seal_number: str = "",
    seal_intact: bool = True,
    remarks: str = "",
    seal_photo: Picture | None = None,
) -> Count:
    """This function will start the blind count of a box, or return the one that is running.

    Whoever comes second joins the count; what the first said of the seal stays.

    :raises Refused: when the role may not count, or a broken seal is not told, not pictured, or
        refused altogether (parameter `broken_seal_rule`).
    :raises DeliveryBox.DoesNotExist: when the box is not one of the actor's county.
    """
    refuse_other_roles(_RECEIVE, by=by)
    box = box_for_count(box_id=box_id, by=by)
    running = Count.objects.filter(box=box, closed_at=None).first()
    if running is not None:
        return running
    if not seal_intact:
        _refuse_bad_seal(on=local_day(at), remarks=remarks, photo=seal_photo)
    digest = _keep_photo(seal_photo, box=box, by=by) if seal_photo else ""
    count, _ = Count.objects.get_or_create(
        box=box,
        closed_at=None,
        defaults={
            "counted_by_id": by.user_id,
            "seal_number": seal_number,
            "seal_intact": seal_intact,
            "seal_photo": digest,
            "remarks": remarks,
        },
    )
    return count


def _refuse_bad_seal(*, on: date, remarks: str, photo: Picture | None) -> None:
    if value("broken_seal_rule", on=on) == "refuse":
        raise Refused([Refusal(no.SEAL_REFUSED)])
    missing = []
    if not remarks.strip():
        missing.append(Refusal(no.REASON_MISSING))
    if photo is None:
        missing.append(Refusal(no.IMAGE_MISSING, {"paper": SEAL_PHOTO.title}))
    if missing:
        raise Refused(missing)


def _keep_photo(photo: Picture, *, box: DeliveryBox, by: Actor) -> str:
    paper = add_paper(
        kind=SEAL_PHOTO.code,
        content=photo.content,
        media_type=photo.media_type,
        title=f"封签照片 {box.delivery.code} 盒 {box.code}",
        by=by,
    )
    return paper.digest


def abandon_count(*, count_id: int, by: Actor) -> DeliveryBox:
    """This function will take back a count begun by mistake, as long as nothing was scanned.

    :raises Refused: when cards were scanned, or the count is closed already.
    :raises Count.DoesNotExist: when it is another county's.
    """
    refuse_other_roles(_RECEIVE, by=by)
    with transaction.atomic():
        count = _open_count(count_id, by=by)
        scanned = count.scans.count()
        if scanned:
            values = {"box": count.box.code, "count": scanned}
            raise Refused([Refusal(no.COUNT_HAS_SCANS, values)])
        box = count.box
        count.delete()
    return box


def scan_card(*, count_id: int, text: str, by: Actor) -> tuple[CountScan, bool]:
    """This function will keep one scanned number; says whether it is new to this count.

    :raises cardbook.lib.plain.InputError: when the text is not a card number.
    :raises Refused: when the count was closed meanwhile; the number was not counted.
    :raises Count.DoesNotExist: when it is another county's.
    """
    refuse_other_roles(_RECEIVE, by=by)
    number = parse_card_number(text).value
    with transaction.atomic():
        count = _open_count(count_id, by=by)
        return CountScan.objects.get_or_create(count=count, number=number)


def remove_scan(*, count_id: int, number: str, by: Actor) -> bool:
    """This function will take a mistaken scan back; says whether it was there.

    :raises Refused: when the count was closed meanwhile; it stands as it is.
    :raises Count.DoesNotExist: when it is another county's.
    """
    refuse_other_roles(_RECEIVE, by=by)
    with transaction.atomic():
        count = _open_count(count_id, by=by)
        removed, _ = count.scans.filter(number=number).delete()
    return removed > 0


def _open_count(count_id: int, *, by: Actor) -> Count:
    """The count, locked: a scan either precedes the close or learns that it came too late."""
    count = count_within(by).select_for_update(no_key=True, of=("self",)).get(pk=count_id)
    if count.closed_at is not None:
        raise Refused([_of_box(no.ALREADY_COUNTED, count)])
    return count


def _of_box(reason: Reason, count: Count) -> Refusal:
    return Refusal(reason, {"box": count.box.code})


def close_count(
    *,
    count_id: int,
    by: Actor,
    second: Actor,
    at: datetime,
    key: str,
    called_empty: bool = False,
) -> tuple[Count, Done | None]:
    """This function will receive the cards found and keep the short ones in transit.

    The same two people closing the same count again get the first receipt (trust-and-ux.md R6).
    Without a card to move - a recount of cards received before - there is no act, and no `Done`.

    :raises Refused: when the second person may not sign, the count was closed by others, nothing
        was scanned and nobody said that the box is empty, or a card does not fit any more.
    :raises Count.DoesNotExist: when it is another county's.
    """
    for _ in range(_ATTEMPTS):
        count = count_within(by).get(pk=count_id)
        if count.closed_at is not None:
            return _closed_before(count, by=by, second=second), None
        refused = list(refusals_of_actor(act=_RECEIVE, by=by, second=second))
        finding = judge_scans(count)
        if not finding.scanned and not called_empty:
            refused.append(_of_box(no.BOX_NOT_CALLED_EMPTY, count))
        if refused:
            raise Refused(refused)
        try:
            done = _close(count, finding, by=by, second=second, at=at, key=key)
        except _ScannedMeanwhile:
            continue
        except Refused:
            count.refresh_from_db()
            if count.closed_at is None:
                raise
            continue
        count.refresh_from_db()
        return count, done
    raise Refused([_of_box(no.COUNT_GOES_ON, count)])


def _closed_before(count: Count, *, by: Actor, second: Actor) -> Count:
    """The receipt those two signed already; others learn that they came too late."""
    if {count.counted_by_id, count.witness_id} != {by.user_id, second.user_id}:
        raise Refused([_of_box(no.ALREADY_COUNTED, count)])
    return count


def _close(
    count: Count, finding: Finding, *, by: Actor, second: Actor, at: datetime, key: str
) -> Done | None:
    def fix(_: Done | None = None) -> None:
        _fix_count(count, finding, by=by, second=second, at=at)

    steps = _steps(count, finding)
    if steps:
        return perform(*steps, by=by, second=second, at=at, key=key, also=fix)
    with transaction.atomic():
        fix()
    return None


def _steps(count: Count, finding: Finding) -> list[Step]:
    """What was found is received, what was not stays noted in transit, what was lost is back."""
    delivery, box = count.box.delivery, count.box.code
    store = account_of(organization_id=delivery.organization_id, kind=Place.STORE)
    papers = [Presented(kind=SEAL_PHOTO.code, digest=count.seal_photo)] if count.seal_photo else []
    received = DeliveryReceived(
        delivery=delivery.pk, count=count.pk, box=box, seal_intact=count.seal_intact
    )
    again = DifferenceExplained(delivery=delivery.pk, words=f"再次清点盒 {box} 时扫描到实物")
    short = ShortageRecorded(delivery=delivery.pk, count=count.pk, box=box)
    steps = (
        Step(
            act=_RECEIVE,
            facts=received,
            subject_ids=finding.received_ids,
            papers=papers,
            destination=Destination(store.pk),
        ),
        Step(
            act=act("delivery.explain_found"),
            facts=again,
            subject_ids=finding.missing_ids,
            destination=Destination(store.pk),
        ),
        Step(act=act("delivery.note_shortage"), facts=short, subject_ids=finding.short_ids),
    )
    return [step for step in steps if step.subject_ids]


def _fix_count(count: Count, finding: Finding, *, by: Actor, second: Actor, at: datetime) -> None:
    """What the count found, written once and for all with the act it led to."""
    locked = Count.objects.select_for_update(no_key=True).get(pk=count.pk)
    if locked.closed_at is not None:
        raise Refused([_of_box(no.ALREADY_COUNTED, count)])
    if set(locked.scans.values_list("number", flat=True)) != finding.scanned:
        raise _ScannedMeanwhile
    for result, numbers in finding.numbers.items():
        if numbers:
            locked.scans.filter(number__in=numbers).update(result=result)
    Count.objects.filter(pk=count.pk).update(
        # Whoever signs is whoever closes; the one who opened the box may be either of the two.
        counted_by_id=by.user_id,
        witness_id=second.user_id,
        closed_at=at,
        expected=finding.expected,
        found=finding.found,
        short=finding.expected - finding.found,
        extra=sum(len(finding.numbers[one]) for one in _EXTRA),
        misrouted=len(finding.numbers[ScanResult.MISROUTED]),
        moved_on=list(finding.moved_on_ids),
    )


def explain_difference(
    *,
    card_ids: Sequence[int],
    found: bool,
    words: str,
    by: Actor,
    second: Actor | None,
    at: datetime,
    key: str,
) -> Done:
    """This function will settle short cards: found after all, or without a trace.

    :raises Refused: when no words are given, the second person is missing, a card moved on, or
        its box was never counted.
    """
    homes = deliveries_of_cards(card_ids)
    uncounted = [home for home in homes if not home.counted]
    if uncounted:
        raise Refused(
            [
                Refusal(no.NOT_RECEIVED, {"custodian": home.office_name}, home.card_id)
                for home in uncounted
            ]
        )
    steps = _settling(card_ids, homes, found=found, words=words)
    return perform(*steps, by=by, second=second, at=at, key=key)


def explain_those_that_may(
    *,
    card_ids: Sequence[int],
    found: bool,
    words: str,
    by: Actor,
    second: Actor | None,
    at: datetime,
    key: str,
) -> Outcome:
    """This function will settle the short cards that may be; each other card is told why not.

    :raises Refused: when nothing was chosen, or the second person is missing or may not.
    """

    def work(ids: Sequence[int], attempt: str) -> Done:
        return explain_difference(
            card_ids=ids, found=found, words=words, by=by, second=second, at=at, key=attempt
        )

    if not card_ids:
        raise Refused([Refusal(no.NOTHING_CHOSEN)])
    return row_by_row(card_ids, key=key, work=work)


def _settling(
    card_ids: Sequence[int], homes: Sequence[Home], *, found: bool, words: str
) -> list[Step]:
    """One step for each office: cards of two may be ticked together, each goes back to its own."""
    row = act("delivery.explain_found" if found else "delivery.explain_missing")
    place = Place.STORE if found else Place.MISSING
    offices: dict[int | None, dict[int, DifferenceExplained]] = defaultdict(dict)
    known = {home.card_id: home for home in homes}
    for id_ in card_ids:
        home = known.get(id_)
        office = (home.store_id if found else home.county_id) if home else None
        delivery = home.delivery_id if home else 0
        offices[office][id_] = DifferenceExplained(delivery=delivery, words=words)
    return [
        Step(
            act=row,
            facts=facts,
            subject_ids=tuple(facts),
            destination=Destination(account_of(organization_id=office, kind=place).pk)
            if office
            else None,
        )
        for office, facts in offices.items()
    ]
