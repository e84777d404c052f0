"""The cards made for whoever asked for another one reach the county, and one its holder (Art. 25).

Told after `replacement.py`: what the bank says is made comes as a small lot of its own. One new
card is handed over for the old one; one was entered by a slip and taken back, and still waits.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from cardbook.cards.models import Application, Card
from cardbook.cards.states import Progress, Stage
from cardbook.chapters.collecting import OldCardBack, OldCardFate, old_card_out
from cardbook.chapters.intake.models import Delivery
from cardbook.chapters.intake.receive import commands as receiving
from cardbook.chapters.intake.receive.importer import import_manifest
from cardbook.chapters.intake.sort import commands as sorting
from cardbook.chapters.issuance.individual.commands import undo_issue
from cardbook.demo.story import Story
from cardbook.demo.windows import hand_over
from cardbook.ledger.models import Event
from cardbook.orgs.actors import Actor
from cardbook.people.holders import holder_of

COUNTY = "611002"
_BATCH, _PREFIX = "PBK", "N"


def live_new_cards(story: Story) -> None:
    """This function will bring the made cards to their county and hand one over.

    :raises cardbook.lifecycle.refusals.Refused: when the book refuses what the story needs.
    """
    if Card.objects.filter(batch__code=_BATCH).exists():
        return
    made = list(
        Application.objects.filter(county__code=COUNTY, progress=Progress.PRODUCED)
        .select_related("person", "bank")
        .order_by("pk")
    )
    if len(made) < 2:
        return
    keeper, second = story.actor(COUNTY, "kaguan"), story.actor(COUNTY, "fuhe")
    cards = _receive(_deliver(story, made, by=keeper), by=keeper, second=second, story=story)
    clerk = story.actor(COUNTY, "chuangkou1")
    at = story.at(12, 9)
    _hand_over(cards[0], by=clerk, at=at)
    _slip(cards[1], by=clerk, second=second, at=at + timedelta(minutes=20))
    story.say(f"补换的新卡：{COUNTY} 到 {len(cards)} 张，1 张已领走、旧卡收回，1 张误登已撤销")


def _deliver(story: Story, made: Sequence[Application], *, by: Actor) -> Delivery:
    lines = ["姓名,社会保障号码,社保卡号,批次号,装箱位置,银行"]
    for place, one in enumerate(made, start=1):
        holder, bank = holder_of(one.person), one.bank.name if one.bank else ""
        lines.append(
            f"{holder.name},{holder.number},{_PREFIX}{place:08d},{_BATCH},{_BATCH}-1-1-{place},{bank}"
        )
    path = story.folder / f"到货明细_补换卡_{_BATCH}.csv"
    path.write_text("\n".join(lines) + "\n", encoding="gb18030")
    posted = import_manifest(path, by=by, at=story.at(9, 9))
    return Delivery.objects.get(pk=posted.delivery_id or 0)


def _receive(delivery: Delivery, *, by: Actor, second: Actor, story: Story) -> list[Card]:
    """Counted by two, laid into a box of its own; the cards in the order of their applications."""
    at = story.at(9, 15)
    box = delivery.boxes.get()
    numbers = list(box.lines.order_by("card__packing").values_list("card__number", flat=True))
    count = receiving.start_count(box_id=box.pk, by=by, at=at, seal_number="FQ-BK-01")
    for number in numbers:
        receiving.scan_card(count_id=count.pk, text=number, by=by)
    receiving.close_count(
        count_id=count.pk, by=by, second=second, at=at, key=f"demo-count-{count.pk}"
    )
    cards = list(Card.objects.filter(number__in=numbers).order_by("number"))
    shelf = sorting.open_box(
        cabinet=_PREFIX, shelf="1", box="01", capacity=60, label="补换卡", by=by
    )
    sorting.sort_cards(
        card_ids=[card.pk for card in cards], account_id=shelf.pk, order="town", by=by,
        at=at + timedelta(hours=1), key=f"demo-sort-{_BATCH}",
    )  # fmt: skip
    return cards


def _hand_over(card: Card, *, by: Actor, at: datetime) -> None:
    """The new card goes out and the old one comes back, or was lost, in the same breath."""
    old = old_card_out(card.pk)
    fate = OldCardFate.ON_LOSS if old and old.on_loss else OldCardFate.BROKEN
    hand_over(card, by=by, at=at, old_card=OldCardBack(card_id=old.id, fate=fate) if old else None)


def _slip(card: Card, *, by: Actor, second: Actor, at: datetime) -> None:
    """The wrong line was ticked: two people take the entry back, and the application waits on."""
    _hand_over(card, by=by, at=at)
    card.refresh_from_db()
    if card.stage != Stage.ISSUED:
        return
    event = Event.objects.filter(subject_kind="card", subject_id=card.pk, act="card.issue").latest(
        "seq"
    )
    undo_issue(
        card_id=card.pk, event_id=event.pk, words="点错了持卡人，卡没有离开窗口", by=by,
        second=second, at=at + timedelta(minutes=3), key=f"demo-undo-{event.pk}",
    )  # fmt: skip
