"""Cards nobody fetched in one county of the demo: told, sent back, cancelled, destroyed (16-19).

Through the same commands as the pages; each step is skipped when the ledger has it already.
"""

from collections.abc import Sequence
from datetime import date

from cardbook.cards.models import Card
from cardbook.cards.states import Stage
from cardbook.chapters.stranded import arrivals
from cardbook.chapters.stranded.destruction import commands as destruction
from cardbook.chapters.stranded.models import BankNotice, DestructionLot, ReturnLine, ReturnList
from cardbook.chapters.stranded.send_back import cancelling, commands, lists
from cardbook.chapters.stranded.tracing.commands import contact_holders
from cardbook.custody.models import Position, Shipment
from cardbook.custody.places import Place
from cardbook.demo import organizations as tree
from cardbook.demo.pictures import grey_picture
from cardbook.demo.story import Story
from cardbook.law.papers import CREMATION, DESTRUCTION_PHOTO, HOUSEHOLD_CANCELLED, PaperKind
from cardbook.ledger.models import Event
from cardbook.lib.clock import local_day
from cardbook.lifecycle.facts import Channel, ContactResult, HolderContacted, Stranding
from cardbook.orgs.actors import Actor
from cardbook.orgs.models import Organization

COUNTY = "611002"
# The lot whose leftovers are old enough, by the first letter of its cards.
OLD_PREFIX = "S"
_MOST, _RETURNED, _CANCELLED, _DESTROYED = 20, 12, 6, 4
_TRIES = (
    (-150, Channel.CALL, ContactResult.NO_ANSWER),
    (-120, Channel.VISIT, ContactResult.AWAY),
    (-60, Channel.SMS, ContactResult.TOLD),
)
# Each with the paper that shows it, where one must.
_REASONS: tuple[tuple[Stranding, PaperKind | None, str], ...] = (
    (Stranding.DEAD, CREMATION, "2026-031"),
    (Stranding.AWAY, None, ""),
    (Stranding.ABROAD, HOUSEHOLD_CANCELLED, "城关派出所"),
    (Stranding.LEFT_UNIT, None, ""),
    (Stranding.REFUSES, None, ""),
    (Stranding.UNKNOWN_PERSON, None, ""),
)


def live_stranded(story: Story) -> None:
    """This function will let the leftovers of an old lot go their way, each step once."""
    keeper, second = story.actor(COUNTY, "kaguan"), story.actor(COUNTY, "fuhe")
    cards = list(
        Card.objects.filter(
            number__startswith=OLD_PREFIX, stage=Stage.IN_CUSTODY,
            position__account__organization=keeper.org_id,
        ).order_by("pk")[:_MOST]
    )  # fmt: skip
    if cards and not _done("card.contact", keeper):
        _tell(story, cards, keeper)
    if not _done("stranded.send_back", keeper) and len(cards) >= _RETURNED:
        _send_back(story, cards[:_RETURNED], keeper)
    if not _done("card.cancel_returned", keeper):
        _cancel(story, keeper, second)
    if not _done("destruction.send", keeper):
        _destroy(story, keeper, second)


def _done(act: str, by: Actor) -> bool:
    return Event.objects.filter(act=act, org_id=by.org_id).exists()


def _tell(story: Story, cards: Sequence[Card], keeper: Actor) -> None:
    for day, channel, result in _TRIES:
        contact_holders(
            card_ids=[card.pk for card in cards],
            facts=HolderContacted(channel=channel, result=result),
            by=keeper, at=story.at(day, 10), key=f"demo-contact-{day}",
        )  # fmt: skip
    story.say(f"滞留卡：{len(cards)} 张各通知 {len(_TRIES)} 次")


def _send_back(story: Story, cards: Sequence[Card], keeper: Actor) -> None:
    """All but one are found again when the box is counted in."""
    at = story.at(-45, 9)
    for place, card in enumerate(cards):
        reason, kind, number = _REASONS[place % len(_REASONS)]
        line = lists.scan_stranded(text=card.number, reason=reason, by=keeper, at=at)
        if kind is not None:
            prove(line, kind, number, by=keeper, on=local_day(story.at(-100, 9)))
    listed = ReturnList.objects.get(opened_by=keeper.user_id, shipment=None)
    done = commands.send_back(
        list_id=listed.pk, receiver_id=keeper.org_id, by=keeper, at=at,
        key=f"demo-return-{listed.pk}",
    )  # fmt: skip
    shipment = Shipment.objects.get(batch=done.batch)
    for card in cards[:-1]:
        arrivals.scan_arrival(shipment=shipment, text=card.number, by=keeper)
    commands.receive_back(
        shipment_id=shipment.pk, by=keeper, at=story.at(-44, 9),
        key=f"demo-receive-back-{shipment.pk}",
    )  # fmt: skip
    story.say(f"滞留卡：退回 {len(cards)} 张，点收 {len(cards) - 1} 张，1 张待查")


def prove(line: ReturnLine, kind: PaperKind, number: str, *, by: Actor, on: date) -> None:
    """This function will show a paper, as a grey picture of one."""
    picture = grey_picture(kind, bytes(range(0, 250, 2)), height=60)
    lists.prove_line(line_id=line.pk, kind=kind.code, number=number, on=on, image=picture, by=by)


def _cancel(story: Story, keeper: Actor, second: Actor) -> None:
    ids = _lying(Place.RETURNED, keeper)[:_CANCELLED]
    if not ids:
        return
    cancelling.cancel_returned(
        card_ids=ids, words="凭退回统计表及所附证明，机构统一注销", by=keeper, second=second,
        at=story.at(-38, 10), key="demo-cancel-returned",
    )  # fmt: skip
    notice = BankNotice.objects.filter(office=keeper.org_id).first()
    if notice is not None:
        cancelling.send_notice(
            notice_id=notice.pk, way="专人送达", by=keeper, at=story.at(-37, 10)
        )
    story.say(f"注销退回的卡 {len(ids)} 张，已告知银行")


def _destroy(story: Story, keeper: Actor, second: Actor) -> None:
    """One lot to its end; what is left in the scrap place has waited too long."""
    ids = _lying(Place.SCRAP, keeper)[:_DESTROYED]
    if not ids:
        return
    branch = Organization.objects.get(code=tree.branch_code(0, COUNTY))
    teller, other = story.actor(COUNTY, "yinhang"), story.actor(COUNTY, "yinhang2")
    destruction.send_to_bank(
        card_ids=ids, bank_id=branch.pk, by=keeper, second=second, at=story.at(-5, 10),
        key="demo-destruction",
    )  # fmt: skip
    lot = DestructionLot.objects.select_related("shipment").get(key="demo-destruction")
    assert lot.shipment is not None
    for number in Card.objects.filter(pk__in=ids).values_list("number", flat=True):
        arrivals.scan_arrival(shipment=lot.shipment, text=number, by=teller)
    destruction.receive_lot(
        lot_id=lot.pk, by=teller, at=story.at(-4, 9), key="demo-destruction-receive"
    )
    destruction.carry_out(
        lot_id=lot.pk, counted=len(ids), method="芯片打孔后整卡粉碎", place=f"{branch.name}金库",
        images=[
            grey_picture(DESTRUCTION_PHOTO, bytes(range(start, 250)), height=80)
            for start in (10, 90)
        ],
        by=teller, second=other, witness=second, at=story.at(-3, 15),
        key="demo-destruction-carry-out",
    )  # fmt: skip
    story.say(f"销毁 {len(ids)} 张，两人销毁、卡管机构监销")


def _lying(place: Place, by: Actor) -> list[int]:
    found = Position.objects.filter(account__organization=by.org_id, account__kind=place)
    return list(found.order_by("card_id").values_list("card_id", flat=True))
