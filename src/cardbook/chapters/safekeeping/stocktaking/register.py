"""《盘点表》: each place of a stock-take, the book and what was there, why, and what was done.

Article 20; `commands.py` and `closing.py` beside it write, `cardbook.registers` prints.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from django import forms
from django.db import connection

from cardbook.chapters.safekeeping.models import Finding, Stocktake
from cardbook.chapters.safekeeping.stocktaking.queries import LineRow, lines_of
from cardbook.law.articles import art
from cardbook.law.roles import Role
from cardbook.lib.clock import local_day, to_the_minute
from cardbook.lib.rows import named_rows
from cardbook.registers.choosing import ChooseForm, office_of
from cardbook.registers.forms import Column, Form, Sheet, refuse_too_many
from cardbook.registers.registry import Register

_REASONS = (Path(__file__).parent / "sql" / "sheet_reasons.sql").read_text(encoding="utf-8")
_SHOWN = 200
_MOST_REASONS = 3

FORM = Form(
    code="stocktake_sheet",
    prefix="PDB",
    title="盘点表",
    basis=(art(20),),
    columns=(
        Column(key="order", title="序号", width=10, align="center"),
        Column(key="place", title="库位", width=44),
        Column(key="book", title="账面", width=16, align="right"),
        Column(key="counted", title="实盘", width=16, align="right"),
        Column(key="difference", title="差异", width=16, align="right"),
        Column(key="reason", title="原因", width=70),
        Column(key="counter", title="盘点人", width=22),
        Column(key="second", title="第二盘点人", width=22, under=True),
        Column(key="done", title="处理", width=56),
    ),
    signatures=("盘点人", "第二盘点人", "卡管机构负责人"),
    seal="保管机构（章）",
    note="盲盘：扫描时不显示账面数；账面数按每张卡扫到的那一刻计，差异＝实盘－账面，逐项由两人说明。",
    row_height=14,
    blank_rows=1,
)
_READERS = frozenset(
    {Role.CITY_MANAGER, Role.COUNTY_MANAGER, Role.CARD_KEEPER, Role.REVIEWER, Role.AUDITOR}
)
_KINDS = {**dict(Finding.Kind.choices), "elsewhere": "在别处扫到"}


class StocktakeForm(ChooseForm):
    """An ended stock-take of the actor's county; the newest when nothing was chosen.

    One that is still being counted is not offered: its sums are not to be seen.
    """

    stocktake = forms.ModelChoiceField(
        label="盘点", queryset=Stocktake.objects.none(), empty_label=None,
        error_messages={
            "invalid_choice": "没有这次盘点、还没有结束，或不在您的管辖范围内，请重新选择。"
        },
    )  # fmt: skip

    def narrow(self) -> None:
        """Ended stock-takes of the actor's county only."""
        found = Stocktake.objects.filter(
            organization__path__startswith=self.county_path, ended_at__isnull=False
        )
        field = self.fields["stocktake"]
        field.queryset = found.select_related(  # type: ignore[attr-defined]
            "organization", "account", "ended_by", "closed_by", "second"
        ).order_by("-ended_at", "-id")
        field.widget.choices = [
            (one.pk, _label(one))
            for one in field.queryset[:_SHOWN]  # type: ignore[attr-defined]
        ]

    def usual(self) -> dict[str, Any]:
        """The newest."""
        newest = self.fields["stocktake"].queryset.first()  # type: ignore[attr-defined]
        return {"stocktake": newest.pk if newest else ""}


def _label(one: Stocktake) -> str:
    day = f"{local_day(one.ended_at)}" if one.ended_at else ""
    return (
        f"{one.number}　{day}　{one.organization.name}　{one.account or one.get_scope_display()}"
    )


def stocktake_sheet(
    *,
    chosen: Mapping[str, Any],
    masked: bool,
    printed_by: str,
    printed_at: datetime,
    limit: int | None,
) -> Sheet:
    """This function will fill the sheet of one stock-take; it names no holder.

    :raises TooManyRows: when there are more places than `limit`.
    """
    take: Stocktake = chosen["stocktake"]
    lines = sorted(lines_of(take.pk), key=lambda line: (line.office, line.place))
    refuse_too_many(len(lines), limit)
    reasons = _reasons(take)
    people = _people(take)
    book, counted = sum(line.book for line in lines), sum(line.counted for line in lines)
    return Sheet(
        form=FORM,
        office=office_of(take.organization, at=take.begun_at),
        covers=f"{take.number}　{take.account or take.get_scope_display()}",
        heads=(
            ("开始", to_the_minute(take.begun_at)),
            ("结束扫描", to_the_minute(take.ended_at)),
            ("办结", to_the_minute(take.closed_at) or "未办结"),
        ),
        rows=tuple(
            _cells(place, line, reasons.get(line.account_id, []), people)
            for place, line in enumerate(lines, start=1)
        ),
        totals=(
            ("账面", f"{book} 张"),
            ("实盘", f"{counted} 张"),
            ("差异", f"{counted - book:+d} 张" if counted != book else "0 张"),
        ),
        printed_by=printed_by,
        printed_at=printed_at,
    )  # fmt: skip


def _people(take: Stocktake) -> tuple[str, str]:
    first = take.closed_by or take.ended_by
    return (first.name if first else "", take.second.name if take.second else "")


def _reasons(take: Stocktake) -> dict[int, list[dict[str, Any]]]:
    gathered: dict[int, list[dict[str, Any]]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_REASONS, {"take": take.pk})
        for row in named_rows(cursor):
            gathered.setdefault(row["place_id"], []).append(row)
    return gathered


def _cells(
    order: int, line: LineRow, reasons: Sequence[Mapping[str, Any]], people: tuple[str, str]
) -> tuple[str, ...]:
    return (
        str(order),
        f"{line.office} {line.place}",
        str(line.book),
        str(line.counted),
        f"{line.difference:+d}" if line.difference else "0",
        _joined([f"{_KINDS[row['kind']]} {row['cards']} 张{_said(row)}" for row in reasons])
        or "账实相符",
        *people,
        _done(reasons) or "无需处理",
    )


def _said(row: Mapping[str, Any]) -> str:
    return f"：{row['words']}" if row["words"] else ""


def _done(reasons: Sequence[Mapping[str, Any]]) -> str:
    """What was decided, and of how many cards each."""
    labels = {"": "待说明", **dict(Finding.Outcome.choices)}
    sums: dict[str, int] = {}
    for row in reasons:
        sums[row["outcome"]] = sums.get(row["outcome"], 0) + row["cards"]
    return "；".join(f"{labels[outcome]} {cards} 张" for outcome, cards in sums.items())


def _joined(parts: Sequence[str]) -> str:
    """The first few different ones; how many more there are is said, not cut off in silence."""
    different = list(dict.fromkeys(parts))
    more = len(different) - _MOST_REASONS
    return "；".join(different[:_MOST_REASONS]) + (f"；另有 {more} 种" if more > 0 else "")


STOCKTAKE = Register(
    slug="stocktake",
    form=FORM,
    choose=StocktakeForm,
    sheet=stocktake_sheet,
    readers=_READERS,
    issuers=_READERS - {Role.AUDITOR},
    hides_numbers=False,
    empty_text="还没有结束扫描的盘点。盘点结束后，结果自动出现在这里。",
)
