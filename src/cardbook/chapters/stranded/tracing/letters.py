"""Letters to holders who have not fetched their cards, a page each, to post or carry (Art. 16).

Of the holder a letter shows his name and the masked number; whoever opens it learns no more.
"""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from cardbook.cards.models import Card
from cardbook.chapters.stranded.scope import WAITING, at_outlets, office_within
from cardbook.lib.clock import LOCAL
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.refusals import Refusal, Refused
from cardbook.orgs.actors import Actor
from cardbook.people.holders import holder_of
from cardbook.registers.typesetting import typeset

MOST = 200
TITLE = "领取社会保障卡通知书"
_LAYOUT = Path(__file__).parent / "layouts" / "letters.typ"


def letters_pdf(*, card_ids: Sequence[int], by: Actor, at: datetime) -> bytes:
    """This function will set a letter for each chosen card within sight that waits to be fetched,
    at most 200.

    :raises Refused: when none of those chosen waits.
    """
    letters = letters_of(card_ids, by=by)
    if not letters:
        raise Refused([Refusal(no.NOTHING_CHOSEN)])
    data = {
        "title": TITLE, "letters": letters, "printed": f"{at.astimezone(LOCAL):%Y年%m月%d日}",
    }  # fmt: skip
    return typeset(layout=_LAYOUT, data=data, at=at)


def letters_of(card_ids: Sequence[int], *, by: Actor) -> list[dict[str, object]]:
    """This function will write what each letter says, in the order in which they are carried;
    nobody writes to the dead.
    """
    found = (
        Card.objects.filter(
            office_within(by, "position__account__organization__") | at_outlets(by),
            position__account__kind__in=WAITING,
            person__died_on=None,
            pk__in=list(card_ids)[:MOST],
        )
        .select_related("person", "town", "bank_org", "position__account__organization")
        .order_by("town__code", "village", "unit_name", "pk")
    )
    return [_letter(card) for card in found]


def _letter(card: Card) -> dict[str, object]:
    holder, office = holder_of(card.person), card.position.account.organization
    home = card.unit_name or f"{card.town.name if card.town else ''}{card.village}"
    return {
        "name": holder.name,
        "home": home,
        "facts": [
            ["社会保障号码", holder.masked_number],
            ["社保卡卡号", card.number],
            ["合作银行", card.bank_org.name if card.bank_org else "未登记"],
            ["领取地点", office.address or office.name],
            ["办理时间", office.hours or "工作日"],
            ["联系电话", office.phone or "12333"],
        ],
        "office": office.name,
    }
