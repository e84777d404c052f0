"""《关系转移登记》 and the lists that go to other places: who left, who came (Art. 30)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django import forms

from cardbook.chapters.usage.event_register import Line, sheet_of_events
from cardbook.chapters.usage.transfer.leaving_queries import Leaving
from cardbook.chapters.usage.transfer.queries import Incoming, incoming
from cardbook.law.articles import art
from cardbook.law.notices import TRANSFER
from cardbook.law.roles import Role
from cardbook.lib.clock import local_day
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.facts import EndReason
from cardbook.orgs.actors import Actor
from cardbook.orgs.models import Organization
from cardbook.registers.choosing import PeriodForm, office_of
from cardbook.registers.forms import Column, Form, Sheet, refuse_too_many
from cardbook.registers.listing import list_as_xlsx
from cardbook.registers.registry import Register

ENDINGS = ("relation.end", "relation.end_unissued")
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
        Column(key="new_card", title="新卡号", width=28, under=True),
        Column(key="to_place", title="转往地、接收机构", width=48),
        Column(key="list_number", title="名单或函号", width=34, under=True),
        Column(key="reason", title="原因", width=30),
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
    ended = line.act in ENDINGS
    return (
        line.name,
        line.citizen,
        line.number,
        (line.other_cards or "本市没有别的卡") if ended else "沿用本卡",
        facts["to_place"],
        facts.get("list_number", ""),
        EndReason(facts["reason"]).label if ended else "关系变动",
        "注销" if ended else "保留使用",
        facts.get("words", ""),
        line.at,
        "☑" if line.was_told(TRANSFER) else "☐",
        line.actor,
    )


TRANSFERS = Register(
    slug="transfers",
    form=FORM,
    choose=PeriodForm,
    sheet=sheet_of_events(FORM, (*ENDINGS, "relation.keep"), _moved),
    readers=_READERS,
    issuers=_READERS - {Role.AUDITOR},
    empty_text="所选机构在这段时间没有办理关系转移。",
)

LIST_READERS = _READERS | {Role.CARD_KEEPER}

OUT_FORM = Form(
    code="transfer_out_list",
    prefix="ZCMD",
    title="社会保障关系转出名单",
    basis=(art(30),),
    columns=(
        Column(key="order", title="序号", width=10, align="center"),
        Column(key="name", title="姓名", width=26),
        Column(key="citizen", title="社会保障号码", width=42),
        Column(key="number", title="社保卡卡号", width=28),
        Column(key="to_place", title="转往地、接收机构", width=52),
        Column(key="list_number", title="名单或函号", width=36),
        Column(key="done", title="社保功能", width=24),
        Column(key="at", title="办理时间", width=32),
        Column(key="bank", title="发卡银行", width=40),
    ),
    signatures=("经办人", "复核人"),
    seal="社保卡综合服务窗口（章）",
    note="名单含个人信息，只供接收地办理社会保障卡使用。",
)
IN_FORM = Form(
    code="transfer_in_list",
    prefix="ZRMD",
    title="社会保障关系转入名单",
    basis=(art(30),),
    columns=(
        Column(key="order", title="序号", width=10, align="center"),
        Column(key="name", title="姓名", width=26),
        Column(key="citizen", title="社会保障号码", width=42),
        Column(key="from_place", title="转出地、转出机构", width=50),
        Column(key="list_number", title="名单或函号", width=30),
        Column(key="moved_on", title="转入日期", width=24),
        Column(key="old_card", title="原卡号", width=26),
        Column(key="cards", title="本市的卡", width=32),
        Column(key="verdict", title="持卡情况", width=30),
        Column(key="words", title="处理结果", width=40),
    ),
    signatures=("经办人", "复核人"),
    seal="社保卡综合服务窗口（章）",
    note="外地的卡以转出地名单为准；两地各有一张卡的，由持卡人选定。名单含个人信息。",
)


_LEAVING = Form(
    code="leaving_people", prefix="ZCDB", title="社会保障关系转出待办", basis=(art(30),),
    columns=(
        Column(key="order", title="序号", width=10, align="center"),
        Column(key="left_on", title="转出日期", width=24),
        Column(key="name", title="姓名", width=26),
        Column(key="citizen", title="社会保障号码", width=40),
        Column(key="to_place", title="转往地、接收机构", width=52),
        Column(key="list_number", title="名单或函号", width=34),
        Column(key="cards", title="本市的卡", width=40),
        Column(key="state", title="办理情况", width=30),
        Column(key="words", title="说明", width=40),
    ),
    signatures=(), seal="", note="号码已遮盖。",
)  # fmt: skip


def leaving_xlsx(rows: Sequence[Leaving], *, covers: str, by: Actor, at: datetime) -> bytes:
    """This function will write who leaves, as it is seen, as a workbook."""
    cells = (
        (
            str(order), f"{row.left_on}", row.name, row.masked_citizen, row.to_place,
            row.list_number, "、".join(f"{one.number} {one.county}" for one in row.cards),
            f"{row.state} {row.done}".strip(), row.words,
        )
        for order, row in enumerate(rows, 1)
    )  # fmt: skip
    totals = (("合计", f"{len(rows)} 人"),)
    return list_as_xlsx(_LEAVING, cells, covers=covers, totals=totals, by=by, at=at)


class PlaceForm(PeriodForm):
    """A span of days, and the other place: its list is nobody else's business (PIPL 6)."""

    place = forms.CharField(label="对方地区、机构（空为全部）", max_length=60, required=False)


def _goes_there(line: Line, chosen: Mapping[str, Any]) -> bool:
    """Whose relation ended without going anywhere is on nobody's list."""
    ended = line.facts.get("reason") == EndReason.TERMINATION
    return not ended and chosen["place"].strip() in line.facts["to_place"]


def _left(line: Line) -> tuple[str, ...]:
    done = "已注销" if line.act in ENDINGS else "继续使用"
    return (
        line.name, line.citizen, line.number, line.facts["to_place"],
        line.facts.get("list_number", ""), done, line.at, line.bank,
    )  # fmt: skip


_OUTGOING = sheet_of_events(OUT_FORM, (*ENDINGS, "relation.keep"), _left, fits=_goes_there)


def _sheet_of_outgoing(*, chosen: Mapping[str, Any], **more: Any) -> Sheet:
    """Everybody whose relation left in a span of days, and where to if one place was asked for."""
    sheet = _OUTGOING(chosen=chosen, **more)
    place = chosen["place"].strip()
    return replace(sheet, covers=f"{sheet.covers}，{place}") if place else sheet


def _sheet_of_incoming(
    *, chosen: Mapping[str, Any], masked: bool, printed_by: str, printed_at: datetime,
    limit: int | None,
) -> Sheet:  # fmt: skip
    """Everybody whose relation came in a span of days."""
    office: Organization = chosen["office"]
    area = office.county.path if office.county else office.path
    rows = incoming(
        within=area, today=local_day(printed_at), since=chosen["start"], until=chosen["end"],
        limit=None if limit is None else limit + 1,
    )  # fmt: skip
    refuse_too_many(len(rows), limit)
    place = chosen["place"].strip()
    rows = [row for row in rows if place in row.from_place]
    return Sheet(
        form=IN_FORM,
        office=office_of(office),
        covers=f"转入日期 {chosen['start']} 至 {chosen['end']}{f'，{place}' if place else ''}",
        rows=tuple((str(order), *_came(row, masked=masked)) for order, row in enumerate(rows, 1)),
        totals=(("合计", f"{len(rows)} 人"),),
        printed_by=printed_by,
        printed_at=printed_at,
    )


def incoming_xlsx(rows: Sequence[Incoming], *, by: Actor, at: datetime) -> bytes:
    """This function will write who comes, as it is seen, as a workbook; numbers masked."""
    cells = ((str(order), *_came(row, masked=True)) for order, row in enumerate(rows, 1))
    totals = (("合计", f"{len(rows)} 人"),)
    return list_as_xlsx(IN_FORM, cells, covers="转入名单（查阅件）", totals=totals, by=by, at=at)


def _came(row: Incoming, *, masked: bool) -> tuple[str, ...]:
    return (
        row.name, row.masked_citizen if masked else row.citizen, row.from_place, row.list_number,
        f"{row.moved_on}", row.old_card, "、".join(card.number for card in row.cards),
        row.verdict_label, f"{row.decision_label} {row.words}".strip() or "未办结",
    )  # fmt: skip


TRANSFERS_OUT = Register(
    slug="transfer_out",
    form=OUT_FORM,
    choose=PlaceForm,
    offers_csv=True,
    sheet=_sheet_of_outgoing,
    readers=LIST_READERS,
    issuers=_READERS - {Role.AUDITOR},
    empty_text="所选机构在这段时间没有办理关系转出。",
)
TRANSFERS_IN = Register(
    slug="transfer_in",
    form=IN_FORM,
    choose=PlaceForm,
    offers_csv=True,
    sheet=_sheet_of_incoming,
    readers=LIST_READERS,
    issuers=_READERS - {Role.AUDITOR},
    empty_text="这段时间没有转入的人；名单从“导入转入名单”上传。",
)
