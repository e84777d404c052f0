"""What cards of the demo city are used for, what its banks promise and hear (Art. 23, 24).

What is there already is left as it is.
"""

from datetime import datetime, timedelta

from cardbook.chapters.usage.bank_offers.commands import NotEntered, enter_offer
from cardbook.chapters.usage.bank_offers.complaints import (
    About,
    answer_complaint,
    complaints,
    take_complaint,
)
from cardbook.chapters.usage.bank_offers.queries import banks_of
from cardbook.chapters.usage.uses.commands import NotKept, add_use
from cardbook.chapters.usage.values import Carrier, UseField
from cardbook.demo.staff import actor_named
from cardbook.demo.story import Story
from cardbook.orgs.actors import Actor

# Office of the county by its post, code, name, field, carrier.
_USES = (
    ("chuangkou1", "card.window", "窗口业务凭证", UseField.IDENTITY, Carrier.BOTH),
    ("jingban1", "pension.collect", "养老待遇领取", UseField.PENSION, Carrier.PLASTIC),
    ("jingban2", "insurance.pay", "社会保险缴费", UseField.OTHER, Carrier.BOTH),
)
_OFFERS = (
    ("discount", "免收年费和小额账户管理费", "", "启用金融功能当日起，不用申请"),
    ("outlet", "社保卡绿色通道窗口", "商州区北新街示范支行一层", "工作日 9:00 至 17:00"),
    ("machine", "社保卡自助服务机（查询、改密）", "商州区人社局一层大厅", ""),
)
# Of the first bank: one that ends soon and one that ended, with the days from today.
_ENDING = (("窗口转账免手续费", -350, 12), ("社保卡专属购物优惠日", -360, -3))
# What a bank has entered itself and the city has yet to confirm.
_WAITING = "社保卡跨行取现每月前三笔免手续费"
_COMPLAINTS = (
    "到网点办业务，仍收了小额账户管理费，说系统里没有减免。",
    "一层大厅的自助服务机停了三天，没有贴通知。",
)
_ANSWER = "查实为柜员未勾选减免，已退还费用，并对网点全员重新培训。"
_COUNTY = "611002"


def live_uses(story: Story) -> None:
    """This function will register a few uses and a few promises of each bank, each once."""
    manager, at = actor_named("sl_guanli", on=story.today), story.at(1, 9)
    kept = 0
    for post, code, name, field, carrier in _USES:
        office = story.actor(_COUNTY, post).org_id
        try:
            add_use(
                agency_id=office, code=code, name=name, field=field, carrier=carrier,
                basis="第二十三条第二款", since=story.today - timedelta(days=11),
                by=manager, at=at,
            )  # fmt: skip
            kept += 1
        except NotKept:
            continue
    kept += _promises(story, manager, at=at)
    if kept:
        story.say(f"市局：登记 {len(_USES)} 项社保卡应用事项，公布各银行的优惠、网点、自助设备")


def _promises(story: Story, manager: Actor, *, at: datetime) -> int:
    """The city's entries for each bank, two that run out, and one a bank has entered itself."""
    teller = story.actor(_COUNTY, "yinhang")
    rows = [
        (manager, bank, offer, (-11, 354))
        for bank, _ in banks_of(manager)
        for offer in _OFFERS
    ]  # fmt: skip
    rows += [
        (manager, bank, ("discount", title, "", ""), (first, last))
        for bank, _ in banks_of(manager)[:1]
        for title, first, last in _ENDING
    ]
    rows += [
        (teller, bank, ("discount", _WAITING, "", ""), (-11, 354)) for bank, _ in banks_of(teller)
    ]
    kept = 0
    for by, bank, (kind, title, place, words), (first, last) in rows:
        try:
            enter_offer(
                bank_id=bank, kind=kind, title=title, place=place, words=words,
                since=story.today + timedelta(days=first),
                until=story.today + timedelta(days=last), by=by, at=at,
            )  # fmt: skip
            kept += 1
        except NotEntered:
            continue
    return kept


def live_complaints(story: Story) -> None:
    """This function will let holders complain twice about a bank, which has answered once."""
    clerk, teller = story.actor(_COUNTY, "chuangkou1"), story.actor(_COUNTY, "yinhang")
    ((bank, _),) = banks_of(teller)
    for place, words in enumerate(_COMPLAINTS):
        if complaints(by=clerk, text=words).exists():
            continue
        kept = take_complaint(
            about=About(bank_id=bank, outlet_id=teller.org_id), words=words, by=clerk,
            at=story.at(9 + place, 10),
        )  # fmt: skip
        if place == 0:
            answer_complaint(complaint_id=kept.pk, answer=_ANSWER, by=teller, at=story.at(10, 15))
            story.say(f"{clerk.org_name}：登记持卡人对银行的投诉，{teller.org_name}已答复一件")
