"""Counts stock blind while work goes on, and compares it with the book as of each scan (Art. 20).

`closing.py` beside it says what became of differences; `queries.py` reads, `pages.py` shows.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import IntegrityError, connection, transaction
from django.db.models.functions import Now

from cardbook.chapters.safekeeping.models import Stocktake
from cardbook.chapters.safekeeping.stocktaking.queries import (
    account_within,
    box_scanned,
    compare,
    office_within,
    places_of,
    takes_within,
)
from cardbook.lib.identifiers import parse_card_number
from cardbook.lib.plain import InputError
from cardbook.lib.rows import array_of
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.judge import refuse_other_roles
from cardbook.lifecycle.refusals import Reason, Refusal, Refused
from cardbook.orgs.actors import Actor

# Whoever may find stock missing may count it.
_MISS = act("stock.miss")
MOST_AT_ONCE = 200


def start_stocktake(
    *,
    scope: str,
    organization_id: int | None = None,
    account_id: int | None = None,
    again_id: int | None = None,
    by: Actor,
) -> Stocktake:
    """This function will begin a blind count, or return the one that is running there already.

    Whoever comes second joins. `again_id` names the ended stock-take that is counted anew.

    :raises Refused: when the role may not count stock.
    :raises django.core.exceptions.ObjectDoesNotExist: when office or place is another county's.
    """
    refuse_other_roles(_MISS, by=by)
    if account_id is not None:
        account = account_within(account_id, by=by)
        office, scope = account.organization, Stocktake.Scope.PLACE
    else:
        account, office = None, office_within(organization_id or 0, by=by)
    again = takes_within(by).get(pk=again_id) if again_id is not None else None
    where = {"scope": scope, "organization": office, "account": account, "ended_at": None}
    for _ in range(2):
        running = Stocktake.objects.filter(**where).first()
        if running is not None:
            return running
        try:
            with transaction.atomic():
                return Stocktake.objects.create(**where, begun_by_id=by.user_id, again=again)
        except IntegrityError:
            # A colleague began the same count at this very moment.
            continue
    return Stocktake.objects.get(**where)


@dataclass(frozen=True, slots=True)
class Reading:
    """What the scanner typed, and how many milliseconds ago: a line may have been cut since."""

    text: str
    age_ms: int = 0


@dataclass(frozen=True, slots=True)
class Said:
    """What became of one reading: new, twice, place (a label was scanned) or wrong."""

    kind: str
    text: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of a batch of readings, and in which place the next ones are counted."""

    account_id: int | None
    said: tuple[Said, ...]


def scan_cards(
    *, take_id: int, account_id: int | None, readings: Sequence[Reading], by: Actor
) -> Kept:
    """This function will keep a batch of scans in their order, set by set, each once per place.

    A box label among them leads to its box. Each scan keeps its own moment: the database's clock
    less its age, never before the count began.

    :raises Refused: when the count has ended; none of the batch was counted.
    :raises Stocktake.DoesNotExist: when it is another county's.
    """
    refuse_other_roles(_MISS, by=by)
    with transaction.atomic():
        take = _open_take(take_id, by=by)
        if account_id is not None and not places_of(take).filter(pk=account_id).exists():
            raise Refused([_of(no.PLACE_NOT_COUNTED, take)])
        said: list[Said] = []
        waiting: list[tuple[str, int]] = []
        for reading in readings[:MOST_AT_ONCE]:
            number = _card_number(reading.text)
            if number and account_id is not None:
                waiting.append((number, max(reading.age_ms, 0)))
                continue
            said += _insert(take, account_id, waiting, by=by)
            waiting = []
            account_id, answer = _led_to(reading.text, number, take, account_id)
            said.append(answer)
        said += _insert(take, account_id, waiting, by=by)
    return Kept(account_id, tuple(said))


def _card_number(text: str) -> str:
    try:
        return parse_card_number(text).value
    except InputError:
        return ""


def _led_to(
    text: str, number: str, take: Stocktake, account_id: int | None
) -> tuple[int | None, Said]:
    """A label leads to its box; anything else is wrong, and says why."""
    short = text.strip()[:40]
    if number:
        sentence = f"{number} 没有计数：请先扫描盒标签或选择存放处，再扫卡。"
        return account_id, Said("wrong", number, sentence)
    try:
        box = box_scanned(text, take=take)
    except InputError as problem:
        return account_id, Said("wrong", short, f"{problem.sentence}。")
    if box is not None:
        return box.pk, Said("place", box.code, f"现在盘点 {box.code}")
    sentence = f"“{short}”没有计数：既不是九位卡号，也不是本次盘点的盒标签。"
    return account_id, Said("wrong", short, sentence)


_INSERT = """
WITH given AS (
    SELECT number, min(place) AS place, max(age) AS age
    FROM unnest(%(numbers)s::text[], %(ages)s::bigint[]) WITH ORDINALITY AS g(number, age, place)
    GROUP BY number
)
INSERT INTO safekeeping_scan (stocktake_id, account_id, number, scanned_by_id, scanned_at)
SELECT %(take)s, %(account)s, number, %(user)s,
    greatest(%(begun)s::timestamptz, clock_timestamp() - age * interval '1 millisecond')
FROM given ORDER BY place
ON CONFLICT (stocktake_id, account_id, number) DO NOTHING
RETURNING number
"""


def _insert(
    take: Stocktake, account_id: int | None, waiting: Sequence[tuple[str, int]], *, by: Actor
) -> list[Said]:
    """One statement for the cards of one place; what was there before is said to be."""
    if not waiting:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            _INSERT,
            {
                "take": take.pk,
                "account": account_id,
                "user": by.user_id,
                "begun": take.begun_at,
                "numbers": [number for number, _ in waiting],
                "ages": array_of(age for _, age in waiting),
            },
        )
        new = {number for (number,) in cursor.fetchall()}
    said = []
    for number, _ in waiting:
        if number in new:
            new.discard(number)
            said.append(Said("new", number, "已计数"))
        else:
            said.append(Said("twice", number, f"{number} 在这里已扫过，不重复计数。"))
    return said


def remove_scan(*, take_id: int, scan_id: int, by: Actor) -> str:
    """This function will take a mistaken scan back; returns its number, "" when it is gone.

    :raises Refused: when the count has ended; it stands as it is.
    :raises Stocktake.DoesNotExist: when it is another county's.
    """
    refuse_other_roles(_MISS, by=by)
    with transaction.atomic():
        take = _open_take(take_id, by=by)
        scan = take.scans.filter(pk=scan_id).first()
        if scan is None:
            return ""
        scan.delete()
    return scan.number


def _open_take(take_id: int, *, by: Actor) -> Stocktake:
    """The stock-take, locked: a scan either precedes the end or learns that it came too late."""
    take = _locked(take_id, by=by)
    if take.ended_at is not None:
        raise Refused([_of(no.STOCKTAKE_ENDED, take)])
    return take


def _locked(take_id: int, *, by: Actor) -> Stocktake:
    return takes_within(by).select_for_update(no_key=True, of=("self",)).get(pk=take_id)


def _of(reason: Reason, take: Stocktake, **values: object) -> Refusal:
    return Refusal(reason, {"number": take.number, **values})


def end_stocktake(*, take_id: int, by: Actor, called_empty: bool = False) -> Stocktake:
    """This function will end the scanning and write every difference and the sums of each place.

    Ended twice by the same person it is the same end; another learns that he came too late.

    :raises Refused: when somebody else ended it, or nothing was scanned and nobody said that there
        is nothing.
    :raises Stocktake.DoesNotExist: when it is another county's.
    """
    refuse_other_roles(_MISS, by=by)
    with transaction.atomic():
        take = _locked(take_id, by=by)
        if take.ended_at is not None:
            if take.ended_by_id == by.user_id:
                return take
            raise Refused([_of(no.STOCKTAKE_ENDED, take)])
        if not called_empty and not take.scans.exists():
            raise Refused([_of(no.NOTHING_SCANNED, take)])
        compare(take.pk)
        Stocktake.objects.filter(pk=take.pk).update(ended_by_id=by.user_id, ended_at=Now())
    return Stocktake.objects.get(pk=take.pk)


def abandon_stocktake(*, take_id: int, by: Actor) -> None:
    """This function will give up a count that was begun by a slip and has no scan.

    :raises Refused: when cards were scanned already, or it has ended.
    :raises Stocktake.DoesNotExist: when it is another county's.
    """
    refuse_other_roles(_MISS, by=by)
    with transaction.atomic():
        take = _open_take(take_id, by=by)
        if take.scans.exists():
            raise Refused([_of(no.STOCKTAKE_ENDED, take)])
        take.delete()
