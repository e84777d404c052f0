"""A fortnight of the demo city, lived through the same commands as the pages use (Art. 6 to 12).

Files come in as offices receive them, boxes are counted with their differences, cards are sorted,
handed over, found defective, taken back. Every step has a key of its own: done steps are skipped,
so a life that was cut off goes on where it stopped.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import cycle
from pathlib import Path

from cardbook.cards.models import Card
from cardbook.cards.states import Stage
from cardbook.chapters.intake.models import Count, Delivery
from cardbook.chapters.intake.receive import commands as receiving
from cardbook.chapters.intake.receive.importer import import_manifest
from cardbook.chapters.intake.sort import commands as sorting
from cardbook.chapters.intake.sort import queries as piles
from cardbook.chapters.issuance.defect.commands import record_defect
from cardbook.chapters.issuance.individual.commands import undo_issue
from cardbook.custody.models import Account
from cardbook.custody.places import Place
from cardbook.demo import organizations as tree
from cardbook.demo.collective import live_collective
from cardbook.demo.coming_for_others import COUNTY, live_coming_for_others
from cardbook.demo.deaths import live_deaths
from cardbook.demo.distribution import live_distribution
from cardbook.demo.elsewhere import live_elsewhere
from cardbook.demo.exchange import live_bank_report, live_exchange
from cardbook.demo.guidance import live_guidance
from cardbook.demo.lending import live_lending
from cardbook.demo.line_ends import live_line_ends
from cardbook.demo.losses import live_losses
from cardbook.demo.mandated import live_mandated
from cardbook.demo.manifests import Family, Lot, ManifestCard, pack, plant_errors, write_manifest
from cardbook.demo.new_cards import live_new_cards
from cardbook.demo.offices import live_offices
from cardbook.demo.opening import Beginning, rename_outlet, take_over
from cardbook.demo.people import Population, SyntheticPerson
from cardbook.demo.replacement import live_replacements
from cardbook.demo.row_files import live_row_files
from cardbook.demo.safekeeping import live_safekeeping
from cardbook.demo.staff import actor_named
from cardbook.demo.story import Say, Story
from cardbook.demo.stranded import live_stranded
from cardbook.demo.taken_files import live_taken_files
from cardbook.demo.uses import live_complaints, live_uses
from cardbook.demo.using import live_calls, live_using
from cardbook.demo.verified import live_verified
from cardbook.demo.visits import live_visits
from cardbook.demo.windows import hand_over
from cardbook.demo.words import BANKS
from cardbook.demo.wrong_cards import live_wrong_cards
from cardbook.law import notices
from cardbook.law.divisions import COUNTIES, County
from cardbook.ledger.models import Event
from cardbook.lib.canonical import digest
from cardbook.lib.clock import local_day
from cardbook.lifecycle.facts import (
    Defect,
    DefectRecorded,
    Reading,
)
from cardbook.orgs.actors import Actor

SEED = 611000
TAKEN_OVER = "611026"
WRONG_CARDS_IN = ("611002", "611022")

_BOX_CAPACITY = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipment:
    """One lot for one county: which file it comes as, how many cards, what goes wrong."""

    county: str
    family: Family
    cards: int
    prefix: str
    bank: int
    day: int
    short: int = 0
    misrouted: int = 0
    issued_percent: int = 50
    open: bool = False


# Day 0 is twelve days ago. The last lots are left for the visitor: to count, and to import.
# Two came long before: what nobody fetched of them is stranded by now. One came a month earlier,
# for units: their sheets are due by now.
SHIPMENTS = (
    Shipment(county="611002", family=Family.F1, cards=60, prefix="S", bank=0, day=-200),
    Shipment(county="611002", family=Family.F2, cards=60, prefix="T", bank=0, day=-60),
    Shipment(county="611022", family=Family.F1, cards=240, prefix="M", bank=2, day=-26,
             issued_percent=0),
    Shipment(county="611002", family=Family.F1, cards=360, prefix="A", bank=0, day=0, short=2),
    Shipment(county="611022", family=Family.F2, cards=240, prefix="B", bank=1, day=1, misrouted=1),
    Shipment(county="611021", family=Family.F4_RETURN, cards=120, prefix="C", bank=2, day=1),
    Shipment(county="611024", family=Family.F1, cards=120, prefix="D", bank=0, day=2),
    Shipment(county="611023", family=Family.F2, cards=60, prefix="E", bank=3, day=2),
    Shipment(county="611025", family=Family.F2, cards=60, prefix="F", bank=4, day=3, short=1),
    Shipment(county="611026", family=Family.F1, cards=60, prefix="G", bank=0, day=3),
    Shipment(county="611002", family=Family.F2, cards=90, prefix="H", bank=1, day=11, open=True),
    Shipment(county="611022", family=Family.F1, cards=60, prefix="J", bank=0, day=11, open=True),
)  # fmt: skip


# The same story with as few cards as leave something to do on every post's work queues.
_TINY = {"S": 60, "M": 60, "A": 240, "B": 60, "G": 60, "H": 30, "J": 30}
TINY_SHIPMENTS = tuple(
    replace(one, cards=_TINY[one.prefix]) for one in SHIPMENTS if one.prefix in _TINY
)

# Cards in use (Art. 22 to 30), each episode after the one it leans on; then the visits, with what
# nobody else took; last what agencies ask of all these cards.
_IN_USE = (
    live_using, live_bank_report, live_replacements, live_lending, live_new_cards, live_uses,
    live_complaints, live_deaths, live_row_files, live_mandated, live_calls, live_visits,
    live_verified,
)  # fmt: skip


def live(
    *, now: datetime, folder: Path, say: Say, shipments: Sequence[Shipment] = SHIPMENTS
) -> None:
    """This function will let the fortnight happen and leave files to practise with in `folder`.

    :raises cardbook.lifecycle.refusals.Refused: when the book refuses what the story needs.
    """
    folder.mkdir(parents=True, exist_ok=True)
    # Nobody is listed before he is born, not even in the oldest lot.
    first = now + timedelta(days=min(shipment.day for shipment in shipments) - 13)
    people = Population(seed=SEED, today=local_day(first))
    story = Story(now=now, folder=folder, say=say, population=people)
    for shipment in shipments:
        county = next(county for county in COUNTIES if county.code == shipment.county)
        delivery = _deliver(story, county, shipment)
        if shipment.open:
            say(f"{county.name}：{shipment.cards} 张在途，等您清点")
            continue
        _receive(story, county, shipment, delivery)
        _sort(story, county, shipment)
        _hand_over(story, county, shipment, delivery)
    if any(shipment.county == COUNTY for shipment in shipments):
        live_coming_for_others(story)
    for code in WRONG_CARDS_IN:
        live_wrong_cards(story, county=code)
    live_collective(story)
    live_stranded(story)
    live_losses(story)
    live_safekeeping(story)
    _leave_files(story)
    _begin_with_old_ledgers(story)
    live_distribution(story)
    live_line_ends(story)
    live_elsewhere(story)
    live_offices(story)
    live_guidance(story)
    live_exchange(story)
    for episode in _IN_USE:
        episode(story)
    live_taken_files(story)


def _begin_with_old_ledgers(story: Story) -> None:
    """One county did not begin empty, and a bank gave its outlet another name (Art. 5, 6)."""
    county = next(county for county in COUNTIES if county.code == TAKEN_OVER)
    beginning = Beginning(
        county=county, people=story.population.people_of(county, count=90), folder=story.folder,
        keeper=story.actor(county.code, "kaguan"),
        manager=actor_named("sl_guanli", on=story.today), at=story.at(12, 8),
        as_of=story.today - timedelta(days=14), say=story.say,
    )  # fmt: skip
    take_over(beginning)
    outlet = f"{BANKS[0]}{county.name}城区支行"
    rename_outlet(beginning, code=tree.branch_code(0, county.code), name=outlet)


def _lot(county: County, shipment: Shipment, *, batch: str) -> Lot:
    return Lot(
        batch=batch,
        bank=BANKS[shipment.bank],
        county=county.name,
        office=f"{county.name}社保卡综合管理机构",
        card_prefix=shipment.prefix,
        cards_per_box=_BOX_CAPACITY,
    )


def _deliver(story: Story, county: County, shipment: Shipment) -> Delivery:
    on = story.at(shipment.day, 9)
    people = story.population.people_of(county, count=shipment.cards)
    lot = _lot(county, shipment, batch=f"P{on:%Y%m%d}{shipment.prefix}")
    path = story.folder / f"到货明细_{county.name}_{lot.batch}{shipment.family.suffix}"
    cards = pack(people, lot=lot)
    if not path.exists():
        # A life that was cut off imports the very file again: written anew it would be another.
        write_manifest(path, family=shipment.family, cards=cards)
    keeper = story.actor(county.code, "kaguan")
    posted = import_manifest(path, by=keeper, at=on)
    story.say(f"{county.name}：{path.name} 已入账，{shipment.cards} 张在途")
    return Delivery.objects.get(pk=posted.delivery_id or 0)


def _receive(story: Story, county: County, shipment: Shipment, delivery: Delivery) -> None:
    """Count every box blind; in the first box what the shipment says goes wrong."""
    keeper, second = story.actor(county.code, "kaguan"), story.actor(county.code, "fuhe")
    strangers = _cards_of_others(county, shipment.misrouted)
    for place, box in enumerate(delivery.boxes.order_by("code")):
        if Count.objects.filter(box=box, closed_at__isnull=False).exists():
            continue
        at = story.at(shipment.day, 14, min(place * 4, 59))
        count = receiving.start_count(
            box_id=box.pk, by=keeper, at=at, seal_number=f"FQ{delivery.pk:03d}{place + 1:02d}"
        )
        numbers = list(box.lines.order_by("card__packing").values_list("card__number", flat=True))
        if place == 0:
            numbers = [*numbers[: len(numbers) - shipment.short], *strangers]
        for number in numbers:
            receiving.scan_card(count_id=count.pk, text=number, by=keeper)
        receiving.close_count(
            count_id=count.pk, by=keeper, second=second, at=at, key=f"demo-count-{count.pk}"
        )
    story.say(f"{county.name}：{delivery.boxes.count()} 盒清点完毕，短少 {shipment.short} 张")
    if shipment.short > 1:
        _explain(story, county, delivery, keeper=keeper, second=second, day=shipment.day + 1)


def _cards_of_others(county: County, count: int) -> list[str]:
    found = Card.objects.exclude(county__code=county.code).order_by("pk")
    return list(found.values_list("number", flat=True)[:count])


def _explain(
    story: Story, county: County, delivery: Delivery, *, keeper: Actor, second: Actor, day: int
) -> None:
    """One of the short cards turns up; the other stays open for the visitor."""
    if Event.objects.filter(act="delivery.explain_found", org_id=keeper.org_id).exists():
        return
    short = Card.objects.filter(
        delivery_lines__box__delivery=delivery, position__account__kind=Place.TRANSIT
    ).order_by("pk")
    receiving.explain_difference(
        card_ids=[short[0].pk],
        found=True,
        words="制卡中心补寄一张，快递单已附",
        by=keeper,
        second=second,
        at=story.at(day, 9),  # before the cards are sorted
        key=f"demo-found-{delivery.pk}",
    )
    story.say(f"{county.name}：补到 1 张，仍有差异待说明")


def _sort(story: Story, county: County, shipment: Shipment) -> None:
    """Towns into boxes, a cabinet for each bank's lot."""
    keeper = story.actor(county.code, "kaguan")
    at = story.at(shipment.day + 1, 10)
    cabinet = shipment.prefix
    boxes = _boxes(keeper, cabinet=cabinet)
    box = next(boxes)
    for pile in piles.piles(by=keeper, order="town"):
        waiting = piles.cards_of_pile(
            within=keeper.county_path, order="town", key=pile.key, limit=pile.count
        )
        while waiting:
            free = _BOX_CAPACITY - box.positions.count()
            if not free:
                box = next(boxes)
                continue
            ids, waiting = waiting[:free], waiting[free:]
            sorting.sort_cards(
                card_ids=ids, account_id=box.pk, order="town", by=keeper, at=at,
                key=f"demo-sort-{digest([box.pk, ids]).hex()[:32]}",
            )  # fmt: skip
    story.say(f"{county.name}：分类入 {cabinet} 柜")


def _boxes(keeper: Actor, *, cabinet: str) -> Iterator[Account]:
    for place in range(1, 100):
        shelf, box = str((place - 1) // 4 + 1), f"{(place - 1) % 4 + 1:02d}"
        yield sorting.open_box(
            cabinet=cabinet,
            shelf=shelf,
            box=box,
            capacity=_BOX_CAPACITY,
            label="按镇街",
            by=keeper,
        )


def _hand_over(story: Story, county: County, shipment: Shipment, delivery: Delivery) -> None:
    """Days at the windows: most go well, some cards are soiled, one entry is a slip."""
    windows = [
        story.actor(county.code, f"chuangkou{place}")
        for place in range(1, tree.windows_of(county.code) + 1)
    ]
    cards = list(
        Card.objects.filter(delivery_lines__box__delivery=delivery)
        .exclude(position__account__kind__in=(Place.TRANSIT, Place.MISSING))
        .select_related("position__account")
        .order_by("pk")
    )
    # Scattered over the boxes, and the same cards however often the story is told.
    chosen = [card for card in cards if card.pk * 7919 % 100 < shipment.issued_percent]
    done = 0
    for place, (card, clerk) in enumerate(zip(chosen, cycle(windows), strict=False)):
        on_shelf = Place(card.position.account.kind).is_store
        if card.stage != Stage.IN_CUSTODY or not on_shelf:
            continue  # done before, or gone on since in a life that was cut off
        at = story.at(shipment.day + 3 + place % 6, 9 + place % 8, (place * 7) % 60)
        if place % 23 == 5:
            _find_defect(card, clerk, at=at, place=place)
            continue
        done += hand_over(card, by=clerk, at=at)
    _slip_of_the_hand(story, county, chosen, clerk=windows[0])
    story.say(f"{county.name}：窗口发放 {done} 张")


def _find_defect(card: Card, clerk: Actor, *, at: datetime, place: int) -> None:
    kinds = (Defect.SOILED, Defect.UNREADABLE, Defect.INCOMPLETE)
    kind = kinds[place % 3]
    silent = kind is Defect.UNREADABLE
    facts = DefectRecorded(
        defect=kind, reader_tried=silent, words="当面验卡时发现",
        reading=Reading.SILENT if silent else Reading.EYE,
    )  # fmt: skip
    record_defect(
        card_id=card.pk, facts=facts, told=(notices.DEFECT.code,), by=clerk, at=at,
        key=f"demo-defect-{card.pk}",
    )  # fmt: skip


def _slip_of_the_hand(
    story: Story, county: County, cards: Sequence[Card], *, clerk: Actor
) -> None:
    if Event.objects.filter(act="issue.undo", org_id=clerk.org_id).exists():
        return
    event = (
        Event.objects.filter(
            subject_kind="card",
            act="card.issue",
            subject_id__in=[card.pk for card in cards],
            org_id=clerk.org_id,
        )
        .order_by("pk")
        .first()
    )
    if event is None:
        return
    undo_issue(
        card_id=event.subject_id, event_id=event.pk, words="持卡人当场发现拿错证件，卡未离开窗口",
        by=clerk, second=story.actor(county.code, "fuhe"),
        at=event.happened_at + timedelta(minutes=3), key=f"demo-undo-{event.pk}",
    )  # fmt: skip


def _leave_files(story: Story) -> None:
    """Two files for the visitor: a good one to import, and one with an error of every kind."""
    county = COUNTIES[0]
    people: tuple[SyntheticPerson, ...] = story.population.people_of(county, count=60)
    good = pack(people, lot=_practice_lot(county, "K"))
    write_manifest(story.folder / "练习_到货明细_正确.csv", family=Family.F1, cards=good)
    more = pack(story.population.people_of(county, count=60), lot=_practice_lot(county, "L"))
    spoiled: tuple[ManifestCard, ...]
    spoiled, _ = plant_errors(more, seed=SEED)
    write_manifest(
        story.folder / "练习_到货明细_有错.xlsx", family=Family.F2, cards=spoiled,
        title="到货明细（练习用，含各种错误）",
    )  # fmt: skip
    story.say(f"练习文件在 {story.folder}")


def _practice_lot(county: County, prefix: str) -> Lot:
    return Lot(
        batch=f"PLX{prefix}", bank=BANKS[0], county=county.name,
        office=f"{county.name}社保卡综合管理机构", card_prefix=prefix, cards_per_box=_BOX_CAPACITY,
    )  # fmt: skip
