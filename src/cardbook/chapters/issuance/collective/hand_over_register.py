"""《集中领卡移交单》: one hand-out of a bundle to a unit or village, signed by both (Art. 8, 20).

Columns: domain.md 3.4. `hand_over_queries.py` reads; the cards one by one are on the 签字明细表.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from cardbook.chapters.issuance.collective.hand_over_queries import (
    BoxSpan,
    HandOverPaper,
    hand_over_of,
)
from cardbook.chapters.issuance.collective.register import BundleForm
from cardbook.chapters.issuance.models import Bundle
from cardbook.chapters.signatures import signature_cell, signature_pictures
from cardbook.law.articles import art
from cardbook.law.measures import CARRYING
from cardbook.law.roles import SEES_PEOPLE, WRITES_REGISTERS
from cardbook.lib.clock import LOCAL
from cardbook.people.holders import Holder
from cardbook.registers.choosing import office_of
from cardbook.registers.forms import Column, Form, Sheet, refuse_too_many
from cardbook.registers.names_then import name_then
from cardbook.registers.registry import Register

_SIGNED = {"thumb": "（按手印）"}
_SAME = "同上"

FORM = Form(
    code="collective_hand_over",
    prefix="LKYJ",
    title="集中领卡移交单",
    basis=(art(8, 3), art(20)),
    columns=(
        Column(key="order", title="序号", width=9, align="center"),
        Column(key="unit", title="单位", width=40),
        Column(key="first", title="经办人一（姓名/证件/电话）", width=52),
        Column(key="second", title="经办人二（姓名/证件/电话）", width=52, under=True),
        Column(key="letter", title="授权文号", width=30),
        Column(key="cards", title="卡数", width=13, align="right"),
        Column(key="boxes", title="盒号范围", width=38),
        Column(key="sheet", title="明细表编号", width=38, under=True),
        Column(key="plan", title="保管措施确认", width=28),
        Column(key="given", title="交付签章", width=24, align="center"),
        Column(key="taken", title="接收签章", width=28, align="center", picture=True),
        Column(key="due_on", title="应备案日", width=20),
    ),
    signatures=("交付人", "接收人（经办人一）", "接收人（经办人二）", "单位负责人（章）"),
    seal="发放机构（章）",
    note=f"逐盒点清后双方签章；交付不是发放，每张卡凭签字明细表由持卡人签字发放。{CARRYING}",
    row_height=18,
)


def hand_over_sheet(
    *,
    chosen: Mapping[str, Any],
    masked: bool,
    printed_by: str,
    printed_at: datetime,
    limit: int | None,
) -> Sheet:
    """This function will fill the 移交单 of one hand-out: a row for each box cards came from.

    :raises TooManyRows: when they came from more boxes than `limit`.
    """
    bundle: Bundle = chosen["sheet"]
    paper = hand_over_of(bundle)
    refuse_too_many(len(paper.boxes), limit)
    pictures = {} if masked else signature_pictures([bundle.signature])
    whole = _whole(bundle, paper, masked=masked, pictures=pictures)
    assert bundle.handed_at is not None
    return Sheet(
        form=FORM,
        office=office_of(bundle.office, at=bundle.handed_at),
        covers=f"{bundle.number}　领卡单位：{name_then(bundle.unit, bundle.handed_at)}",
        rows=tuple(_cells(place, box, whole) for place, box in enumerate(paper.boxes, start=1)),
        heads=(
            ("交付时间", f"{bundle.handed_at.astimezone(LOCAL):%Y-%m-%d %H:%M}"),
            ("批次", "、".join(dict.fromkeys(box.batches for box in paper.boxes))),
            ("领卡人照片", "已留存" if paper.photo else "未留存"),
        ),
        totals=(("盒", f"{len(paper.boxes)} 处"), ("交付", f"{bundle.cards} 张（未发放）")),
        printed_by=printed_by,
        printed_at=printed_at,
        pictures=pictures,
    )


def _whole(
    bundle: Bundle, paper: HandOverPaper, *, masked: bool, pictures: Mapping[str, bytes]
) -> dict[str, str]:
    """What holds for the hand-out as a whole; it stands in the first row."""
    first, *others = paper.handlers or (None,)
    return {
        "unit": f"{bundle.unit.code} {name_then(bundle.unit, bundle.handed_at)}",
        "sheet": bundle.number,
        "first": _handler(first, masked=masked),
        "second": "；".join(_handler(one, masked=masked) for one in others),
        "letter": paper.letter.number if paper.letter else "",
        "plan": f"☑ 已备案 {paper.plan.since}" if paper.plan else "□ 未备案",
        "due_on": str(bundle.due_on),
        "given": bundle.handed_by.name if bundle.handed_by else "",
        "taken": signature_cell(bundle.signature, pictures) or _SIGNED.get(bundle.signing, ""),
    }


def _handler(one: Holder | None, *, masked: bool) -> str:
    if one is None:
        return ""
    shown = (one.masked_number, one.masked_phone) if masked else (one.number, one.phone)
    return " ".join(part for part in (one.name, *shown) if part)


def _cells(place: int, box: BoxSpan, whole: Mapping[str, str]) -> tuple[str, ...]:
    own = {"order": str(place), "boxes": box.words, "cards": str(box.cards)}
    shared = whole if place == 1 else {key: _SAME if text else "" for key, text in whole.items()}
    cells = {**shared, **own}
    return tuple(cells[column.key] for column in FORM.columns)


COLLECTIVE_HAND_OVER = Register(
    slug="collective_hand_over",
    form=FORM,
    choose=BundleForm,
    sheet=hand_over_sheet,
    readers=SEES_PEOPLE,
    issuers=WRITES_REGISTERS,
    empty_text="还没有交付过集中领卡。交付后，移交单自动出现在这里。",
)
