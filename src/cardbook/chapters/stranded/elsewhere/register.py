"""《换地点领取要求登记》: what holders asked for and what became of it, a row a wish (Art. 16)."""

import json
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from cardbook.chapters.stranded.elsewhere.queries import READERS, STATES
from cardbook.chapters.stranded.office_choice import OfficePeriodForm, rows_of
from cardbook.law.articles import art
from cardbook.law.roles import Role
from cardbook.lib.clock import to_the_minute
from cardbook.lib.masking import mask_number
from cardbook.lifecycle.facts import AskedVia, Signer
from cardbook.people import vault
from cardbook.registers.choosing import office_of
from cardbook.registers.forms import Column, Form, Sheet
from cardbook.registers.registry import Register

_QUERY = (Path(__file__).parent / "sql" / "wish_register.sql").read_text(encoding="utf-8")
_AGAIN = "again"
_SAID: Mapping[str, str] = {**STATES, _AGAIN: "另有新的要求"}

FORM = Form(
    code="outlet_wishes",
    prefix="HDLQ",
    title="换地点领取要求登记",
    basis=(art(16),),
    columns=(
        Column(key="order", title="序号", width=9, align="center"),
        Column(key="at", title="提出时间", width=30),
        Column(key="number", title="社保卡卡号", width=22),
        Column(key="name", title="姓名", width=24),
        Column(key="citizen", title="社会保障号码", width=36),
        Column(key="wished", title="要求领取地点", width=34),
        Column(key="asked", title="提出人、方式", width=24),
        Column(key="taken", title="登记机构、登记人", width=34),
        Column(key="office", title="卡现在在", width=32),
        Column(key="state", title="办理情况（不能办理的原因）", width=34),
        Column(key="words", title="说明", width=24),
    ),
    signatures=("经办人", "核查人", "机构负责人"),
    seal="保管机构（章）",
    note="一个要求一行。要求到别处领取的，由保管机构分拨；不能办理的写明原因，并告知提出人。",
    row_height=9,
)


def wish_sheet(
    *,
    chosen: Mapping[str, Any],
    masked: bool,
    printed_by: str,
    printed_at: datetime,
    limit: int | None,
) -> Sheet:
    """This function will list the wishes that concern an office and all below it, of some days.

    :raises TooManyRows: when there are more than `limit`.
    """
    found = rows_of(_QUERY, chosen=chosen, limit=limit)
    counted = Counter(row["state"] for row in found)
    return Sheet(
        form=FORM,
        office=office_of(chosen["office"]),
        covers=f"提出日期 {chosen['start']} 至 {chosen['end']}",
        rows=tuple(_wish(place, row, masked=masked) for place, row in enumerate(found, 1)),
        totals=(
            ("要求", f"{len(found)} 项"),
            *((title, f"{counted[code]} 项") for code, title in _SAID.items() if counted[code]),
        ),
        printed_by=printed_by,
        printed_at=printed_at,
    )


def _wish(place: int, row: Mapping[str, Any], *, masked: bool) -> tuple[str, ...]:
    facts = json.loads(row["facts"])
    citizen = vault.open_text(row["number_sealed"], context=vault.NUMBER)
    return (
        str(place),
        to_the_minute(row["happened_at"]),
        row["card_number"],
        vault.open_text(row["name_sealed"], context=vault.NAME),
        mask_number(citizen) if masked else citizen,
        row["wished"],
        f"{Signer(facts['asked_by']).label}，{AskedVia(facts['via']).label}",
        f"{row['taken_at']} {row['actor']}",
        row["office"],
        _outcome(row),
        facts.get("words") or "",
    )


def _outcome(row: Mapping[str, Any]) -> str:
    if row["state"] != "declined":
        return _SAID[row["state"]]
    why = json.loads(row["declined"]).get("words") or ""
    return f"{_SAID['declined']}：{why}"


WISHES = Register(
    slug="outlet_wishes",
    form=FORM,
    choose=OfficePeriodForm,
    sheet=wish_sheet,
    readers=READERS,
    issuers=READERS - {Role.AUDITOR},
    empty_text="所选机构在这段时间没有换地点领取的要求。在“登记换地点领取”登记后，自动出现在这里。",
)
