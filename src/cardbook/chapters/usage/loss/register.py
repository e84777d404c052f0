"""《挂失登记簿》 and 《解挂登记》: every loss and every lifting of an office and days (Art. 28).

`list_queries.py` beside it reads the rows; `cardbook.registers` prints and freezes.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from cardbook.chapters.usage.loss.list_queries import (
    LossesWanted,
    lift_rows,
    loss_rows,
)
from cardbook.chapters.usage.loss.list_rows import LiftRow, LossRow
from cardbook.chapters.usage.loss.outside import outside_rows
from cardbook.chapters.usage.models import OutsideCall
from cardbook.law.articles import art
from cardbook.law.roles import Role
from cardbook.lib.clock import LOCAL, to_the_minute
from cardbook.orgs.actors import Actor
from cardbook.orgs.models import Kind, Organization
from cardbook.registers.choosing import PeriodForm, office_of, offices
from cardbook.registers.forms import Column, Form, Sheet, refuse_too_many
from cardbook.registers.listing import list_as_xlsx, table_as_xlsx
from cardbook.registers.registry import Register

FORM = Form(
    code="loss_register",
    prefix="GSDJ",
    title="社会保障卡挂失登记簿",
    basis=(art(28),),
    columns=(
        Column(key="number", title="流水", width=14),
        Column(key="channel", title="渠道", width=24),
        Column(key="call", title="通话编号", width=24, under=True),
        Column(key="happened_at", title="挂失时间", width=30),
        Column(key="until", title="有效至", width=30, under=True),
        Column(key="name", title="姓名", width=32),
        Column(key="document", title="社会保障号码", width=32, under=True),
        Column(key="card_number", title="社保卡卡号", width=22),
        Column(key="kind", title="类型", width=22, under=True),
        Column(key="verified", title="核验方式（问题/证件）", width=38),
        Column(key="told_bank", title="已告知银行挂失", width=22, align="center"),
        Column(key="told_liability", title="已告知损失责任", width=22, align="center", under=True),
        Column(key="bank", title="所属银行", width=28),
        Column(key="bank_phone", title="银行热线", width=28, under=True),
        Column(key="actor", title="操作人", width=30),
        Column(key="office", title="受理机构", width=30, under=True),
        Column(key="state", title="现状", width=24),
        Column(key="followed", title="续办、转正式、解挂", width=24, under=True),
    ),
    signatures=("经办人", "复核人", "机构负责人"),
    seal="受理机构（章）",
    note="第二十八条：迅速办理社保功能挂失，并告知到合作银行办理金融功能挂失；未及时挂失的损失由持卡人承担。",
    row_height=12,
)
LIFT_FORM = Form(
    code="loss_lift_register",
    prefix="JGDJ",
    title="社会保障卡解挂登记",
    basis=(art(28),),
    columns=(
        Column(key="number", title="解挂流水", width=15),
        Column(key="loss", title="挂失流水", width=28),
        Column(key="lost_at", title="挂失时间", width=28, under=True),
        Column(key="happened_at", title="社保侧解挂时间", width=28),
        Column(key="kind", title="类型", width=28, under=True),
        Column(key="name", title="姓名", width=34),
        Column(key="document", title="社会保障号码", width=34, under=True),
        Column(key="card_number", title="社保卡卡号", width=22),
        Column(key="ground", title="依据", width=44),
        Column(key="verified", title="本人核验", width=44),
        Column(key="bank", title="所属银行", width=36),
        Column(key="bank_state", title="银行侧（银行答复）", width=36, under=True),
        Column(key="actor", title="操作人", width=30),
        Column(key="office", title="受理机构", width=30, under=True),
        Column(key="signed", title="持卡人签字", width=28),
    ),
    signatures=("经办人", "复核人", "机构负责人"),
    seal="受理机构（章）",
    note="第二十八条：社保功能由窗口（12333）解挂，金融功能由合作银行解挂，各办各的，缺一不可。",
    row_height=12,
)


class LossPeriodForm(PeriodForm):
    """Any office that takes losses: windows, the hotline's, the banks', with all below it."""

    def narrow(self) -> None:
        """Within the actor's reach."""
        self.fields["office"].queryset = _takers(self.by)  # type: ignore[attr-defined]

    def usual(self) -> dict[str, Any]:
        """Today, at the actor's own office, or at the first he reaches."""
        choices = _takers(self.by)
        own = choices.filter(pk=self.by.org_id).first() if self.by else None
        office = own or choices.first()
        return {"office": office.code if office else "", "start": self.today, "end": self.today}


def _takers(by: Actor | None) -> Any:
    path = by.county_path if by else ""
    kinds = (Kind.INFO_CENTRE, Kind.BANK, Kind.BRANCH)
    more = Organization.objects.filter(path__startswith=path, kind__in=kinds)
    return (offices(path) | more).order_by("code")


def loss_sheet(
    *, chosen: Mapping[str, Any], masked: bool, printed_by: str, printed_at: datetime,
    limit: int | None,
) -> Sheet:  # fmt: skip
    """This function will fill the 挂失登记簿 of an office and all below it.

    :raises TooManyRows: when there are more losses than `limit`.
    """
    rows = loss_rows(
        wanted_of(chosen), by=None, at=printed_at, limit=None if limit is None else limit + 1
    )
    refuse_too_many(len(rows), limit)
    untold = sum(row.untold for row in rows)
    return _sheet(
        FORM,
        chosen,
        tuple(_loss_cells(rows, masked=masked, named=True)),
        totals=(("挂失", f"{len(rows)} 笔"), ("未告知", f"{untold} 笔")),
        printed_by=printed_by,
        printed_at=printed_at,
    )


def lift_sheet(
    *, chosen: Mapping[str, Any], masked: bool, printed_by: str, printed_at: datetime,
    limit: int | None,
) -> Sheet:  # fmt: skip
    """This function will fill the 解挂登记 of an office and all below it.

    :raises TooManyRows: when there are more liftings than `limit`.
    """
    rows = lift_rows(
        wanted_of(chosen), by=None, at=printed_at, limit=None if limit is None else limit + 1
    )
    refuse_too_many(len(rows), limit)
    return _sheet(
        LIFT_FORM,
        chosen,
        tuple(_lift_cells(rows, masked=masked, named=True)),
        totals=(("解挂", f"{len(rows)} 笔"),),
        printed_by=printed_by,
        printed_at=printed_at,
    )


def wanted_of(chosen: Mapping[str, Any]) -> LossesWanted:
    """This function will say which losses a register of an office and days covers."""
    return LossesWanted(
        state="",
        order="old",
        since=chosen["since"],
        until=chosen["until"],
        office_path=chosen["office"].path,
    )


def _sheet(
    form: Form, chosen: Mapping[str, Any], cells: tuple[tuple[str, ...], ...], **more: Any
) -> Sheet:
    return Sheet(
        form=form,
        office=office_of(chosen["office"]),
        covers=f"受理日期 {chosen['start']} 至 {chosen['end']}",
        rows=cells,
        **more,
    )


def _loss_cells(
    rows: Sequence[LossRow], *, masked: bool, named: bool
) -> Iterator[tuple[str, ...]]:
    for row in rows:
        told = "☑" if row.told_at else "未告知" if row.untold else ""
        yield (
            str(row.number), row.channel, row.call, to_the_minute(row.happened_at),
            to_the_minute(row.until) or "补办新卡为止", row.name if named else row.shown_name,
            row.masked_document if masked else row.document, row.card_number, row.kind,
            row.verified, told, told, row.bank, row.bank_phone, row.actor, row.office,
            row.state, row.followed,
        )  # fmt: skip


def _lift_cells(
    rows: Sequence[LiftRow], *, masked: bool, named: bool
) -> Iterator[tuple[str, ...]]:
    for row in rows:
        yield (
            str(row.number), str(row.loss or ""), to_the_minute(row.lost_at),
            to_the_minute(row.happened_at),
            row.kind, row.name if named else row.shown_name,
            row.masked_document if masked else row.document, row.card_number, row.ground,
            row.verified, row.bank, row.bank_state, row.actor, row.office, "",
        )  # fmt: skip


_READERS = frozenset(
    {
        Role.HOTLINE_OPERATOR,
        Role.WINDOW_CLERK,
        Role.REVIEWER,
        Role.CARD_KEEPER,
        Role.COUNTY_MANAGER,
        Role.CITY_MANAGER,
        Role.BANK_TELLER,
        Role.AUDITOR,
    }
)
_ISSUERS = _READERS - {Role.AUDITOR}
LOSSES = Register(
    slug="loss_register",
    form=FORM,
    choose=LossPeriodForm,
    sheet=loss_sheet,
    readers=_READERS,
    issuers=_ISSUERS,
    empty_text="所选机构在这段时间没有受理挂失。12333 和窗口受理后自动出现在这里，无需另填。",
)
LIFTS = Register(
    slug="loss_lift_register",
    form=LIFT_FORM,
    choose=LossPeriodForm,
    sheet=lift_sheet,
    readers=_READERS,
    issuers=_ISSUERS,
    empty_text="所选机构在这段时间没有办理解挂。",
)


def losses_as_xlsx(
    rows: Sequence[LossRow], *, title: str, by: Actor, at: datetime
) -> tuple[bytes, str]:
    """This function will write the list as it is seen as a workbook, numbers masked."""
    cells = _loss_cells(rows, masked=True, named=False)
    return _list(FORM, cells, len(rows), title=title, by=by, at=at)


def lifts_as_xlsx(rows: Sequence[LiftRow], *, by: Actor, at: datetime) -> tuple[bytes, str]:
    """This function will write the list of liftings as it is seen as a workbook."""
    cells = _lift_cells(rows, masked=True, named=False)
    return _list(LIFT_FORM, cells, len(rows), title="已解挂", by=by, at=at)


def _list(
    form: Form, cells: Iterator[tuple[str, ...]], count: int, *, title: str, by: Actor,
    at: datetime,
) -> tuple[bytes, str]:  # fmt: skip
    content = list_as_xlsx(
        form,
        cells,
        covers=f"挂失：{title}（查阅件）",
        totals=(("笔数", f"{count}"),),
        by=by,
        at=at,
    )
    return content, f"挂失_{title}_{at.astimezone(LOCAL):%Y%m%d}.xlsx"


_OUTSIDE_HEADS = (
    "编号", "时间", "号码", "事项", "发卡地", "已告知电话", "发卡地受理号", "通话编号", "来电内容",
    "省系统", "受理机构", "受理人",
)  # fmt: skip


def outside_as_xlsx(calls: Iterable[OutsideCall]) -> bytes:
    """This function will write calls about cards of other places as a workbook."""
    rows = [
        (
            row.id, to_the_minute(row.handled_at), row.masked_number,
            row.matter, row.place, row.hotline, row.reference, row.call, row.words, row.answer,
            row.office, row.handled_by,
        )
        for row in outside_rows(calls)
    ]  # fmt: skip
    return table_as_xlsx("外地卡来电", _OUTSIDE_HEADS, rows)
