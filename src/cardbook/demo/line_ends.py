"""The ends of the line in the seat's county: village, unit, town, bank's outlet (Art. 7, 8, 17).

The village reports its sheet and returns a card through its town, the unit is half through its
own, the outlet hands cards over. Steps have keys of their own; what is done is skipped.
"""

from collections.abc import Sequence
from datetime import date, timedelta

from cardbook.cards.models import Card
from cardbook.cards.states import Hold, Stage
from cardbook.chapters.duties.receivers import commands as filing
from cardbook.chapters.issuance.collective.commands import file_sheet, hand_out_bundle
from cardbook.chapters.issuance.collective.drafts import (
    add_cards,
    keep_pages,
    start_bundle,
    tick_rows,
)
from cardbook.chapters.issuance.collective.own_sheets import report_sheet
from cardbook.chapters.issuance.collective.queries import bundle_of
from cardbook.chapters.issuance.collective.register import page_count
from cardbook.chapters.issuance.collective.ticks import read_ticks
from cardbook.chapters.issuance.defect.commands import record_defect
from cardbook.chapters.issuance.individual.commands import issue_card
from cardbook.chapters.issuance.models import Bundle
from cardbook.chapters.representatives import readiness_of
from cardbook.chapters.safekeeping.harm.commands import Harm, report_harm
from cardbook.chapters.safekeeping.models import Finding, HarmReport
from cardbook.chapters.safekeeping.stocktaking.closing import Verdict, close_findings
from cardbook.chapters.safekeeping.stocktaking.commands import end_stocktake, start_stocktake
from cardbook.chapters.stranded import arrivals
from cardbook.chapters.stranded.models import ReturnList
from cardbook.chapters.stranded.send_back import commands as returning
from cardbook.chapters.stranded.send_back import lists
from cardbook.custody.models import Shipment
from cardbook.custody.places import Place
from cardbook.custody.postings import account_of
from cardbook.demo import organizations as tree
from cardbook.demo.collective import PAPERS, scan_of
from cardbook.demo.distribution import SEAT, receive_box, send_box
from cardbook.demo.story import Story
from cardbook.demo.stranded import prove
from cardbook.demo.words import units_of
from cardbook.law import notices
from cardbook.law.divisions import COUNTIES, County
from cardbook.law.papers import CREMATION
from cardbook.lib.clock import local_day
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.facts import (
    CardIssued,
    Defect,
    DefectRecorded,
    IdentityReading,
    Reading,
    Signing,
    Stranding,
)
from cardbook.lifecycle.judge import Presented
from cardbook.lifecycle.refusals import Refused
from cardbook.orgs.actors import Actor
from cardbook.orgs.models import Organization
from cardbook.people.holders import holder_of

_OF_VILLAGE, _OF_UNIT, _OF_SHORT_VILLAGE, _AT_OUTLET = 9, 14, 6, 2
_RULE = act("card.issue").papers
_AT_DESK = tuple(Presented(kind=kind.code) for kind in (_RULE.usual if _RULE else ()))


def live_line_ends(story: Story) -> None:
    """This function will let those at the ends of the line do their part."""
    county = next(county for county in COUNTIES if county.code == SEAT)
    town = Organization.objects.get(code=county.towns[0].code)
    village = Organization.objects.get(code=f"{town.code}901")
    unit = Organization.objects.get(code=units_of(county)[0].code)
    _file_of_town(story, county, town)
    if not Bundle.objects.filter(unit=village).exists():
        _village(story, village, town)
    if not Bundle.objects.filter(unit=unit).exists():
        _unit(story, unit)
    _town(story, town)
    _outlet(story, county)
    _short_village(story, Organization.objects.get(code=f"{town.code}902"))


def _taken(story: Story, unit: Organization, *, most: int, day: int) -> Bundle | None:
    """A bundle the county's keeper hands out to a unit that is ready."""
    keeper, at = story.actor(SEAT, "kaguan"), story.at(day, 9)
    handlers = readiness_of(unit.pk, on=local_day(at)).handler_ids
    cards = Card.objects.filter(
        stage=Stage.IN_CUSTODY, hold=Hold.NONE, person__died_on=None, bundle_rows=None,
        position__account__kind__in=[Place.STORE, Place.BOX],
        position__account__organization=keeper.org_id, position__since__lt=at,
        person__born_on__lt=date(at.year - 20, 1, 1),
    ).order_by("-pk")  # fmt: skip
    ids = list(cards.values_list("pk", flat=True)[:most])
    if not handlers or len(ids) < most:
        return None
    bundle = start_bundle(unit_id=unit.pk, by=keeper, at=at, collector_id=handlers[0])
    add_cards(bundle_id=bundle.pk, card_ids=ids, by=keeper, at=at)
    hand_out_bundle(
        bundle_id=bundle.pk, signing=Signing.PAPER, papers=PAPERS, by=keeper, at=at,
        pages=page_count(bundle_of(bundle.pk, by=keeper), printed_at=at),
        key=f"demo-line-end-{unit.code}",
    )  # fmt: skip
    story.say(f"{unit.name}：领走 {len(ids)} 张，签字明细表 {bundle.number}")
    return bundle_of(bundle.pk, by=keeper)


def _read(story: Story, bundle: Bundle, text: str, *, by: Actor, day: int) -> None:
    """Whoever fetched the cards reads his sheet back."""
    undecided = set(range(1, bundle.cards + 1))
    ticks = read_ticks(text, last=bundle.cards, undecided=undecided)
    on = local_day(story.at(day, 9))
    tick_rows(bundle_id=bundle.pk, ticks=ticks, on=on, by=by)


def _village(story: Story, village: Organization, town: Organization) -> None:
    """All signed but one whose holder died; his card goes back through the town."""
    helper = story.actor(SEAT, "xieban")
    bundle = _taken(story, village, most=_OF_VILLAGE, day=3)
    if bundle is None:
        return
    last = bundle.cards
    _read(story, bundle, f"除{last};{last}=3t", by=helper, day=6)
    pages = [(page, scan_of(bundle, page)) for page in range(1, bundle.pages + 1)]
    keep_pages(bundle_id=bundle.pk, images=pages, by=helper, at=story.at(7, 9))
    card = bundle.rows.select_related("card").get(row=last).card
    _returned(story, card, village=village, town=town, by=helper)
    report_sheet(bundle_id=bundle.pk, by=helper, at=story.at(9, 10))
    story.say(f"{village.name}：{bundle.number} 已报送，等待备案")


def _returned(
    story: Story, card: Card, *, village: Organization, town: Organization, by: Actor
) -> None:
    """From the village to its town, which counts it in and passes it on to the county."""
    at = story.at(7, 10)
    line = lists.scan_stranded(text=card.number, reason=Stranding.DEAD, by=by, at=at)
    prove(line, CREMATION, "2026-102", by=by, on=local_day(story.at(2, 10)))
    listed = ReturnList.objects.get(opened_by=by.user_id, shipment=None)
    sent = returning.send_back(
        list_id=listed.pk, receiver_id=town.pk, by=by, at=at, key=f"demo-line-end-{listed.pk}"
    )
    shipment, middle = Shipment.objects.get(batch=sent.batch), story.actor(SEAT, "zhenxie")
    arrivals.scan_arrival(shipment=shipment, text=card.number, by=middle)
    returning.receive_back(
        shipment_id=shipment.pk, by=middle, at=story.at(8, 9), key=f"demo-town-{shipment.pk}"
    )
    keeper = story.actor(SEAT, "kaguan")
    returning.pass_on(
        card_ids=[card.pk], receiver_id=keeper.org_id, words="随镇上退回交接单上交", by=middle,
        at=story.at(9, 9), key=f"demo-town-on-{shipment.pk}",
    )  # fmt: skip
    story.say(f"{village.name}：退回 1 张，{town.name}已点收并上交")


def _unit(story: Story, unit: Organization) -> None:
    """Half read back; the rest waits for its handler."""
    bundle = _taken(story, unit, most=_OF_UNIT, day=5)
    if bundle is not None:
        _read(story, bundle, "1-6,8;7=2", by=story.actor(SEAT, "danwei"), day=8)


def _file_of_town(story: Story, county: County, town: Organization) -> None:
    """The town has its letter, two handlers and a plan, as whoever is given cards (Art. 8, 20)."""
    if town.letters.exists():
        return
    people = story.population.people_of(county, count=2)
    handlers = [filing.Named(number=one.number, name=one.name) for one in people]
    _filed(story, town, handlers, number="介字（演示）镇1号", at_home="镇便民大厅专柜")


def _filed(
    story: Story,
    place: Organization,
    handlers: Sequence[filing.Named],
    *,
    number: str,
    at_home: str,
) -> None:
    keeper, at = story.actor(SEAT, "kaguan"), story.at(1, 11)
    since = date(story.today.year, story.today.month, 1) - timedelta(days=40)
    filing.file_letter(
        unit_id=place.pk, number=number, since=since,
        until=since + timedelta(days=365), by=keeper, at=at, handlers=handlers,
    )  # fmt: skip
    filing.file_plan(
        unit_id=place.pk, since=since, until=None, by=keeper, at=at,
        words=f"{at_home}，双人双锁；防火、防水、防损、防磁、防盗、防挤压逐项落实",
    )  # fmt: skip


def _handlers_of(village: Organization) -> list[filing.Named]:
    """Two of the county who have cards themselves."""
    cards = Card.objects.filter(
        county=village.county_id, person__born_on__lt=date(1990, 1, 1), person__died_on=None
    )
    people = [holder_of(one.person) for one in cards.select_related("person").order_by("pk")[2:4]]
    return [filing.Named(number=one.number, name=one.name) for one in people]


def _short_village(story: Story, village: Organization) -> None:
    """The sheet comes back two cards short: nobody signed for them and they are not there.

    A count in the village says so; two sign that one is missing, the other waits to be settled.
    """
    if Bundle.objects.filter(unit=village).exists():
        return
    _filed(
        story, village, _handlers_of(village), number="介字（演示）村2号", at_home="村委会档案柜"
    )
    bundle = _taken(story, village, most=_OF_SHORT_VILLAGE, day=4)
    if bundle is None:
        return
    keeper, last = story.actor(SEAT, "kaguan"), bundle.cards
    _read(story, bundle, f"1-{last - 2};{last - 1}-{last}=6", by=keeper, day=6)
    pages = [(page, scan_of(bundle, page)) for page in range(1, bundle.pages + 1)]
    keep_pages(bundle_id=bundle.pk, images=pages, by=keeper, at=story.at(7, 9))
    file_sheet(
        bundle_id=bundle.pk, told=(notices.PICK_UP.code,), by=keeper, at=story.at(7, 10),
        key=f"demo-short-filed-{village.code}",
    )  # fmt: skip
    account = account_of(organization_id=village.pk, kind=Place.UNIT)
    take = start_stocktake(scope="place", account_id=account.pk, by=keeper)
    end_stocktake(take_id=take.pk, by=keeper, called_empty=True)
    missing = Finding.objects.filter(stocktake=take, kind="missing").order_by("pk")
    verdict = Verdict(
        outcome="missed", words="明细表无人签字，村委会柜内没有，经办人承认交接时没有点数",
        by=keeper, second=story.actor(SEAT, "fuhe"), at=story.now,
        key=f"demo-short-village-{village.code}",
    )  # fmt: skip
    close_findings(take_id=take.pk, finding_ids=[missing[0].pk], verdict=verdict)
    story.say(f"{village.name}：{bundle.number} 备案，清点少 {missing.count()} 张，1 张待说明")


def _town(story: Story, town: Organization) -> None:
    """One box for the town is there, the town counted it in itself."""
    keeper = story.actor(SEAT, "kaguan")
    box = send_box(story, keeper, town.code, day=4, name="town", seal="")
    receive_box(story, box, "zhenxie", day=5, missing=0)
    if box is not None:
        _wet_in_town(story, by=story.actor(SEAT, "zhenxie"))


def _wet_in_town(story: Story, *, by: Actor) -> None:
    """The roof leaked: the town says so, and the county's keeper has yet to look into it."""
    if HarmReport.objects.filter(organization=by.org_id).exists():
        return
    lying = Card.objects.filter(
        stage=Stage.IN_CUSTODY, position__account__organization=by.org_id,
        position__account__kind=Place.STORE,
    ).order_by("-pk")[:2]  # fmt: skip
    at = story.at(11, 8)
    told = Harm(
        kind="damaged", cause="water", happened_on=local_day(at),
        where="便民大厅专柜下层", words="夜里下雨，柜底进水，两张卡受潮，已单独放好",
        numbers=[card.number for card in lying],
    )  # fmt: skip
    if told.numbers:
        report_harm(harm=told, by=by, at=at, key=f"demo-harm-{by.org_id}")


def _outlet(story: Story, county: County) -> None:
    """The outlet acknowledged a box and gives the first cards to their holders."""
    keeper, teller = story.actor(SEAT, "kaguan"), story.actor(SEAT, "yinhang")
    branch = tree.branch_code(0, county.code)
    box = send_box(story, keeper, branch, day=3, name="outlet", seal="")
    receive_box(story, box, "yinhang", day=4, missing=0)
    if box is None:
        return
    given = 0
    cards = [line.card for line in box.lines.select_related("card").order_by("row")]
    for card in cards:
        if given < _AT_OUTLET:
            given += _given(story, card, by=teller)
    _broken_at_outlet(story, cards[-1], by=teller)
    _soaked_at_outlet(story, by=teller)
    story.say(f"{teller.org_name}：已点收，发放 {given} 张，收回读不出的 1 张")


def _soaked_at_outlet(story: Story, *, by: Actor) -> None:
    """Nobody can read what lay in the wet drawer: the keeper has yet to count what is sound."""
    if HarmReport.objects.filter(organization=by.org_id).exists():
        return
    at = story.at(3, 9)
    told = Harm(
        kind="damaged", cause="water", happened_on=local_day(at), unread=True,
        count=2, where="网点库房铁皮柜", words="消防水管渗水，柜里几张卡粘在一起，卡号看不清",
    )  # fmt: skip
    report_harm(harm=told, by=by, at=at, key=f"demo-harm-{by.org_id}")


def _broken_at_outlet(story: Story, card: Card, *, by: Actor) -> None:
    """One cannot be read: it is taken back, and lies at the outlet until it is given home."""
    try:
        record_defect(
            card_id=card.pk, told=(notices.DEFECT.code,), by=by, at=story.at(6, 12),
            facts=DefectRecorded(
                defect=Defect.UNREADABLE, reader_tried=True, reading=Reading.UNREADABLE
            ),
            key=f"demo-outlet-defect-{card.pk}",
        )  # fmt: skip
    except Refused:
        story.say(f"{by.org_name}：{card.number} 已不在网点")


def _given(story: Story, card: Card, *, by: Actor) -> bool:
    """Hand over at the outlet; whoever needs somebody to come for him is sent to the window."""
    facts = CardIssued(
        way="outlet", identity=IdentityReading.READER, original_seen=True, face_matches=True,
        reads=True, scanned=card.number, signing=Signing.PAPER, copy_kept="paper",
    )  # fmt: skip
    try:
        issue_card(
            card_id=card.pk, facts=facts, papers=_AT_DESK, told=(notices.PICK_UP.code,), by=by,
            at=story.at(6, 11), key=f"demo-outlet-{card.pk}",
        )  # fmt: skip
    except Refused:
        return False
    return True
