"""Look-ups and searches in a full book, against reading one row by its primary key (Art. 8)."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from random import Random

from cardbook.cards.models import Card
from cardbook.custody.models import Position
from cardbook.demo.mass_people import Mass, MassPerson
from cardbook.demo.words import MASS
from cardbook.law.divisions import COUNTIES
from cardbook.lib.names import pinyin_initials
from cardbook.orgs.actors import Actor
from cardbook.people.holders import find_by_number, find_by_phone
from cardbook.people.models import Person
from cardbook.web.queries import find
from tests.bench.actors import city_manager, window_clerk
from tests.bench.measure import (
    Line,
    interleaved,
    peak_memory,
    percentile,
    seconds_text,
    twice_timed,
)

READS, SEARCHES = 1_000, 150


def some_people(count: int) -> list[MassPerson]:
    """This function will make some of the book's people again, spread over the whole city."""
    cards = Card.objects.count()
    mass = Mass(seed=611000, size=cards, today=MASS["as_of"])
    from cardbook.demo.mass_lots import lots

    planned = list(lots(cards=cards, today=MASS["as_of"]))
    random = Random(7)
    found: list[MassPerson] = []
    for lot in random.sample(planned, min(len(planned), 8)):
        people = mass.people(lot.county, first=lot.first, count=lot.count)
        found += random.sample(list(people), count // min(len(planned), 8) + 1)
    random.shuffle(found)
    return found[:count]


def look_up() -> Iterator[Line]:
    """One indexed read each, by what a window has in its hand."""
    random, people = Random(1), some_people(READS)
    last = Card.objects.order_by("-id").values_list("id", flat=True)[0]
    cards = list(
        Card.objects.filter(
            id__in=[random.randrange(1, last) for _ in range(READS * 2)]
        ).values_list("id", "number", "person_id")[:READS]
    )
    slots = list(
        Position.objects.filter(slot__isnull=False).values_list("account_id", "slot")[:READS]
    )
    random.shuffle(slots)
    works: dict[str, Callable[[int], object]] = {
        "按主键读一行": lambda turn: Person.objects.filter(pk=cards[turn % len(cards)][2]).first(),
        "按证件号码": lambda turn: find_by_number(people[turn % len(people)].number),
        "按卡号": lambda turn: Card.objects.filter(number=cards[turn % len(cards)][1]).first(),
        "按手机号": lambda turn: find_by_phone(people[turn % len(people)].phone),
        "按柜-层-盒-位": lambda turn: Position.objects.filter(
            account_id=slots[turn % len(slots)][0], slot=slots[turn % len(slots)][1]
        ).first(),
    }
    assert all(work(3) for work in works.values())
    taken = dict(zip(works, interleaved(list(works.values()), rounds=READS), strict=True))
    reads = taken.pop("按主键读一行")
    floor = percentile(reads, 0.99)
    for name, seconds in taken.items():
        p99 = percentile(seconds, 0.99)
        yield Line(
            name=f"查找：{name}（p99）", rows=READS, size=0, floor="按主键读一行（p99）",
            floor_value=_with_median(floor, reads), value=_with_median(p99, seconds),
            ratio=p99 / floor,
            aim="≤ 3 倍", met=p99 <= 3 * floor, memory=peak_memory(),
        )  # fmt: skip


def _with_median(tail: float, seconds: Sequence[float]) -> str:
    """The tail as asked for, and the middle, which other work on the machine disturbs less."""
    return f"{seconds_text(tail)}（中位 {seconds_text(percentile(seconds, 0.5))}）"


def search() -> Iterator[Line]:
    """What a clerk types when there is no number: names, initials, last digits."""
    people = some_people(SEARCHES)
    texts: dict[str, Sequence[str]] = {
        "姓名": [person.name for person in people],
        f"同名 {MASS['homonyms']['people']} 人的姓名": [MASS["homonyms"]["name"]] * SEARCHES,
        "三字拼音首字母": [_initials(person.name, 3) for person in people],
        "两字拼音首字母": [_initials(person.name, 2) for person in people],
        "尾号": [person.number[-4:] for person in people],
        "姓名 + 尾号": [f"{person.name} {person.number[-4:]}" for person in people],
        "拼音首字母 + 尾号": [f"{_initials(p.name, 3)} {p.number[-4:]}" for p in people],
        "没有这个人": [f"{person.name}某 {person.number[-4:]}" for person in people],
    }
    clerks = {
        "县区窗口": [window_clerk(county.code) for county in COUNTIES],
        "市局": [city_manager()],
    }
    for who, actors in clerks.items():
        for what, asked in texts.items():
            yield _searched(who, what, asked, actors)


def _initials(name: str, length: int) -> str:
    return pinyin_initials(name)[0][:length]


def _searched(who: str, what: str, asked: Sequence[str], actors: Sequence[Actor]) -> Line:
    at = datetime(2026, 11, 25, 4, tzinfo=UTC)
    ours, floors = twice_timed(
        [
            lambda turn: find(text=asked[turn], by=actors[turn % len(actors)], at=at),
            lambda turn: Person.objects.filter(pk=turn + 1).first(),
        ],
        rounds=len(asked),
    )
    clock, used = (percentile(column, 0.95) for column in zip(*ours, strict=True))
    floor = percentile([seconds for _, seconds in floors], 0.95)
    return Line(
        name=f"检索：{what}（{who}，p95）", rows=len(asked), size=0,
        floor="按主键读一行（处理器时间，p95）", floor_value=seconds_text(floor),
        value=f"{seconds_text(used)}（用时 {seconds_text(clock)}）", ratio=used / floor,
        aim="≤ 50 毫秒处理器时间", met=used <= 0.05, memory=peak_memory(),
    )  # fmt: skip
