"""Units and villages of the demo city take cards and bring their sheets back (Art. 8 para. 3, 20).

One sheet is filed, one half read back, one overdue, one bundle only begun; a second run skips.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from cardbook.cards.models import Card
from cardbook.chapters.issuance.collective.commands import file_sheet, hand_out_bundle
from cardbook.chapters.issuance.collective.drafts import (
    add_cards,
    cards_meant_for,
    keep_pages,
    start_bundle,
    tick_rows,
)
from cardbook.chapters.issuance.collective.naming import NOBODY, Named
from cardbook.chapters.issuance.collective.queries import bundle_of
from cardbook.chapters.issuance.collective.register import page_count
from cardbook.chapters.issuance.collective.reminding import remind_sheet
from cardbook.chapters.issuance.collective.ticks import read_ticks
from cardbook.chapters.issuance.models import Bundle
from cardbook.chapters.representatives import readiness_of, remembered
from cardbook.demo.pictures import grey_picture
from cardbook.demo.story import Story
from cardbook.law import notices, papers
from cardbook.law.divisions import COUNTIES
from cardbook.lib.clock import local_day
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.facts import Relation, Signer, Signing
from cardbook.lifecycle.judge import Presented
from cardbook.orgs.actors import Actor
from cardbook.orgs.models import Kind, Organization
from cardbook.papers.pictures import KeptImage
from cardbook.people.holders import holder_of
from cardbook.people.models import Handler, KeepingPlan, UnitLetter

_RULE = act("bundle.hand_out").papers
PAPERS = tuple(Presented(kind=kind.code) for kind in (_RULE.usual if _RULE else ()))
_MOST = 40
_FEWEST = 4


@dataclass(frozen=True, slots=True)
class Episode:
    """One unit's cards: whose, when they go, what has been read of the sheet, when it is filed or
    the unit told that it is overdue.
    """

    county: str
    unit: str
    day: int
    batch: str = ""
    read: str = ""
    filed: int | None = None
    reminded: int | None = None
    gone: bool = True


EPISODES = (
    # Only cards of the lot that had come by then; its batch ends with this letter.
    Episode("611022", "汽车运输公司", -20, batch="M", read="除2;2=1", filed=-4),
    Episode("611022", "高级中学", -20, batch="M", reminded=9),
    Episode("611002", "物流有限公司", 5, read="除3;3=2t", filed=10),
    Episode("611002", "高级中学", 7, read="1=j;2-3=j;4=s"),
    Episode("611002", "初级中学", 11, gone=False),
)


def live_collective(story: Story) -> None:
    """This function will let units of two counties take their cards, and one be late."""
    for episode in EPISODES:
        clerk = story.actor(episode.county, "jingban1")
        unit = Organization.objects.filter(
            county__code=episode.county, kind=Kind.UNIT, name__endswith=episode.unit
        ).first()
        if unit is None or Bundle.objects.filter(unit=unit).exists():
            continue
        _file_of_unit(story, episode, unit)
        _take(story, episode, unit, by=clerk)


def _cards(episode: Episode, unit: Organization, *, by: Actor) -> list[int]:
    """What lies here for a unit, and had come by the day it is taken."""
    ids = cards_meant_for(unit, by=by)
    found = Card.objects.filter(pk__in=ids, batch__code__endswith=episode.batch)
    fit = set(found.values_list("pk", flat=True))
    return [card_id for card_id in ids if card_id in fit][:_MOST]


def _file_of_unit(story: Story, episode: Episode, unit: Organization) -> None:
    """Letter, two handlers and a plan, where the unit has none on file."""
    since = date(story.today.year - 1, 1, 1)
    ready = readiness_of(unit.pk, on=local_day(story.at(episode.day, 9)))
    if ready.plan is None:
        KeepingPlan.objects.create(
            organization=unit, since=since,
            words="专人专柜保管，双人双锁；防火、防水、防损、防磁、防盗、防挤压逐项落实",
        )  # fmt: skip
    if len(ready.handler_ids) >= 2:
        return
    county = next(one for one in COUNTIES if one.code == episode.county)
    letter = UnitLetter.objects.create(
        organization=unit, number=f"介〔{since.year + 1}〕{unit.code[-2:]}号", since=since,
        until=date(story.today.year + 1, 12, 31),
    )  # fmt: skip
    for who in story.population.people_of(county, count=2):
        person = remembered(number=who.number, name=who.name, today=story.today)
        Handler.objects.create(letter=letter, person=person, since=since)


def _take(story: Story, episode: Episode, unit: Organization, *, by: Actor) -> None:
    at = story.at(episode.day, 10)
    handlers = readiness_of(unit.pk, on=local_day(at)).handler_ids
    ids = _cards(episode, unit, by=by)
    if len(ids) < _FEWEST:
        return
    bundle = start_bundle(unit_id=unit.pk, by=by, at=at, collector_id=handlers[0])
    added = add_cards(bundle_id=bundle.pk, card_ids=ids, by=by, at=at)
    if not episode.gone:
        story.say(f"{unit.name}：{added.count} 张备好，等领卡人签字")
        return
    pages = page_count(bundle_of(bundle.pk, by=by), printed_at=at)
    hand_out_bundle(
        bundle_id=bundle.pk, signing=Signing.PAPER, papers=PAPERS, pages=pages, by=by, at=at,
        key=f"demo-bundle-{unit.code}",
    )  # fmt: skip
    story.say(f"{unit.name}：领走 {added.count} 张，签字明细表 {bundle.number}")
    if episode.read:
        _read_back(story, episode, bundle_of(bundle.pk, by=by), by=by)
    if episode.reminded is not None:
        remind_sheet(
            bundle_id=bundle.pk, words="电话通知经办人，三日内交回备案", by=by,
            at=story.at(episode.reminded, 9),
        )  # fmt: skip
        story.say(f"{bundle.number}：逾期未备案，已催交{unit.name}")


def _read_back(story: Story, episode: Episode, bundle: Bundle, *, by: Actor) -> None:
    day = episode.filed if episode.filed is not None else episode.day + 3
    on = local_day(story.at(episode.day + 1, 10))
    rows: Sequence[int] = range(1, bundle.cards + 1)
    ticks = read_ticks(episode.read, last=bundle.cards, undecided=set(rows))
    for place, tick in enumerate(ticks):
        others = tick.mark.signer == Signer.GUARDIAN
        agent = _parent(story, bundle, place) if others else NOBODY
        tick_rows(bundle_id=bundle.pk, ticks=[tick], on=on, by=by, agent=agent)
    at = story.at(day, 15)
    pages = range(1, bundle.pages + 1 if episode.filed is not None else 2)
    images = [(page, scan_of(bundle, page)) for page in pages]
    keep_pages(bundle_id=bundle.pk, images=images, by=by, at=at)
    if episode.filed is None:
        story.say(f"{bundle.number}：交回一部分，还没有备案")
        return
    file_sheet(
        bundle_id=bundle.pk, told=(notices.PICK_UP.code,), by=by, at=at,
        key=f"demo-filed-{bundle.number}-{bundle.unit.code}",
    )  # fmt: skip
    story.say(f"{bundle.number}：已备案")


def _parent(story: Story, bundle: Bundle, place: int) -> Named:
    """Somebody of age who has a card in the county, for a minor or for two of one household."""
    grown_up = date(story.today.year - 35, 1, 1)
    holders = Card.objects.filter(
        county=bundle.unit.county_id, person__born_on__lt=grown_up, person__died_on=None
    )
    found = holder_of(holders.select_related("person").order_by("pk")[place].person)
    return Named(
        name=found.name, number=found.number, relation=str(Relation.PARENT),
        proof=papers.HOUSEHOLD_BOOK.code,
    )  # fmt: skip


def scan_of(bundle: Bundle, page: int) -> KeptImage:
    """This function will give a page as a grey sheet: the demo has nobody's signature."""
    row = bytes([240 - page % 40]) * 593 + bytes([bundle.pk % 200])
    return grey_picture(papers.SIGNED_SHEET_IMAGE, row, height=420)
