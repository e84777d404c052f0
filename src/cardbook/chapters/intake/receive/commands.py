"""Counts a delivered box and receives what was in it (Art. 6); one `perform()` each.

`queries.py` beside it reads, `pages.py` shows; the manifest itself comes in by `importer.py`.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from cardbook.chapters.intake.models import Count, CountScan, DeliveryBox, ScanResult
from cardbook.chapters.intake.receive.queries import Finding, judge_scans
from cardbook.lib.identifiers import parse_card_number
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.facts import DeliveryReceived, DifferenceExplained, ShortageRecorded
from cardbook.lifecycle.perform import Done, Step, perform
from cardbook.lifecycle.refusals import Refusal, Refused
from cardbook.orgs.actors import Actor


def start_count(*, box_id: int, by: Actor, seal_number: str = "", seal_intact: bool = True,
                remarks: str = "") -> Count:
    """This function will start the blind count of a box, or return the one that is running.

    :raises DeliveryBox.DoesNotExist: when the box is not one of the actor's county.
    """
    box = DeliveryBox.objects.get(
        pk=box_id, delivery__organization__path__startswith=by.county_path
    )
    count, _ = Count.objects.get_or_create(
        box=box,
        closed_at=None,
        defaults={
            "counted_by_id": by.user_id,
            "seal_number": seal_number,
            "seal_intact": seal_intact,
            "remarks": remarks,
        },
    )
    return count


def scan_card(*, count_id: int, text: str, by: Actor) -> tuple[CountScan, bool]:
    """This function will keep one scanned number; says whether it is new to this count.

    :raises cardbook.lib.plain.InputError: when the text is not a card number.
    :raises Count.DoesNotExist: when the count is closed or another county's.
    """
    number = parse_card_number(text).value
    count = Count.objects.get(
        pk=count_id, closed_at=None,
        box__delivery__organization__path__startswith=by.county_path,
    )
    return CountScan.objects.get_or_create(count=count, number=number)


def remove_scan(*, count_id: int, number: str) -> None:
    """This function will take a mistaken scan back while the count is open."""
    CountScan.objects.filter(count_id=count_id, count__closed_at=None, number=number).delete()


def close_count(
    *, count_id: int, by: Actor, second: Actor, at: datetime, key: str
) -> tuple[Count, Done | None]:
    """This function will receive the cards found and keep the short ones in transit.

    :raises Refused: when the second person may not sign or a card no longer is in transit.
    :raises Count.DoesNotExist: when the count was closed already.
    """
    count = Count.objects.select_related("box__delivery").get(pk=count_id, closed_at=None)
    finding = judge_scans(count)
    delivery, box = count.box.delivery_id, count.box.code
    steps = []
    if finding.found_ids:
        facts = DeliveryReceived(
            delivery=delivery, count=count.pk, box=box, seal_intact=count.seal_intact
        )
        steps.append(
            Step(act=act("delivery.receive"), facts=facts, subject_ids=finding.found_ids)
        )
    if finding.short_ids:
        shortage = ShortageRecorded(delivery=delivery, count=count.pk, box=box)
        steps.append(
            Step(act=act("delivery.note_shortage"), facts=shortage,
                 subject_ids=finding.short_ids)
        )
    if not steps:
        raise Refused([Refusal(no.COUNT_NOT_BALANCED,
                               {"expected": box, "counted": 0, "short": 0})])

    def fix(_: Done) -> None:
        _fix_count(count, finding, second=second, at=at)

    done = perform(*steps, by=by, second=second, at=at, key=key, also=fix)
    count.refresh_from_db()
    return count, done


@transaction.atomic
def _fix_count(count: Count, finding: Finding, *, second: Actor, at: datetime) -> None:
    """What the count found, written once and for all with the act it led to."""
    for result, numbers in finding.numbers.items():
        CountScan.objects.filter(count=count, number__in=numbers).update(result=result)
    changed = Count.objects.filter(pk=count.pk, closed_at=None).update(
        witness_id=second.user_id,
        closed_at=at,
        expected=finding.expected,
        found=finding.expected - len(finding.short_ids),
        short=len(finding.short_ids),
        extra=len(finding.numbers[ScanResult.EXTRA]) + len(finding.numbers[ScanResult.UNKNOWN]),
        misrouted=len(finding.numbers[ScanResult.MISROUTED]),
    )
    if not changed:
        raise Refused([Refusal(no.ALREADY_COUNTED, {"box": count.box.code})])


def explain_difference(
    *,
    card_ids: Sequence[int],
    found: bool,
    delivery_id: int,
    words: str,
    by: Actor,
    second: Actor,
    at: datetime,
    key: str,
) -> Done:
    """This function will settle short cards: found after all, or without a trace.

    :raises Refused: when no words are given, the second person is missing or a card moved on.
    """
    code = "delivery.explain_found" if found else "delivery.explain_missing"
    step = Step(
        act=act(code),
        facts=DifferenceExplained(delivery=delivery_id, words=words),
        subject_ids=card_ids,
    )
    return perform(step, by=by, second=second, at=at, key=key)
