"""What a card can do now, on paper for its holder: both halves, with source and time (Art. 2).

The social half in the words other agencies get (`states.py`); the bank's as it was last reported.
"""

from datetime import datetime
from pathlib import Path

from cardbook.cards.models import Card
from cardbook.cards.states import Bank, Hold, Social, Stage, hold_at
from cardbook.chapters.telling import bank_phones
from cardbook.chapters.usage.uses.states import Known, state_of
from cardbook.lib.clock import LOCAL, to_the_minute
from cardbook.orgs.actors import Actor
from cardbook.orgs.reach import bank_of
from cardbook.people.holders import holder_of
from cardbook.registers.codes import qr_svg
from cardbook.registers.typesetting import typeset

TITLE = "社会保障卡状态查询单"
_LAYOUT = Path(__file__).parents[1] / "layouts" / "slip.typ"
_SOCIAL_DOES = "社保功能（信息记录、信息查询、业务办理）"
_BANK_DOES = "金融功能（现金存取、转账、消费）"
_IF_DIFFERENT = "与您知道的不一样的，请当场告诉窗口，或拨打 12333。"


def status_pdf(card: Card, *, by: Actor, at: datetime) -> bytes:
    """This function will set the slip on A5; the number is masked, an account is not on it."""
    holder = holder_of(card.person)
    hold = hold_at(card.hold, until=card.hold_until, at=at)
    data = {
        "title": TITLE,
        "name": holder.name,
        "amount": f"卡号 {card.number}",
        "facts": [
            ["社会保障号码", holder.masked_number],
            ["卡片", Stage.of(card.stage).label],
            ["社保功能", Social.of(card.social).label],
            ["挂失、停用", _held(card, hold)],
            ["金融功能", Bank.of(card.bank).label],
            ["银行", card.bank_org.name if card.bank_org else "未注明"],
            ["有效期至", f"{card.expires_on}" if card.expires_on else "未注明"],
        ],
        "notice": "这张卡现在能做什么",
        "lines": [
            f"{_SOCIAL_DOES}：{_social_words(card, at=at)}",
            f"{_BANK_DOES}：{_bank_words(card)}",
            _IF_DIFFERENT,
        ],
        "code": qr_svg(card.number),
        "foot": f"依据：第二条　查询 {by.name}",
        "printed": to_the_minute(at),
    }  # fmt: skip
    return typeset(layout=_LAYOUT, data=data, at=at)


def _held(card: Card, hold: str) -> str:
    if hold == Hold.NONE:
        return "无"
    until = f"，至 {to_the_minute(card.hold_until)}" if card.hold_until else ""
    return f"{Hold.of(hold).label}{until}"


def _social_words(card: Card, *, at: datetime) -> str:
    known = Known(
        stage=card.stage, social=card.social, hold=card.hold, hold_until=card.hold_until,
        died_on=card.person.died_on, said_dead=bool(card.person.said_dead_by),
    )  # fmt: skip
    return state_of(known, at=at).words


def _bank_words(card: Card) -> str:
    path = bank_of(card.bank_org.path) if card.bank_org else ""
    phone = bank_phones({path}).get(path, "") if path else ""
    ask = f"请问银行，电话 {phone}。" if phone else "请问银行。"
    if card.bank == Bank.UNKNOWN or card.bank_as_of is None:
        return f"银行还没有回报，{ask}"
    said = f"{card.bank_as_of.astimezone(LOCAL):%Y-%m-%d %H:%M}"
    return f"{card.bank_source}{said}回报“{Bank.of(card.bank).label}”，现在怎样以银行为准，{ask}"
