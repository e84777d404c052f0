"""What agencies and other places hand in: uses of cards, and those who come (Art. 23, 30, 31).

Some uses should not have been, so that the visitor finds them listed; of those who come one has
two cards. A file that was posted once is left out on a second run.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from cardbook.cards.models import Card
from cardbook.cards.states import Hold, Social, Stage
from cardbook.chapters.usage.models import CardUse
from cardbook.chapters.usage.row_files import RowFiles
from cardbook.chapters.usage.transfer import move_files
from cardbook.chapters.usage.transfer.commands import settle_incoming
from cardbook.chapters.usage.transfer.queries import incoming
from cardbook.chapters.usage.uses import use_files
from cardbook.chapters.usage.values import Decision
from cardbook.demo.people import SyntheticPerson
from cardbook.demo.staff import actor_named
from cardbook.demo.story import Story
from cardbook.imports.models import ImportFile
from cardbook.imports.models import Stage as FileStage
from cardbook.law.divisions import COUNTIES
from cardbook.lib.clock import LOCAL
from cardbook.orgs.actors import Actor
from cardbook.people.holders import Holder, holder_of

_COUNTY = "611002"
_USED, _NEWCOMERS = 10, 3
_PLACE = "示范省示范市社保中心"


def live_row_files(story: Story) -> None:
    """This function will let the city take in uses, and a county those who come.

    :raises cardbook.chapters.staged_files.RowsWrong: when the book refuses a row.
    """
    manager = actor_named("sl_guanli", on=story.today)
    added = _taken(
        use_files.FILES, "用卡记录_示范.csv", list(_uses(story)), by=manager, story=story
    )
    if added:
        story.say(f"市局：导入 {added} 次用卡，可疑的在“可疑用卡”等您核实")
    clerk = story.actor(_COUNTY, "chuangkou1")
    added = _taken(move_files.FILES, "转入名单_示范市.csv", _movers(story), by=clerk, story=story)
    if added:
        story.say(f"{clerk.org_name}：导入 {added} 人的转入名单，等您逐人办理")
    added = _taken(
        move_files.LEAVERS, "转出名单_示范市.csv", _leavers(story), by=clerk, story=story
    )
    if added:
        story.say(f"{clerk.org_name}：导入 {added} 人的转出名单，在“转出待办”等您逐人办理")
    if _one_stays(story, by=clerk):
        story.say(f"{clerk.org_name}：1 人转入后原卡继续使用，已记下要报省系统")


def _one_stays(story: Story, *, by: Actor) -> bool:
    """Somebody who came keeps the card he brought; once, however often the demo is told."""
    come = incoming(within=by.county_path, today=story.today)
    if any(one.settled_at for one in come):
        return False
    came = next((one for one in come if one.verdict == "card_there"), None)
    return came is not None and settle_incoming(
        incoming=came.id, decision=Decision.KEEP, words="核对过本人，原卡可用", by=by,
        at=story.now,
    )  # fmt: skip


def _taken(files: RowFiles, name: str, lines: Sequence[str], *, by: Actor, story: Story) -> int:
    """Bring a file and post it; 0 when it was posted before."""
    before = ImportFile.objects.filter(layout=files.code, name=name, stage=FileStage.POSTED)
    if before.exists():
        return 0
    heads = ",".join(column.title for column in files.layout(story.today).columns)
    content = "\n".join((heads, *lines)).encode("gb18030")
    file = files.upload(name=name, content=content, by=by, at=story.now)
    file = files.check(file=file, at=story.now)
    return files.post(file=file, by=by, at=story.now).added


def _uses(story: Story) -> Iterator[str]:
    """A few cards used as they should be, and one of each kind that should not have been."""
    use = CardUse.objects.select_related("agency").filter(until=None).order_by("code").first()
    if use is None:
        return
    here = Card.objects.filter(county__code=_COUNTY).order_by("number")
    issued = here.filter(stage=Stage.ISSUED)
    fit = issued.filter(social=Social.ACTIVE, hold=Hold.NONE, person__died_on=None)
    odd = [
        *Card.objects.filter(stage=Stage.ISSUED, hold=Hold.FORMAL_LOSS).order_by("number")[:2],
        *issued.filter(social=Social.CANCELLED)[:1],
        *issued.filter(social=Social.LOCKED)[:1],
        *here.filter(stage=Stage.IN_CUSTODY)[:2],
    ]
    for place, card in enumerate([*fit[:_USED], *odd]):
        at = story.now - timedelta(minutes=7 * (place + 1))
        yield _line(card, use, at)
    for card in fit.order_by("-position__since")[:1]:
        yield _line(card, use, card.position.since - timedelta(hours=1))


def _line(card: Card, use: CardUse, at: datetime) -> str:
    return f"{card.number},{use.agency.name},{use.name},{at.astimezone(LOCAL):%Y-%m-%d %H:%M}"


def _leavers(story: Story) -> list[str]:
    """Two with a card here, one without."""
    people = [(one.number, one.name) for one in _holders("number", most=2)]
    people += [(one.number, one.name) for one in _strangers(story, count=_NEWCOMERS + 1)[-1:]]
    day = f"{story.today - timedelta(days=3)}"
    return [f"{number},{name},{_PLACE},{day},ZC-2026-11" for number, name in people]


def _movers(story: Story) -> list[str]:
    """One with a card here and one from there, one with a card from there, others with none."""
    day, people = f"{story.today - timedelta(days=2)}", _strangers(story, count=_NEWCOMERS)
    lines = [f"{one.number},{one.name},{_PLACE},{day},," for one in people]
    lines[0] = f"{people[0].number},{people[0].name},{_PLACE},{day},SF1234567,ZY-2026-08"
    return lines + [
        f"{one.number},{one.name},{_PLACE},{day},SF7654321,ZY-2026-08"
        for one in _holders("-number", most=1)
    ]


def _holders(order: str, *, most: int) -> list[Holder]:
    """Some of the county's who live and use their card."""
    cards = Card.objects.filter(
        county__code=_COUNTY, stage=Stage.ISSUED, social=Social.ACTIVE, person__died_on=None
    )
    found = cards.select_related("person").order_by(order)[:most]
    return [holder_of(card.person) for card in found]


def _strangers(story: Story, *, count: int) -> Sequence[SyntheticPerson]:
    """People of the county who have no card."""
    county = next(one for one in COUNTIES if one.code == _COUNTY)
    return story.population.people_of(county, count=count)
