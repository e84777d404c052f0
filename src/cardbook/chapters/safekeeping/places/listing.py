"""Places, checks and incidents as workbooks: what is seen on the screen, no more (Art. 20, 21)."""

from collections.abc import Sequence
from datetime import datetime

from cardbook.chapters.safekeeping.places.check_queries import CheckRow, DueCheck
from cardbook.chapters.safekeeping.places.incident_queries import IncidentRow
from cardbook.chapters.safekeeping.places.queries import PlaceSheet
from cardbook.law.articles import art
from cardbook.lib.clock import local_day, to_the_minute
from cardbook.orgs.actors import Actor
from cardbook.registers.forms import Column, Form
from cardbook.registers.listing import list_as_xlsx

_PLACES = Form(
    code="places_seen", prefix="CF", title="存放处（所见）", basis=(art(20),),
    columns=(
        Column(key="name", title="名称", width=24),
        Column(key="office", title="机构（单位）", width=36),
        Column(key="kind", title="种类", width=14),
        Column(key="where", title="位置", width=36),
        Column(key="keeper", title="保管人", width=18),
        Column(key="deputy", title="代理", width=18),
        Column(key="keys", title="钥匙", width=24),
        Column(key="opened", title="启用日期", width=16),
        Column(key="check", title="检查", width=20),
    ),
    signatures=(), seal="", note="",
)  # fmt: skip
_CHECKS = Form(
    code="checks_seen", prefix="JC", title="保管检查（所见）", basis=(art(20), art(21)),
    columns=(
        Column(key="at", title="时间", width=22),
        Column(key="place", title="存放处", width=24),
        Column(key="office", title="机构（单位）", width=36),
        Column(key="by", title="检查人", width=16),
        Column(key="wrong", title="不合格项数", width=14, align="right"),
        Column(key="words", title="说明", width=60),
    ),
    signatures=(), seal="", note="",
)  # fmt: skip
_DUE = Form(
    code="due_checks_seen", prefix="YQ", title="逾期未检查的存放处", basis=(art(20), art(21)),
    columns=(
        Column(key="place", title="存放处", width=24),
        Column(key="office", title="机构（单位）", width=36),
        Column(key="where", title="位置", width=36),
        Column(key="checked", title="上次检查", width=18),
        Column(key="days", title="已过天数", width=12, align="right"),
    ),
    signatures=(), seal="", note="",
)  # fmt: skip
_INCIDENTS = Form(
    code="incidents_seen",
    prefix="SG",
    title="事故报告（所见）",
    basis=(art(20), art(21)),
    columns=(
        Column(key="number", title="编号", width=16),
        Column(key="office", title="机构", width=36),
        Column(key="place", title="存放处", width=24),
        Column(key="kind", title="情况", width=12),
        Column(key="cause", title="原因", width=12),
        Column(key="cards", title="卡数", width=10, align="right"),
        Column(key="on", title="发生日", width=16),
        Column(key="words", title="经过", width=60),
        Column(key="by", title="登记", width=24),
        Column(key="told", title="上报", width=40),
    ),
    signatures=(),
    seal="",
    note="",
)


def places_as_xlsx(
    rows: Sequence[tuple[PlaceSheet, DueCheck | None]], *, by: Actor, at: datetime
) -> bytes:
    """This function will write the places that are listed, each with how its check stands."""
    cells = (
        (
            place.name, place.office, place.kind, place.where, place.keeper or "未指定",
            place.deputy or "未指定", place.keys or "未登记", f"{place.opened_on}",
            "已停用" if place.closed_on else f"已 {late.days} 天未检查" if late else "按期",
        )
        for place, late in rows
    )  # fmt: skip
    return list_as_xlsx(_PLACES, cells, covers=f"{len(rows)} 处", by=by, at=at)


def checks_as_xlsx(rows: Sequence[CheckRow], *, by: Actor, at: datetime) -> bytes:
    """This function will write the checks that are listed."""
    cells = (
        (
            to_the_minute(row.at), row.place, row.office, row.checked_by,
            str(row.wrong), row.words,
        )
        for row in rows
    )  # fmt: skip
    return list_as_xlsx(_CHECKS, cells, covers=f"{len(rows)} 次", by=by, at=at)


def due_as_xlsx(rows: Sequence[DueCheck], *, by: Actor, at: datetime) -> bytes:
    """This function will write the places that were not checked in time."""
    cells = (
        (
            row.place, row.office, row.where,
            f"{local_day(row.checked_at)}" if row.checked_at else "没有检查过",
            str(row.days),
        )
        for row in rows
    )  # fmt: skip
    return list_as_xlsx(_DUE, cells, covers=f"{len(rows)} 处", by=by, at=at)


def incidents_as_xlsx(rows: Sequence[IncidentRow], *, by: Actor, at: datetime) -> bytes:
    """This function will write the incidents that are listed."""
    cells = (
        (
            row.number, row.office, row.place, row.kind_label, row.cause, str(row.cards),
            f"{row.happened_on}", row.words, f"{row.reported_by}、{row.second}",
            f"{row.told_office} {to_the_minute(row.told_at)}" if row.told_at else "尚未上报",
        )
        for row in rows
    )  # fmt: skip
    return list_as_xlsx(_INCIDENTS, cells, covers=f"{len(rows)} 起", by=by, at=at)
