"""Many cards cancelled by one act, two messages owed for each, against a raw INSERT (Art. 29).

Everything happens in one transaction that is taken back, so the book stays as it is.
"""

from collections.abc import Iterator, Sequence

from django.db import connection, transaction

from cardbook.cards.models import Card
from cardbook.law.notices import CANCEL
from cardbook.law.papers import ID_CARD_ORIGINAL
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.facts import Asker, CancelledOnRequest, EndReason, Plastic
from cardbook.lifecycle.judge import Presented
from cardbook.lifecycle.perform import Step, perform
from tests.bench.actors import window_clerk
from tests.bench.data import twins
from tests.bench.manifest_file import COUNTY
from tests.bench.measure import Line, against, timed
from tests.bench.one_act import AT, TakenBack

CARDS = 50_000
_ROWS = {
    "cards_card": "SELECT * FROM cards_card WHERE id = ANY(%s)",
    "ledger_event": "SELECT * FROM ledger_event WHERE subject_kind = 'card' "
    "AND subject_id = ANY(%s) AND act = 'card.cancel'",
    "outbox_message": "SELECT * FROM outbox_message WHERE kind IN ('province.cancel', "
    "'bank.cancel_notice') AND card_id = ANY(%s)",
}


def fifty_thousand() -> Iterator[Line]:
    """As many cards as people of one county have at home, fifty thousand at most."""
    ids = _at_home(CARDS)
    with twins(_ROWS):
        few = _taken_back(ids[: len(ids) // 10])
        floor, seconds, owed = _taken_back(ids)
    growth = (seconds / len(ids)) / (few[1] / (len(ids) // 10))
    yield against(
        f"应申请注销 {len(ids):,} 张卡，欠省系统、银行消息 {owed:,} 条",
        "同样的行 INSERT 到无触发器的同构表", floor, seconds, rows=len(ids), most=4,
        also=[
            (f"每张用时不随张数增长（十分之一张数的 {growth:.2f} 倍，≤ 1.3）", growth <= 1.3),
            ("一张两条消息", owed == 2 * len(ids)),
        ],
    )  # fmt: skip


def _at_home(most: int) -> list[int]:
    found = Card.objects.filter(
        county__code=COUNTY.code, stage="issued", social__in=("sealed", "active"), hold="none"
    )
    return list(found.exclude(bank_org=None).order_by("pk").values_list("pk", flat=True)[:most])


def _taken_back(ids: Sequence[int]) -> tuple[float, float, int]:
    """Seconds of the floor, of the act, and how many messages it left owed."""
    outer = transaction.atomic()
    # `perform` wants to be the outermost transaction; as in tests, an outer one takes it all back.
    outer._from_testcase = True
    try:
        with outer:
            seconds = timed(lambda: _cancel(ids))
            floor, owed = _insert_again(ids)
            raise TakenBack
    except TakenBack:
        return floor, seconds, owed


def _cancel(ids: Sequence[int]) -> None:
    step = Step(
        act=act("card.cancel"),
        facts=CancelledOnRequest(
            asker=Asker.HOLDER, reason=EndReason.WISH, plastic=Plastic.NONE, words="bench"
        ),
        subject_ids=ids,
        papers=(Presented(kind=ID_CARD_ORIGINAL.code),),
        told=(CANCEL.code,),
    )
    perform(step, by=window_clerk(COUNTY.code), at=AT, key=f"bench-cancel-{len(ids)}")


def _insert_again(ids: Sequence[int]) -> tuple[float, int]:
    """The rows of the act once more, set by set, into tables of the same shape and indexes."""
    with connection.cursor() as cursor:
        for name, query in _ROWS.items():
            cursor.execute(f"CREATE TEMPORARY TABLE rows_{name} AS {query}", [list(ids)])
        cursor.execute("SELECT count(*) FROM rows_outbox_message")
        (owed,) = cursor.fetchone()
        cursor.execute("INSERT INTO twin_cards_card SELECT * FROM rows_cards_card")

        def insert() -> None:
            cursor.execute("INSERT INTO twin_ledger_event SELECT * FROM rows_ledger_event")
            cursor.execute("UPDATE twin_cards_card SET version = version + 1")
            cursor.execute("INSERT INTO twin_outbox_message SELECT * FROM rows_outbox_message")

        return timed(insert), int(owed)
