"""《社会保障卡申领登记》: every application taken, on what ground, how far it is (Art. 4, 25).

`queries.py` reads the rows of the list; `cardbook.registers` prints and freezes.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q

from cardbook.cards.models import Application
from cardbook.chapters.usage.fee_words import due_yuan, fee_state
from cardbook.chapters.usage.models import ApplicationDetail
from cardbook.chapters.usage.production.maker_orders import Waiting
from cardbook.chapters.usage.production.queries import ApplicationRow
from cardbook.chapters.usage.province_checks import CheckRow
from cardbook.law.articles import art
from cardbook.law.grounds import GROUNDS
from cardbook.law.roles import SEES_PEOPLE, WRITES_REGISTERS
from cardbook.lib.clock import local_day, to_the_minute
from cardbook.lifecycle.facts import ApplyKind, ApplyReason
from cardbook.orgs.actors import Actor
from cardbook.people.holders import holder_of
from cardbook.registers.choosing import PeriodForm, office_of
from cardbook.registers.forms import Column, Form, Sheet, read_within
from cardbook.registers.listing import list_as_xlsx, table_as_xlsx
from cardbook.registers.names_then import names_then
from cardbook.registers.registry import Register

FORM = Form(
    code="application_form",
    prefix="SLDJ",
    title="社会保障卡申领登记",
    basis=(art(4), art(25)),
    columns=(
        Column(key="order", title="序号", width=8, align="center"),
        Column(key="id", title="申请号", width=18),
        Column(key="captured_on", title="受理日期", width=18, under=True),
        Column(key="name", title="姓名", width=32),
        Column(key="number", title="社会保障号码", width=32, under=True),
        Column(key="kind", title="申请类型", width=22),
        Column(key="reason", title="原因", width=22, under=True),
        Column(key="ground", title="发放依据", width=30),
        Column(key="ground_source", title="在哪里查到", width=30, under=True),
        Column(key="bank", title="制卡银行", width=26),
        Column(key="delivery", title="领卡方式", width=26, under=True),
        Column(key="office", title="受理机构", width=42),
        Column(key="entry", title="受理地点", width=42, under=True),
        Column(key="fee", title="工本费", width=18),
        Column(key="promised_on", title="承诺日期", width=20),
        Column(key="progress", title="进度", width=20, under=True),
        Column(key="answer", title="银行答复", width=30),
    ),
    signatures=("经办人", "复核人", "窗口负责人"),
    seal="受理机构（章）",
    note="首次申领免费（第四条）；发放依据须写明在哪里查到。",
    row_height=11,
    blank_rows=1,
)


def application_register(
    *,
    chosen: Mapping[str, Any],
    masked: bool,
    printed_by: str,
    printed_at: datetime,
    limit: int | None,
) -> Sheet:
    """This function will fill the 申领登记 of an office and all below it for a span of days.

    :raises TooManyRows: when there are more applications than `limit`.
    """
    found = (
        ApplicationDetail.objects.filter(
            Q(office__path__startswith=chosen["office"].path)
            | Q(application__county__path__startswith=chosen["office"].path),
            captured_on__range=(chosen["start"], chosen["end"]),
        )
        .select_related("application__person", "application__bank", "office")
        .order_by("captured_on", "pk")
    )
    rows = read_within(found, limit)
    return Sheet(
        form=FORM,
        office=office_of(chosen["office"]),
        covers=f"受理日期 {chosen['start']} 至 {chosen['end']}",
        rows=_filled(rows, masked=masked),
        totals=(
            ("受理", f"{len(rows)} 件"),
            *(
                (kind.label, f"{sum(row.application.kind == kind for row in rows)} 件")
                for kind in ApplyKind
            ),
        ),
        printed_by=printed_by,
        printed_at=printed_at,
    )


def _filled(rows: Sequence[ApplicationDetail], *, masked: bool) -> tuple[tuple[str, ...], ...]:
    names = names_then((row.office, row.captured_on) for row in rows)
    return tuple(
        _cells(place, row, office=names[row.office_id, row.captured_on], masked=masked)
        for place, row in enumerate(rows, start=1)
    )


def _cells(place: int, detail: ApplicationDetail, *, office: str, masked: bool) -> tuple[str, ...]:
    application: Application = detail.application
    holder = holder_of(application.person)
    fee = "不收费"
    if application.fee_fen:
        fee = f"{due_yuan(application)} 元（{fee_state(application)}）"
    return (
        str(place), str(application.pk), f"{detail.captured_on}", holder.name,
        holder.masked_number if masked else holder.number, ApplyKind(application.kind).label,
        ApplyReason(application.reason).label, GROUNDS.get(detail.ground, ""),
        detail.ground_source, application.bank.name if application.bank else "",
        detail.get_delivery_display(), office, detail.get_entry_display(),
        fee, f"{detail.promised_on}", application.get_progress_display(), detail.answer,
    )  # fmt: skip


APPLICATIONS = Register(
    slug="applications",
    form=FORM,
    choose=PeriodForm,
    sheet=application_register,
    readers=SEES_PEOPLE,
    issuers=WRITES_REGISTERS,
    empty_text="所选机构在这段时间没有受理制卡申请。受理后自动出现在这里，无需另填。",
)

_LIST = Form(
    code="application_list",
    prefix="SQQD",
    title="制卡申请（查阅件）",
    basis=(art(25), art(26)),
    columns=(
        Column(key="id", title="申请号", width=18),
        Column(key="name", title="姓名", width=30),
        Column(key="number", title="社会保障号码", width=32),
        Column(key="reason", title="原因", width=24),
        Column(key="old_number", title="旧卡", width=22),
        Column(key="bank", title="制卡银行", width=26),
        Column(key="fee", title="应收（元）", width=16),
        Column(key="fee_state", title="工本费", width=16),
        Column(key="progress", title="进度", width=20),
        Column(key="turn", title="现在谁办", width=20),
        Column(key="promised_on", title="承诺日期", width=20),
        Column(key="late", title="超时环节", width=30),
        Column(key="office", title="受理机构", width=30),
    ),
    signatures=(),
    seal="",
    note="",
)


def list_xlsx(rows: Iterable[ApplicationRow], *, by: Actor, at: datetime) -> tuple[bytes, str]:
    """This function will write the list as it is seen as a workbook, numbers masked."""
    cells = list(_listed(rows))
    content = list_as_xlsx(
        _LIST, cells, covers="制卡申请", totals=(("件数", f"{len(cells)} 件"),), by=by, at=at
    )
    return content, f"制卡申请_{local_day(at):%Y%m%d}.xlsx"


def _listed(rows: Iterable[ApplicationRow]) -> Iterator[tuple[str, ...]]:
    for row in rows:
        late = "、".join(f"{one.party.label} {one.days} 天" for one in row.late)
        yield (
            str(row.id), row.name, row.masked_number, row.reason, row.old_number, row.bank,
            row.due, row.fee_state, row.progress, row.turn,
            f"{row.promised_on}" if row.promised_on else "", late, row.office,
        )  # fmt: skip


_CHECK_HEADS = ("申请号", "持卡人", "社会保障号码", "银行", "结果", "省系统说", "查询时间")


def checks_xlsx(rows: Iterable[CheckRow]) -> bytes:
    """This function will write open checks of the province as a workbook."""
    cells = [
        (
            row.check.pk, row.name, row.masked, row.bank, row.check.get_outcome_display(),
            row.check.words, to_the_minute(row.check.asked_at),
        )
        for row in rows
    ]  # fmt: skip
    return table_as_xlsx("省系统查重", _CHECK_HEADS, cells)


_MAKER_HEADS = ("申请号", "持卡人", "社会保障号码", "原因", "卡号", "照片")


def maker_xlsx(rows: Iterable[Waiting]) -> bytes:
    """This function will write what waits for the maker as it is seen, numbers masked."""
    cells = (
        (row.id, row.name, row.masked_number, row.reason, row.card_number, row.photo)
        for row in rows
    )
    return table_as_xlsx("等制卡数据", _MAKER_HEADS, cells)
