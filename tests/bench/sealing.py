"""Sealing and verifying events, against SM3 of the same lines (architecture, section 4, Proof)."""

from collections.abc import Iterator

from django.db import connection

from cardbook.ledger.lines import COLUMNS, event_line
from cardbook.ledger.models import Checkpoint
from cardbook.ledger.proof import _seal_chunk
from cardbook.ledger.verify import verify_database
from cardbook.lib.sm import sm3
from tests.bench.measure import Line, peak_memory, timed

CHUNK = 20_000


def seal_and_verify() -> Iterator[Line]:
    """Two chunks sealed, then the whole sealed ledger verified."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {COLUMNS} FROM ledger_event e LIMIT {CHUNK}")
        lines = [event_line(row) for row in cursor.fetchall()]
    size = sum(map(len, lines))
    hashing = timed(lambda: [sm3(line) for line in lines])
    taken: list[int] = []
    seconds = timed(lambda: taken.extend(_seal_chunk(CHUNK, None)[0] for _ in range(2)))
    if sum(taken):
        yield _rate("封存台账", sum(taken), seconds, hashing, size, aim=20_000)
    sealed = Checkpoint.objects.order_by("-size").values_list("size", flat=True)[0]
    seconds = timed(verify_database)
    yield _rate("核验台账（单核）", sealed, seconds, hashing, size, aim=80_000)


def _rate(name: str, events: int, seconds: float, hashing: float, size: int, *, aim: int) -> Line:
    rate, floor = events / seconds, CHUNK / hashing
    return Line(
        name=name, rows=events, size=size * events // CHUNK, floor="只算同样文本的 SM3（份额）",
        floor_value=f"{floor:,.0f} 条/秒", value=f"{rate:,.0f} 条/秒", ratio=rate / floor,
        aim=f"≥ {aim:,} 条/秒", met=rate >= aim, memory=peak_memory(),
    )  # fmt: skip
