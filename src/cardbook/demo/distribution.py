"""Down the line in the demo city: files of units, orders from above, hand-overs (Art. 5 to 8, 20).

Performed through the commands of the pages; every step has a key of its own and is skipped when
done, so that a life that was cut off goes on where it stopped.
"""

from datetime import timedelta

from cardbook.cards.models import Card
from cardbook.chapters.duties.campaigns import commands as ordering
from cardbook.chapters.duties.models import Campaign, WayRule
from cardbook.chapters.duties.receivers import commands as filing
from cardbook.chapters.duties.ways import commands as deciding
from cardbook.chapters.intake.distribution import arrival_commands, commands
from cardbook.chapters.intake.distribution.choosing_queries import boxes, from_boxes, own_shelves
from cardbook.chapters.intake.distribution.count_queries import closed_counts
from cardbook.chapters.intake.models import HandDownCount
from cardbook.custody.models import Position, Shipment
from cardbook.demo import organizations as tree
from cardbook.demo.staff import actor_named
from cardbook.demo.story import Story
from cardbook.demo.words import units_of
from cardbook.law.divisions import COUNTIES, County
from cardbook.lifecycle.perform import batch_of
from cardbook.orgs.actors import Actor
from cardbook.orgs.models import Organization

SEAT = "611002"
_PLAN = (
    "财务室保险柜，双人双锁；防火：配灭火器；防水：离地存放；防损：原盒存放；"
    "防磁：远离音箱磁铁；防盗：双人双锁、监控；防挤压：盒上不堆物"
)


def live_distribution(story: Story) -> None:
    """This function will let the seat of the city hand its cards down, with what goes wrong."""
    county = next(county for county in COUNTIES if county.code == SEAT)
    _route(story, county)
    _decide_ways(story, county)
    _order(story)
    _file(story, county)
    _hand_down(story, county)


def _office(code: str) -> Organization:
    return Organization.objects.get(code=code)


# -------------------------------------------------------------------- orders, and who does what
def _route(story: Story, county: County) -> None:
    """Students are left without an office: the list of what nobody is to hand out has content."""
    chief, since = story.actor(county.code, "fuzeren"), tree.FOUNDED
    for group, code in (
        ("employee", tree.agency_code(county.code, 1)),
        ("resident", tree.agency_code(county.code, 2)),
        ("other", tree.card_body_code(county.code)),
    ):
        ordering.set_rule(
            county_id=_office(county.code).pk, group=group, organization_id=_office(code).pk,
            since=since, words="商州人社发（演示）3号", by=chief, at=story.at(0, 9),
        )  # fmt: skip
    story.say(f"{county.name}：发放分工已登记，学生待明确")


def _decide_ways(story: Story, county: County) -> None:
    """One decision holds, one comes next month, one was a slip; everybody else has every way."""
    if WayRule.objects.exists():
        return
    chief, office = story.actor(county.code, "fuzeren"), _office(county.code)
    manager = actor_named("sl_guanli", on=story.today)
    on, paper = story.today - timedelta(days=20), "商人社发（演示）12号"
    slip = deciding.decide_ways(
        organization_id=office.pk, group="employee", ways=["unit"], since=on, words=paper,
        by=chief, at=story.at(0, 9),
    )  # fmt: skip
    deciding.withdraw_ways(
        rule_id=slip.pk, words="漏选了窗口，重新登记", by=chief, at=story.at(0, 9)
    )
    for where, group, ways, since, by in (
        (office, "employee", ("unit", "window", "outlet", "post", "village"), on, chief),
        (_office(tree.CITY), "student", ("school", "window", "village"), on + timedelta(days=50),
         manager),
    ):  # fmt: skip
        deciding.decide_ways(
            organization_id=where.pk, group=group, ways=ways, since=since, words=paper, by=by,
            at=story.at(0, 9),
        )  # fmt: skip
    story.say(f"{county.name}：职工的发放方式已登记，学生的自下月起")


def _order(story: Story) -> None:
    manager = actor_named("sl_guanli", on=story.today)
    targets = {_office(county.code).pk: 150 if county.code == SEAT else 40 for county in COUNTIES}
    _ordered(story, manager, "全市社保卡集中发放", targets, days=30, key="demo-campaign-city")
    chief = story.actor(SEAT, "fuzeren")
    seat = next(county for county in COUNTIES if county.code == SEAT)
    towns = {_office(town.code).pk: 20 for town in seat.towns[:4]}
    _ordered(story, chief, "上旬镇（街道）发放扫尾", towns, days=-2, key="demo-campaign-towns")


def _ordered(
    story: Story, by: Actor, title: str, targets: dict[int, int], *, days: int, key: str
) -> None:
    if Campaign.objects.filter(key=key).exists():
        return
    order = ordering.Order(
        title=title, document="商人社发（演示）9号", group="",
        since=story.today - timedelta(days=12), due_on=story.today + timedelta(days=days),
        words="按期发放，逐张登记；进度以台账为准。", targets=targets,
    )  # fmt: skip
    ordering.order_campaign(order=order, by=by, at=story.at(0, 9), key=key)
    story.say(f"{by.org_name}：部署“{title}”，{len(targets)} 个机构")


# ------------------------------------------------------------------------------ files of units
def _file(story: Story, county: County) -> None:
    """Two units and a village are ready, one unit's letter has ended, one lacks its plan."""
    keeper, at = story.actor(county.code, "kaguan"), story.at(1, 10)
    units = units_of(county)
    village = f"{county.towns[0].code}901"
    ready = (units[0].code, units[1].code, village)
    people = story.population.people_of(county, count=40)
    for place, code in enumerate((*ready, units[2].code, units[3].code)):
        office = _office(code)
        if office.letters.exists():
            continue
        ended = code == units[2].code
        since = story.today - timedelta(days=200 if ended else 11)
        filing.file_letter(
            unit_id=office.pk, number=f"介字（演示）{place + 1}号", since=since,
            until=since + timedelta(days=180), by=keeper, at=at,
            handlers=[
                filing.Named(number=one.number, name=one.name)
                for one in people[20 + place * 2 : 22 + place * 2]
            ],
        )  # fmt: skip
        if code != units[3].code:
            filing.file_plan(
                unit_id=office.pk, words=_PLAN, since=since, until=None, by=keeper, at=at
            )
    story.say(f"{county.name}：5 个领卡单位已备案，其中 3 个齐全")


# ----------------------------------------------------------------------------------- hand-overs
def _hand_down(story: Story, county: County) -> None:
    """One box arrives whole, one is short, one is long overdue, one waits for the visitor."""
    keeper = story.actor(county.code, "kaguan")
    agencies = [tree.agency_code(county.code, place) for place in (1, 2)]
    branch = tree.branch_code(0, county.code)
    whole = send_box(story, keeper, agencies[0], day=7, name="whole", seal="FQ-JJ-01")
    receive_box(story, whole, "jingban1", day=8, missing=0)
    short = send_box(story, keeper, agencies[1], day=7, name="short", seal="FQ-JJ-02")
    receive_box(story, short, "jingban2", day=8, missing=1)
    send_box(story, keeper, tree.window_code(county.code, 3), day=2, name="late", seal="")
    send_box(story, keeper, agencies[0], day=12, name="open", seal="FQ-JJ-03")
    send_box(story, keeper, branch, day=11, name="bank", seal="FQ-JJ-04")
    _recall(story, keeper, whole)
    story.say(f"{county.name}：卡已下发到经办机构、窗口和银行网点，一单短少，一单逾期")


def send_box(
    story: Story, keeper: Actor, code: str, *, day: int, name: str, seal: str
) -> Shipment | None:
    """This function will send the last of the keeper's boxes, up to a dozen cards of it."""
    key = f"demo-hand-down-{keeper.org_id}-{name}"
    before = Shipment.objects.filter(batch=batch_of(key)).first()
    if before is not None:
        return before
    shelves, receiver = own_shelves(keeper), _office(code)
    held = [box for box in boxes(shelves) if box.held >= 3]
    if not held:
        return None
    chosen = from_boxes(shelves, box_ids=[held[-1].id])
    (bundle,) = chosen.bundles
    ids = _of_bank(bundle.card_ids, receiver)[:12]
    if not ids:
        return None
    sent = commands.send_cards(
        chosen=type(chosen)((type(bundle)(bundle.code, bundle.label, ids, seal),)),
        receiver_id=receiver.pk, words="按分工下发", by=keeper, at=story.at(day, 9), key=key,
    )  # fmt: skip
    return sent.shipment


def _of_bank(card_ids: tuple[int, ...], receiver: Organization) -> tuple[int, ...]:
    """Cards a bank's outlet may take: those of its house; any card for other offices."""
    if receiver.kind not in ("bank", "branch"):
        return card_ids
    own = Card.objects.filter(pk__in=card_ids, bank_org=receiver.parent_id)
    return tuple(own.order_by("pk").values_list("pk", flat=True))


def receive_box(
    story: Story, shipment: Shipment | None, post: str, *, day: int, missing: int
) -> None:
    if shipment is None or closed_counts(shipment.pk):
        return
    clerk, at = story.actor(SEAT, post), story.at(day, 15)
    count = arrival_commands.begin_count(shipment_id=shipment.pk, by=clerk, at=at)
    lines = list(shipment.lines.order_by("row").values_list("card__number", flat=True))
    for number in lines[: len(lines) - missing]:
        arrival_commands.scan(shipment_id=shipment.pk, text=number, by=clerk, at=at)
    differs = {"words": "封签完好，盒内少一张，已告知卡管机构"} if missing else {}
    arrival_commands.finish_count(
        count_id=HandDownCount.objects.get(pk=count.pk).pk, by=clerk, at=at,
        second=story.actor(SEAT, "fuhe") if missing else None,
        key=f"demo-arrival-{shipment.pk}", **differs,
    )  # fmt: skip


def _recall(story: Story, keeper: Actor, shipment: Shipment | None) -> None:
    """One acknowledged card is asked back: its holder moved to another county."""
    if shipment is None or shipment.recalls.exists():
        return
    first = Position.objects.filter(
        card__in=shipment.lines.values("card"),
        account__organization=shipment.receiver_id,
    ).order_by("card_id")[:1]
    commands.recall_cards(
        shipment_id=shipment.pk, card_ids=[one.card_id for one in first],
        words="持卡人参保关系转到外县区", by=keeper, at=story.at(10, 10),
        key=f"demo-recall-{shipment.pk}",
    )  # fmt: skip
