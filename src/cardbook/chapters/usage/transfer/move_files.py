"""Lists of those whose insurance relation comes here or leaves, as they are given (Art. 30)."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

from cardbook.chapters.long_files import LongFiles
from cardbook.chapters.usage.models import LeavingRow, TransferRow
from cardbook.chapters.usage.row_files import Judge, RowFiles, Staged
from cardbook.imports import readings as read
from cardbook.imports.columns import Column, Layout, RowProblem
from cardbook.imports.models import ImportFile
from cardbook.jobs.queue import job
from cardbook.law.roles import Role
from cardbook.lib.citizen_number import Parsed
from cardbook.lifecycle.acts import act
from cardbook.people import vault

CODE, LEAVING = "transfers_in", "transfers_out"
_SQL = Path(__file__).parent / "sql"


def layout(today: date) -> Layout:
    """This function will give the layout of those who come; nobody came after `today`."""
    return Layout(
        code=CODE,
        title="转入名单",
        columns=(
            *_who(today),
            Column(
                field="from_place", title="转出地、转出机构", required=True, repeats=True,
                parse=read.told(60, "转出地"), aliases=("转出地", "转出机构", "原参保地"),
            ),
            Column(
                field="moved_on", title="转入日期", required=True, dated=True, repeats=True,
                parse=read.past_day(today, "转入日期"), aliases=("转移日期", "日期"),
            ),
            Column(
                field="old_card", title="原卡号", parse=read.card_number,
                aliases=("原社保卡号", "社保卡号", "社保卡卡号", "社会保障卡卡号"),
            ),
            _list_number(),
        ),
    )  # fmt: skip


def leaving_layout(today: date) -> Layout:
    """This function will give the layout of those who leave; nobody left after `today`."""
    return Layout(
        code=LEAVING,
        title="转出名单",
        columns=(
            *_who(today),
            Column(
                field="to_place", title="转往地、接收机构", required=True, repeats=True,
                parse=read.told(60, "转往地"), aliases=("转往地", "接收机构", "转入地"),
            ),
            Column(
                field="left_on", title="转出日期", required=True, dated=True, repeats=True,
                parse=read.past_day(today, "转出日期"), aliases=("转移日期", "日期"),
            ),
            _list_number(),
        ),
    )  # fmt: skip


def _who(today: date) -> tuple[Column, Column]:
    return (
        Column(
            field="number", title="社会保障号码", parse=read.document_number(today),
            required=True, aliases=("身份证号", "身份证号码", "公民身份号码", "证件号码"),
        ),
        Column(
            field="name", title="姓名", parse=read.name, required=True, repeats=True,
            aliases=("持卡人姓名", "参保人姓名"),
        ),
    )  # fmt: skip


def _list_number() -> Column:
    return Column(
        field="list_number", title="名单或函号", numeric=True, repeats=True,
        parse=read.short(40, "名单或函号"), aliases=("名单号", "联系函号", "函号"),
    )  # fmt: skip


def _judge(of: Callable[[date], Layout]) -> Callable[[ImportFile, date], Judge]:
    """A row that can be read can be staged: sealed, and found blind; the rest as it is."""

    def prepare(file: ImportFile, today: date) -> Judge:
        fields = [column.field for column in of(today).columns]
        rest = [name for name in fields if name not in ("number", "name")]

        def judge(values: dict[str, object], row: int) -> tuple[Staged | None, list[RowProblem]]:
            if values.keys() != set(fields):
                return None, []
            parsed, name = values["number"], str(values["name"])
            assert isinstance(parsed, Parsed)
            staged = (
                vault.seal_text(parsed.number, context=vault.NUMBER),
                vault.number_index(parsed.number),
                vault.seal_text(name, context=vault.NAME),
                vault.name_key(name),
                *(values[field] for field in rest),
            )
            return staged, []

        return judge

    return prepare


def _sql(name: str) -> str:
    return (_SQL / f"{name}.sql").read_text(encoding="utf-8")


_SEALED = (
    ("number_sealed", "bytea"), ("number_index", "bytea"), ("name_sealed", "bytea"),
    ("name_key", "int8"),
)  # fmt: skip
_ROLES = frozenset({*act("relation.keep").who, Role.CARD_KEEPER})
FILES = RowFiles(
    code=CODE,
    title="转入名单",
    roles=_ROLES,
    basis="第三十条",
    layout=layout,
    rows=TransferRow,
    columns=(
        *_SEALED, ("from_place", "varchar"), ("moved_on", "date"), ("old_card", "varchar"),
        ("list_number", "varchar"),
    ),
    judge=_judge(layout),
    check_sql=_sql("check_moves"),
    write_sql=_sql("write_moves"),
)  # fmt: skip
LEAVERS = RowFiles(
    code=LEAVING,
    title="转出名单",
    roles=_ROLES,
    basis="第三十条",
    layout=leaving_layout,
    rows=LeavingRow,
    columns=(
        *_SEALED, ("to_place", "varchar"), ("left_on", "date"), ("list_number", "varchar"),
    ),
    judge=_judge(leaving_layout),
    check_sql=_sql("check_leavers"),
    write_sql=_sql("write_leavers"),
)  # fmt: skip
LONG = LongFiles(job="move_file.work", check=FILES.check, post=FILES.post)
LONG_LEAVERS = LongFiles(job="leaver_file.work", check=LEAVERS.check, post=LEAVERS.post)


@job(LONG.job)
def work_on(run_id: int) -> None:
    """This function will do what a run asks for, or find that it was done already."""
    LONG.work_on(run_id)


@job(LONG_LEAVERS.job)
def work_on_leavers(run_id: int) -> None:
    """This function will do the same for those who leave."""
    LONG_LEAVERS.work_on(run_id)
