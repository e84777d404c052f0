"""Every page the navigation offers, over the whole book: none keeps anybody waiting (Art. 5)."""

from collections.abc import Iterator
from statistics import median

from django.test import Client

from cardbook.demo.staff import actor_named
from cardbook.orgs.actors import Actor
from cardbook.testing.clients import signed_in
from cardbook.web.navigation import navigation
from tests.bench.actors import TODAY, city_manager, keeper
from tests.bench.manifest_file import COUNTY
from tests.bench.measure import Line, peak_memory, seconds_text, twice_timed
from tests.bench.pages import OURS

ROUNDS, AIM_SECONDS, SLOW_SECONDS = 3, 1.0, 0.2


def pages() -> Iterator[Line]:
    """A keeper, the city and an auditor go through their whole navigation; the slowest counts."""
    people = (
        ("县区卡管员", keeper(COUNTY.code)),
        ("市局", city_manager()),
        ("审计员", actor_named("sl_shenji", on=TODAY)),
    )
    with OURS:
        for who, by in people:
            yield _measured(who, by)


def _measured(who: str, by: Actor) -> Line:
    client = signed_in(by)
    addresses = {
        item.url: item.title for group in navigation(by=by, path="/") for item in group.items
    }
    taken = {title: _seconds(client, url) for url, title in addresses.items()}
    slowest = max(taken, key=lambda title: taken[title])
    slow = sum(seconds > SLOW_SECONDS for seconds in taken.values())
    floor = _seconds(client, "/bench/nothing/")
    return Line(
        name=f"导航里的每一页，最慢的一页（{who}）", rows=len(taken), size=0,
        floor="登录后的空页面（处理器时间，中位数）", floor_value=seconds_text(floor),
        value=f"{seconds_text(taken[slowest])}：{slowest}", ratio=taken[slowest] / floor,
        aim=f"≤ 1 秒；超过 200 毫秒的 {slow} 页", met=taken[slowest] <= AIM_SECONDS,
        memory=peak_memory(),
    )  # fmt: skip


def _seconds(client: Client, url: str) -> float:
    """The processor's seconds for a page, ours and its connection's, after a first time."""

    def opened(_: int) -> None:
        answer = client.get(url)
        assert answer.status_code == 200, (url, answer.status_code)
        if answer.streaming:
            b"".join(answer)

    opened(0)
    (calls,) = twice_timed([opened], rounds=ROUNDS)
    return median(used for _, used in calls)
