"""Writes down what was done with cards that were scanned and not listed (Art. 6, 20).

The book is not touched: such a card is another county's, another office's, or nobody's as yet.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from cardbook.chapters.intake.models import CountScan, OddNote
from cardbook.chapters.intake.receive.difference_queries import odd_scans
from cardbook.chapters.posts import refuse_posts
from cardbook.lib.clock import to_the_minute
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.refusals import Refusal, Refused
from cardbook.orgs.actors import Actor

NOTERS = frozenset(act("delivery.explain_found").who)


@transaction.atomic
def note_odd(
    *, scan_ids: Sequence[int], words: str, by: Actor, at: datetime
) -> list[tuple[str, str]]:
    """This function will note what was done with each card, and say what became of each row.

    A row somebody noted before keeps what he wrote.

    :raises Refused: when the post may not, or nothing is said.
    """
    refuse_posts(by, other_than=NOTERS, doing="登记多出、错发卡的处理情况")
    if not words.strip():
        raise Refused([Refusal(no.REASON_MISSING)])
    seen = set(odd_scans(by).filter(pk__in=scan_ids).values_list("pk", flat=True))
    locked = CountScan.objects.filter(pk__in=seen).order_by("pk").select_for_update(no_key=True)
    scans = {one.pk: one for one in locked}
    notes = {
        one.pk: one for one in OddNote.objects.filter(pk__in=scans).select_related("noted_by")
    }
    new = [id_ for id_ in scans if id_ not in notes]
    OddNote.objects.bulk_create(
        OddNote(scan_id=id_, words=words.strip(), noted_by_id=by.user_id, noted_at=at)
        for id_ in new
    )
    return [_said(id_, scans, notes) for id_ in dict.fromkeys(scan_ids)]


def _said(
    id_: int, scans: dict[int, CountScan], notes: dict[int, OddNote]
) -> tuple[str, str]:  # fmt: skip
    if id_ not in scans:
        return f"第 {id_} 行", "没有登记：不在本县区最近一次清点的名单上，请刷新页面。"
    number, before = scans[id_].number, notes.get(id_)
    if before is None:
        return number, "已登记处理情况。"
    at = to_the_minute(before.noted_at)
    return number, f"没有登记：{at} 已由{before.noted_by.name}登记（{before.words}）。"
