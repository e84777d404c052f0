"""The slip with which a card is fetched from the store: which card, in which place (Art. 8, 20).

It moves nothing and proves nothing; the card stays where the book says until it is handed over.
"""

from datetime import datetime
from pathlib import Path

from cardbook.chapters.issuance.individual.queries import show_card
from cardbook.lib.clock import local_day, to_the_minute
from cardbook.orgs.actors import Actor
from cardbook.registers.codes import qr_svg
from cardbook.registers.typesetting import typeset

TITLE = "取卡单"
_LAYOUT = Path(__file__).parent / "layouts" / "ticket.typ"


def ticket_pdf(*, card_id: int, by: Actor, at: datetime) -> bytes | None:
    """This function will set the slip on A6, or None when the actor has no such card to give."""
    desk = show_card(card_id=card_id, by=by, at=at, today=local_day(at))
    card = desk.card
    if desk.holder is None or card is None or card.id != card_id or not card.may_issue:
        return None
    data = {
        "title": TITLE,
        "where": "柜-层-盒-位" if card.slot else "位置",
        "slot": card.slot or card.place,
        "is_slot": bool(card.slot),
        "facts": [
            ["卡号", card.number],
            ["持卡人", f"{desk.holder.name}　{desk.masked_number}"],
            ["银行、批次", "　".join(filter(None, (card.bank, card.batch, card.unit)))],
            ["保管", card.custodian],
            ["要卡", f"{by.org_name}　{by.name}"],
        ],
        "signatures": ["取卡", "窗口收到"],
        "code": qr_svg(card.number),
        "basis": "第八条第四款、第二十条",
        "printed": to_the_minute(at),
    }
    return typeset(layout=_LAYOUT, data=data, at=at)
