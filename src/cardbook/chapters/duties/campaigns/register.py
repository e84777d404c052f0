"""《分配方案》: a county's stock by the office that is to hand it out, and by bank (Art. 6, 8 ¶1).

It follows the rules of routing in force that day; what no rule names is left for the manager.
"""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from django import forms
from django.db import connection

from cardbook.chapters.blind import blind_for
from cardbook.custody.places import Place
from cardbook.law.articles import art
from cardbook.law.groups import group_label
from cardbook.law.roles import Role
from cardbook.lib.clock import local_day
from cardbook.lib.rows import named_rows
from cardbook.orgs.models import Kind, Organization
from cardbook.registers.choosing import ChooseForm, office_of
from cardbook.registers.forms import Column, Form, Sheet, refuse_too_many
from cardbook.registers.registry import Register

_QUERY = (Path(__file__).parent / "sql" / "allotment.sql").read_text(encoding="utf-8")
_UNROUTED = "未明确分工"
_WRITERS = frozenset({Role.CITY_MANAGER, Role.COUNTY_MANAGER, Role.CARD_KEEPER})

FORM = Form(
    code="allotment_plan",
    prefix="FPFA",
    title="社会保障卡分配方案",
    basis=(art(6), art(8, 1)),
    columns=(
        Column(key="order", title="序号", width=12, align="center"),
        Column(key="office", title="领卡（发放）机构", width=64),
        Column(key="group", title="人群", width=40),
        Column(key="bank", title="银行", width=54),
        Column(key="cards", title="张数", width=18, align="right"),
        Column(key="sorted", title="已入柜", width=18, align="right"),
        Column(key="unsorted", title="待分类", width=18, align="right"),
        Column(key="words", title="分工依据", width=50),
    ),
    signatures=("拟定人", "核查人", "县区负责人"),
    seal="县区人力资源和社会保障局（章）",
    note="按出具当日在库的卡和现行发放分工统计；“未明确分工”的先登记分工再下发。",
)


class CountyForm(ChooseForm):
    """A county the actor reaches; never while its stock is counted blind."""

    county = forms.ModelChoiceField(
        label="县区", queryset=Organization.objects.none(), to_field_name="code", empty_label=None,
        error_messages={"invalid_choice": "没有这个县区，或不在您的管辖范围内，请重新选择。"},
    )  # fmt: skip

    def narrow(self) -> None:
        """Counties within reach."""
        self.fields["county"].queryset = self._counties()  # type: ignore[attr-defined]

    def _counties(self) -> Any:
        found = Organization.objects.filter(
            kind=Kind.COUNTY, in_force=True, path__startswith=self.county_path
        )
        return found.order_by("code")

    def usual(self) -> dict[str, Any]:
        """The actor's own county, or the first he reaches."""
        first = self._counties().first()
        return {"county": first.code if first else ""}

    def clean(self) -> dict[str, Any]:
        """Nobody who counts learns here how much is expected (Art. 20)."""
        given = super().clean() or {}
        if self.by is not None and blind_for(self.by).kinds & {Place.STORE, Place.BOX}:
            self.add_error(None, "正在盲点盘点，盘点结束扫描后再出分配方案。")
        return given


def allotment_sheet(
    *,
    chosen: Mapping[str, Any],
    masked: bool,
    printed_by: str,
    printed_at: datetime,
    limit: int | None,
) -> Sheet:
    """This function will divide a county's stock among those who hand it out; it names no holder.

    :raises TooManyRows: when there are more rows than `limit`.
    """
    county: Organization = chosen["county"]
    with connection.cursor() as cursor:
        cursor.execute(
            _QUERY,
            {
                "county": county.pk, "within": f"{county.path}%", "on": local_day(printed_at),
            },
        )  # fmt: skip
        found = named_rows(cursor)
    refuse_too_many(len(found), limit)
    rows = tuple(
        (
            str(place), row["office"] or _UNROUTED, group_label(row["group"]), row["bank"],
            str(row["cards"]), str(row["sorted"]), str(row["cards"] - row["sorted"]),
            row["words"],
        )
        for place, row in enumerate(found, start=1)
    )  # fmt: skip
    sums: dict[str, int] = {}
    for row in found:
        name = row["office"] or _UNROUTED
        sums[name] = sums.get(name, 0) + row["cards"]
    total = ("合计", f"{sum(sums.values())} 张")
    return Sheet(
        form=FORM, office=office_of(county), covers=f"{county.name} 在库的卡", rows=rows,
        totals=(*((name, f"{count} 张") for name, count in sums.items()), total),
        printed_by=printed_by, printed_at=printed_at,
    )  # fmt: skip


ALLOTMENT = Register(
    slug="allotment_plan",
    form=FORM,
    choose=CountyForm,
    sheet=allotment_sheet,
    readers=_WRITERS | {Role.REVIEWER, Role.AGENCY_CLERK, Role.AUDITOR},
    issuers=_WRITERS,
    hides_numbers=False,
    empty_text="这个县区的库里没有待分配的卡。",
)
