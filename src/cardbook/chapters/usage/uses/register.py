"""The register of uses, the cards nobody uses, the suspicious uses as documents (Art. 23, 31)."""

from collections.abc import Sequence
from datetime import date, datetime

from cardbook.chapters.usage.models import CardUse, StatusKey
from cardbook.chapters.usage.uses.queries import in_force
from cardbook.chapters.usage.uses.rates import Rate, Using
from cardbook.chapters.usage.uses.use_lists import Suspicious, Unused
from cardbook.chapters.usage.values import Carrier, UseField
from cardbook.law.articles import art
from cardbook.lib.clock import to_the_minute
from cardbook.orgs.actors import Actor
from cardbook.registers.forms import Column, Form
from cardbook.registers.listing import list_as_xlsx, table_as_xlsx

_USES = Form(
    code="card_uses",
    prefix="YYSX",
    title="社保卡应用事项",
    basis=(art(23),),
    columns=(
        Column(key="agency", title="机构", width=60),
        Column(key="code", title="事项编码", width=30),
        Column(key="name", title="事项", width=60),
        Column(key="field", title="领域", width=30),
        Column(key="carrier", title="载体", width=44),
        Column(key="basis", title="依据", width=50),
        Column(key="since", title="启用日", width=24),
        Column(key="until", title="停用日", width=24),
        Column(key="decided_by", title="登记人", width=24),
    ),
    signatures=(),
    seal="",
    note="",
)


def uses_xlsx(rows: Sequence[CardUse], *, by: Actor, at: datetime) -> bytes:
    """This function will write the uses that are seen as a workbook."""
    return list_as_xlsx(
        _USES,
        (
            (
                row.agency.name, row.code, row.name,
                UseField(row.field).label if row.field else "",
                Carrier(row.carrier).label if row.carrier else "",
                row.basis, f"{row.since}", f"{row.until or ''}",
                row.decided_by.name,
            )
            for row in rows
        ),
        covers=f"截至 {to_the_minute(at)}",
        totals=(("合计", f"{len(rows)} 项"),), by=by, at=at,
    )  # fmt: skip


_KEY_HEADS = (
    "机构", "用于", "事项编码", "启用日", "失效日", "每分钟上限", "生成", "会签", "查询次数",
    "最近查询", "状态",
)  # fmt: skip


def keys_xlsx(keys: Sequence[StatusKey], *, today: date) -> bytes:
    """This function will write the keys that are seen as a workbook; no key stands in it."""
    cells = (
        (
            key.agency.name, key.title, "、".join(key.purposes), f"{key.valid_from}",
            f"{key.valid_to}", key.per_minute, key.made_by.name, key.second_by.name,
            key.times,  # type: ignore[attr-defined] # counted by `key_list`
            to_the_minute(key.last),  # type: ignore[attr-defined]
            "有效" if in_force(key, today) else "已撤销" if key.revoked_at else "不在有效期",
        )
        for key in keys
    )  # fmt: skip
    return table_as_xlsx("核验密钥", _KEY_HEADS, cells)


_UNUSED = Form(
    code="unused_cards",
    prefix="WYK",
    title="未用卡清单",
    basis=(art(23),),
    columns=(
        Column(key="number", title="卡号", width=28),
        Column(key="name", title="持卡人", width=26),
        Column(key="citizen", title="社会保障号码（隐去）", width=44),
        Column(key="county", title="县区", width=36),
        Column(key="unit", title="单位、镇街", width=50),
        Column(key="village", title="村（社区）", width=36),
        Column(key="social", title="社保功能", width=30),
        Column(key="since", title="领卡日", width=24),
        Column(key="last", title="最近用卡", width=24),
    ),
    signatures=(),
    seal="",
    note="",
)
_SUSPICIOUS = Form(
    code="suspicious_uses",
    prefix="XSQD",
    title="可疑用卡线索清单",
    basis=(art(31),),
    columns=(
        Column(key="number", title="卡号", width=28),
        Column(key="name", title="持卡人", width=26),
        Column(key="citizen", title="社会保障号码（隐去）", width=44),
        Column(key="county", title="县区", width=36),
        Column(key="at", title="用卡时间", width=34),
        Column(key="agency", title="用卡机构", width=50),
        Column(key="use", title="事项", width=40),
        Column(key="reason", title="可疑情形", width=40),
    ),
    signatures=(),
    seal="",
    note="第三十一条：冒用、盗用他人社会保障卡的，由有关部门依法处理。",
)


def unused_xlsx(
    rows: Sequence[Unused], *, with_people: bool, months: int, by: Actor, at: datetime
) -> bytes:
    """This function will write unused cards as a workbook, without people when they are many."""
    return list_as_xlsx(
        _UNUSED,
        (
            (
                row.number, row.name if with_people else "",
                row.masked_number if with_people else "", row.county, row.unit, row.village,
                row.social, f"{row.since}", f"{row.last_used or '从未'}",
            )
            for row in rows
        ),
        covers=f"截至 {to_the_minute(at)}，{months} 个月没有用卡"
        + ("" if with_people else "；行数超过上限，不带持卡人信息"),
        totals=(("合计", f"{len(rows)} 张"),), by=by, at=at,
    )  # fmt: skip


def suspicious_xlsx(
    rows: Sequence[Suspicious], *, since: date, until: date, by: Actor, at: datetime
) -> bytes:
    """This function will write suspicious uses as the list for whoever looks into them."""
    return list_as_xlsx(
        _SUSPICIOUS,
        (
            (
                row.number, row.name, row.masked_number, row.county, row.when, row.agency,
                row.use, row.reason_label,
            )
            for row in rows
        ),
        covers=f"{since} 至 {until}",
        totals=(("合计", f"{len(rows)} 次"),), by=by, at=at,
    )  # fmt: skip


_RATES = Form(
    code="use_rates",
    prefix="YYL",
    title="社保卡应用率",
    basis=(art(1), art(23)),
    columns=(
        Column(key="title", title="县区、机构或事项", width=60),
        Column(key="agency", title="机构", width=60),
        Column(key="field", title="领域", width=30),
        Column(key="carrier", title="载体", width=44),
        Column(key="active", title="已激活", width=24),
        Column(key="people", title="用过卡", width=24),
        Column(key="idle", title="没用过", width=24),
        Column(key="times", title="次数", width=24),
        Column(key="percent", title="应用率", width=24),
        Column(key="low", title="提醒", width=24),
    ),
    signatures=(),
    seal="",
    note="应用率＝用过卡的人÷现在社保功能已激活的持卡人；只算已导入的用卡记录。",
)
_USING = Form(
    code="use_rate_people",
    prefix="YYLR",
    title="社保卡应用率人员清单",
    basis=(art(23),),
    columns=(
        Column(key="number", title="卡号", width=28),
        Column(key="name", title="持卡人", width=26),
        Column(key="citizen", title="社会保障号码（隐去）", width=44),
        Column(key="county", title="县区", width=36),
        Column(key="unit", title="单位、镇街", width=50),
        Column(key="village", title="村（社区）", width=36),
        Column(key="times", title="次数", width=20),
        Column(key="last", title="最近用卡", width=24),
    ),
    signatures=(),
    seal="",
    note="",
)


def rates_xlsx(
    rows: Sequence[Rate], *, since: date, until: date, by: Actor, at: datetime
) -> bytes:
    """This function will write rates of use as a workbook."""
    return list_as_xlsx(
        _RATES,
        (
            (
                row.title, row.agency, row.field, row.carrier, f"{row.active}", f"{row.people}",
                f"{row.idle}", f"{row.times}", row.percent, "用卡少" if row.is_low else "",
            )
            for row in rows
        ),
        covers=f"{since} 至 {until}",
        totals=(("合计", f"{len(rows)} 行"),), by=by, at=at,
    )  # fmt: skip


def rate_people_xlsx(
    rows: Sequence[Using], *, with_people: bool, since: date, until: date, by: Actor, at: datetime
) -> bytes:
    """This function will write the people behind a rate, without names when they are many."""
    return list_as_xlsx(
        _USING,
        (
            (
                row.number, row.name if with_people else "",
                row.masked_number if with_people else "", row.county, row.unit, row.village,
                f"{row.times}", f"{row.last or ''}",
            )
            for row in rows
        ),
        covers=f"{since} 至 {until}"
        + ("" if with_people else "；行数超过上限，不带持卡人信息"),
        totals=(("合计", f"{len(rows)} 人"),), by=by, at=at,
    )  # fmt: skip
