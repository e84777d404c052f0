"""Batch files each way against the bare encoder; messages drained against the sandbox (Art. 25).

The sandbox works in a process of its own, as the other side does; the floor of the outbox is the
same requests, ready made, sent one after the other by the bare HTTP library.
"""

from collections.abc import Iterator
from datetime import date

import urllib3

from cardbook.adapters.files.fixed import Layout, decode, encode
from cardbook.adapters.files.layouts import ANSWER, ORDER
from cardbook.adapters.gbk_xml import call
from cardbook.adapters.province_web import OPERATIONS, SERVICE, ProvinceWeb
from cardbook.cards.models import Card
from cardbook.cards.states import Subject
from cardbook.config.switchboard import database_clock
from cardbook.outbox.deliver import deliver_all
from cardbook.outbox.letters import letters_of
from cardbook.outbox.models import Message
from cardbook.outbox.owing import owe
from cardbook.ports.messages import MessageKind, Party
from cardbook.testing.factories import citizen_number
from tests.bench.measure import Line, against, in_turns, timed
from tests.bench.other_side import LICENCE, sandbox

ROWS = 100_000
KIND = MessageKind.PROVINCE_ACTIVATE
# So many requests are enough to know what one costs.
SAMPLE = 2_000


def batch_files() -> Iterator[Line]:
    """A hundred thousand records of 589 bytes out, of 326 bytes in."""
    orders = [_order(place) for place in range(ROWS)]
    yield _written(ORDER, orders)
    yield _read(ANSWER, [_answer(row) for row in orders])


def _order(place: int) -> dict[str, str]:
    return {
        "detail": f"{place:012d}", "task": "T" * 32, "name": "欧阳娜娜", "sex": "2",
        "document": "01", "number": citizen_number(born_on=date(1980, 5, 17), order=place),
        "country": "CHN", "birthplace": "999999", "born_on": "19800517",
        "mobile": "13900000000", "phone": "13900000000", "address": "商洛市商州区城关街道一号",
        "reserved": "F" * 50,
    }  # fmt: skip


def _answer(row: dict[str, str]) -> dict[str, str]:
    kept = ("detail", "task", "name", "sex", "document", "number")
    return {"result": "1", **{name: row[name] for name in kept}, "reason": "", "reserved": ""}


def _written(layout: Layout, rows: list[dict[str, str]]) -> Line:
    names = [field.name for field in layout.fields]

    def bare() -> bytes:
        lines = ("".join([row.get(name, "") for name in names]) for row in rows)
        return b"\n".join([line.encode("gbk") for line in lines])

    floor, seconds = in_turns(bare, lambda: encode(layout, rows))
    return against(
        f"写出 {len(rows):,} 条 {layout.stated_length} 字节的银行文件", "逐条 encode('gbk')",
        floor, seconds, rows=len(rows), size=len(encode(layout, rows)), most=8,
    )  # fmt: skip


def _read(layout: Layout, rows: list[dict[str, str]]) -> Line:
    content = encode(layout, rows)

    def bare() -> list[str]:
        return [line.decode("gbk") for line in content.split(b"\n")]

    floor, seconds = in_turns(bare, lambda: decode(layout, content))
    return against(
        f"读入 {len(rows):,} 条 {layout.stated_length} 字节的银行回盘", "逐条 decode('gbk')",
        floor, seconds, rows=len(rows), size=len(content), most=8,
    )  # fmt: skip


def outbox() -> Iterator[Line]:
    """A message for every tenth card, a hundred thousand at most: owed, then drained."""
    count = min(Card.objects.count() // 10, ROWS)
    ids = list(Card.objects.order_by("pk").values_list("pk", flat=True)[:count])
    owing = timed(lambda: owe((KIND,), subject=Subject.CARD, ids=ids))
    with sandbox() as url:
        floor = _bare(url) * len(ids)
        web = ProvinceWeb(url=url, licence=LICENCE)
        seconds = timed(
            lambda: deliver_all(
                party=Party.PROVINCE, switchboard=lambda *_: web, clock=database_clock
            )
        )
    left = Message.objects.filter(kind=KIND, state__in=["owed", "leased"]).count()
    yield Line(
        name="登记待办消息（一条语句）", rows=len(ids), size=0, floor="—", floor_value="—",
        value=f"{owing:.1f} 秒", ratio=None, aim="", met=None,
    )  # fmt: skip
    yield against(
        "待办消息送到沙箱", f"urllib3 逐条发出同样的请求（量 {SAMPLE:,} 条折算）", floor, seconds,
        rows=len(ids), most=4, also=[("一条不剩", left == 0)],
    )  # fmt: skip


def _bare(url: str) -> float:
    """Seconds of one request: bodies ready made, one connection, answers thrown away."""
    messages = Message.objects.filter(kind=KIND).order_by("pk").values_list("pk", flat=True)
    letters = letters_of(list(messages[:SAMPLE]))
    operation = OPERATIONS[KIND]
    bodies = [
        call(
            licence="wrong, so that nothing is done", service=SERVICE, operation=operation.name,
            values=operation.fields(letter),
        )
        for letter in letters
    ]  # fmt: skip
    pool = urllib3.PoolManager(retries=False)

    def send() -> None:
        for body in bodies:
            pool.request("POST", url, body=body)

    return timed(send) / len(bodies)
