"""Those who come for others in the demo city: proxies, guardians, the post (Art. 7, 10, 11).

Told after the windows' days of `life.py`; every step has a key of its own, so a second telling
skips what is done.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from cardbook.cards.models import Card
from cardbook.cards.states import Stage
from cardbook.chapters.issuance.posting.commands import (
    post_card,
    receive_receipt,
    take_parcel_back,
)
from cardbook.chapters.issuance.proxy.commands import (
    Charge,
    Comer,
    HandOver,
    issue_to_guardian,
    issue_to_proxy,
)
from cardbook.chapters.issuance.proxy.mandate_commands import register_mandate, revoke_mandate
from cardbook.chapters.representatives import MandateTerms
from cardbook.custody.places import Place
from cardbook.demo.story import Story
from cardbook.law import notices
from cardbook.lib.clock import local_day
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.facts import (
    CardIssued,
    IdentityReading,
    ProxyReason,
    Relation,
    Signer,
    Signing,
)
from cardbook.lifecycle.judge import Presented
from cardbook.orgs.actors import Actor
from cardbook.people.holders import holder_of
from cardbook.people.models import Mandate, Person

COUNTY = "611002"
_TOLD = (notices.PICK_UP.code,)
_ADULT_DAYS, _MINOR_DAYS = 30 * 366, 16 * 365
_ENOUGH = 50  # a tiny city has nobody to spare


@dataclass(frozen=True, slots=True, kw_only=True)
class _Coming:
    """One proxy of the story."""

    day: int
    reason: ProxyReason
    relation: Relation
    proof: str
    words: str = ""


_PROXIES = (
    _Coming(day=5, reason=ProxyReason.HEALTH, relation=Relation.CHILD, proof="relative_proof"),
    _Coming(day=6, reason=ProxyReason.AWAY, relation=Relation.SPOUSE, proof="household_book"),
    _Coming(day=7, reason=ProxyReason.AWAY, relation=Relation.UNIT, proof="unit_proof"),
    _Coming(day=9, reason=ProxyReason.AWAY, relation=Relation.SIBLING, proof="relative_proof"),
)
_NEIGHBOUR = _Coming(
    day=10, reason=ProxyReason.HEALTH, relation=Relation.OTHER, proof="relative_proof",
    words="同村邻居，老人行动不便",
)  # fmt: skip
_GUARDIANS = (
    (Relation.PARENT, ""),
    (Relation.PARENT, ""),
    (Relation.GRANDPARENT, "父母在外务工，委托祖父母照管，村委会已证明"),
)


def live_coming_for_others(story: Story) -> None:
    """This function will let proxies, guardians and the postman come, and leave some in between.

    :raises cardbook.lifecycle.refusals.Refused: when the book refuses what the story needs.
    """
    clerk = story.actor(COUNTY, "chuangkou1")
    adults, minors = _holders(story, older=_ADULT_DAYS), _holders(story, younger=_MINOR_DAYS)
    if len(adults) < _ENOUGH:
        return
    comers = iter(_comers(adults[30:]))
    for card, coming in zip(adults, _PROXIES, strict=False):
        _proxy(story, card, next(comers), coming, by=clerk)
    neighbour = next(comers)
    for card in adults[4:7]:
        _proxy(story, card, neighbour, _NEIGHBOUR, by=clerk)
    for card, (relation, words) in zip(minors, _GUARDIANS, strict=False):
        _guardian(story, card, next(comers), relation, words, by=clerk)
    _mandates(story, adults[7:10], comers, by=clerk)
    _post(story, adults[10:16], by=clerk)
    story.say("代领、监护人代领、邮寄各有几笔；邮寄在途的等您登记签收")


def _holders(story: Story, *, older: int = 0, younger: int = 0) -> list[Card]:
    """Cards of the county that nobody fetched at the windows: the same ones at every telling."""
    found = Card.objects.filter(county__code=COUNTY, person__died_on=None).order_by("-pk")
    if older:
        found = found.filter(person__born_on__lt=story.today - timedelta(days=older))
    if younger:
        found = found.filter(person__born_on__gt=story.today - timedelta(days=younger))
    cards = found.exclude(position__account__kind__in=(Place.TRANSIT, Place.MISSING))
    return [card for card in cards.select_related("person") if card.pk * 7919 % 100 >= 70]


def _comers(cards: Sequence[Card]) -> Iterator[Comer]:
    """Grown-up inhabitants of the county."""
    for card in cards:
        person: Person = card.person
        holder = holder_of(person)
        yield Comer(number=holder.number, name=holder.name, phone=holder.phone)


def _is_waiting(card: Card) -> bool:
    return card.stage == Stage.IN_CUSTODY


def _given(card: Card, *, copy_kept: str = "") -> CardIssued:
    return CardIssued(
        way="window", identity=IdentityReading.READER, original_seen=True, face_matches=True,
        reads=True, scanned=card.number, signing=Signing.PAPER, copy_kept=copy_kept,
    )  # fmt: skip


def _papers(code: str, *more: str) -> tuple[Presented, ...]:
    """One paper of every group of the row, and those named besides."""
    rule = act(code).papers
    kinds = [kind.code for kind in (rule.usual if rule else ())]
    return tuple(Presented(kind=kind) for kind in dict.fromkeys((*kinds, *more)))


def _proxy(story: Story, card: Card, who: Comer, coming: _Coming, *, by: Actor) -> None:
    if not _is_waiting(card):
        return
    at = story.at(coming.day, 10, card.pk % 50)
    on = local_day(at)
    terms = MandateTerms(
        since=on - timedelta(days=2), until=on + timedelta(days=28),
        signed_on=on - timedelta(days=2), reason=str(coming.reason),
        relation=str(coming.relation), scope="代为领取社保卡，代为签字",
    )  # fmt: skip
    issue_to_proxy(
        hand_over=HandOver(
            card_id=card.pk, given=_given(card, copy_kept="paper"),
            papers=_papers("card.issue_proxy", coming.proof), told=_TOLD,
        ),
        comer=who,
        charge=Charge(
            mandate=terms, reason=coming.reason, relation=coming.relation, words=coming.words
        ),
        by=by, at=at, key=f"demo-proxy-{card.pk}",
    )  # fmt: skip


def _guardian(
    story: Story, card: Card, who: Comer, relation: Relation, words: str, *, by: Actor
) -> None:
    if not _is_waiting(card):
        return
    issue_to_guardian(
        hand_over=HandOver(
            card_id=card.pk, given=_given(card), papers=_papers("card.issue_guardian"), told=_TOLD
        ),
        comer=who, relation=relation, proof="household_book", words=words, by=by,
        at=story.at(8, 15, card.pk % 50), key=f"demo-guardian-{card.pk}",
    )  # fmt: skip


def _mandates(story: Story, cards: Sequence[Card], comers: Iterator[Comer], *, by: Actor) -> None:
    """One in force that waits for its agent, one that is over, one that was revoked."""
    today = story.today
    spans = ((-3, 27), (-40, -9), (-6, 24))
    for place, (card, (since, until)) in enumerate(zip(cards, spans, strict=False)):
        terms = MandateTerms(
            since=today + timedelta(days=since), until=today + timedelta(days=until),
            signed_on=today + timedelta(days=since), reason="away", relation="child",
            scope="代为领取社保卡，代为签字",
            # The first holder cannot write: his thumb print was seen by a neighbour.
            signing=Signing.PAPER if place else Signing.THUMB,
            witness="" if place else "赵邻居",
        )  # fmt: skip
        who = next(comers)
        if Mandate.objects.filter(principal=card.person).exists():
            continue
        number = register_mandate(
            principal_id=card.person_id, comer=who, terms=terms, by=by,
            at=story.at(10 if place else 11, 9), key=f"demo-mandate-{card.pk}",
        )  # fmt: skip
        if place == 2:
            revoke_mandate(
                mandate_id=number, words="持卡人到窗口声明自己来领", by=by,
                at=story.at(11, 16), key=f"demo-mandate-back-{card.pk}",
            )  # fmt: skip


def _post(story: Story, cards: Sequence[Card], *, by: Actor) -> None:
    """Some receipts came, one parcel came back, two are under way: one of them too long."""
    for place, card in enumerate(cards):
        if not _is_waiting(card):
            continue
        day = 3 if place < 4 else 11
        parcel = f"EX{card.pk:09d}CN"
        sent = story.at(day, 11, place)
        post_card(
            card_id=card.pk, parcel=parcel, papers=_papers("card.post"), by=by, at=sent,
            key=f"demo-post-{card.pk}",
        )  # fmt: skip
        if place < 2:
            receive_receipt(
                card_id=card.pk, parcel=parcel,
                received_on=local_day(story.at(day + 3, 9)),
                signed_by=Signer.HOLDER, papers=_papers("card.issue_posted"), told=_TOLD, by=by,
                at=story.at(day + 5, 10, place), key=f"demo-receipt-{card.pk}",
            )  # fmt: skip
        elif place == 2:
            take_parcel_back(
                card_id=card.pk, parcel=parcel, words="收件人外出，无人签收", by=by,
                at=story.at(day + 6, 10), key=f"demo-back-{card.pk}",
            )  # fmt: skip
