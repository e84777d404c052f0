"""Lost cards in the demo city: called in, told, renewed, put in writing, found again (Art. 28).

Told after the windows' days of `life.py`; every step has a key of its own, so a second telling
skips what is done. Some losses are left for the visitor: not told yet, and lapsing soon.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from cardbook.cards.models import Card
from cardbook.cards.states import Hold, Social, Stage
from cardbook.chapters.usage.errands import Said
from cardbook.chapters.usage.loss.commands import (
    Charge,
    Heard,
    Shown,
    lift_loss,
    make_loss_formal,
    renew_loss,
    report_loss,
    tell_loss,
)
from cardbook.chapters.usage.loss.outside_commands import OutsideCard, note_outside_call
from cardbook.chapters.usage.models import OutsideCall
from cardbook.demo.mandated import agent_for
from cardbook.demo.staff import actor_named
from cardbook.demo.story import Story
from cardbook.law import notices
from cardbook.lib.citizen_number import DEMO_REGION, check_digit
from cardbook.lib.clock import local_day
from cardbook.lifecycle.facts import ProxyReason, Relation, RequestChannel, Signer
from cardbook.lifecycle.judge import Presented
from cardbook.orgs.actors import Actor

COUNTY = "611002"
_HOTLINE = "sl_12333"
_ENOUGH = 12  # a tiny city has no cards to lose
_STRANGER = f"{DEMO_REGION}19750310771"
_LAST = "demo-loss-outside"
_ANSWERED = ("bank", "picked_up", "town")
_CALL = Heard(channel=RequestChannel.HOTLINE, questions=_ANSWERED)
_WINDOW = Heard(channel=RequestChannel.WINDOW, document_seen=True)
_WRITTEN = Shown(papers=(Presented(kind="id_card_original"),))


def live_losses(story: Story) -> None:
    """This function will let cards be lost and found, and leave some in between.

    :raises cardbook.lifecycle.refusals.Refused: when the book refuses what the story needs.
    """
    cards = _cards_in_hands()
    if len(cards) < _ENOUGH or OutsideCall.objects.filter(key=_LAST).exists():
        return
    operator = actor_named(_HOTLINE, on=story.today)
    clerk = story.actor(COUNTY, "chuangkou1")
    lost = iter(cards)
    _lapsed(story, next(lost), by=operator)
    _due(story, next(lost), by=operator)
    _renewed(story, next(lost), by=operator)
    _found(story, next(lost), by=operator)
    _found_by_agent(story, next(lost), by=clerk)
    _written(story, next(lost), by=clerk)
    _calls(story, [next(lost) for _ in range(3)], by=operator)
    _for_a_dead_holder(story, next(lost), by=operator)
    _from_elsewhere(story, by=operator)
    story.say(
        "挂失：有的已告知，有的等您补告；一笔快到期，一笔已续办，一笔正式挂失，两笔已解挂（一笔由他人凭委托书）"
    )


def _cards_in_hands() -> list[Card]:
    """Cards that came home long before the fortnight; every third, the others live elsewhere."""
    found = Card.objects.filter(
        county__code=COUNTY, stage=Stage.ISSUED, social__in=(Social.SEALED, Social.ACTIVE)
    )
    usual = found.exclude(hold=Hold.ERROR).order_by("pk")
    return [card for card in usual if card.pk % 3 == 0][:_ENOUGH]


def _report(card: Card, *, at: datetime, by: Actor, heard: Heard = _CALL) -> None:
    report_loss(
        card_id=card.pk, heard=_numbered(heard, card), by=by, at=at, key=f"demo-loss-{card.pk}"
    )


def _numbered(heard: Heard, card: Card) -> Heard:
    """The number the telephone system gives a call; nobody at a window has one."""
    by_phone = heard.channel is RequestChannel.HOTLINE
    return replace(heard, call=f"12333-{card.pk:06d}") if by_phone else heard


def _tell(card: Card, *, at: datetime, by: Actor, after: str) -> None:
    tell_loss(
        card_id=card.pk, channel=RequestChannel.HOTLINE, told=[notices.LOSS.code],
        call=f"12333-{card.pk:06d}", by=by, at=at, key=f"demo-loss-told-{after}-{card.pk}",
    )  # fmt: skip


def _lapsed(story: Story, card: Card, *, by: Actor) -> None:
    """Reported ten days ago; nobody called again, and time took the stop off by itself."""
    at = story.now - timedelta(days=10)
    _report(card, at=at, by=by)
    _tell(card, at=at + timedelta(minutes=1), by=by, after="report")


def _due(story: Story, card: Card, *, by: Actor) -> None:
    """Reported six days ago: tomorrow it is over, somebody should call."""
    at = story.now - timedelta(days=6)
    _report(card, at=at, by=by)
    _tell(card, at=at + timedelta(minutes=1), by=by, after="report")


def _renewed(story: Story, card: Card, *, by: Actor) -> None:
    at = story.now - timedelta(days=8)
    _report(card, at=at, by=by)
    _tell(card, at=at + timedelta(minutes=1), by=by, after="report")
    again = story.now - timedelta(days=2)
    renew_loss(
        card_id=card.pk, heard=_numbered(_CALL, card), by=by, at=again,
        key=f"demo-loss-renew-{card.pk}",
    )  # fmt: skip
    _tell(card, at=again + timedelta(minutes=1), by=by, after="renew")


def _found(story: Story, card: Card, *, by: Actor) -> None:
    at = story.now - timedelta(days=4)
    _report(card, at=at, by=by)
    lift_loss(
        card_id=card.pk, heard=replace(_numbered(_CALL, card), words="卡在家里找到了"),
        card_seen=False, told=[notices.FOUND.code], by=by, at=at + timedelta(days=1),
        key=f"demo-loss-lift-{card.pk}",
    )  # fmt: skip


def _found_by_agent(story: Story, card: Card, *, by: Actor) -> None:
    """Its holder is away and sends somebody with a mandate, where anybody can be sent."""
    at = story.now - timedelta(days=4)
    _report(card, at=at, by=by, heard=_WINDOW)
    agent = agent_for(card)
    if agent is None:
        return
    on = local_day(at)
    said = Said(
        number=agent.number, name=agent.name, relation=Relation.PARENT, reason=ProxyReason.AWAY,
        signed_on=on, until=on + timedelta(days=30),
    )  # fmt: skip
    lift_loss(
        card_id=card.pk, heard=replace(_WINDOW, caller=Signer.PROXY, words="父亲代为解挂"),
        card_seen=True, told=[notices.FOUND.code], by=by, at=at + timedelta(days=1),
        key=f"demo-loss-lift-{card.pk}",
        charge=Charge(
            said=said, papers=(Presented(kind="agent_id"), Presented(kind="lifting_mandate"))
        ),
    )  # fmt: skip


def _written(story: Story, card: Card, *, by: Actor) -> None:
    at = story.now - timedelta(days=3)
    _report(card, at=at, by=by, heard=_WINDOW)
    make_loss_formal(
        card_id=card.pk, heard=_WINDOW, shown=_WRITTEN, by=by, at=at + timedelta(days=1),
        key=f"demo-loss-formal-{card.pk}",
    )  # fmt: skip
    _tell(card, at=at + timedelta(days=1, minutes=1), by=by, after="formal")


def _calls(story: Story, cards: Sequence[Card], *, by: Actor) -> None:
    """Today's calls: one told to the end, two broken off before the bank's number was said."""
    for place, card in enumerate(cards):
        at = story.now - timedelta(hours=3 - place)
        _report(card, at=at, by=by)
        if place == 0:
            _tell(card, at=at + timedelta(minutes=1), by=by, after="report")


def _for_a_dead_holder(story: Story, card: Card, *, by: Actor) -> None:
    """A daughter calls for her father: she may have the card stopped."""
    heard = replace(_CALL, caller=Signer.PROXY, words="女儿代父亲来电")
    _report(card, at=story.now - timedelta(minutes=30), by=by, heard=heard)


def _from_elsewhere(story: Story, *, by: Actor) -> None:
    """A card of another city: asked about, sent on, kept."""
    note_outside_call(
        said=OutsideCard(
            matter="lost", number=_STRANGER + check_digit(_STRANGER),
            name="杜外地", place="西安市", hotline="029-12333",
            call="12333-900001", words="在本市务工，卡是西安发的",
        ),
        by=by, at=story.now - timedelta(hours=1), key=_LAST,
    )  # fmt: skip
