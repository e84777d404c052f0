"""Holders in the seat's county who want to fetch their cards at another office (Art. 16).

Three wait to be sent on, one is on its way, one cannot be met. Through the commands of the pages;
what is done already is skipped.
"""

from collections.abc import Sequence

from cardbook.cards.models import Card
from cardbook.cards.states import Stage
from cardbook.chapters.intake.distribution.choosing_queries import from_numbers
from cardbook.chapters.intake.distribution.commands import send_cards
from cardbook.chapters.stranded.elsewhere.commands import ask_outlet, decline_outlets
from cardbook.custody.places import Place
from cardbook.demo import organizations as tree
from cardbook.demo.distribution import SEAT
from cardbook.demo.staff import actor_named
from cardbook.demo.story import Story
from cardbook.ledger.models import Event
from cardbook.lifecycle.facts import AskedVia, Signer
from cardbook.orgs.models import Organization

_HOTLINE = "sl_12333"
_BY_PHONE, _AT_WINDOW = AskedVia.HOTLINE, AskedVia.WINDOW
# Who says so by which way, on which day, and in which words; the last but one is sent on, the last
# cannot be.
_WISHES = (
    (Signer.HOLDER, _BY_PHONE, 4, "工作日下班后方便"),
    (Signer.PROXY, _BY_PHONE, 8, "本人在外地，家属就近去领"),
    (Signer.HOLDER, _AT_WINDOW, 10, "住得近"),
    (Signer.HOLDER, _BY_PHONE, 5, "单位在附近"),
    (Signer.GUARDIAN, _AT_WINDOW, 6, "学校放假再领"),
)


def live_elsewhere(story: Story) -> None:
    """This function will let five holders ask for another office, and two be answered."""
    keeper = story.actor(SEAT, "kaguan")
    if Event.objects.filter(act="card.ask_outlet").exists():
        return
    cards = list(
        Card.objects.filter(
            stage=Stage.IN_CUSTODY, position__account__organization=keeper.org_id,
            position__account__kind__in=[Place.STORE, Place.BOX],
        ).order_by("-pk")[: len(_WISHES)]
    )  # fmt: skip
    if len(cards) < len(_WISHES):
        return
    _ask(story, cards)
    *_, sent, undone = cards
    send_cards(
        chosen=from_numbers(sent.number), receiver_id=_window().pk, words="持卡人要求换地点领取",
        by=keeper, at=story.at(9, 9), key=f"demo-elsewhere-send-{sent.pk}",
    )  # fmt: skip
    decline_outlets(
        card_ids=[undone.pk], words="监护人证件未带，改日持户口簿到原处领取，已电话告知",
        by=keeper, at=story.at(9, 10), key=f"demo-elsewhere-no-{undone.pk}",
    )  # fmt: skip
    story.say(f"换地点领取：{len(cards)} 人提出，1 张已转去，1 张不能办理，其余等待分拨")


def _ask(story: Story, cards: Sequence[Card]) -> None:
    by_way = {
        _BY_PHONE: actor_named(_HOTLINE, on=story.today),
        _AT_WINDOW: story.actor(SEAT, "chuangkou1"),
    }
    for card, (asked_by, via, day, words) in zip(cards, _WISHES, strict=True):
        ask_outlet(
            card_id=card.pk, outlet_id=_window().pk, asked_by=asked_by, via=via, words=words,
            by=by_way[via], at=story.at(day, 15), key=f"demo-elsewhere-ask-{card.pk}",
        )  # fmt: skip


def _window() -> Organization:
    return Organization.objects.get(code=tree.window_code(SEAT))
