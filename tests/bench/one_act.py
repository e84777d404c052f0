"""One act on 50,000 cards, against a raw INSERT of the same rows; is it linear (Art. 6)?

It works in a copy of the book: the cards are registered and committed first, as in life, because a
row made by the same transaction has its references looked up again. The act itself is taken back.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from cardbook.custody.places import Place
from cardbook.custody.postings import Destination, account_of
from cardbook.lib.clock import LOCAL
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.facts import DeliveryReceived, DeliveryRegistered
from cardbook.lifecycle.perform import Step, perform
from cardbook.orgs.models import Kind, Organization
from tests.bench.actors import TODAY, keeper, reviewer
from tests.bench.data import twins
from tests.bench.manifest_file import COUNTY
from tests.bench.measure import Line, against, timed

AT = datetime.combine(TODAY, datetime.min.time(), tzinfo=LOCAL)
CARDS = 50_000
_SINGLE = 6
_ROWS = {
    "cards_card": "SELECT * FROM cards_card WHERE id = ANY(%s)",
    "ledger_event": "SELECT * FROM ledger_event WHERE subject_kind = 'card' "
    "AND subject_id = ANY(%s) AND seq = 2",
    "custody_posting": "SELECT p.* FROM custody_posting p JOIN custody_movement m "
    "ON m.id = p.movement_id WHERE m.act = 'delivery.receive' AND p.card_id = ANY(%s)",
    "custody_position": "SELECT * FROM custody_position WHERE card_id = ANY(%s)",
}


class TakenBack(Exception):
    """The end of a measurement: nothing stays."""


class Births:
    """Cards for people of the book, registered only to be received."""

    columns = ("number", "person_id", "county_id", "batch_id")

    def __init__(
        self,
        count: int,
        county_id: int,
        source: Destination,
        target: Destination,
        *,
        adults: bool = False,
    ) -> None:
        self.count, self.county_id, self.source, self.target = count, county_id, source, target
        # Who lives and is of age: whoever else is, does not sign for himself (Art. 11, 17).
        self.who = "WHERE died_on IS NULL AND born_on < '2000-01-01'" if adults else ""

    def content(self) -> object:
        """Which cards."""
        return [self.count, self.county_id]

    def fill(self, cursor: Any) -> None:
        """One row a card."""
        cursor.execute(
            "INSERT INTO birth (number, person_id, county_id, batch_id) "
            "SELECT 'U' || to_char(row_number() OVER (), 'FM00000000'), p.id, %s, "
            "(SELECT min(id) FROM cards_batch) FROM (SELECT id FROM people_person "
            f"{self.who} LIMIT %s) AS p",
            [self.county_id, self.count],
        )


def fifty_thousand() -> Iterator[Line]:
    """A whole delivery received at once: state, event, two postings, every trigger on."""
    ids = _registered(CARDS)
    with twins(_ROWS):
        for place in range(_SINGLE):  # as in life: the connection's plans were made for one card
            _taken_back(ids[place : place + 1])
        small = _taken_back(ids[: CARDS // 10])
        floor, seconds = _taken_back(ids)
    growth = (seconds / CARDS) / (small[1] / (CARDS // 10))
    linear = (
        f"每张用时不随张数增长（{CARDS // 10:,} 张的 {growth:.2f} 倍，≤ 1.3）",
        growth <= 1.3,
    )
    yield against(
        f"一次接收 {CARDS:,} 张卡", "同样的行 INSERT 到无触发器的同构表", floor, seconds,
        rows=CARDS, most=4, also=[linear],
    )  # fmt: skip


def _taken_back(ids: Sequence[int]) -> tuple[float, float]:
    """Seconds of the floor, and of the act."""
    outer = transaction.atomic()
    # `perform` wants to be the outermost transaction; as in tests, an outer one takes it all back.
    outer._from_testcase = True
    try:
        with outer:
            seconds = timed(lambda: _receive(ids))
            floor = _insert_again(ids)
            raise TakenBack
    except TakenBack:
        return floor, seconds


def _registered(count: int) -> Sequence[int]:
    home = Organization.objects.get(code=COUNTY.code)
    by, maker = keeper(COUNTY.code), Organization.objects.get(kind=Kind.MAKER)
    transit = Destination(account_of(organization_id=by.org_id, kind=Place.TRANSIT).pk)
    outside = Destination(account_of(organization_id=maker.pk, kind=Place.OUTSIDE).pk)
    born = perform(
        Step(
            act=act("delivery.register"),
            facts=DeliveryRegistered(manifest="bench", receiver=by.org_id),
            births=Births(count, home.pk, outside, transit),
        ),
        by=by, at=AT, key=f"bench-born-{count}",
    )  # fmt: skip
    return born.subject_ids


def _receive(ids: Sequence[int]) -> None:
    by, second = keeper(COUNTY.code), reviewer(COUNTY.code)
    step = Step(
        act=act("delivery.receive"),
        facts=DeliveryReceived(delivery=1, count=1, box="1", seal_intact=True),
        subject_ids=ids,
        destination=Destination(account_of(organization_id=by.org_id, kind=Place.STORE).pk),
    )
    perform(step, by=by, second=second, at=AT, key=f"bench-{len(ids)}")


def _insert_again(ids: Sequence[int]) -> float:
    """The rows of the act once more, set by set, into tables of the same shape and indexes."""
    with connection.cursor() as cursor:
        for name, query in _ROWS.items():
            cursor.execute(f"CREATE TEMPORARY TABLE rows_{name} AS {query}", [list(ids)])
        cursor.execute("INSERT INTO twin_cards_card SELECT * FROM rows_cards_card")

        def insert() -> None:
            cursor.execute("INSERT INTO twin_ledger_event SELECT * FROM rows_ledger_event")
            cursor.execute("UPDATE twin_cards_card SET version = version + 1")
            cursor.execute("INSERT INTO twin_custody_posting SELECT * FROM rows_custody_posting")
            cursor.execute("INSERT INTO twin_custody_position SELECT * FROM rows_custody_position")

        return timed(insert)
