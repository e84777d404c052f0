"""Files of uses, as an agency or the province gives them: card, use, agency, when (Art. 23).

Kept without anything about the holder; a suspicious use is kept like any other and listed.
"""

import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime, time
from pathlib import Path

from django.db.models import Q

from cardbook.chapters.long_files import LongFiles
from cardbook.chapters.usage.models import CardUse, UseRow
from cardbook.chapters.usage.row_files import Judge, RowFiles, Staged, area_of, problem
from cardbook.imports import readings as read
from cardbook.imports.columns import Column, Layout, Reading, RowProblem
from cardbook.imports.models import ImportFile
from cardbook.jobs.queue import job
from cardbook.law.roles import Role
from cardbook.lib.clock import LOCAL, local_day
from cardbook.lib.days import DAY
from cardbook.lib.plain import InputError

CODE = "card_uses"
_SQL = Path(__file__).parent / "sql"
_WHEN = re.compile(DAY + r"(?:[ T]*(\d{1,2})[:：时](\d{1,2})(?:[:：分](\d{1,2}))?[.\d]*[秒分]?)?")
# As the province's platform writes it: YYYYMMDDhhmmss.
_RUN_TOGETHER = re.compile(r"(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)")
_MIDNIGHT = time()


def _when(today: date) -> Callable[[str], Reading]:
    """Makes a reading of moments; a moment of midnight is a day without a time."""

    def parse(text: str) -> Reading:
        plain = unicodedata.normalize("NFKC", read.plain_day(text.strip()))
        found = _WHEN.fullmatch(plain) or _RUN_TOGETHER.fullmatch(plain)
        try:
            parts = [int(part or 0) for part in found.groups()] if found else []
            moment = datetime(*parts, tzinfo=LOCAL) if parts else None  # type: ignore[arg-type, misc]
        except ValueError:
            moment = None
        if moment is None:
            raise InputError(
                "when",
                f"用卡时间“{text[:20]}”看不懂；请写成 2026-03-05 或 2026-03-05 09:30 的样子",
            )
        if local_day(moment) > today:
            raise InputError(
                "when_ahead", f"用卡时间 {local_day(moment)} 还没有到；请对照原系统改正"
            )
        return Reading(moment)

    return parse


def layout(today: date) -> Layout:
    """This function will give the layout; nobody has used a card after `today`."""
    return Layout(
        code=CODE,
        title="用卡记录",
        columns=(
            Column(
                field="card_number", title="社保卡号", parse=read.card_number, required=True,
                aliases=("社保卡卡号", "社会保障卡卡号", "卡号", "AAZ500"),
            ),
            Column(
                field="agency", title="机构", required=True, repeats=True,
                parse=read.short(60, "机构"),
                aliases=("用卡机构", "机构名称", "机构编号", "经办机构"),
            ),
            Column(
                field="use", title="事项", required=True, repeats=True,
                parse=read.short(100, "事项"),
                aliases=("事项编码", "用卡事项", "业务事项", "用途"),
            ),
            Column(
                field="used_at", title="用卡时间", required=True, dated=True, parse=_when(today),
                aliases=("用卡日期", "日期", "时间", "业务时间", "办理时间"),
            ),
        ),
    )  # fmt: skip


def _judge(file: ImportFile, today: date) -> Judge:
    """Prepares once for a file: which agency has which use, by name and by code."""
    within = area_of(file).path
    uses: dict[str, dict[str, CardUse]] = {}
    for use in CardUse.objects.select_related("agency").filter(
        Q(agency__path__startswith=within) | Q(agency__county=None)
    ):
        for agency in (use.agency.name, use.agency.code):
            uses.setdefault(agency, {}).update({use.code: use, use.name: use})

    def judge(values: dict[str, object], row: int) -> tuple[Staged | None, list[RowProblem]]:
        agency, said, at = values.get("agency"), values.get("use"), values.get("used_at")
        use = uses.get(str(agency), {}).get(str(said))
        wrong: tuple[str, ...] = ()
        if agency and said:
            on = local_day(at) if isinstance(at, datetime) else None
            wrong = _misfit(use, str(agency), str(said), on, known=agency in uses)
        problems = [problem(row, *wrong)] if wrong else []
        if "card_number" not in values:
            return None, problems
        day_only = isinstance(at, datetime) and at.time() == _MIDNIGHT
        return (values["card_number"], use.pk if use else None, at, day_only), problems

    return judge


def _misfit(
    use: CardUse | None, agency: str, said: str, on: date | None, *, known: bool
) -> tuple[str, ...]:
    """Why a use is none of the register's: (column, code, sentence, remedy), or nothing."""
    remedy = "请按“应用事项”中登记的名称或编码填写；没有登记的，请市局先登记"
    if not known:
        return "机构", "agency_unknown", f"机构“{agency}”没有登记用卡事项", remedy
    if use is None:
        return "事项", "use_unknown", f"“{agency}”没有登记事项“{said}”", remedy
    if on is not None and (on < use.since or (use.until is not None and on >= use.until)):
        until = f"，{use.until} 停用" if use.until else ""
        said = f"{on} 时事项“{use.name}”不在用（{use.since} 启用{until}）"
        return "用卡时间", "use_not_in_force", said, "请核对日期；登记的日期有误的，请市局更正"
    return ()


FILES = RowFiles(
    code=CODE,
    title="用卡记录",
    roles=frozenset({Role.CITY_MANAGER, Role.CARD_KEEPER, Role.AGENCY_CLERK}),
    basis="第二十三条",
    layout=layout,
    rows=UseRow,
    columns=(
        ("card_number", "varchar"), ("use_id", "int8"), ("used_at", "timestamptz"),
        ("day_only", "bool"),
    ),
    judge=_judge,
    check_sql=(_SQL / "check_uses.sql").read_text(encoding="utf-8"),
    write_sql=(_SQL / "write_uses.sql").read_text(encoding="utf-8"),
)  # fmt: skip
LONG = LongFiles(job="use_file.work", check=FILES.check, post=FILES.post)


@job(LONG.job)
def work_on(run_id: int) -> None:
    """This function will do what a run asks for, or find that it was done already."""
    LONG.work_on(run_id)
