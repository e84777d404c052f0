"""销毁清单 and 销毁记录（证明）: what a lot held, and who destroyed it before whom (Art. 19).

`queries.py` counts; `cardbook.registers` prints and freezes.
"""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from django import forms
from django.db import connection
from django.db.models import Q

from cardbook.chapters.stranded.destruction.queries import lot_rows
from cardbook.chapters.stranded.models import DestructionLot
from cardbook.law.articles import art
from cardbook.law.roles import Role
from cardbook.lib.clock import LOCAL, to_the_minute
from cardbook.lib.masking import mask_number
from cardbook.lib.rows import named_rows
from cardbook.lifecycle.acts import act
from cardbook.people import vault
from cardbook.registers.choosing import ChooseForm, office_of
from cardbook.registers.forms import Column, Form, Sheet, refuse_too_many
from cardbook.registers.names_then import name_then
from cardbook.registers.registry import Register

_QUERY = (Path(__file__).parent / "sql" / "destruction_list.sql").read_text(encoding="utf-8")
_WITNESSES = [str(role) for role in act("destruction.carry_out").witness]
_SHOWN = 200
_SOURCES = {"scrap": "注销卡、废卡", "error": "错卡", "defect": "质量问题卡"}

LIST_FORM = Form(
    code="destruction_list",
    prefix="XHQD",
    title="社会保障卡销毁清单",
    basis=(art(19), art(20)),
    columns=(
        Column(key="order", title="序号", width=10, align="center"),
        Column(key="number", title="社保卡卡号", width=28),
        Column(key="name", title="持卡人姓名", width=28),
        Column(key="citizen", title="社会保障号码", width=42),
        Column(key="bank", title="制卡银行", width=34),
        Column(key="source", title="来源（错卡/注销/废卡）", width=30),
        Column(key="since", title="收回或注销日期", width=26),
        Column(key="taken", title="银行点收时间", width=30),
        Column(key="fate", title="销毁情况", width=34),
    ),
    signatures=("移交人", "移交复核人", "银行点收人", "移交日期"),
    seal="移交机构（章）",
    note="错卡须省系统确认后移交；点收不符的，先退回再销毁。",
    row_height=7,
)
CERTIFICATE_FORM = Form(
    code="destruction_certificate",
    prefix="XHZM",
    title="社会保障卡销毁记录（证明）",
    basis=(art(19),),
    columns=(
        Column(key="lot", title="清单号", width=24),
        Column(key="sources", title="来源及张数", width=28),
        Column(key="sent", title="移交时间", width=24),
        Column(key="taken", title="银行点收时间", width=24),
        Column(key="method", title="销毁方式", width=30),
        Column(key="at", title="销毁时间", width=24),
        Column(key="place", title="销毁地点", width=30),
        Column(key="destroyers", title="销毁人", width=56),
        Column(key="witness", title="监销人", width=56, under=True),
        Column(key="photos", title="照片", width=12),
        Column(key="listed", title="应销", width=12, align="right"),
        Column(key="counted", title="实销", width=12, align="right"),
        Column(key="difference", title="差异", width=12, align="right"),
        Column(key="back", title="销前退回", width=14, align="right"),
    ),
    signatures=("销毁人（一）", "销毁人（二）", "监销人", "银行负责人"),
    seal="销毁银行（章）",
    note="应销＝实销，三人当面清点。销毁后的卡号不再使用。照片存档，凭摘要核对。",
    row_height=16,
)


class LotForm(ChooseForm):
    """A lot of the actor's county or of his bank; the newest when nothing was chosen."""

    lot = forms.ModelChoiceField(
        label="销毁清单", queryset=DestructionLot.objects.none(), empty_label=None,
        error_messages={"invalid_choice": "没有这份销毁清单，或不在您的管辖范围内。"},
    )  # fmt: skip
    carried_only = False

    def narrow(self) -> None:
        """Lots within sight; the menu shows the newest."""
        near = Q(office__path__startswith=self.county_path) | Q(
            bank__path__startswith=self.county_path
        )
        found = DestructionLot.objects.filter(near, shipment__isnull=False)
        if self.carried_only:
            found = found.filter(carried_batch__isnull=False)
        field = self.fields["lot"]
        field.queryset = found.select_related(  # type: ignore[attr-defined]
            "office", "bank", "shipment", "carried_by", "second", "witness"
        ).order_by("-id")
        field.widget.choices = [
            (one.pk, f"{one}　{one.shipment.sent_at.astimezone(LOCAL):%Y-%m-%d}　{one.bank.name}")
            for one in field.queryset[:_SHOWN]  # type: ignore[attr-defined]
        ]

    def usual(self) -> dict[str, Any]:
        """The newest lot."""
        newest = self.fields["lot"].queryset.first()  # type: ignore[attr-defined]
        return {"lot": str(newest.pk) if newest else ""}


class CarriedLotForm(LotForm):
    """A lot that was destroyed."""

    carried_only = True


def _read(lot: DestructionLot) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(_QUERY, {"lot": lot.pk, "witnesses": _WITNESSES})
        return named_rows(cursor)


def list_sheet(
    *,
    chosen: Mapping[str, Any],
    masked: bool,
    printed_by: str,
    printed_at: datetime,
    limit: int | None,
) -> Sheet:
    """This function will list the cards of a lot, row by row as they were handed over.

    :raises TooManyRows: when there are more than `limit`.
    """
    lot: DestructionLot = chosen["lot"]
    found = _read(lot)
    refuse_too_many(len(found), limit)
    destroyed = sum(row["destroyed_at"] is not None for row in found)
    back = sum(row["taken_back"] for row in found)
    left = len(found) - destroyed - back
    return Sheet(
        form=LIST_FORM,
        office=office_of(lot.office, at=lot.opened_at),
        covers=f"销毁清单 {lot.number}　交 {name_then(lot.bank, lot.opened_at)}",
        rows=tuple(_line(row, masked=masked) for row in found),
        heads=(("移交时间", to_the_minute(lot.shipment.sent_at if lot.shipment else None)),),
        totals=(
            ("应销", f"{len(found)} 张"), ("实销", f"{destroyed} 张"), ("退回", f"{back} 张"),
            ("未销", f"{left} 张"),
        ),
        printed_by=printed_by,
        printed_at=printed_at,
    )  # fmt: skip


def _line(row: Mapping[str, Any], *, masked: bool) -> tuple[str, ...]:
    citizen = vault.open_text(row["number_sealed"], context=vault.NUMBER)
    fate = "已退回" if row["taken_back"] else ""
    if row["destroyed_at"]:
        fate = f"{to_the_minute(row['destroyed_at'])} 销毁"
    return (
        str(row["row"]),
        row["card_number"],
        vault.open_text(row["name_sealed"], context=vault.NAME),
        mask_number(citizen) if masked else citizen,
        row["bank"],
        _SOURCES.get(row["source"], ""),
        to_the_minute(row["since"])[:10],
        to_the_minute(row["taken_at"]),
        fate,
    )


def certificate_sheet(
    *,
    chosen: Mapping[str, Any],
    masked: bool,
    printed_by: str,
    printed_at: datetime,
    limit: int | None,
) -> Sheet:
    """This function will certify one destruction: the count, how, where, by whom, before whom.

    It names no holder, so `masked` changes nothing.

    :raises AssertionError: when more or fewer are destroyed than were counted: tampered with.
    """
    lot: DestructionLot = chosen["lot"]
    kept = [one for one in _read(lot) if not one["taken_back"]]
    (row,) = lot_rows([lot], at=printed_at)
    counted = lot.counted or 0
    if counted != row.destroyed:
        raise AssertionError("实销数不等于已销毁的卡数")
    return Sheet(
        form=CERTIFICATE_FORM,
        office=office_of(lot.bank, at=lot.carried_at),
        covers=f"销毁清单 {lot.number}　{name_then(lot.office, lot.opened_at)} 移交",
        rows=(_certified(lot, kept, counted, row.taken_back),),
        heads=tuple(
            (f"照片 {place} 摘要（SM3）", digest) for place, digest in enumerate(lot.photos, 1)
        ),
        totals=(
            ("应销", f"{len(kept)} 张"),
            ("实销", f"{counted} 张"),
            ("差异", f"{len(kept) - counted} 张"),
        ),
        printed_by=printed_by,
        printed_at=printed_at,
    )


def _certified(
    lot: DestructionLot, kept: list[dict[str, Any]], counted: int, taken_back: int
) -> tuple[str, ...]:
    sources = [
        (title, sum(one["source"] == code for one in kept)) for code, title in _SOURCES.items()
    ]
    taken = [one["taken_at"] for one in kept if one["taken_at"]]
    return (
        lot.number,
        "、".join(f"{title} {count}" for title, count in sources if count),
        to_the_minute(lot.shipment.sent_at if lot.shipment else None),
        to_the_minute(max(taken)) if taken else "",
        lot.method,
        to_the_minute(lot.carried_at),
        lot.place,
        "、".join(one.name for one in (lot.carried_by, lot.second) if one),
        f"{lot.witness.name}（{_office_of_witness(kept)}）" if lot.witness else "",
        f"{len(lot.photos)} 张",
        str(len(kept)),
        str(counted),
        str(len(kept) - counted),
        str(taken_back),
    )


def _office_of_witness(found: list[dict[str, Any]]) -> str:
    return next((one["witness_office"] for one in found if one["witness_office"]), "")


_BODY = frozenset({Role.CITY_MANAGER, Role.CARD_KEEPER, Role.COUNTY_MANAGER, Role.REVIEWER})
_READERS = _BODY | {Role.BANK_TELLER, Role.AUDITOR}
LIST = Register(
    slug="destruction_list",
    form=LIST_FORM,
    choose=LotForm,
    sheet=list_sheet,
    readers=_READERS,
    issuers=_BODY,
    empty_text="还没有销毁清单。在“待销毁的卡”中勾选、移交后自动生成。",
)
CERTIFICATE = Register(
    slug="destruction_certificate",
    form=CERTIFICATE_FORM,
    choose=CarriedLotForm,
    sheet=certificate_sheet,
    readers=_READERS,
    issuers=frozenset({Role.BANK_TELLER, Role.CITY_MANAGER}),
    hides_numbers=False,
    empty_text="还没有销毁完的清单。银行登记销毁后自动生成。",
)
