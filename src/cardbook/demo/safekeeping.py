"""How some counties of the demo keep cards safe: places, checks, an accident, counts (20, 21).

Through the same commands as the pages use; one difference is left for the visitor.
"""

from cardbook.cards.models import Card
from cardbook.chapters.safekeeping.models import Finding, Incident, KeepingPlace, Stocktake
from cardbook.chapters.safekeeping.places.check_commands import Answer, record_check
from cardbook.chapters.safekeeping.places.commands import NewPlace, name_holder, open_place
from cardbook.chapters.safekeeping.places.incident_commands import (
    Report,
    report_incident,
    tell_incident,
)
from cardbook.chapters.safekeeping.stocktaking.closing import (
    Verdict,
    close_findings,
    close_stocktake,
)
from cardbook.chapters.safekeeping.stocktaking.commands import (
    Reading,
    end_stocktake,
    scan_cards,
    start_stocktake,
)
from cardbook.custody.models import Account
from cardbook.custody.places import Place
from cardbook.demo.pictures import grey_picture
from cardbook.demo.story import Story
from cardbook.law import papers
from cardbook.law.measures import MEASURES
from cardbook.lib.clock import local_day
from cardbook.orgs.actors import Actor
from cardbook.orgs.models import Organization
from cardbook.papers.pictures import KeptImage

CARED_FOR = ("611002", "611022", "611026")
_GOOD = {measure.code: Answer(in_order=True) for measure in MEASURES}


def live_safekeeping(story: Story, *, counties: tuple[str, ...] = CARED_FOR) -> None:
    """This function will enter places and checks, and count some boxes of each county.

    Done steps are skipped: places by their names, checks by their keys, the rest by what is there.
    """
    for county in counties:
        keeper, second = story.actor(county, "kaguan"), story.actor(county, "fuhe")
        boxes = list(
            Account.objects.filter(
                kind=Place.BOX, organization_id=keeper.org_id, positions__isnull=False
            )
            .order_by("code")
            .distinct()
        )
        if not boxes:
            continue
        _places(story, county, keeper=keeper, second=second, cabinet=boxes[0].cabinet)
        _counts(story, county, boxes, keeper=keeper, second=second)
        _accident(story, county, boxes[-1], keeper=keeper, second=second)
        story.say(f"{keeper.org_name}：存放处、保管检查、盘点和一起事故已登记")


def _places(story: Story, county: str, *, keeper: Actor, second: Actor, cabinet: str) -> None:
    """A cabinet that is looked after, a safe that is overdue."""
    began = story.at(0, 9)
    office = Organization.objects.get(pk=keeper.org_id)
    shelf = NewPlace(
        organization_id=office.pk, kind="cabinet", name=f"{cabinet} 柜",
        where="二楼卡库，防火门内", climate="背阴，室温 18–24 ℃，配湿度计",
        cabinet=cabinet, holds=("store",),
    )  # fmt: skip
    safe = NewPlace(
        organization_id=office.pk, kind="safe", name="停用卡保险柜", where="二楼卡库内间",
        climate="背阴", cabinet="", holds=("defect", "error", "returned", "scrap"),
    )  # fmt: skip
    places = [open_place(place=one, on=local_day(began), by=keeper) for one in (shelf, safe)]
    for place in places:
        for function, who in (("keeper", keeper), ("deputy", second), ("key", keeper)):
            name_holder(
                place_id=place.pk, function=function, who=f"user:{who.user_id}",
                since=local_day(began), by=keeper,
            )  # fmt: skip
    for day, words in ((2, "例行检查"), (9, "湿度偏高，已开除湿机")):
        answers = dict(_GOOD)
        if day == 9:
            answers["water"] = Answer(in_order=False, remedy="增开除湿机，次日复查")
        _check(story, places[0], answers, words=words, day=day, by=keeper)


def _check(
    story: Story, place: KeepingPlace, answers: dict[str, Answer], *, words: str, day: int,
    by: Actor,
) -> None:  # fmt: skip
    record_check(
        place_id=place.pk, answers=answers, words=words, photo=_photo(day), by=by,
        at=story.at(day, 17), key=f"demo-check-{place.pk}-{day}",
    )  # fmt: skip


def _photo(shade: int) -> KeptImage:
    return grey_picture(papers.KEEPING_PHOTO, bytes([120 + shade * 8]) * 320, height=200)


def _counts(
    story: Story, county: str, boxes: list[Account], *, keeper: Actor, second: Actor
) -> None:
    """The first box is right; the second lacks a card and holds one of the first."""
    if Stocktake.objects.filter(organization=keeper.org_id).exists():
        return
    right = _take(boxes[0], _numbers(boxes[0]), by=keeper)
    close_stocktake(take_id=right.pk, by=keeper, second=second, at=story.now)
    if len(boxes) < 2:
        return
    numbers = _numbers(boxes[1])
    wrong = _take(boxes[1], [*numbers[1:], *_numbers(boxes[0])[:1], "Z00000001"], by=keeper)
    noted = Finding.objects.filter(stocktake=wrong, kind__in=("misplaced", "unknown"))
    verdict = Verdict(
        outcome="noted", words="夹在两盒之间，已放回；另一张是练习卡", by=keeper, second=second,
        at=story.now, key=f"demo-findings-{county}",
    )  # fmt: skip
    close_findings(
        take_id=wrong.pk, finding_ids=list(noted.values_list("pk", flat=True)), verdict=verdict
    )


def _numbers(box: Account) -> list[str]:
    cards = Card.objects.filter(position__account=box, stage="in_custody").order_by("number")
    return list(cards.values_list("number", flat=True))


def _take(box: Account, numbers: list[str], *, by: Actor) -> Stocktake:
    take = start_stocktake(scope="place", account_id=box.pk, by=by)
    readings = [Reading(number) for number in numbers]
    scan_cards(take_id=take.pk, account_id=box.pk, readings=readings, by=by)
    return end_stocktake(take_id=take.pk, by=by, called_empty=True)


def _accident(story: Story, county: str, box: Account, *, keeper: Actor, second: Actor) -> None:
    """Two cards got wet; the first county told the city, the second has still to."""
    numbers = _numbers(box)[:2]
    if not numbers or Incident.objects.filter(organization=keeper.org_id).exists():
        return
    place = KeepingPlace.objects.filter(organization=keeper.org_id).order_by("pk").first()
    report = Report(
        kind="damaged", cause="water", happened_on=local_day(story.at(10, 8)),
        words="空调冷凝水滴入柜顶，两张卡受潮，芯片起泡", numbers=numbers,
        place_id=place.pk if place else None,
    )  # fmt: skip
    made = report_incident(
        report=report, by=keeper, second=second, at=story.at(10, 9),
        key=f"demo-incident-{county}",
    )  # fmt: skip
    if county == CARED_FOR[0]:
        tell_incident(
            incident_id=made.pk, office="市局信息中心 值班员", words="已知悉，请补制并整改空调",
            by=keeper, at=story.at(10, 10),
        )  # fmt: skip
