"""《关系转移登记》: where the relation went, what became of the card, who was told (Art. 30)."""

from cardbook.chapters.usage.event_register import Line, sheet_of_events
from cardbook.law.articles import art
from cardbook.law.notices import TRANSFER
from cardbook.law.roles import Role
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.facts import EndReason
from cardbook.registers.choosing import PeriodForm
from cardbook.registers.forms import Column, Form
from cardbook.registers.registry import Register

_READERS = frozenset(
    {*act("relation.end").who, Role.COUNTY_MANAGER, Role.CITY_MANAGER, Role.REVIEWER,
     Role.AUDITOR}
)  # fmt: skip

FORM = Form(
    code="transfer_register",
    prefix="GXZY",
    title="社会保障关系转移登记",
    basis=(art(30),),
    columns=(
        Column(key="order", title="序号", width=10, align="center"),
        Column(key="name", title="持卡人姓名", width=26),
        Column(key="citizen", title="社会保障号码", width=40),
        Column(key="number", title="社保卡卡号", width=28),
        Column(key="to_place", title="转往地、接收机构", width=48),
        Column(key="list_number", title="名单或函号", width=34, under=True),
        Column(key="reason", title="情况", width=30),
        Column(key="done", title="处理", width=26),
        Column(key="words", title="说明", width=40),
        Column(key="at", title="办理时间", width=32),
        Column(key="told", title="已告知银行", width=20, align="center"),
        Column(key="actor", title="经办人", width=24),
    ),
    signatures=("经办人", "复核人"),
    seal="社保卡综合服务窗口（章）",
    note="第三十条：迅速办理社保功能的转移或注销，同时告知前往合作银行咨询办理。",
    row_height=9,
)


def _moved(line: Line) -> tuple[str, ...]:
    facts = line.facts
    told = any(text.startswith(f"{TRANSFER.code}/") for text in line.told)
    ended = line.act == "relation.end"
    return (
        line.name,
        line.citizen,
        line.number,
        facts["to_place"],
        facts.get("list_number", ""),
        EndReason(facts["reason"]).label if ended else "关系变动",
        "注销" if ended else "保留使用",
        facts.get("words", ""),
        line.at,
        "☑" if told else "☐",
        line.actor,
    )


TRANSFERS = Register(
    slug="transfers",
    form=FORM,
    choose=PeriodForm,
    sheet=sheet_of_events(FORM, ("relation.end", "relation.keep"), _moved),
    readers=_READERS,
    issuers=_READERS - {Role.AUDITOR},
    empty_text="所选机构在这段时间没有办理关系转移。",
)
