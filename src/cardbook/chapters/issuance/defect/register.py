"""《质量问题鉴定单》: what failed, how it was tested, by whom, with what verdict (Art. 9).

`returns.py` beside it reads the rows; `cardbook.registers` prints and freezes.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from django import forms

from cardbook.chapters.card_heads import numbers_of
from cardbook.chapters.issuance.defect.alarms import Answer
from cardbook.chapters.issuance.defect.returns import (
    STOCK_READERS,
    BatchCard,
    BatchRate,
    DefectRow,
    DefectsWanted,
    defect_rows,
)
from cardbook.law.articles import art
from cardbook.law.roles import WRITES_REGISTERS, Role
from cardbook.lib.clock import LOCAL, local_day
from cardbook.lib.ids import ids_of
from cardbook.lifecycle.facts import Defect
from cardbook.orgs.actors import Actor
from cardbook.registers.choosing import PeriodForm, office_of
from cardbook.registers.forms import Column, Form, Sheet, refuse_too_many
from cardbook.registers.listing import list_as_xlsx, table_as_xlsx
from cardbook.registers.registry import Register

FORM = Form(
    code="defect_finding",
    prefix="ZLJD",
    title="质量问题鉴定单",
    basis=(art(9),),
    columns=(
        Column(key="order", title="序号", width=8, align="center"),
        Column(key="happened_at", title="鉴定时间", width=22),
        Column(key="office", title="鉴定机构", width=22, under=True),
        Column(key="name", title="持卡人姓名", width=30),
        Column(key="number", title="社会保障号码", width=30, under=True),
        Column(key="card_number", title="社保卡卡号", width=22),
        Column(key="bank", title="所属银行", width=22, under=True),
        Column(key="defect", title="现象", width=36),
        Column(key="words", title="具体情况", width=36, under=True),
        Column(key="reading", title="读卡检测结果（ATR/EF05）", width=40),
        Column(key="actor", title="鉴定人", width=18),
        Column(key="verdict", title="结论", width=38),
        Column(key="fee", title="补换费用", width=38, under=True),
        Column(key="maker", title="制卡厂商", width=30),
        Column(key="batch", title="厂商批次", width=30, under=True),
        Column(key="application", title="补换申请号", width=20),
        Column(key="place", title="卡现在何处", width=20, under=True),
    ),
    signatures=("鉴定人", "复核人", "卡管机构负责人"),
    seal="卡管机构（章）",
    note="质量问题免费补换（第九条）；随卡退回制卡机构的，由接收人在本单签字。",
    row_height=12,
    blank_rows=1,
)


class FindingForm(PeriodForm):
    """An office and days; or one card alone: typed, or named by its row, as the stock does.

    No address has a card's number (ADR 0019).
    """

    card = forms.CharField(
        label="只出这张卡（卡号）", required=False, max_length=20, empty_value=""
    )
    only_card = forms.ChoiceField(label="从“质量问题卡”来", required=False)

    def narrow(self) -> None:
        """The card another page meant, and that it need not be the only one."""
        super().narrow()
        meant = ids_of([str(self.data.get("only_card") or "")])
        self.numbers = numbers_of(meant, by=self.by) if self.by and meant else {}
        choices = [(f"{id_}", f"只出 {number}") for id_, number in self.numbers.items()]
        if not choices:
            del self.fields["only_card"]
            return
        self.fields["only_card"].choices = [*choices, ("", "不限")]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A number that was typed counts before the row."""
        given = super().clean()
        if meant := given.pop("only_card", ""):
            given["card"] = given.get("card") or self.numbers[int(meant)]
        return given


def finding_sheet(
    *,
    chosen: Mapping[str, Any],
    masked: bool,
    printed_by: str,
    printed_at: datetime,
    limit: int | None,
) -> Sheet:
    """This function will fill the 鉴定单 of an office and all below it, or of one card.

    :raises TooManyRows: when there are more defective cards than `limit`.
    """
    card = (chosen.get("card") or "").strip().upper()
    wanted = DefectsWanted(card=card, since=chosen["since"], until=chosen["until"])
    rows = defect_rows(
        wanted,
        office_path=chosen["office"].path,
        today=local_day(printed_at),
        limit=None if limit is None else limit + 1,
    )
    refuse_too_many(len(rows), limit)
    span = f"鉴定日期 {chosen['start']} 至 {chosen['end']}"
    return Sheet(
        form=FORM,
        office=office_of(chosen["office"]),
        covers=f"{span}　卡号 {card}" if card else span,
        rows=tuple(_cells(rows, masked=masked)),
        totals=(("鉴定", f"{len(rows)} 张"), ("收费", "0 元")),
        printed_by=printed_by,
        printed_at=printed_at,
    )


def _cells(rows: Sequence[DefectRow], *, masked: bool) -> Iterator[tuple[str, ...]]:
    for place, row in enumerate(rows, start=1):
        yield (
            str(place), f"{row.happened_at.astimezone(LOCAL):%Y-%m-%d %H:%M}", row.office,
            row.name, row.masked_number if masked else row.number, row.card_number, row.bank,
            row.defect, row.words, row.reading, row.actor, row.verdict, "0.00 元",
            row.maker, row.batch, str(row.application_id or ""), row.place,
        )  # fmt: skip


DEFECT_FINDING = Register(
    slug="defect_finding",
    form=FORM,
    choose=FindingForm,
    sheet=finding_sheet,
    readers=STOCK_READERS,
    issuers=WRITES_REGISTERS | {Role.BANK_TELLER},
    empty_text="所选机构在这段时间没有登记质量问题。窗口登记后自动出现在这里，无需另填。",
)


def stock_as_xlsx(rows: Sequence[DefectRow], *, by: Actor, at: datetime) -> tuple[bytes, str]:
    """This function will write the list as it is seen as a workbook, numbers masked."""
    content = list_as_xlsx(
        FORM,
        _cells(rows, masked=True),
        covers="质量问题卡（查阅件）",
        totals=(("卡数", f"{len(rows)} 张"),),
        by=by,
        at=at,
    )
    return content, f"质量问题卡_{local_day(at):%Y%m%d}.xlsx"


_RATES = Form(
    code="rates_seen",
    prefix="ZLBL",
    title="各批次质量问题率（所见）",
    basis=(art(9),),
    columns=(
        Column(key="code", title="批次", width=24),
        Column(key="maker", title="制卡厂商", width=36),
        Column(key="bank", title="银行", width=36),
        Column(key="cards", title="卡数", width=12, align="right"),
        Column(key="defects", title="质量问题卡", width=14, align="right"),
        *(Column(key=str(one), title=one.label, width=14, align="right") for one in Defect),
        Column(key="permille", title="千分比", width=12, align="right"),
        Column(key="alarm", title="报警", width=12),
        Column(key="answer", title="处理情况", width=44),
    ),
    signatures=(),
    seal="",
    note="质量问题率＝质量问题卡 ÷ 本批次本县区的卡 × 1000。",
)


def rates_as_xlsx(
    rows: Sequence[BatchRate], answers: Mapping[int, Answer], *, by: Actor, at: datetime
) -> bytes:
    """This function will write the batches that are listed, with their rates and answers."""
    cells = (
        (
            row.code, row.maker or "未注明", row.bank or "未注明", str(row.cards),
            str(row.defects), *(str(count) for _, _, count in row.kinds), row.permille,
            "超过" if row.alarm else "", _answered(answers.get(row.id)),
        )
        for row in rows
    )  # fmt: skip
    return list_as_xlsx(_RATES, cells, covers=f"{len(rows)} 个批次", by=by, at=at)


def _answered(answer: Answer | None) -> str:
    if answer is None:
        return ""
    return f"{local_day(answer.at)} {answer.by}：{answer.words}（当时 {answer.defects} 张）"


def batch_as_xlsx(batch: str, rows: Sequence[BatchCard]) -> bytes:
    """This function will write the cards of a batch that are listed; no holder is named."""
    cells = ((row.number, row.stage, row.place) for row in rows)
    return table_as_xlsx(f"批次 {batch}"[:31], ("社保卡卡号", "卡片状态", "现在何处"), cells)
