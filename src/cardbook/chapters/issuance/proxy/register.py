"""《委托书》 as a page of A4, filled in or blank; the lists as workbooks (Art. 10).

Columns of the paper: domain.md 3.4 (Civil Code art. 165: agent, matter, scope, term, signature).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from cardbook.chapters.issuance.proxy.agent_queries import AgentRow, FetchedRow
from cardbook.chapters.issuance.proxy.list_queries import MandateRow
from cardbook.chapters.mandates import SCOPES, Matter
from cardbook.chapters.printed_mandates import PrintedMandate, mandate_code
from cardbook.law.articles import art
from cardbook.lib.clock import LOCAL, local_day
from cardbook.lifecycle.facts import ProxyReason, Relation
from cardbook.orgs.actors import Actor
from cardbook.people.holders import Holder
from cardbook.registers.codes import qr_svg
from cardbook.registers.forms import Column, Form
from cardbook.registers.listing import list_as_xlsx
from cardbook.registers.typesetting import typeset

# Which article each matter is of; the blank paper may be for any of them.
_ARTICLES = {Matter.PICK_UP: 10, Matter.ACTIVATE: 22, Matter.BORROW: 27, Matter.LIFT: 28}
_LAYOUT = Path(__file__).parent / "layouts" / "mandate.typ"


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """Both parties and the term, to be printed."""

    principal: Holder
    mandate: PrintedMandate
    witness: str = ""


def mandate_pdf(*, printed: Printed | None, by: Actor, at: datetime) -> bytes:
    """This function will set the 委托书; without parties every blank is left for the pen."""
    data = {
        "filled": printed is not None,
        "principal": _party("", ""),
        "agent": _party("", ""),
        "relations": [[one.label, False] for one in Relation],
        "reasons": [[one.label, False] for one in ProxyReason],
        "matters": [[one.label, False] for one in Matter],
        "scope": "在所选事项内代为办理，代为签字、核对、听取告知",
        "since": "",
        "until": "",
        "witness": "",
        "code": "",
        "office": by.org_name,
        "basis": "、".join(art(number).label for number in _ARTICLES.values()),
        "printed": f"{at.astimezone(LOCAL):%Y-%m-%d %H:%M}",
    }
    if printed is not None:
        given = printed.mandate
        data |= {
            "principal": _party(printed.principal.name, printed.principal.number),
            "agent": _party(given.name, given.number),
            "relations": [[one.label, one is given.relation] for one in Relation],
            "reasons": [[one.label, one is given.reason] for one in ProxyReason],
            "matters": [[one.label, one is given.matter] for one in Matter],
            "scope": SCOPES[given.matter],
            "basis": art(_ARTICLES[given.matter]).label,
            "since": _day(given.since),
            "until": _day(given.until),
            "witness": printed.witness,
            "code": qr_svg(mandate_code(given)),
        }
    return typeset(layout=_LAYOUT, data=data, at=at)


def _party(name: str, number: str) -> dict[str, str]:
    return {"name": name, "number": number}


def _day(on: date) -> str:
    return f"{on.year} 年 {on.month} 月 {on.day} 日"


_MANDATES = (
    Column(key="order", title="序号", width=9, align="center"),
    Column(key="principal", title="委托人", width=20),
    Column(key="principal_number", title="委托人证件号", width=32),
    Column(key="agent", title="受托人", width=20),
    Column(key="agent_number", title="受托人证件号", width=32),
    Column(key="relation", title="关系", width=18),
    Column(key="reason", title="原因", width=16),
    Column(key="matter", title="事项", width=18),
    Column(key="scope", title="权限", width=34),
    Column(key="since", title="期限自", width=18),
    Column(key="until", title="至", width=18),
    Column(key="signed_on", title="签署日", width=18),
    Column(key="signing", title="签名/手印", width=14),
    Column(key="witness", title="见证人", width=18),
    Column(key="used", title="用过次数", width=12, align="right"),
    Column(key="status_title", title="状态", width=16),
    Column(key="registered", title="登记", width=26),
    Column(key="note", title="备注", width=26),
)
_AGENTS = (
    Column(key="order", title="序号", width=9, align="center"),
    Column(key="name", title="代领人", width=24),
    Column(key="masked_number", title="证件号", width=34),
    Column(key="month", title="本月代领", width=16, align="right"),
    Column(key="unrelated", title="其中非亲属", width=18, align="right"),
    Column(key="year", title="本年代领", width=16, align="right"),
    Column(key="holders", title="本年持卡人数", width=20, align="right"),
    Column(key="wards", title="其中被监护人", width=18, align="right"),
    Column(key="most_a_day", title="一天最多代领", width=18, align="right"),
    Column(key="sharing", title="同一电话人数", width=18, align="right"),
    Column(key="relations", title="与持卡人关系", width=44),
    Column(key="last_on", title="最近一次", width=20),
    Column(key="look", title="提醒", width=50),
)
_FETCHED = (
    Column(key="order", title="序号", width=9, align="center"),
    Column(key="on", title="日期", width=20),
    Column(key="holder", title="持卡人", width=24),
    Column(key="holder_number", title="社会保障号码", width=34),
    Column(key="relation", title="与持卡人关系", width=26),
    Column(key="came_as", title="身份", width=16),
    Column(key="mandate_number", title="委托书", width=16),
)


def mandates_xlsx(rows: Sequence[MandateRow], *, by: Actor, at: datetime, said: str) -> bytes:
    """This function will write the mandates that are seen as a workbook."""
    return _workbook("mandate_list", "委托书登记", _MANDATES, rows, by=by, at=at, said=said)


def agents_xlsx(rows: Sequence[AgentRow], *, by: Actor, at: datetime, said: str) -> bytes:
    """This function will write the agents that are seen as a workbook."""
    return _workbook("agent_list", "代领人一览", _AGENTS, rows, by=by, at=at, said=said)


def fetched_xlsx(rows: Sequence[FetchedRow], *, name: str, by: Actor, at: datetime) -> bytes:
    """This function will write what one agent fetched, as it is seen, to call the holders back."""
    return _workbook(
        "agent_fetched",
        f"{name}本年代领",
        _FETCHED,
        rows,
        by=by,
        at=at,
        said=f"{local_day(at).year} 年",
    )


def _workbook(
    code: str,
    title: str,
    columns: tuple[Column, ...],
    rows: Sequence[MandateRow] | Sequence[AgentRow] | Sequence[FetchedRow],
    *,
    by: Actor,
    at: datetime,
    said: str,
) -> bytes:
    form = Form(
        code=code, prefix="DL", title=title, basis=(art(10),), columns=columns,
        signatures=("经办人", "负责人"), seal="（章）", note="号码已遮盖。",
    )  # fmt: skip
    cells = tuple(
        (str(place), *(str(getattr(row, column.key)) for column in columns[1:]))
        for place, row in enumerate(rows, start=1)
    )
    totals = (("合计", f"{len(rows)} 行"),)
    return list_as_xlsx(form, cells, covers=said, totals=totals, by=by, at=at)
