"""《催领通知记录》: what was tried, and the list to work through with empty columns (Art. 16).

`queries.py` reads the waiting cards; `sql/contact_register.sql` reads the ledger.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from django import forms

from cardbook.chapters.stranded.office_choice import (
    OfficePeriodForm,
    offices_seen,
    own_code,
    rows_of,
)
from cardbook.chapters.stranded.scope import outlets_of_county
from cardbook.chapters.stranded.tracing.queries import (
    WaitingRow,
    bands,
    waiting_ids,
    waiting_rows,
)
from cardbook.law.articles import art
from cardbook.law.roles import Role
from cardbook.lib.clock import local_day, to_the_minute
from cardbook.lib.masking import mask_number
from cardbook.lifecycle.facts import Channel, ContactResult
from cardbook.orgs.actors import Actor
from cardbook.orgs.models import Organization
from cardbook.people import vault
from cardbook.registers.choosing import ChooseForm, office_of, reader_of
from cardbook.registers.forms import Column, Form, Sheet, refuse_too_many
from cardbook.registers.listing import list_as_xlsx
from cardbook.registers.registry import Register

_QUERY = (Path(__file__).parent / "sql" / "contact_register.sql").read_text(encoding="utf-8")
_SIGN = ("通知人", "核查人", "机构负责人")

FORM = Form(
    code="contact_register",
    prefix="CLTZ",
    title="催领通知记录",
    basis=(art(16),),
    columns=(
        Column(key="order", title="序号", width=9, align="center"),
        Column(key="number", title="卡号", width=24),
        Column(key="name", title="持卡人姓名", width=32),
        Column(key="citizen", title="社会保障号码", width=38),
        Column(key="channel", title="渠道", width=16),
        Column(key="at", title="时间", width=30),
        Column(key="words", title="内容", width=44),
        Column(key="result", title="结果", width=22),
        Column(key="again", title="再次通知日", width=22),
        Column(key="actor", title="通知人", width=24),
    ),
    signatures=_SIGN,
    seal="发放机构（章）",
    note="采取多渠道多方式通知到持有人，每次通知登记一行。",
    row_height=7,
)
CALL_SHEET = Form(
    code="call_sheet",
    prefix="TZMD",
    title="催领通知记录（待通知名单）",
    basis=(art(16),),
    columns=(
        Column(key="order", title="序号", width=9, align="center"),
        Column(key="name", title="持卡人姓名", width=22),
        Column(key="phone", title="联系电话", width=27),
        Column(key="citizen", title="社会保障号码", width=36),
        Column(key="number", title="卡号", width=22),
        Column(key="home", title="单位或镇村", width=36),
        Column(key="place", title="存放处", width=36, under=True),
        Column(key="days", title="滞留天数", width=13, align="right"),
        Column(key="before", title="已通知", width=34),
        Column(key="channel", title="本次渠道", width=17),
        Column(key="at", title="时间", width=20),
        Column(key="result", title="结果", width=24),
        Column(key="actor", title="通知人", width=18),
    ),
    signatures=_SIGN,
    seal="发放机构（章）",
    note="逐人通知后填写后四栏，并在系统中登记。名单含个人信息，用后收回存档。",
    row_height=9,
)


class WaitingForm(ChooseForm):
    """An office with all below it, and an age band."""

    under = forms.ModelChoiceField(
        label="机构（含下级）", queryset=Organization.objects.none(), to_field_name="code",
        empty_label=None,
        error_messages={"invalid_choice": "没有这个机构，或不在您的管辖范围内，请重新选择。"},
    )  # fmt: skip
    band = forms.TypedChoiceField(label="存放天数", coerce=int)

    def narrow(self) -> None:
        """Offices within sight; the bands of today."""
        seen = offices_seen(self.by).order_by()
        if self.by is not None:
            seen = seen | outlets_of_county(self.by)
        self.fields["under"].queryset = seen.order_by("code")  # type: ignore[attr-defined]
        self.fields["band"].choices = list(bands(on=self.today).choices)  # type: ignore[attr-defined]

    def usual(self) -> dict[str, Any]:
        """All that is stranded at the actor's own office."""
        return {"under": own_code(self.by), "band": str(bands(on=self.today).stranded)}

    def clean(self) -> dict[str, Any]:
        """Keep who asks: what is within sight depends on him."""
        return (super().clean() or {}) | {"by": self.by}


def contact_sheet(
    *,
    chosen: Mapping[str, Any],
    masked: bool,
    printed_by: str,
    printed_at: datetime,
    limit: int | None,
) -> Sheet:
    """This function will list the attempts of an office and all below it in a span of days.

    :raises TooManyRows: when there are more attempts than `limit`.
    """
    found = rows_of(_QUERY, chosen=chosen, limit=limit)
    cards = len({row["card_number"] for row in found})
    return Sheet(
        form=FORM,
        office=office_of(chosen["office"]),
        covers=f"通知日期 {chosen['start']} 至 {chosen['end']}",
        rows=tuple(_contact(place, row, masked=masked) for place, row in enumerate(found, 1)),
        totals=(("通知", f"{len(found)} 次"), ("涉及", f"{cards} 张卡")),
        printed_by=printed_by,
        printed_at=printed_at,
    )


def _contact(place: int, row: Mapping[str, Any], *, masked: bool) -> tuple[str, ...]:
    facts = json.loads(row["facts"])
    citizen = vault.open_text(row["number_sealed"], context=vault.NUMBER)
    return (
        str(place),
        row["card_number"],
        vault.open_text(row["name_sealed"], context=vault.NAME),
        mask_number(citizen) if masked else citizen,
        Channel(facts["channel"]).label,
        to_the_minute(row["happened_at"]),
        facts.get("words") or "领取社保卡的时间、地点和所带证件",
        ContactResult(facts["result"]).label,
        facts.get("again_on") or "",
        row["actor"],
    )


def call_sheet(
    *,
    chosen: Mapping[str, Any],
    masked: bool,
    printed_by: str,
    printed_at: datetime,
    limit: int | None,
) -> Sheet:
    """This function will list whom to notify, the longest waiting first, with columns to fill in.

    :raises TooManyRows: when more cards wait than `limit`.
    """
    office: Organization = chosen["under"]
    by = chosen["by"] or reader_of(office)
    ids = waiting_ids(
        by=by, under=office, alone=False, band=chosen["band"], at=printed_at,
        limit=(limit or 100_000) + 1,
    )  # fmt: skip
    refuse_too_many(len(ids), limit)
    rows = waiting_rows(ids, at=printed_at)
    found = bands(on=local_day(printed_at))
    return Sheet(
        form=CALL_SHEET,
        office=office_of(office),
        covers=f"存放天数 {dict(found.choices)[chosen['band']]}",
        rows=tuple(_called(place, row, masked=masked) for place, row in enumerate(rows, 1)),
        totals=(("待通知", f"{len(rows)} 张"),),
        printed_by=printed_by,
        printed_at=printed_at,
    )


def listed_xlsx(rows: Sequence[WaitingRow], *, by: Actor, at: datetime) -> bytes:
    """This function will write waiting cards that are seen as a workbook, numbers masked."""
    cells = (_called(place, row, masked=True) for place, row in enumerate(rows, 1))
    return list_as_xlsx(CALL_SHEET, cells, covers=f"{len(rows)} 张", by=by, at=at)


def _called(place: int, row: WaitingRow, *, masked: bool) -> tuple[str, ...]:
    return (
        str(place),
        row.name,
        row.masked_phone if masked else row.phone,
        row.masked_number,
        row.number,
        row.home,
        row.place,
        str(row.days),
        f"已登记 {row.died_on} 去世，不用通知" if row.died_on else row.contacts.text,
        *("",) * 4,
    )


_TRACERS = frozenset(
    {
        Role.CITY_MANAGER, Role.CARD_KEEPER, Role.WINDOW_CLERK, Role.AGENCY_CLERK,
        Role.BANK_TELLER, Role.VILLAGE_HELPER, Role.UNIT_HANDLER,
    }
)  # fmt: skip
_READERS = _TRACERS | {Role.COUNTY_MANAGER, Role.REVIEWER, Role.AUDITOR}
CONTACTS = Register(
    slug="contacts",
    form=FORM,
    choose=OfficePeriodForm,
    sheet=contact_sheet,
    readers=_READERS,
    issuers=_TRACERS,
    empty_text="所选机构在这段时间没有登记催领通知。在“滞留卡”中勾选卡片登记后，自动出现在这里。",
)
CALLS = Register(
    slug="call_sheet",
    form=CALL_SHEET,
    choose=WaitingForm,
    sheet=call_sheet,
    readers=_READERS,
    issuers=_TRACERS,
    empty_text="所选机构这一档没有待通知的卡。",
)
