"""A stock-take of a whole county: kept in small batches, compared in one statement (Art. 20).

Everything happens in one transaction that is taken back, so the book stays as it is.
"""

from collections.abc import Iterator, Sequence
from itertools import islice

from django.db import connection, transaction

from cardbook.chapters.safekeeping.models import Finding, Scan, Stocktake
from cardbook.chapters.safekeeping.stocktaking.commands import (
    Reading,
    end_stocktake,
    scan_cards,
    start_stocktake,
)
from cardbook.chapters.safekeeping.stocktaking.queries import KEPT_CODES
from cardbook.law.divisions import COUNTIES
from cardbook.orgs.actors import Actor
from tests.bench.actors import keeper
from tests.bench.data import twins
from tests.bench.measure import Line, against, timed

BATCH, MOST_MS = 50, 100
# The smallest one: in the city's book, some 40,000 cards lie in it. All are scanned, as in life; a
# part would leave the others as missing, each a row to write that the floor does not know.
_COUNTY = COUNTIES[-1]
_TABLE = "safekeeping_scan"


class _TakenBack(Exception):
    """The end of a measurement: nothing stays."""


def whole_county() -> Iterator[Line]:
    """Scans of all its stock in batches as the page sends them, and their comparison."""
    with twins([_TABLE]):
        lines: list[Line] = []
        outer = transaction.atomic()
        outer._from_testcase = True
        try:
            with outer:
                lines = list(_measured())
                raise _TakenBack
        except _TakenBack:
            yield from lines


def _measured() -> Iterator[Line]:
    by = keeper(_COUNTY.code)
    places = _stock(by)
    count = sum(len(numbers) for _, numbers in places)
    take = start_stocktake(scope="county", organization_id=by.county_id, by=by)
    scanning = timed(lambda: _scan(take, places, by=by))
    assert Scan.objects.filter(stocktake=take).count() == count
    copying = timed(_copy_rows)
    each = scanning / max(-(-count // BATCH), 1) * 1000
    yield against(
        f"盘点：扫描 {count:,} 张，每次送 {BATCH} 张", "同样的行一次 INSERT 到同构表",
        copying, scanning, rows=count, most=None,
        also=[(f"每次 {each:.1f} 毫秒（≤ {MOST_MS}）", each <= MOST_MS)],
    )  # fmt: skip
    floor = timed(lambda: _look_up_each(take))
    seconds = timed(lambda: end_stocktake(take_id=take.pk, by=by))
    wrong = Finding.objects.filter(stocktake=take).exclude(kind="missing").count()
    yield against(
        f"盘点：{count:,} 张与扫描时的台账比对", "逐张查扫描时的位置", floor, seconds,
        rows=count, most=5, also=[(f"没有误报（{wrong} 张）", wrong == 0)],
    )  # fmt: skip


def _stock(by: Actor) -> list[tuple[int, list[str]]]:
    """The numbers that lie in each place of the county."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.account_id, c.number FROM custody_position p "
            "JOIN custody_account a ON a.id = p.account_id AND a.kind = ANY(%s) "
            "JOIN orgs_organization o ON o.id = a.organization_id AND o.path LIKE %s "
            "JOIN cards_card c ON c.id = p.card_id ORDER BY p.account_id, c.number",
            [KEPT_CODES, f"{by.county_path}%"],
        )
        places: dict[int, list[str]] = {}
        for account, number in cursor.fetchall():
            places.setdefault(account, []).append(number)
    return list(places.items())


def _scan(take: Stocktake, places: Sequence[tuple[int, list[str]]], *, by: Actor) -> None:
    for account, numbers in places:
        waiting = iter(numbers)
        while batch := list(islice(waiting, BATCH)):
            scan_cards(
                take_id=take.pk, account_id=account, by=by,
                readings=[Reading(number) for number in batch],
            )  # fmt: skip


def _copy_rows() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO twin_{_TABLE} SELECT * FROM {_TABLE}")


def _look_up_each(take: Stocktake) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(p.account_id) FROM safekeeping_scan s "
            "JOIN cards_card c ON c.number = s.number "
            "JOIN LATERAL (SELECT account_id FROM custody_posting WHERE card_id = c.id "
            "AND amount = 1 ORDER BY id DESC LIMIT 1) AS p ON true WHERE s.stocktake_id = %s",
            [take.pk],
        )
