"""Hand-overs by 1, 4 and 16 clerks, against a pgbench script of the same rows (Art. 8)."""

import uuid
from collections.abc import Iterator
from datetime import datetime

from cardbook.cards.models import Card
from cardbook.chapters.issuance.individual.commands import issue_card
from cardbook.custody.models import Account
from cardbook.custody.places import Place
from cardbook.demo.windows import WINDOW_PAPERS
from cardbook.law import notices
from cardbook.lib.canonical import canonical_json
from cardbook.lib.clock import LOCAL
from cardbook.lifecycle.facts import CardIssued, IdentityReading, Signing
from cardbook.orgs.actors import Actor
from tests.bench.actors import TODAY, window_clerk
from tests.bench.crews import at_once, by_script, in_words
from tests.bench.manifest_file import COUNTY
from tests.bench.measure import Line, peak_memory, percentile

AT = datetime.combine(TODAY, datetime.min.time(), tzinfo=LOCAL)
EACH, SHARE, P99 = {1: 400, 4: 150, 16: 50}, 0.5, 0.1


def clerks() -> Iterator[Line]:
    """Each clerk hands over cards of his own, one after the other."""
    for count, each in EACH.items():
        cards = _adults_on_the_shelf(count * each * 2)
        half = len(cards) // 2
        pool = [(id_, canonical_json(_facts(number))) for id_, number in cards[:half]]
        bare = by_script("hand_over", pool, clients=count, values=_values())
        rate, seconds = at_once(cards[half:], people=count, actor=_clerk, work=_hand_over)
        p99 = percentile(seconds, 0.99)
        aims = [f"≥ 脚本的 {SHARE:.0%}"] + (
            [f"p99 ≤ {P99 * 1000:.0f} 毫秒"] if count == 16 else []
        )
        met = rate >= SHARE * bare and (count != 16 or p99 <= P99)
        yield Line(
            name=f"窗口发放：{count} 名经办人", rows=half, size=0,
            floor="pgbench 脚本写同样的行（份额）", floor_value=f"{bare:.0f} 笔/秒",
            value=f"{rate:.0f} 笔/秒，{in_words(p99)}", ratio=rate / bare,
            aim="；".join(aims), met=met, memory=peak_memory(),
        )  # fmt: skip


def _adults_on_the_shelf(count: int) -> list[tuple[int, str]]:
    found = list(
        Card.objects.filter(
            county__code=COUNTY.code, stage="in_custody",
            position__account__kind__in=(Place.STORE, Place.BOX), person__born_on__lt="2005-01-01",
        )
        .order_by("id")
        .values_list("id", "number")[:count]
    )  # fmt: skip
    return found[: len(found) // 2 * 2]


def _clerk() -> Actor:
    return window_clerk(COUNTY.code)


def _hand_over(card_id: int, number: str, by: Actor) -> None:
    issue_card(
        card_id=card_id, facts=_facts(number), papers=WINDOW_PAPERS,
        told=(notices.PICK_UP.code,), by=by, at=AT, key=f"bench-{uuid.uuid4()}",
    )  # fmt: skip


def _facts(number: str) -> CardIssued:
    return CardIssued(
        way="window", identity=IdentityReading.READER, original_seen=True, face_matches=True,
        reads=True, scanned=number, signing=Signing.PAPER, copy_kept="paper",
    )  # fmt: skip


def _values() -> dict[str, object]:
    """Who acts in the script, and the account of the county's holders."""
    by = _clerk()
    holder = Account.objects.get(kind=Place.HOLDER, organization=by.county_id).pk
    return {"actor": by.user_id, "post": by.post_id, "org": by.org_id, "holder": holder}
