"""Loss reports by 1, 4 and 16 operators, against a pgbench script of the same rows (Art. 28)."""

import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta

from cardbook.cards.models import Card
from cardbook.chapters.usage.loss.commands import Heard, report_loss
from cardbook.demo.staff import actor_named
from cardbook.lib.canonical import canonical_json
from cardbook.lib.clock import LOCAL
from cardbook.lifecycle.facts import LossReported, RequestChannel, Signer
from cardbook.orgs.actors import Actor
from tests.bench.actors import TODAY
from tests.bench.crews import at_once, by_script, in_words
from tests.bench.measure import Line, peak_memory, percentile

AT = datetime.combine(TODAY, datetime.min.time(), tzinfo=LOCAL)
EACH, SHARE, P99 = {1: 400, 4: 150, 16: 50}, 0.5, 0.1
_ANSWERED = ("bank", "picked_up", "town")


def operators() -> Iterator[Line]:
    """Each operator stops cards of his own, one after the other."""
    for count, each in EACH.items():
        cards = _cards_nobody_lost(count * each * 2)
        half = len(cards) // 2
        pool = [(id_, canonical_json(_facts())) for id_, _ in cards[:half]]
        by = _operator()
        values: dict[str, object] = {"actor": by.user_id, "post": by.post_id, "org": by.org_id}
        bare = by_script("report_loss", pool, clients=count, values=values)
        rate, seconds = at_once(cards[half:], people=count, actor=_operator, work=_stop)
        p99 = percentile(seconds, 0.99)
        aim = f"≥ 脚本的 {SHARE:.0%}；p99 ≤ {P99 * 1000:.0f} 毫秒"
        yield Line(
            name=f"口头挂失：{count} 名话务员", rows=half, size=0,
            floor="pgbench 脚本写同样的行（份额）", floor_value=f"{bare:.0f} 笔/秒",
            value=f"{rate:.0f} 笔/秒，{in_words(p99)}", ratio=rate / bare,
            aim=aim, met=rate >= SHARE * bare and p99 <= P99, memory=peak_memory(),
        )  # fmt: skip


def _operator() -> Actor:
    return actor_named("sl_12333", on=TODAY)


def _cards_nobody_lost(count: int) -> list[tuple[int, str]]:
    found = Card.objects.filter(
        stage__in=("in_custody", "issued"), social__in=("sealed", "active"), hold="none"
    )
    cards = list(found.order_by("-id").values_list("id", "number")[:count])
    return cards[: len(cards) // 2 * 2]


def _stop(card_id: int, number: str, by: Actor) -> None:
    heard = Heard(channel=RequestChannel.HOTLINE, questions=_ANSWERED, call="bench")
    report_loss(card_id=card_id, heard=heard, by=by, at=AT, key=f"bench-{uuid.uuid4()}")


def _facts() -> LossReported:
    return LossReported(
        channel=RequestChannel.HOTLINE, caller=Signer.HOLDER, hold_until=AT + timedelta(days=7),
        questions=_ANSWERED, call="bench",
    )  # fmt: skip
