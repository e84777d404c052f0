"""《注销申请登记表》: who asked, why, what came back, who was told (Art. 29)."""

from collections.abc import Iterable, Mapping

from cardbook.cards.states import Bank
from cardbook.chapters.usage.event_register import Line, sheet_of_events
from cardbook.law.articles import art
from cardbook.law.notices import CANCEL
from cardbook.law.roles import Role
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.facts import (
    Asker,
    EndReason,
    Found,
    Informant,
    OpenMatter,
    Plastic,
    Relation,
)
from cardbook.registers.choosing import PeriodForm
from cardbook.registers.forms import Column, Form
from cardbook.registers.registry import Register

_ACTS = ("card.cancel", "card.cancel_unissued", "card.cancel_by_office")
_READERS = frozenset(
    {*(role for code in _ACTS for role in act(code).who), Role.COUNTY_MANAGER, Role.REVIEWER,
     Role.AUDITOR}
)  # fmt: skip

FORM = Form(
    code="cancel_request_register",
    prefix="ZXSQ",
    title="社会保障卡注销申请登记表",
    basis=(art(29),),
    columns=(
        Column(key="order", title="序号", width=9, align="center"),
        Column(key="applicant", title="申请人", width=32),
        Column(key="asker", title="身份", width=32, under=True),
        Column(key="applicant_citizen", title="申请人证件号码", width=38),
        Column(key="papers", title="证明", width=30),
        Column(key="name", title="持卡人姓名", width=38),
        Column(key="citizen", title="社会保障号码", width=38, under=True),
        Column(key="number", title="社保卡卡号", width=26),
        Column(key="reason", title="原因", width=28),
        Column(key="words", title="说明", width=28, under=True),
        Column(key="plastic", title="卡实物", width=16, align="center"),
        Column(key="open", title="未了事项（问明）", width=58),
        Column(key="at", title="社保功能注销时间", width=30),
        Column(key="told", title="已告知银行注销", width=20, align="center"),
        Column(key="bank", title="银行一侧", width=20, under=True),
        Column(key="actor", title="经办人", width=18),
        Column(key="second", title="复核人", width=18),
    ),
    signatures=("申请人", "经办人", "复核人"),
    seal="社保卡综合服务窗口（章）",
    note="第二十九条：及时办理社保功能注销，同时告知前往金融机构办理金融功能注销。",
    row_height=9,
)


def _open(items: Iterable[Mapping[str, str]]) -> str:
    """What was asked and answered, by whom; what the book found open, by name."""
    own = [one for one in items if one["said_by"] == Informant.BOOK]
    found = [f"{_matter(one)} {one['words']}" for one in own if one["state"] == Found.OPEN]
    parts = ["台账核对：" + ("、".join(found) or "没有未了事项")] if own else []
    parts += [
        f"{_matter(one)}：{Found(one['state']).label}（{Informant(one['said_by']).label}）"
        for one in items if one["said_by"] != Informant.BOOK
    ]  # fmt: skip
    return "；".join(parts) or "没有问过"


def _other(facts: Mapping[str, str]) -> str:
    if not facts["other_card"]:
        return ""
    return f"另一张卡 {facts['other_card']}（{facts['other_source']}）"


def _applicant(line: Line) -> str:
    """Who asked, by name; of old events that do not say it, it stands on the printed form."""
    asker = Asker(line.facts["asker"])
    return {Asker.HOLDER: line.name, Asker.OFFICE: line.office}.get(asker, line.came_name)


def _as_what(line: Line) -> str:
    """As what he asked, and what he is to the holder."""
    asker, relation = Asker(line.facts["asker"]), line.facts.get("relation")
    return f"{asker.label}（{Relation(relation).label}）" if relation else asker.label


def _matter(one: Mapping[str, str]) -> str:
    return OpenMatter(one["item"]).label


def _cancelled(line: Line) -> tuple[str, ...]:
    facts = line.facts
    return (
        _applicant(line),
        _as_what(line),
        line.citizen if facts["asker"] == Asker.HOLDER else line.came_citizen,
        "、".join(line.papers),
        line.name,
        line.citizen,
        line.number,
        EndReason(facts["reason"]).label,
        "；".join(text for text in (_other(facts), facts["words"]) if text),
        Plastic(facts["plastic"]).label,
        _open(facts["open_items"]),
        line.at,
        "☑" if line.was_told(CANCEL) else "☐",
        Bank.of(line.bank_state).label,
        line.actor,
        line.second,
    )


CANCEL_REQUESTS = Register(
    slug="cancel_requests",
    form=FORM,
    choose=PeriodForm,
    sheet=sheet_of_events(FORM, _ACTS, _cancelled),
    readers=_READERS,
    issuers=_READERS - {Role.AUDITOR},
    empty_text="所选机构在这段时间没有应申请注销的卡。",
)
