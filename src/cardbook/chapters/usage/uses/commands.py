"""Answers agencies, keeps their uses and keys; each says who did it and when (Art. 2, 23)."""

import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import ceil
from pathlib import Path

from django.db import IntegrityError, connection, transaction

from cardbook.chapters.usage.models import CardUse, StatusKey
from cardbook.chapters.usage.uses.queries import Asking, purposes_of, read_asking
from cardbook.chapters.usage.uses.states import Answer, state_of, state_of_temporary
from cardbook.ledger.plans import cursor_for
from cardbook.lib.clock import local_day
from cardbook.lib.sm import sm3
from cardbook.orgs.actors import Actor
from cardbook.people import vault

_MINUTE = timedelta(minutes=1)
_PREFIX = "ckb_"
_RECORD = """
INSERT INTO usage_statusasked (key_id, card_id, temporary_card_id, purpose, asked_at, answer)
VALUES (%s, %s, %s, %s, %s, %s) RETURNING id
"""
_TOO_OFTEN = (Path(__file__).parent / "sql" / "too_often.sql").read_text(encoding="utf-8")


class NotAnswered(Exception):
    """The key does not open this; `code` says why, `wait` after how many seconds it would."""

    def __init__(self, code: str, *, wait: int = 0) -> None:
        """Take why, for the sentence in `api.py`."""
        self.code = code
        self.wait = wait
        super().__init__(code)


class NotKept(Exception):
    """A use or a key was not kept; the sentence says why and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What an agency is told; `reference` is the record of its asking."""

    answer: Answer
    ending: str
    reference: int


def answer_agency(
    *,
    key: str,
    purpose: str,
    at: datetime,
    number: str | None = None,
    holder: str | None = None,
    temporary: str | None = None,
) -> Answered:
    """This function will say a card's state, by its number or its holder's, and keep who asked.

    With `temporary` it is the temporary card of that number that is asked for (Art. 27).

    One read and one insert; beyond the limit of a minute one read and one count. Requests in
    flight at the same instant do not see each other, so the limit may be passed by as many; the
    next minute counts them.

    :raises NotAnswered: when the key, its minute or the purpose does not allow it.
    """
    asking = read_asking(
        digest=digest_of(key), purpose=purpose, number=number,
        holder=vault.number_index(holder) if holder else None,
        temporary=temporary, at=at,
    )  # fmt: skip
    if asking is None or asking.revoked:
        raise NotAnswered("KEY_UNKNOWN")
    if not asking.valid_from <= local_day(at) < asking.valid_to:
        raise NotAnswered("KEY_OUT_OF_DATE")
    _refuse_too_often(asking, purpose=purpose, at=at)
    if not asking.granted:
        _record(asking, purpose=purpose, at=at, answer="refused")
        raise NotAnswered("PURPOSE_NOT_GRANTED")
    if temporary is None:
        answer = state_of(asking.card, at=at)
    else:
        answer = state_of_temporary(asking.temporary, today=local_day(at))
    kept = _record(asking, purpose=purpose, at=at, answer=str(answer.state))
    return Answered(answer=answer, ending=asking.number[-4:], reference=kept)


def _record(asking: Asking, *, purpose: str, at: datetime, answer: str) -> int:
    """Keeps who asked, by a statement that is planned once (ADR 0017)."""
    values = (asking.key_id, asking.card_id, asking.temporary_id, purpose, at, answer)
    with cursor_for(1) as cursor:
        cursor.execute(_RECORD, values)
        (reference,) = cursor.fetchone()
    return int(reference)


def _refuse_too_often(asking: Asking, *, purpose: str, at: datetime) -> None:
    """Counted without a row for each: whoever asks without end must not fill the disk."""
    if asking.asked < asking.per_minute:
        return
    assert asking.oldest is not None
    named = purpose if asking.granted else ""
    with connection.cursor() as cursor:
        cursor.execute(_TOO_OFTEN, {"key": asking.key_id, "purpose": named, "at": at})
    left = (asking.oldest + _MINUTE - at).total_seconds()
    raise NotAnswered("TOO_OFTEN", wait=max(1, ceil(left)))


def digest_of(key: str) -> bytes:
    """This function will make what is kept of a key: chance of 256 bits needs no salt."""
    return sm3(key.encode())


def make_key(
    *,
    agency_id: int,
    title: str,
    purposes: list[str],
    valid_from: date,
    valid_to: date,
    per_minute: int,
    by: Actor,
    second_id: int,
    at: datetime,
) -> str:
    """This function will make a key and return it for the only time it is ever shown.

    :raises NotKept: when a purpose is no use of the agency.
    """
    stray = sorted(set(purposes) - purposes_of(agency_id, today=local_day(at)))
    if stray:
        raise NotKept(f"该机构没有在用的事项 {'、'.join(stray)}，请先在“应用事项”登记。")
    key = _PREFIX + secrets.token_urlsafe(32)
    StatusKey.objects.create(
        agency_id=agency_id, title=title, digest=digest_of(key), purposes=sorted(set(purposes)),
        valid_from=valid_from, valid_to=valid_to, per_minute=per_minute, made_by_id=by.user_id,
        second_by_id=second_id, made_at=at,
    )  # fmt: skip
    return key


def revoke_key(*, key_id: int, by: Actor, at: datetime) -> bool:
    """This function will end a key at once; False when it had ended already."""
    open_ = StatusKey.objects.filter(pk=key_id, revoked_at=None)
    return bool(open_.update(revoked_at=at, revoked_by_id=by.user_id))


def add_use(
    *, agency_id: int, code: str, name: str, field: str, carrier: str, basis: str, since: date,
    by: Actor, at: datetime,
) -> None:  # fmt: skip
    """This function will enter a use of the card at an agency.

    :raises NotKept: when the agency has that code already.
    """
    try:
        with transaction.atomic():
            CardUse.objects.create(
                agency_id=agency_id, code=code, name=name, field=field, carrier=carrier,
                basis=basis, since=since, decided_by_id=by.user_id, decided_at=at,
            )  # fmt: skip
    except IntegrityError as problem:
        raise NotKept(f"该机构已登记事项编码 {code}，请换一个编码。") from problem


def end_use(*, use_id: int, until: date, by: Actor) -> bool:
    """This function will end a use from a day; False when it had an end already."""
    open_ = CardUse.objects.filter(pk=use_id, until=None, since__lte=until)
    return bool(open_.update(until=until, ended_by_id=by.user_id))
