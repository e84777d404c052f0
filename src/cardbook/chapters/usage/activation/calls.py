"""Holders to be called because a half of their card is not in use, and what came of it (Art. 22).

For everybody, with an SMS gateway or without: the list is computed, calls are kept beside it. No
`perform()`: nothing about a card changes by a call.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import connection

from cardbook.chapters.searching import cards_meant
from cardbook.chapters.usage.models import ActivationCall
from cardbook.chapters.usage.values import CallResult
from cardbook.law.parameters import whole_number
from cardbook.lib.clock import local_day
from cardbook.lib.masking import mask_number, mask_phone
from cardbook.lib.rows import array_of, named_rows
from cardbook.orgs.actors import Actor
from cardbook.people import vault

_QUERY = (Path(__file__).parent / "sql" / "to_call.sql").read_text(encoding="utf-8")
MOST = 2000
# Which halves are not in use, on a card that is with its holder and not stopped.
_DUE = """c.stage = 'issued' AND (c.hold = 'none' OR c.hold_until <= %(at)s)
    AND (c.social = 'sealed' AND %(kind)s IN ('', 'social') OR c.social = 'active'
         AND c.bank IN ('unknown', 'inactive') AND %(kind)s IN ('', 'bank'))"""
_MEANT = """(c.id = ANY(%(meant)s::bigint[])
    OR strpos(coalesce(nullif(c.village, ''), c.unit_name), %(text)s) > 0)"""
KINDS = {
    "social": ("社保功能没有激活", "请带社保卡和身份证到综合服务窗口激活社保功能。"),
    "bank": ("银行功能没有启用", "请带社保卡和身份证到银行网点启用银行功能。"),
}
SORTS: Mapping[str, tuple[str, str]] = {
    "open": ("没有联系过、领卡最久的在前", "called_at NULLS FIRST, since, id"),
    "since": ("领卡最久的在前", "since, id"),
    "called": ("最近联系的在前", "called_at DESC NULLS LAST, since, id"),
}
STATES = {"open": "还要联系的", "called": "联系过的", "": "全部"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ToCall:
    """One holder to be called: what to say to him, and what came of the last call."""

    card_id: int
    number: str
    name: str
    masked_number: str
    phone: str
    where: str
    since: datetime
    kind: str
    called_at: datetime | None
    called_by: str
    result: str
    words: str

    @property
    def what(self) -> str:
        """Which half is not in use."""
        return KINDS[self.kind][0]

    @property
    def to_say(self) -> str:
        """The words for the holder."""
        return KINDS[self.kind][1]

    @property
    def masked_phone(self) -> str:
        """The telephone number as screens show it."""
        return mask_phone(self.phone) if self.phone else ""


def reminder_days(at: datetime) -> int:
    """This function will say after how many days a holder is reminded."""
    return whole_number("activation_reminder_days", on=local_day(at))


def to_call(
    *, by: Actor, at: datetime, kind: str = "", state: str = "open", text: str = "",
    cards: Sequence[int] | None = None, within: str = "", sort: str = "open",
) -> list[ToCall]:  # fmt: skip
    """This function will list who is to be called, the longest waiting first, at most 2,000.

    `text` is a card, a document, a name or the end of a number, or part of a village or a unit;
    `within` narrows what `by` sees.
    """
    values: dict[str, Any] = {
        "within": within or by.county_path, "at": at,
        "until": at - timedelta(days=reminder_days(at)),
        "kind": kind, "state": state, "limit": MOST, "text": text,
        "cards": None if cards is None else array_of(cards),
        "meant": cards_meant(text, by=by, today=local_day(at)),
    }  # fmt: skip
    due = [_DUE]
    if cards is not None:
        due.append("c.id = ANY(%(cards)s::bigint[])")
    if values["meant"] is not None:
        due.append(_MEANT)
    with connection.cursor() as cursor:
        cursor.execute(_QUERY.format(due=" AND ".join(due), order=SORTS[sort][1]), values)
        return [_row(row) for row in named_rows(cursor)]


def _row(row: Mapping[str, Any]) -> ToCall:
    phone = row["phone_sealed"]
    return ToCall(
        card_id=row["id"], number=row["number"],
        name=vault.open_text(row["name_sealed"], context=vault.NAME),
        masked_number=mask_number(vault.open_text(row["number_sealed"], context=vault.NUMBER)),
        phone=vault.open_text(phone, context=vault.PHONE) if phone else "",
        where=row["village"] or row["unit_name"], since=row["since"], kind=row["kind"],
        called_at=row["called_at"], called_by=row["called_by"],
        result=CallResult(row["result"]).label if row["result"] else "", words=row["words"],
    )  # fmt: skip


def note_calls(
    *, cards: Sequence[int], result: str, words: str, by: Actor, at: datetime
) -> int:  # fmt: skip
    """This function will write down what came of calling the holders of these cards; how many.

    Cards of another county, and those that need no call any more, are left out.
    """
    found = to_call(by=by, at=at, state="", cards=cards)
    ActivationCall.objects.bulk_create(
        ActivationCall(
            card_id=row.card_id, called_at=at, called_by_id=by.user_id, result=result, words=words
        )
        for row in found
    )
    return len(found)
