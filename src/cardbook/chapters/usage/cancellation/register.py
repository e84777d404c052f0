"""《注销申请登记表》: who asked, why, what came back, who was told (Art. 29)."""

from cardbook.cards.states import Bank
from cardbook.chapters.usage.cancellation.forms import OPEN_ITEMS
from cardbook.chapters.usage.event_register import Line, sheet_of_events
from cardbook.law.articles import art
from cardbook.law.notices import CANCEL
from cardbook.law.roles import Role
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.facts import Asker, EndReason, Plastic
from cardbook.registers.choosing import PeriodForm
from cardbook.registers.forms import Column, Form
from cardbook.registers.registry import Register

_READERS = frozenset(
    {*act("card.cancel").who, Role.CARD_KEEPER, Role.COUNTY_MANAGER, Role.CITY_MANAGER,
     Role.REVIEWER, Role.AUDITOR}
)  # fmt: skip

FORM = Form(
    code="cancel_request_register",
    prefix="ZXSQ",
    title="社会保障卡注销申请登记表",
    basis=(art(29),),
    columns=(
        Column(key="order", title="序号", width=9, align="center"),
        Column(key="asker", title="申请人身份", width=24),
        Column(key="name", title="持卡人姓名", width=24),
        Column(key="citizen", title="社会保障号码", width=38),
        Column(key="number", title="社保卡卡号", width=26),
        Column(key="reason", title="原因", width=28),
        Column(key="words", title="说明", width=28, under=True),
        Column(key="plastic", title="卡实物", width=16, align="center"),
        Column(key="open", title="未了事项", width=34),
        Column(key="at", title="社保功能注销时间", width=30),
        Column(key="told", title="已告知银行注销", width=20, align="center"),
        Column(key="bank", title="银行一侧", width=20, under=True),
        Column(key="actor", title="经办人", width=20),
    ),
    signatures=("申请人", "经办人", "复核人"),
    seal="社保卡综合服务窗口（章）",
    note="第二十九条：及时办理社保功能注销，同时告知前往金融机构办理金融功能注销。",
    row_height=9,
)
_ITEMS = dict(OPEN_ITEMS)


def _cancelled(line: Line) -> tuple[str, ...]:
    facts = line.facts
    told = any(text.startswith(f"{CANCEL.code}/") for text in line.told)
    return (
        Asker(facts["asker"]).label,
        line.name,
        line.citizen,
        line.number,
        EndReason(facts["reason"]).label,
        facts.get("words", ""),
        Plastic(facts["plastic"]).label,
        "、".join(_ITEMS.get(code, code) for code in facts.get("open_items", ())) or "无",
        line.at,
        "☑" if told else "☐",
        Bank.of(line.bank_state).label,
        line.actor,
    )


CANCEL_REQUESTS = Register(
    slug="cancel_requests",
    form=FORM,
    choose=PeriodForm,
    sheet=sheet_of_events(FORM, ("card.cancel",), _cancelled),
    readers=_READERS,
    issuers=_READERS - {Role.AUDITOR},
    empty_text="所选机构在这段时间没有应申请注销的卡。",
)
