"""Notices as they are read out at a desk, every blank filled (Art. 12 to 30).

What an act records as told stands on its page in these words, and in no fewer.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from cardbook.cards.models import Card
from cardbook.law.notices import LOSS, Notice, notice
from cardbook.law.parameters import parameter
from cardbook.lib.clock import LOCAL
from cardbook.orgs.models import Organization
from cardbook.orgs.reach import bank_of

UNTIL_REPLACED = "补办新卡为止"
RELEASE = "请到窗口和银行分别解除挂失"
RELEASE_OF_FORMAL = {
    "never": "社保功能也不能解除正式挂失，请补办新卡；银行一侧另向银行办理",
    "replacement_accepted": "受理补卡以前，请到窗口和银行分别解除挂失",
    "replacement_completed": "补卡办成以前，请到窗口和银行分别解除挂失",
}
NO_BANK_PHONE = "（见卡背面的银行客服电话）"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One notice with its lines as they are said; `moment` may say when only some hear it."""

    notice: Notice
    lines: tuple[str, ...]
    moment: str = ""


def told_of(code: str, *, on: date, values: Mapping[str, object] | None = None) -> Told:
    """This function will fill a notice as it is in force on a day.

    :raises KeyError: when a blank has no value.
    """
    text = notice(code, on=on)
    return Told(notice=text, lines=text.filled(values or {}))


def loss_values(*, until: str, bank_phone: str, on: date) -> dict[str, str]:
    """This function will give what the notice of a loss leaves blank: until when, which number,
    how it is taken back. One in writing has no end of its own (`until` is empty), and whether it
    is taken back at all is a rule of the city's (Art. 28).
    """
    rule = str(parameter("formal_loss_releasable_until").on(on).value)
    return {
        "until": until or UNTIL_REPLACED,
        "release": RELEASE if until else RELEASE_OF_FORMAL[rule],
        "bank_phone": f" {bank_phone} " if bank_phone else NO_BANK_PHONE,
    }


def loss_end(end: datetime | None, *, at: datetime) -> str:
    """This function will say until when an oral loss holds; "" of one in writing."""
    over = "（已到期）" if end and end <= at else ""
    return f" {end.astimezone(LOCAL):%Y 年 %-m 月 %-d 日 %H:%M}{over}" if end else ""


def written_loss_told(*, card_id: int, on: date, moment: str) -> Told:
    """This function will fill what is said to whoever loses a card for good while he stands here.

    A loss in writing does not lapse: it holds until there is a new card.
    """
    path = Card.objects.filter(pk=card_id).values_list("bank_org__path", flat=True).first()
    phones = bank_phones({bank_of(path)}) if path else {}
    values = loss_values(until="", bank_phone="".join(phones.values()), on=on)
    text = notice(LOSS.code, on=on)
    return Told(notice=text, lines=text.filled(values), moment=moment)


def bank_phones(paths: Collection[str]) -> dict[str, str]:
    """This function will find the hotlines of banks: of the bank itself, not of an outlet."""
    return dict(Organization.objects.filter(path__in=paths).values_list("path", "phone"))
