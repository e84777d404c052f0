"""《激活登记》, 《密码重置登记》: which half was put to use when, who was sent where (Art. 22)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from cardbook.cards.states import Bank
from cardbook.chapters.usage.activation.queries import HalfDone, Waiting
from cardbook.chapters.usage.event_register import Line, sheet_of_events
from cardbook.chapters.usage.values import PIN_RESULTS
from cardbook.law.articles import art
from cardbook.law.notices import ACTIVATION
from cardbook.law.roles import Role
from cardbook.lib.clock import to_the_minute
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.facts import ChipRead, Signer
from cardbook.orgs.actors import Actor
from cardbook.registers.choosing import PeriodForm
from cardbook.registers.forms import Column, Form
from cardbook.registers.listing import list_as_xlsx
from cardbook.registers.registry import Register

_READERS = frozenset(
    {*act("social.activate").who, Role.CARD_KEEPER, Role.COUNTY_MANAGER, Role.CITY_MANAGER,
     Role.REVIEWER, Role.AUDITOR}
)  # fmt: skip

FORM = Form(
    code="activation_register",
    prefix="JHDJ",
    title="社会保障卡激活登记",
    basis=(art(22),),
    columns=(
        Column(key="order", title="序号", width=10, align="center"),
        Column(key="at", title="时间", width=32),
        Column(key="name", title="持卡人姓名", width=26),
        Column(key="citizen", title="社会保障号码", width=40),
        Column(key="number", title="社保卡卡号", width=28),
        Column(key="what", title="办理事项", width=48),
        Column(key="chip", title="芯片", width=48, under=True),
        Column(key="who", title="办理人", width=40),
        Column(key="papers", title="核验方式（证件）", width=40, under=True),
        Column(key="told", title="已告知", width=18, align="center"),
        Column(key="bank", title="银行一侧（以银行为准）", width=40),
        Column(key="actor", title="经办人", width=26),
        Column(key="device", title="终端", width=26, under=True),
    ),
    signatures=("经办人", "复核人"),
    seal="社保卡综合服务窗口（章）",
    note="第二十二条：激活社保功能，同时告知到金融服务网点启用金融功能；银行状态以银行答复为准。",
    row_height=8,
)
PIN_FORM = Form(
    code="pin_register",
    prefix="MMCZ",
    title="社会保障卡密码重置登记",
    basis=(art(22),),
    columns=(
        Column(key="order", title="序号", width=10, align="center"),
        Column(key="at", title="时间", width=32),
        Column(key="name", title="持卡人姓名", width=26),
        Column(key="citizen", title="社会保障号码", width=40),
        Column(key="number", title="社保卡卡号", width=28),
        Column(key="papers", title="核验方式（证件）", width=44),
        Column(key="terminal", title="密码键盘（终端）编号", width=32),
        Column(key="result", title="结果", width=36),
        Column(key="told", title="已告知保管密码", width=24, align="center"),
        Column(key="actor", title="经办人", width=24),
        Column(key="signed", title="持卡人签字", width=30),
    ),
    signatures=("经办人", "复核人"),
    seal="社保卡综合服务窗口（章）",
    note="由持卡人本人输入新密码，系统和本表都不记录密码；告知保管密码、持卡人签字打印后当面填写。",
    row_height=10,
)
_HALVES = Form(
    code="half_done",
    prefix="LCWB",
    title="两侧未办全的卡",
    basis=(art(22), art(28), art(29)),
    columns=(
        Column(key="number", title="卡号", width=28),
        Column(key="name", title="持卡人", width=26),
        Column(key="citizen", title="社会保障号码", width=40),
        Column(key="social", title="社保一侧", width=36),
        Column(key="bank", title="银行一侧", width=30),
        Column(key="bank_name", title="银行", width=48),
        Column(key="as_of", title="银行截至", width=32),
        Column(key="what", title="未办事项", width=36),
        Column(key="words", title="告知持卡人", width=60),
    ),
    signatures=(),
    seal="",
    note="",
)


_WAITING = Form(
    code="green_channel",
    prefix="LSTD",
    title="社保卡绿色通道等候名单",
    basis=(art(22),),
    columns=(
        Column(key="name", title="持卡人", width=26),
        Column(key="citizen", title="社会保障号码", width=40),
        Column(key="number", title="卡号", width=28),
        Column(key="outlet", title="网点", width=60),
        Column(key="sent_at", title="引导时间", width=34),
        Column(key="arrived_at", title="到达时间", width=34),
        Column(key="minutes", title="等候（分钟）", width=24),
    ),
    signatures=(),
    seal="",
    note="",
)


def _chip(facts: Mapping[str, Any]) -> str:
    """Whether the chip was read and what was odd about it; of old events nothing is known."""
    if not facts.get("chip"):
        return ""
    version = f"规范 {facts['chip_version']}" if facts["chip_version"] else ""
    parts = [ChipRead(facts["chip"]).label, version, *facts["chip_odd"]]
    return "；".join(part for part in parts if part)


def _activated(line: Line) -> tuple[str, ...]:
    who = line.facts.get("asked_by")
    return (
        line.at,
        line.name,
        line.citizen,
        line.number,
        line.title,
        _chip(line.facts),
        Signer(who).label if who else "",
        "、".join(line.papers),
        "☑" if line.was_told(ACTIVATION) else "",
        f"{line.bank}　{Bank.of(line.bank_state).label}",
        line.actor,
        line.device,
    )


def _reset(line: Line) -> tuple[str, ...]:
    return (
        line.at,
        line.name,
        line.citizen,
        line.number,
        "、".join(line.papers),
        line.facts["terminal"],
        PIN_RESULTS[line.facts["result"]],
        "☐",
        line.actor,
        "",
    )


def waiting_xlsx(rows: Sequence[Waiting], *, by: Actor, at: datetime) -> bytes:
    """This function will write the green channel that is seen as a workbook."""
    return list_as_xlsx(
        _WAITING,
        (
            (
                row.name, row.masked_number, row.number, row.outlet, to_the_minute(row.sent_at),
                to_the_minute(row.arrived_at) or "未到",
                "" if row.minutes is None else str(row.minutes),
            )
            for row in rows
        ),
        covers=f"截至 {to_the_minute(at)}", totals=(("合计", f"{len(rows)} 人"),), by=by, at=at,
    )  # fmt: skip


def half_done_xlsx(rows: Sequence[HalfDone], *, by: Actor, at: datetime) -> bytes:
    """This function will write the half-done cards that are seen as a workbook."""
    return list_as_xlsx(
        _HALVES,
        (
            (
                row.number, row.name, row.masked_number, row.social, row.bank, row.bank_name,
                to_the_minute(row.bank_as_of),
                row.what, row.words,
            )
            for row in rows
        ),
        covers=f"截至 {to_the_minute(at)}", totals=(("合计", f"{len(rows)} 张"),), by=by, at=at,
    )  # fmt: skip


ACTIVATIONS = Register(
    slug="activations",
    form=FORM,
    choose=PeriodForm,
    sheet=sheet_of_events(FORM, ("social.activate", "bank.direct"), _activated),
    readers=_READERS,
    issuers=_READERS - {Role.AUDITOR},
    empty_text="所选机构在这段时间没有激活社保功能。",
)
PIN_RESETS = Register(
    slug="pin_resets",
    form=PIN_FORM,
    choose=PeriodForm,
    sheet=sheet_of_events(PIN_FORM, ("pin.reset",), _reset),
    readers=_READERS,
    issuers=_READERS - {Role.AUDITOR},
    empty_text="所选机构在这段时间没有重置社保密码。",
)
