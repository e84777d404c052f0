"""《领卡手续单》, 《交接单》 and 《交接差异单》 of a hand-over between offices (Art. 6, 8 ¶1, 20).

The first lists boxes and carries any number of cards; the second lists card by card, a box at a
time where there are more than one sheet holds; the third what a count found to differ.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django import forms

from cardbook.chapters.intake.distribution.count_queries import closed_counts, missing_lines
from cardbook.chapters.intake.distribution.queries import (
    boxes_of,
    line_rows,
    lines_of,
    names_of,
    visible,
)
from cardbook.chapters.intake.models import HandDownBox, HandDownCount, HandDownScan
from cardbook.custody.models import Purpose, Shipment, ShipmentLine
from cardbook.custody.places import Place
from cardbook.law.articles import art
from cardbook.law.measures import CARRYING
from cardbook.law.roles import Role
from cardbook.lib.clock import to_the_minute
from cardbook.people.holders import holder_of
from cardbook.registers.choosing import ChooseForm, office_of
from cardbook.registers.forms import Column, Form, Sheet, refuse_too_many
from cardbook.registers.registry import Register

_SHOWN = 200
_BASIS = (art(6), art(8, 1), art(20))
_SIGNED = ("交出人", "接收人", "第二点收人", "接收机构负责人")
_SEAL = "接收机构（章）"

BY_BOX = Form(
    code="handover_summary",
    prefix="LKSX",
    title="社会保障卡领卡手续单",
    basis=_BASIS,
    columns=(
        Column(key="order", title="序号", width=12, align="center"),
        Column(key="box", title="箱/盒号", width=34),
        Column(key="label", title="内容", width=70),
        Column(key="seal", title="封签号", width=34),
        Column(key="count", title="张数", width=18, align="right"),
        Column(key="rows", title="交接单起止序号", width=30, align="center"),
        Column(key="numbers", title="起止卡号", width=46),
        Column(key="received", title="实收", width=18, align="right"),
        Column(key="remark", title="备注", width=30),
    ),
    signatures=_SIGNED,
    seal=_SEAL,
    note=f"交出方和接收方各自签名；封签完好的可整盒点收，破损的逐张点收。逐张名单见《交接单》。{CARRYING}",
    blank_rows=1,
)
BY_CARD = Form(
    code="handover_list",
    prefix="JJD",
    title="社会保障卡交接单",
    basis=_BASIS,
    columns=(
        Column(key="order", title="序号", width=12, align="center"),
        Column(key="box", title="箱/盒号", width=26),
        Column(key="number", title="社保卡卡号", width=30),
        Column(key="name", title="姓名", width=36),
        Column(key="citizen", title="社会保障号码", width=48),
        Column(key="bank", title="银行", width=38),
        Column(key="whose", title="单位或镇村", width=52),
        Column(key="received", title="点收", width=20, align="center"),
        Column(key="remark", title="备注", width=28),
    ),
    signatures=_SIGNED,
    seal=_SEAL,
    note=f"一行一张卡。“点收”栏打印时已点收的注“已收”，其余由接收人逐张核对后打勾。{CARRYING}",
)
DIFFERENCE = Form(
    code="handover_difference",
    prefix="JJCY",
    title="社会保障卡交接差异单",
    basis=(art(6), art(20)),
    columns=(
        Column(key="order", title="序号", width=12, align="center"),
        Column(key="kind", title="差异", width=24, align="center"),
        Column(key="box", title="箱/盒号", width=28),
        Column(key="number", title="社保卡卡号", width=32),
        Column(key="name", title="姓名", width=28),
        Column(key="counted", title="点收时间", width=34),
        Column(key="words", title="原因", width=72),
        Column(key="now", title="现在", width=52),
    ),
    signatures=("接收人", "第二点收人", "交出人", "卡管机构负责人"),
    seal=_SEAL,
    note="应到＝实到＋短少；多出的卡不计入实到，放在一边查明。短少的卡留在“在途”，直到找到或追回。",
    blank_rows=1,
)


class ShipmentForm(ChooseForm):
    """A hand-over the actor's office or county has to do with; the newest when none was chosen."""

    shipment = forms.CharField(
        label="交接单编号", max_length=20, error_messages={"required": "请填写交接单编号。"}
    )

    def usual(self) -> dict[str, Any]:
        """The newest hand-over."""
        newest = self._found().order_by("-id").first()
        return {"shipment": newest.number if newest else ""}

    def _found(self) -> Any:
        if self.by is not None:
            return visible(self.by)
        return Shipment.objects.filter(purpose=Purpose.HAND_DOWN)

    def clean_shipment(self) -> Shipment:
        """The hand-over of that number."""
        text = self.cleaned_data["shipment"].strip().upper().removeprefix("JJ").lstrip("0")
        found = (
            self._found().filter(pk=int(text)).select_related("sender", "receiver").first()
            if text.isdecimal() and len(text) < 15
            else None
        )
        if found is None:
            raise forms.ValidationError("没有这张交接单，或与本机构无关，请核对编号。")
        return found  # type: ignore[no-any-return]

    def clean(self) -> dict[str, Any]:
        """The office that prints: the sender where he is in reach, else the receiver."""
        given = super().clean() or {}
        shipment = given.get("shipment")
        if shipment is not None:
            near = shipment.sender.path.startswith(self.county_path)
            given["office"] = shipment.sender if near else shipment.receiver
        return given


class BoxForm(ShipmentForm):
    """A hand-over, and one of its boxes where all of it is too much for one sheet."""

    box = forms.CharField(label="箱/盒号（空为全部）", max_length=40, required=False)

    def clean(self) -> dict[str, Any]:
        """Only a box of this hand-over."""
        given = super().clean()
        box, shipment = given.get("box", ""), given.get("shipment")
        if box and shipment is not None:
            found = HandDownBox.objects.filter(shipment=shipment, code__iexact=box).first()
            if found is None:
                self.add_error("box", "这张交接单上没有这个盒。")
            given["span"] = found
        return given


def _heads(shipment: Shipment) -> tuple[tuple[str, str], ...]:
    """Who gave and who took, each with his moment; short, because the QR is beside it."""
    last = next(iter(closed_counts(shipment.pk)), None)
    sent_by = shipment.hand_down.sent_by.get_full_name()
    received = (
        f"{last.counted_by.get_full_name()} {to_the_minute(last.closed_at)}" if last else "待点收"
    )
    sender, receiver = names_of(shipment)
    heads = (
        ("交出", f"{sender} {sent_by} {to_the_minute(shipment.sent_at)}"),
        ("接收", f"{receiver} {received}"),
    )
    return (*heads, ("说明", shipment.words)) if shipment.words else heads


def summary_sheet(
    *,
    chosen: Mapping[str, Any],
    masked: bool,
    printed_by: str,
    printed_at: datetime,
    limit: int | None,
) -> Sheet:
    """This function will fill the 领卡手续单: one row for each box; it names no holder.

    :raises TooManyRows: when there are more boxes than `limit`.
    """
    shipment: Shipment = chosen["shipment"]
    boxes = boxes_of(shipment.pk)
    refuse_too_many(len(boxes), limit)
    lines = list(
        ShipmentLine.objects.filter(shipment=shipment)
        .order_by("row")
        .values_list("row", "card__number", "card__position__movement__batch")
    )
    numbers = {row: number for row, number, _ in lines}
    arrived = {row for row, _, batch in lines if batch != shipment.batch}
    rows = tuple(
        (
            str(place), box.code, box.label, box.seal_number, str(box.count),
            f"{box.first_row}–{box.last_row}",
            f"{numbers[box.first_row]}–{numbers[box.last_row]}",
            _received(box.first_row, box.last_row, arrived), "",
        )
        for place, box in enumerate(boxes, start=1)
    )  # fmt: skip
    return Sheet(
        form=BY_BOX, office=office_of(chosen["office"], at=shipment.sent_at),
        covers=f"交接单 {shipment.number}",
        heads=_heads(shipment), rows=rows,
        totals=(("盒数", f"{len(boxes)} 盒"), ("张数", f"{len(lines)} 张"),
                ("已点收", f"{len(arrived)} 张"), ("未点收", f"{len(lines) - len(arrived)} 张")),
        printed_by=printed_by, printed_at=printed_at,
    )  # fmt: skip


def _received(first: int, last: int, arrived: set[int]) -> str:
    found = sum(1 for row in range(first, last + 1) if row in arrived)
    return str(found) if found else ""


def card_sheet(
    *,
    chosen: Mapping[str, Any],
    masked: bool,
    printed_by: str,
    printed_at: datetime,
    limit: int | None,
) -> Sheet:
    """This function will fill the 交接单 card by card, of a whole hand-over or one of its boxes.

    :raises TooManyRows: when there are more cards than `limit`; each box has a sheet of its own.
    """
    shipment: Shipment = chosen["shipment"]
    found = lines_of(shipment).select_related("card__bank_org", "card__town")
    span = chosen.get("span")
    if span is not None:
        found = found.filter(row__gte=span.first_row, row__lte=span.last_row)
    count = found.count()
    refuse_too_many(count, limit)
    lines = list(found)
    shown = line_rows(shipment, lines)
    rows = tuple(
        (
            str(row.row), row.box, row.number, row.name,
            row.masked_number if masked else holder_of(line.card.person).number,
            line.card.bank_org.name if line.card.bank_org else "",
            _whose(line.card), "" if row.is_under_way else "已收", "",
        )
        for row, line in zip(shown, lines, strict=True)
    )  # fmt: skip
    arrived = sum(1 for row in shown if not row.is_under_way)
    covers = f"交接单 {shipment.number}" + (f" 盒 {span.code}" if span is not None else "")
    return Sheet(
        form=BY_CARD, office=office_of(chosen["office"], at=shipment.sent_at), covers=covers,
        heads=_heads(shipment), rows=rows,
        totals=(("本单", f"{count} 张"), ("已点收", f"{arrived} 张"),
                ("未点收", f"{count - arrived} 张")),
        printed_by=printed_by, printed_at=printed_at,
    )  # fmt: skip


def _whose(card: Any) -> str:
    if card.unit_name:
        return str(card.unit_name)
    return " ".join(part for part in (card.town.name if card.town else "", card.village) if part)


def difference_sheet(
    *,
    chosen: Mapping[str, Any],
    masked: bool,
    printed_by: str,
    printed_at: datetime,
    limit: int | None,
) -> Sheet:
    """This function will fill the 交接差异单: what each count found to differ, and what became.

    :raises TooManyRows: when there are more differences than `limit`.
    """
    shipment: Shipment = chosen["shipment"]
    counts = closed_counts(shipment.pk)[::-1]
    rows = [cells for count in counts for cells in _differing(shipment, count)]
    refuse_too_many(len(rows), limit)
    sums = {key: sum(getattr(count, key) for count in counts) for key in ("short", "extra")}
    first = counts[0] if counts else None
    arithmetic = f"{first.expected} ＝ {first.found} ＋ {first.short}" if first else "—"
    return Sheet(
        form=DIFFERENCE, office=office_of(chosen["office"], at=shipment.sent_at),
        covers=f"交接单 {shipment.number} 差异", heads=_heads(shipment),
        rows=tuple((str(place), *cells) for place, cells in enumerate(rows, start=1)),
        totals=(("点收次数", str(len(counts))), ("短少", f"{sums['short']} 张次"),
                ("多出", f"{sums['extra']} 张次"), ("首次应到＝实到＋短少", arithmetic)),
        printed_by=printed_by, printed_at=printed_at,
    )  # fmt: skip


def _differing(shipment: Shipment, count: HandDownCount) -> Sequence[tuple[str, ...]]:
    boxes, at = boxes_of(shipment.pk), to_the_minute(count.closed_at)
    rows_of = dict(
        ShipmentLine.objects.filter(
            shipment=shipment, card__in=missing_lines(count.pk).values("card")
        ).values_list("card_id", "row")
    )
    found: list[tuple[str, ...]] = []
    for one in missing_lines(count.pk).order_by("card_id"):
        row = rows_of[one.card_id]
        account = one.card.position.account
        place = Place(account.kind)
        now = "仍在途" if place is Place.TRANSIT else f"{account.organization.name} {place.label}"
        box = next((b.code for b in boxes if b.first_row <= row <= b.last_row), "")
        name = holder_of(one.card.person).name
        found.append(("短少", box, one.card.number, name, at, count.words, now))
    scans = HandDownScan.objects.filter(count=count.pk, listed=False).order_by("number")
    found.extend(
        (("多出", "", scan.number, "", at, count.words, "放在一边，待查明")) for scan in scans
    )
    return found


_ISSUERS = frozenset(
    {
        Role.CITY_MANAGER, Role.COUNTY_MANAGER, Role.CARD_KEEPER, Role.REVIEWER,
        Role.AGENCY_CLERK, Role.WINDOW_CLERK, Role.BANK_TELLER, Role.VILLAGE_HELPER,
    }
)  # fmt: skip
_EMPTY = "还没有机构间交接。在“机构间交接”交出卡后，单据自动出现在这里。"
SUMMARY = Register(
    slug="handover", form=BY_BOX, choose=ShipmentForm, sheet=summary_sheet,
    readers=_ISSUERS | {Role.AUDITOR}, issuers=_ISSUERS, hides_numbers=False, empty_text=_EMPTY,
)  # fmt: skip
CARDS = Register(
    slug="handover_list", form=BY_CARD, choose=BoxForm, sheet=card_sheet,
    readers=_ISSUERS | {Role.AUDITOR}, issuers=_ISSUERS, empty_text=_EMPTY,
)  # fmt: skip
DIFFERENCES = Register(
    slug="handover_difference", form=DIFFERENCE, choose=ShipmentForm, sheet=difference_sheet,
    readers=_ISSUERS | {Role.AUDITOR}, issuers=_ISSUERS, hides_numbers=False,
    empty_text="这张交接单没有差异，或还没有点收。",
)  # fmt: skip
