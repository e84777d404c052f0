"""The desk and the list of cards, against an empty view for a signed-in clerk (Art. 8, 20)."""

from collections.abc import Iterator
from statistics import median

from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext

from cardbook.custody.places import Place
from cardbook.testing.clients import signed_in
from tests.bench.actors import window_clerk
from tests.bench.finding import some_people
from tests.bench.manifest_file import COUNTY
from tests.bench.measure import Line, peak_memory, seconds_text, twice_timed

ROUNDS, MOST_QUERIES, SHARE = 120, 12, 0.4


OURS = override_settings(ROOT_URLCONF="tests.bench.urls", ALLOWED_HOSTS=["testserver"])


def desk() -> Iterator[Line]:
    """A clerk reads an identity card: one look-up, one screen."""
    with OURS:
        yield _desk()


def _desk() -> Line:
    clerk = window_clerk(COUNTY.code)
    client = signed_in(clerk)
    people = [person for person in some_people(ROUNDS * 8) if person.town.county == COUNTY.code]

    def look_up(turn: int) -> None:
        number = people[turn % len(people)].number
        answer = client.post("/desk/", {"q": number}, headers={"HX-Request": "true"})
        assert answer.status_code == 200 and number[-4:] in answer.content.decode()

    look_up(0)
    with CaptureQueriesContext(connection) as asked:
        look_up(1)
    queries = len(asked)
    taken = twice_timed([lambda _: client.get("/bench/nothing/"), look_up], rounds=ROUNDS)
    return _page("窗口发放：扫身份证", *taken, queries=queries)


def card_list() -> Iterator[Line]:
    """The rows behind the figures of the home page, the first page and a late one."""
    with OURS:
        yield from _card_list()


def _card_list() -> Iterator[Line]:
    client = signed_in(window_clerk(COUNTY.code))
    for place, title in ((Place.BOX, "在柜"), (Place.HOLDER, "已发放")):
        for page, which in (("1", "第一页"), ("last", "最后一页")):
            address = f"/cards/?place={place}&page={page}"
            assert client.get(address).status_code == 200
            with CaptureQueriesContext(connection) as asked:
                client.get(address)
            queries = len(asked)
            taken = twice_timed(
                [lambda _: client.get("/bench/nothing/"), lambda _, a=address: client.get(a)],
                rounds=15,
            )
            yield _page(f"卡片列表：{title}（{which}）", *taken, queries=queries)


Calls = list[tuple[float, float]]


def _page(name: str, empty: Calls, taken: Calls, *, queries: int) -> Line:
    """The share of throughput is that of the processor's time: a busy server waits for nothing."""
    floor, ours = (median(used for _, used in calls) for calls in (empty, taken))
    share = floor / ours
    return Line(
        name=name, rows=0, size=0, floor="登录后的空页面（处理器时间，份额）",
        floor_value=_both(empty), value=f"{_both(taken)}，{queries} 次查询", ratio=share,
        aim=f"≥ 空页面吞吐量的 {SHARE:.0%}；≤ {MOST_QUERIES} 次查询",
        met=share >= SHARE and queries <= MOST_QUERIES, memory=peak_memory(),
    )  # fmt: skip


def _both(calls: Calls) -> str:
    clock, used = (median(column) for column in zip(*calls, strict=True))
    return f"{seconds_text(used)}（用时 {seconds_text(clock)}）"
