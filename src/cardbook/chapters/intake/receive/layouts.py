"""The columns of a manifest and how each cell is read (domain.md 3.1, 3.2; Art. 6, 8, 13).

One layout serves all families - province CSV, window workbook, factory return file - because
columns are found by name; the ministry's indicators (AAC002, AAZ500 …) count as names too.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from cardbook.imports import readings as read
from cardbook.imports.columns import Column, Layout, Reading
from cardbook.imports.readings import short
from cardbook.lib.days import day_of
from cardbook.lib.plain import InputError, visible_text

LOOSE_BOX = "散卡"
_NOT_VALID = frozenset({"作废", "已作废", "注销", "已注销", "停用"})
_PACKING = re.compile(r"(?:(.*)-)?(\w+)-(\w+)-(\w+)")


@dataclass(frozen=True, slots=True)
class Packing:
    """装箱位置 taken apart: the batch if it is written there, the box, and the text as it was."""

    text: str
    batch: str
    box: str


CODE = "manifest"


def manifest_layout(*, today: date) -> Layout:
    """This function will give the layout; `today` judges birth dates that lie in the future."""
    return Layout(
        code=CODE,
        title="到货明细",
        columns=(
            _column(
                "card_number", "社保卡号", read.card_number, "社保卡卡号", "社会保障卡卡号",
                "社会保障卡号", "社会保障卡号码", "社保卡号码",
                "卡号", "接触卡号", "AAZ500", required=True,
            ),
            _column(
                "number", "社会保障号码", read.document_number(today), "身份证号", "身份证号码",
                "公民身份号码", *read.NUMBER_TITLES, "社保号", "AAC002", "AAC147", required=True,
            ),
            _column("name", "姓名", read.name_on_card, *read.NAME_TITLES, "AAC003",
                    required=True, repeats=True),
            _column("batch", "批次号", short(40, "批次号"), "批次", "任务编号", "task_id",
                    numeric=True, repeats=True),
            _column("packing", "装箱位置", _packing, "卡位置", "条形码"),
            _column("bank", "所属银行", short(100, "所属银行"), "银行", "银行名称", "AAE008",
                    repeats=True),
            _column("bank_number", "银行卡号", read.bank_number, *read.ACCOUNT_TITLES, "AAE010"),
            _column("phone", "手机号码", read.phone, "联系手机", "手机", "联系电话", "AAE005",
                    numeric=True),
            _column("address", "通讯地址", short(200, "通讯地址"), "联系地址", "地址", "AAE006"),
            _column("unit_code", "单位编号", short(40, "单位编号"), "AAB001", numeric=True,
                    repeats=True),
            _column("unit_name", "单位名称", short(100, "单位名称"), "AAB004", repeats=True),
            _column("group", "人群", read.group, "群体", "参保类型", "险种类型", repeats=True),
            _column("town", "镇街", short(60, "镇街"), "乡镇街道", "乡镇", "镇（街道）",
                    repeats=True),
            _column("village", "村社区", short(60, "村社区"), "社区", "村", "村（社区）",
                    repeats=True),
            _column("city", "所属城市", short(60, "所属城市"), "所属县区", "所属区县", "县区",
                    "区县", "县（区）", "AAB301",
                    repeats=True),
            _column("office", "经办机构", short(100, "经办机构"), repeats=True),
            _column("maker", "卡商", short(100, "卡商"), "所属卡商", "制卡机构", repeats=True),
            _column("sex", "性别", read.sex, "AAC004", numeric=True, repeats=True),
            _column("valid", "有效标志", _valid, "AAE100", numeric=True, repeats=True),
            _column("born_on", "出生日期", _born_on, "AAC006", dated=True),
        ),
    )  # fmt: skip


def _column(
    field: str,
    title: str,
    parse: Callable[[str], Reading],
    *aliases: str,
    required: bool = False,
    numeric: bool = False,
    repeats: bool = False,
    dated: bool = False,
) -> Column:
    return Column(
        field=field, title=title, aliases=aliases, parse=parse,
        required=required, numeric=numeric, repeats=repeats, dated=dated,
    )  # fmt: skip


def _packing(text: str) -> Reading:
    visible = visible_text(text, what="装箱位置")
    text = visible.value
    found = _PACKING.fullmatch(text)
    if found is None or len(text) > 40:
        note = f"装箱位置“{text[:40]}”看不出箱和盒，归入“{LOOSE_BOX}”"
        return Reading(Packing(text[:40], "", LOOSE_BOX), (*visible.changes, note))
    batch, carton, box, _ = found.groups()
    return Reading(Packing(text, batch or "", f"{carton}-{box}"), visible.changes)


def _valid(text: str) -> Reading:
    known = read.VALID.get(text.upper())
    if text in _NOT_VALID or known is False:
        raise InputError("not_valid", f"有效标志是“{text}”；卡已作废的删除这一行，有效的请改正")
    if known or text == "正常":
        return Reading(text)
    return Reading(text, (), (f"有效标志“{text[:20]}”看不懂，是不是有效请核对",))


def _born_on(text: str) -> Reading:
    day = day_of(text)
    if day is None:
        return Reading("", (f"出生日期“{text[:20]}”看不懂，按证件号码认定",))
    return Reading(day)
