"""Two agencies get keys and ask for the state of cards in every state there is (Art. 2, 23).

Nobody keeps the words of a key: it is shown once, to a person, and used here while it is known.
"""

from collections.abc import Iterator
from datetime import timedelta

from cardbook.cards.models import Card, TemporaryCard
from cardbook.cards.states import Hold, Social, Stage, TemporaryStage
from cardbook.chapters.usage.models import StatusKey
from cardbook.chapters.usage.uses.commands import (
    NotAnswered,
    answer_agency,
    make_key,
    revoke_key,
)
from cardbook.demo.staff import actor_named
from cardbook.demo.story import Story

# Office of the county by its post, the use it asks for, what the key is for, whether it was ended.
_KEYS = (
    ("jingban1", "pension.collect", "养老待遇发放前核验", False),
    ("jingban2", "insurance.pay", "缴费核验（试点，已结束）", True),
)
_COUNTY = "611002"
_PER_MINUTE = 12
# A number no card of the city has.
_NONE = "Z00000000"


def live_verified(story: Story) -> None:
    """This function will make the keys, and let each agency ask while it may."""
    admin = actor_named("sl_xitong", on=story.today)
    second = actor_named("sl_anquan", on=story.today)
    asked = 0
    for post, purpose, title, ended in _KEYS:
        agency = story.actor(_COUNTY, post).org_id
        if StatusKey.objects.filter(agency_id=agency).exists():
            continue
        key = make_key(
            agency_id=agency, title=title, purposes=[purpose], per_minute=_PER_MINUTE, by=admin,
            valid_from=story.today - timedelta(days=10), second_id=second.user_id,
            valid_to=story.today + timedelta(days=355), at=story.at(2, 9),
        )  # fmt: skip
        asked += _ask(story, key, purpose=purpose)
        if ended:
            kept = StatusKey.objects.get(agency_id=agency)
            revoke_key(key_id=kept.pk, by=admin, at=story.now)
    if asked:
        story.say(f"经办机构：用密钥核验社保卡、临时卡状态 {asked} 次，超过每分钟上限的被拒绝")


def _ask(story: Story, key: str, *, purpose: str) -> int:
    """One card of each state, then one card so often that the minute is full."""
    cards, answered = list(_cards()), 0
    late = story.now - timedelta(minutes=3)
    often = [(late, cards[0])] * (_PER_MINUTE + 2)
    early = [(story.now - timedelta(hours=2), one) for one in cards]
    for at, wanted in (*early, *often):
        try:
            answer_agency(key=key, purpose=purpose, at=at, **wanted)
        except NotAnswered:
            continue
        answered += 1
    return answered


def _cards() -> Iterator[dict[str, str]]:
    """What is asked for: in use, on loss, not put to use, cancelled, none; two temporary cards."""
    here = Card.objects.filter(county__code=_COUNTY).order_by("pk")
    yield {"number": _NONE}
    for found in (
        here.filter(social=Social.ACTIVE, hold=Hold.NONE),
        here.exclude(hold=Hold.NONE),
        here.filter(social=Social.SEALED, stage=Stage.ISSUED),
        here.filter(social=Social.CANCELLED),
    ):
        if card := found.first():
            yield {"number": card.number}
    for stage in (TemporaryStage.LENT, TemporaryStage.RETURNED):
        if lent := TemporaryCard.objects.filter(stage=stage).order_by("pk").first():
            yield {"temporary": lent.number}
