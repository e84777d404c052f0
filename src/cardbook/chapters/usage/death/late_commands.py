"""Settles hand-overs dated after a death: what was found out, by whom (Art. 17, 31).

No `perform()`: no card changes. What has to change is done by acts of its own, before or after.
"""

from collections.abc import Sequence
from datetime import datetime

from cardbook.chapters.usage.death.late_queries import late_hand_overs
from cardbook.chapters.usage.models import LateHandOver
from cardbook.orgs.actors import Actor


def settle_late_hand_overs(
    *, events: Sequence[int], outcome: str, words: str, by: Actor, at: datetime
) -> list[tuple[str, str]]:
    """This function will note what was found out of each, and say so; the first word stands.

    One of another county, taken back meanwhile or settled before is named and left as it is.
    """
    found = {row.event: row for row in late_hand_overs(within=by.county_path, events=events)}
    results = []
    for event in dict.fromkeys(events):
        row = found.get(event)
        if row is None:
            results.append((f"记录 {event}", "没有办结：不在名单上，请刷新页面。"))
            continue
        _, is_new = LateHandOver.objects.get_or_create(
            event_id=event,
            defaults={
                "card_id": row.card_id, "outcome": outcome, "words": words, "settled_at": at,
                "settled_by_id": by.user_id,
            },
        )  # fmt: skip
        said = "已办结。" if is_new else "没有办结：已由他人办结，以先办的为准。"
        results.append((row.number, said))
    return results
