"""The state of a card for another agency, by 1 and 16 clients, against an empty view (Art. 2, 23).

Both go through the whole house - address, middleware, answer; the empty one keeps nothing.
"""

import threading
from collections.abc import Iterator
from datetime import date
from typing import Any

from django.test import Client, override_settings
from django.utils import timezone

from cardbook.cards.models import Card
from cardbook.chapters.usage.models import CardUse
from cardbook.chapters.usage.uses.commands import make_key
from cardbook.demo.staff import actor_named
from cardbook.orgs.models import Kind, Organization
from tests.bench.actors import TODAY
from tests.bench.crews import at_once, in_words
from tests.bench.measure import Line, peak_memory, percentile

EACH, SHARE, P99 = {1: 400, 16: 60}, 0.6, 0.01
PURPOSE = "bench"
_OWN = threading.local()
_OURS = override_settings(ROOT_URLCONF="tests.bench.urls", ALLOWED_HOSTS=["testserver"])


def agencies() -> Iterator[Line]:
    """Each client asks for cards of its own, one by one; each answer is kept on record."""
    key = _a_key()
    with _OURS:
        for count, each in EACH.items():
            cards = list(Card.objects.order_by("-id").values_list("id", "number")[: count * each])
            for work in (_nothing, _ask):  # what is loaded once is loaded before it counts
                work(*cards[0], key)
            empty, waited = at_once(cards, people=count, actor=lambda: key, work=_nothing)
            rate, seconds = at_once(cards, people=count, actor=lambda: key, work=_ask)
            p99 = percentile(seconds, 0.99)
            yield Line(
                name=f"核验卡状态：{count} 个系统同时", rows=len(cards), size=0,
                floor="什么都不做的接口（份额）", floor_value=_both(empty, waited),
                value=_both(rate, seconds), ratio=rate / empty,
                aim=f"≥ 空接口吞吐量的 {SHARE:.0%}；p99 ≤ {P99 * 1000:.0f} 毫秒",
                met=rate >= SHARE * empty and p99 <= P99, memory=peak_memory(),
            )  # fmt: skip


def _both(rate: float, seconds: list[float]) -> str:
    return f"{rate:.0f} 次/秒，{in_words(percentile(seconds, 0.99))}"


def _nothing(card_id: int, number: str, key: Any) -> None:
    _get("/bench/answer/", key)


def _ask(card_id: int, number: str, key: Any) -> None:
    _get(f"/api/v1/cards/{number}/state", key)


def _get(address: str, key: str) -> None:
    """Each thread keeps its client, as a server keeps its middleware."""
    if not hasattr(_OWN, "client"):
        _OWN.client = Client()
    answer = _OWN.client.get(address, {"purpose": PURPOSE}, headers={"X-API-Key": key})
    assert answer.status_code == 200, answer.content


def _a_key() -> str:
    agency = Organization.objects.filter(kind=Kind.AGENCY).order_by("id").first()
    assert agency is not None
    admin, second = (actor_named(name, on=TODAY) for name in ("sl_xitong", "sl_anquan"))
    CardUse.objects.get_or_create(
        agency=agency, code=PURPOSE,
        defaults={
            "name": "性能测量", "basis": "第二十三条第二款", "since": date(2026, 1, 1),
            "decided_by_id": admin.user_id, "decided_at": timezone.now(),
        },
    )  # fmt: skip
    return make_key(
        agency_id=agency.pk, title="性能测量", purposes=[PURPOSE], valid_from=date(2026, 1, 1),
        valid_to=date(2199, 1, 1), per_minute=10_000_000, by=admin, second_id=second.user_id,
        at=timezone.now(),
    )  # fmt: skip
