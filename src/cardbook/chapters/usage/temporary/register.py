"""《临时卡登记簿》: which was lent for what, until when, and when it came back (Art. 27)."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import connection

from cardbook.cards.states import TemporaryStage
from cardbook.chapters.usage.temporary.queries import TemporaryRow, dunned_words
from cardbook.law.articles import art
from cardbook.law.roles import Role
from cardbook.lib.clock import LOCAL, to_the_minute
from cardbook.lib.masking import mask_number, mask_phone
from cardbook.lib.rows import named_rows
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.facts import Signing
from cardbook.orgs.actors import Actor
from cardbook.outbox.states import State
from cardbook.people import vault
from cardbook.registers.choosing import PeriodForm, office_of
from cardbook.registers.forms import Column, Form, Sheet, refuse_too_many
from cardbook.registers.listing import list_as_xlsx
from cardbook.registers.registry import Register

_QUERY = (Path(__file__).parent / "sql" / "register.sql").read_text(encoding="utf-8")
_READERS = frozenset(
    {*act("temporary.lend").who, Role.COUNTY_MANAGER, Role.REVIEWER, Role.AUDITOR}
)
_SIGNED = {"screen": "屏幕签字", "paper": "纸质签字", "thumb": "按手印"}

FORM = Form(
    code="temporary_register",
    prefix="LSKD",
    title="社会保障卡临时卡登记簿",
    basis=(art(27),),
    columns=(
        Column(key="order", title="序号", width=10, align="center"),
        Column(key="number", title="临时卡号", width=30),
        Column(key="name", title="姓名", width=26),
        Column(key="citizen", title="社会保障号码", width=40),
        Column(key="phone", title="联系电话", width=40, under=True),
        Column(key="reason", title="发放原因", width=28),
        Column(key="application", title="关联申请号", width=20, align="center"),
        Column(key="lent_on", title="发放日", width=24, align="center"),
        Column(key="until", title="到期日", width=24, align="center"),
        Column(key="extended", title="延期", width=16, align="center"),
        Column(key="back_on", title="归还日", width=24, align="center"),
        Column(key="stage", title="状态", width=38),
        Column(key="dunned", title="催还记录", width=38, under=True),
        Column(key="signed", title="签字", width=22),
        Column(key="actor", title="经办人", width=22),
    ),
    signatures=("经办人", "卡管员"),
    seal="社保卡综合服务窗口（章）",
    note="第二十七条：补换卡和零星制卡期间发放；领新卡时交回。",
    row_height=8,
)
_LIST = Form(
    code="temporary_list",
    prefix="LSKL",
    title="临时卡",
    basis=(art(27),),
    columns=(
        Column(key="number", title="临时卡号", width=30),
        Column(key="stage", title="状态", width=24),
        Column(key="box", title="盒号", width=20),
        Column(key="office", title="机构", width=44),
        Column(key="name", title="借用人", width=26),
        Column(key="citizen", title="社会保障号码", width=40),
        Column(key="lent_on", title="发放日", width=24),
        Column(key="until", title="到期日", width=24),
        Column(key="over", title="逾期天数", width=18),
        Column(key="dunned", title="催还记录", width=60),
    ),
    signatures=(),
    seal="",
    note="",
)


def temporary_sheet(
    *,
    chosen: Mapping[str, Any],
    masked: bool,
    printed_by: str,
    printed_at: datetime,
    limit: int | None,
) -> Sheet:
    """This function will list what an office and all below it lent in a span of days.

    :raises TooManyRows: when there are more than `limit`.
    """
    office = chosen["office"]
    values = {
        "office": office.path, "start": chosen["since"], "end": chosen["until"],
        "limit": None if limit is None else limit + 1,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_QUERY, values)
        found = named_rows(cursor)
    refuse_too_many(len(found), limit)
    out = sum(row["stage"] == TemporaryStage.LENT for row in found)
    return Sheet(
        form=FORM,
        office=office_of(office),
        covers=f"发放日期 {chosen['start']} 至 {chosen['end']}",
        rows=tuple(_cells(place, row, masked=masked) for place, row in enumerate(found, 1)),
        totals=(("发放", f"{len(found)} 张"), ("未还", f"{out} 张")),
        printed_by=printed_by,
        printed_at=printed_at,
    )


def _day(at: datetime | None) -> str:
    return f"{at.astimezone(LOCAL):%Y-%m-%d}" if at else ""


def _cells(place: int, row: Mapping[str, Any], *, masked: bool) -> tuple[str, ...]:
    facts = json.loads(row["facts"])
    citizen = vault.open_text(row["number_sealed"], context=vault.NUMBER)
    sealed = row["phone_sealed"]
    phone = vault.open_text(sealed, context=vault.PHONE) if sealed else ""
    return (
        str(place),
        row["number"],
        vault.open_text(row["name_sealed"], context=vault.NAME),
        mask_number(citizen) if masked else citizen,
        mask_phone(phone) if masked and phone else phone,
        "零星制卡" if row["kind"] == "first" else "补换卡",
        str(facts["application"]),
        _day(row["happened_at"]),
        f"{row['valid_until'] or ''}",
        f"{row['extended']} 次" if row["extended"] else "",
        _day(row["back_at"]),
        TemporaryStage.of(row["stage"]).label,
        _dunned(row),
        _SIGNED.get(facts["signing"], str(Signing.NONE)),
        row["actor"],
    )


def _dunned(row: Mapping[str, Any]) -> str:
    """How often the borrower was written to and asked, when last, and what became of it."""
    asked = dunned_words(row)
    if not row["times"]:
        return asked or ("没有短信提醒" if row["stage"] == TemporaryStage.LENT else "")
    state = dict(State.choices())[row["said_state"]]
    written = f"短信 {row['times']} 次，末次 {_day(row['last_at'])}（{state}）"
    return "；".join(filter(None, (written, asked)))


def temporary_xlsx(rows: Sequence[TemporaryRow], *, by: Actor, at: datetime) -> bytes:
    """This function will write the temporary cards that are seen as a workbook."""
    return list_as_xlsx(
        _LIST,
        (
            (
                row.number, row.stage, row.box, row.office, row.name, row.masked_number,
                f"{row.lent_on or ''}", f"{row.valid_until or ''}",
                str(row.days_over) if row.days_over else "", row.dunned,
            )
            for row in rows
        ),
        covers=f"截至 {to_the_minute(at)}",
        totals=(("合计", f"{len(rows)} 张"),), by=by, at=at,
    )  # fmt: skip


TEMPORARY = Register(
    slug="temporary",
    form=FORM,
    choose=PeriodForm,
    sheet=temporary_sheet,
    readers=_READERS,
    issuers=_READERS - {Role.AUDITOR},
    empty_text="所选机构在这段时间没有发放临时卡。",
)
