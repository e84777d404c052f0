"""《柜员轧账单》: what each desk had in the morning, what came and went, what is left (Art. 20).

Computed from the movements of the office's own places; nobody types a sum.
"""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

from django import forms
from django.db import connection
from django.db.models import Q

from cardbook.cards.states import Subject
from cardbook.chapters.blind import blind_for
from cardbook.chapters.safekeeping.stocktaking.queries import KEPT_CODES
from cardbook.law.articles import art
from cardbook.law.roles import SEES_PEOPLE, WRITES_REGISTERS
from cardbook.lib.clock import LOCAL
from cardbook.lib.rows import named_rows
from cardbook.lifecycle.acts import ACTS
from cardbook.orgs.models import Organization
from cardbook.registers.choosing import ChooseForm, DayField, office_of, offices
from cardbook.registers.forms import Column, Form, Sheet, refuse_too_many
from cardbook.registers.registry import Register

_QUERY = (Path(__file__).parent / "sql" / "desk_balance.sql").read_text(encoding="utf-8")
_MOVING = [
    code
    for code, row in ACTS.items()
    if row.subject is Subject.CARD and (row.move is not None or row.on is None)
]

FORM = Form(
    code="desk_balance",
    prefix="GYZZ",
    title="柜员轧账单",
    basis=(art(20),),
    columns=(
        Column(key="order", title="序号", width=12, align="center"),
        Column(key="desk", title="柜台", width=60),
        Column(key="teller", title="柜员", width=50),
        Column(key="opening", title="期初", width=20, align="right"),
        Column(key="received", title="领入", width=20, align="right"),
        Column(key="issued", title="发放", width=20, align="right"),
        Column(key="taken_back", title="回收", width=20, align="right"),
        Column(key="given", title="上交", width=20, align="right"),
        Column(key="closing", title="期末", width=20, align="right"),
        Column(key="checked", title="复核", width=30),
    ),
    signatures=("柜员", "复核人", "卡管机构负责人"),
    seal="机构（章）",
    note=(
        "期末＝期初＋领入＋回收－发放－上交，由台账的出入记录计算；"
        "上交含下发、退回、登记短缺等一切不是发给持卡人的转出。复核人点清实物后签名。"
    ),
    row_height=10,
    blank_rows=0,
)


class DayForm(ChooseForm):
    """An office, with all below it, and a day; nothing while the county counts blind."""

    office = forms.ModelChoiceField(
        label="机构（含下级）", queryset=Organization.objects.none(), to_field_name="code",
        empty_label=None,
        error_messages={"invalid_choice": "没有这个机构，或不在您的管辖范围内，请重新选择。"},
    )  # fmt: skip
    day = DayField(label="日期")

    def narrow(self) -> None:
        """Offices of the actor's county only."""
        self.fields["office"].queryset = offices(self.county_path)  # type: ignore[attr-defined]

    def usual(self) -> dict[str, Any]:
        """Today, at the actor's own office, or at the first he reaches."""
        choices = offices(self.county_path)
        own = choices.filter(pk=self.by.org_id).first() if self.by else None
        office = own or choices.first()
        return {"office": office.code if office else "", "day": self.today}

    def clean(self) -> dict[str, Any]:
        """No day ahead: it has no balance."""
        given = super().clean() or {}
        if given.get("day") and given["day"] > self.today:
            self.add_error("day", "日期不能晚于今天，请改正。")
        if self.by is not None and blind_for(self.by).kinds:
            self.add_error(None, "正在盲盘，结束扫描后才能看期初和期末（第二十条）。")
        return given


def desk_balance(
    *,
    chosen: Mapping[str, Any],
    masked: bool,
    printed_by: str,
    printed_at: datetime,
    limit: int | None,
) -> Sheet:
    """This function will fill the balance of an office's desks for a day; it names no holder.

    :raises TooManyRows: when there are more desks than `limit`.
    :raises AssertionError: when a balance is negative: the book was tampered with.
    """
    office: Organization = chosen["office"]
    since = datetime.combine(chosen["day"], time.min, tzinfo=LOCAL)
    found = _balances(office, since=since)
    refuse_too_many(len(found), limit)
    sums = {
        key: sum(row[key] for row in found)
        for key in ("opening", "received", "issued", "taken_back", "given", "closing")
    }
    titles = {column.key: column.title for column in FORM.columns}
    return Sheet(
        form=FORM,
        office=office_of(office),
        covers=f"{chosen['day']}",
        rows=tuple(_cells(place, row) for place, row in enumerate(found, start=1)),
        totals=tuple((titles[key], f"{total} 张") for key, total in sums.items()),
        printed_by=printed_by,
        printed_at=printed_at,
    )


def _balances(office: Organization, *, since: datetime) -> list[dict[str, Any]]:
    # Cards of an office are moved by people of its county, of the city, or of a bank.
    county = office.county.path if office.county else office.path
    movers = Organization.objects.filter(Q(path__startswith=county) | Q(county=None))
    with connection.cursor() as cursor:
        cursor.execute(
            _QUERY,
            {
                "path": f"{office.path}%",
                "kept": KEPT_CODES,
                "acts": _MOVING,
                "offices": list(movers.values_list("pk", flat=True)),
                "since": since,
                "until": since + timedelta(days=1),
            },
        )
        found = named_rows(cursor)
    for row in found:
        row["closing"] = (
            row["opening"] + row["received"] + row["taken_back"] - row["issued"] - row["given"]
        )
        if row["closing"] < 0:
            raise AssertionError(f"{row['office']} 期末为负")
    return found


def _cells(order: int, row: Mapping[str, Any]) -> tuple[str, ...]:
    numbers = ("opening", "received", "issued", "taken_back", "given", "closing")
    return (
        str(order), row["office"], row["tellers"] or "当日无出入",
        *(str(row[key]) for key in numbers), "",
    )  # fmt: skip


DESK_BALANCE = Register(
    slug="desk_balance",
    form=FORM,
    choose=DayForm,
    sheet=desk_balance,
    readers=SEES_PEOPLE,
    issuers=WRITES_REGISTERS,
    hides_numbers=False,
    empty_text="所选机构没有存放过卡。接收入库后，每日出入自动汇总在这里。",
)
