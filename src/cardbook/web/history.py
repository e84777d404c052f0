"""A card's whole life in words, newest first: every fact under its Chinese name (Art. 7, 20).

Neighbours: `queries.py` (finding cards), `fact_labels.py` (names and values in words).
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from cardbook.chapters.intake.models import Delivery
from cardbook.law.notices import notice_given
from cardbook.law.papers import KINDS
from cardbook.lib.clock import to_the_minute
from cardbook.lib.masking import mask_name
from cardbook.lifecycle.acts import ACTS
from cardbook.people import vault
from cardbook.web.fact_labels import FACT_LABELS, VALUE_LABELS

# References that mean nothing to a reader; papers are listed by title beside them.
_UNSHOWN = frozenset(
    {"signature", "proof_image", "manifest", "receiver", "count", "event", "old_card", "file",
     "claims",
     "predecessor", "successor", "mandate", "unit", "handlers",
     "letter", "plan", "card", "correction", "witness", "stocktake", "incident", "report",
     "application", "bank_id", "digest", "photo", "outlet", "person_id", "wished"}
)  # fmt: skip
# Whoever came for the holder: kept as a person's id, read as a name half hidden (Art. 32).
_COMERS = ("agent", "guardian", "applicant")
# Kept to the instant and with their zone; read in the time of the window.
_MOMENTS = frozenset({"hold_until", "bank_as_of"})
# Worth a line only when they hold.
_EXCEPTIONS = frozenset({"self_supporting", "incapacitated", "witnessed", "photo_compared"})
# A claim later written down than this is shown with both times.
LATE = timedelta(minutes=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryLine:
    """One event of a card in words."""

    seq: int
    title: str
    basis: str
    happened_at: datetime
    recorded_at: datetime
    actor: str
    second: str
    office: str
    facts: tuple[tuple[str, str], ...]
    papers: tuple[str, ...]
    told: tuple[str, ...]

    @property
    def is_late(self) -> bool:
        """Whether it was written down noticeably after it happened."""
        return self.recorded_at - self.happened_at > LATE


_HISTORY = """
SELECT e.seq, e.act, e.basis, e.happened_at, e.recorded_at, u.name, coalesce(s.name, ''),
       coalesce(was.name, o.name), e.facts, e.papers, e.told,
       came.name_sealed
FROM (
    SELECT * FROM ledger_event WHERE subject_kind = 'card' AND subject_id = %(card)s
    UNION ALL
    SELECT of_mandate.* FROM cards_card c
    JOIN people_mandate m ON m.principal_id = c.person_id
    JOIN ledger_event of_mandate
         ON of_mandate.subject_kind = 'mandate' AND of_mandate.subject_id = m.id
    WHERE c.id = %(card)s
) e
JOIN orgs_user u ON u.id = e.actor_id
JOIN orgs_organization o ON o.id = e.org_id
LEFT JOIN orgs_organizationstate was ON was.organization_id = o.id
     AND was.since <= (e.happened_at AT TIME ZONE 'Asia/Shanghai')::date
     AND (was.until IS NULL OR was.until > (e.happened_at AT TIME ZONE 'Asia/Shanghai')::date)
LEFT JOIN orgs_user s ON s.id = e.second_id
LEFT JOIN people_person came ON came.id = coalesce(
    e.facts::jsonb ->> 'agent', e.facts::jsonb ->> 'guardian', e.facts::jsonb ->> 'applicant'
)::bigint
ORDER BY e.id DESC
"""


def history_of(card_id: int) -> list[HistoryLine]:
    """This function will tell a card's whole life, newest first, in two queries at most.

    Whom its holder charged with fetching cards belongs to it (Art. 10).
    """
    with connection.cursor() as cursor:
        cursor.execute(_HISTORY, {"card": card_id})
        rows = cursor.fetchall()
    given = [_named(json.loads(row[8]), row[11]) for row in rows]
    deliveries = _delivery_codes({facts["delivery"] for facts in given if facts.get("delivery")})
    return [
        HistoryLine(
            seq=row[0],
            title=ACTS[row[1]].title if row[1] in ACTS else row[1],
            basis=row[2],
            happened_at=row[3],
            recorded_at=row[4],
            actor=row[5],
            second=row[6],
            office=row[7],
            facts=tuple(_in_words(facts, deliveries)),
            papers=tuple(_paper_title(paper) for paper in row[9]),
            told=tuple(_notice_title(text_id) for text_id in row[10]),
        )
        for row, facts in zip(rows, given, strict=True)
    ]


def _named(facts: dict[str, Any], sealed: memoryview | None) -> dict[str, Any]:
    """The same facts with whoever came for the holder by name, hidden as to any other reader."""
    name = mask_name(vault.open_text(sealed, context=vault.NAME)) if sealed else ""
    return facts | {kind: name for kind in _COMERS if kind in facts}


def _delivery_codes(ids: set[int]) -> dict[int, str]:
    if not ids:
        return {}
    return dict(Delivery.objects.filter(pk__in=ids).values_list("pk", "code"))


def _in_words(
    facts: Mapping[str, object], deliveries: Mapping[int, str]
) -> Iterator[tuple[str, str]]:
    # The ledger sorts by name; a reader wants the order in which the clerk worked.
    for name in (*FACT_LABELS, *sorted(facts.keys() - FACT_LABELS.keys())):
        unusual = name not in _EXCEPTIONS or facts.get(name)
        if facts.get(name) in ("", None, []) or name in _UNSHOWN or not unusual:
            continue
        yield FACT_LABELS.get(name, name), _value_in_words(name, facts[name], deliveries)


def _value_in_words(name: str, value: object, deliveries: Mapping[int, str]) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if name == "delivery" and isinstance(value, int):
        return deliveries.get(value, f"{value} 号")
    if name in _MOMENTS:
        return to_the_minute(datetime.fromisoformat(str(value)))
    if name == "shipment" and isinstance(value, int):
        return f"JJ{value:08d}"
    if isinstance(value, list | dict):
        pairs = value.items() if isinstance(value, dict) else [(name, one) for one in value]
        words = [_value_in_words(key, one, deliveries) for key, one in pairs if one]
        return (" " if isinstance(value, dict) else "、").join(words)
    return VALUE_LABELS.get(name, {}).get(str(value), str(value))


def _paper_title(paper: str) -> str:
    kind, _, digest = paper.partition(":")
    title = KINDS[kind].title if kind in KINDS else kind
    return f"{title}（图像已存）" if digest else title


def _notice_title(text_id: str) -> str:
    given = notice_given(text_id)
    return f"{given.title}（第 {given.version} 版）" if given else text_id
