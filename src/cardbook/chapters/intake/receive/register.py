"""《入库清点单》: each counted box of a delivery, who counted it, and what became of differences.

Article 6; `commands.py` beside it writes the counts, `cardbook.registers` prints and freezes.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from django import forms
from django.db import connection

from cardbook.chapters.intake.models import Delivery
from cardbook.law.articles import art
from cardbook.law.roles import Role
from cardbook.lib.clock import local_day, to_the_minute
from cardbook.lib.rows import named_rows
from cardbook.registers.choosing import ChooseForm, office_of
from cardbook.registers.forms import Column, Form, Sheet, refuse_too_many
from cardbook.registers.registry import Register

_QUERY = (Path(__file__).parent / "sql" / "count_register.sql").read_text(encoding="utf-8")
_SHOWN = 200

FORM = Form(
    code="count_sheet",
    prefix="RKQD",
    title="入库清点单",
    basis=(art(6), art(20)),
    columns=(
        Column(key="order", title="序号", width=9, align="center"),
        Column(key="batch", title="批次", width=36),
        Column(key="box", title="箱/盒号", width=22),
        Column(key="expected", title="应到", width=13, align="right"),
        Column(key="found", title="实到", width=13, align="right"),
        Column(key="short", title="短少", width=13, align="right"),
        Column(key="extra", title="多出", width=13, align="right"),
        Column(key="misrouted", title="错发县区", width=13, align="right"),
        Column(key="seal", title="封签号", width=24),
        Column(key="intact", title="封签", width=13, align="center"),
        Column(key="counted_by", title="清点人", width=18),
        Column(key="witness", title="第二清点人", width=18),
        Column(key="closed_at", title="清点时间", width=20),
        Column(key="settled", title="差异处理", width=48),
    ),
    signatures=("交货人", "清点人", "第二清点人", "卡管机构负责人"),
    seal="接收机构（章）",
    note="盲点清点：清点时不显示应到数；应到＝实到＋短少，多出和错发县区另行登记，不计入实到。",
    row_height=8,
    blank_rows=1,
)


class DeliveryForm(ChooseForm):
    """A delivery to the actor's county, by its code; the newest when nothing was chosen."""

    delivery = forms.ModelChoiceField(
        label="到货编号", queryset=Delivery.objects.none(), to_field_name="code",
        empty_label=None,
        error_messages={"invalid_choice": "没有这个到货编号，或不在您的管辖范围内，请重新选择。"},
    )  # fmt: skip

    def narrow(self) -> None:
        """Deliveries of the actor's county only; whoever asks for one by its code gets it."""
        found = Delivery.objects.filter(organization__path__startswith=self.county_path)
        field = self.fields["delivery"]
        field.queryset = found.select_related("organization").order_by(  # type: ignore[attr-defined]
            "-registered_at", "-id"
        )
        asked = self.data.get("delivery", "")
        recent = list(field.queryset[:_SHOWN])  # type: ignore[attr-defined]
        if asked and asked not in {delivery.code for delivery in recent}:
            recent += list(found.filter(code=asked).select_related("organization"))
        # The menu shows the newest; validation looks at all.
        field.widget.choices = [(d.code, _label(d)) for d in recent]

    def usual(self) -> dict[str, Any]:
        """The newest delivery."""
        newest = self.fields["delivery"].queryset.first()  # type: ignore[attr-defined]
        return {"delivery": newest.code if newest else ""}


def _label(delivery: Delivery) -> str:
    return f"{delivery.code}　{local_day(delivery.registered_at)}　{delivery.organization.name}"


def count_sheet(
    *,
    chosen: Mapping[str, Any],
    masked: bool,
    printed_by: str,
    printed_at: datetime,
    limit: int | None,
) -> Sheet:
    """This function will fill the 入库清点单 of a delivery; a recounted box shows its last count.

    The sheet names no holder, so `masked` changes nothing.

    :raises TooManyRows: when there are more boxes than `limit`.
    :raises AssertionError: when the foot does not add up: the database was tampered with.
    """
    delivery: Delivery = chosen["delivery"]
    found = _counts(delivery)
    refuse_too_many(len(found), limit)
    boxes = delivery.boxes.count()
    return Sheet(
        form=FORM,
        office=office_of(delivery.organization, at=delivery.registered_at),
        covers=f"到货编号 {delivery.code}",
        rows=tuple(_cells(place, row) for place, row in enumerate(found, start=1)),
        heads=(
            ("全批应到", f"{delivery.expected} 张" if len(found) == boxes else "全部清点后显示"),
            ("盒数", str(boxes)),
            ("已清点", f"{len(found)} 盒"),
            ("未清点", f"{boxes - len(found)} 盒"),
        ),
        totals=_totals(found),
        printed_by=printed_by,
        printed_at=printed_at,
    )


def _counts(delivery: Delivery) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(_QUERY, {"delivery": delivery.pk})
        return named_rows(cursor)


def _totals(found: Sequence[Mapping[str, Any]]) -> tuple[tuple[str, str], ...]:
    sums = {
        key: sum(row[key] for row in found)
        for key in ("expected", "found", "short", "extra", "misrouted")
    }
    if sums["expected"] != sums["found"] + sums["short"]:
        raise AssertionError("应到不等于实到加短少")
    words = {"expected": "应到", "found": "实到", "short": "短少", "extra": "多出",
             "misrouted": "错发县区"}  # fmt: skip
    arithmetic = f"{sums['expected']} ＝ {sums['found']} ＋ {sums['short']}"
    return (
        *((words[key], str(total)) for key, total in sums.items()),
        ("应到＝实到＋短少", arithmetic),
    )


def _cells(place: int, row: Mapping[str, Any]) -> tuple[str, ...]:
    return (
        str(place),
        row["batches"],
        row["box"],
        *(str(row[key]) for key in ("expected", "found", "short", "extra", "misrouted")),
        row["seal_number"],
        "完好" if row["seal_intact"] else "破损",
        row["counted_by"],
        row["witness"],
        to_the_minute(row["closed_at"]),
        _settled(row),
    )


def _settled(row: Mapping[str, Any]) -> str:
    """What became of the differences, and what else the next reader must know."""
    parts = [
        f"在途待查 {row['waiting']} 张" if row["waiting"] else "",
        f"已找到 {row['recovered']} 张" if row["recovered"] else "",
        f"查无下落 {row['missing']} 张" if row["missing"] else "",
        f"第 {row['times']} 次清点" if row["times"] > 1 else "",
        f"此前已转出 {row['moved_on']} 张，不在应到内" if row["moved_on"] else "",
        row["remarks"],
    ]
    return "；".join(part for part in parts if part) or "无差异"


_ISSUERS = frozenset({Role.CITY_MANAGER, Role.COUNTY_MANAGER, Role.CARD_KEEPER, Role.REVIEWER})
COUNT = Register(
    slug="count",
    form=FORM,
    choose=DeliveryForm,
    sheet=count_sheet,
    readers=_ISSUERS | {Role.AUDITOR},
    issuers=_ISSUERS,
    hides_numbers=False,
    empty_text="这批到货还没有清点完任何一盒。两人清点并签字后，结果自动出现在这里。",
)
