"""The columns of an opening balance and how each cell is read (domain.md 2.2, 3.1, 3.2; Art. 6).

One layout for the province's export, a bank's list and a typed paper ledger: columns are found by
name, and the words in them by the total maps of `words.py`.
"""

from collections.abc import Callable, Mapping
from datetime import date

from cardbook.chapters.intake.opening import words
from cardbook.imports import readings as read
from cardbook.imports.columns import Column, Layout, Reading
from cardbook.imports.readings import past_day, short
from cardbook.lib.plain import InputError

CODE = "opening"


def opening_layout(*, today: date) -> Layout:
    """This function will give the layout; `today` judges days that lie in the future."""
    return Layout(code=CODE, title="期初台账", columns=(*_card(), *_holder(today), *_days(today)))


def _column(
    field: str, title: str, parse: Callable[[str], Reading], *aliases: str, required: bool = False,
    numeric: bool = False, dated: bool = False,
) -> Column:  # fmt: skip
    return Column(
        field=field, title=title, aliases=aliases, required=required, numeric=numeric,
        dated=dated, parse=parse,
    )  # fmt: skip


def _card() -> tuple[Column, ...]:
    return (
        _column("card_number", "社保卡号", read.card_number, "社保卡卡号", "社会保障卡卡号",
                "社会保障卡号", "社会保障卡号码", "社保卡号码", "卡号", "AAZ500", required=True),
        _column("aaz502", "应用状态代码", _word("应用状态代码", words.AAZ502), "AAZ502",
                numeric=True),
        _column("state", "状态", _word("状态", words.STATES), "卡状态", "卡片状态", "应用状态",
                "社保卡状态"),
        _column("valid", "有效标志", read.valid, "当前有效标志", "是否有效", "有效状态", "AAE100",
                numeric=True),
        _column("place", "存放地点", short(60, "存放地点"), "存放位置", "卡位置", "保管地点",
                "保管机构", "卡在何处"),
        _column("slot", "盒内位", _slot, "位", "位号", numeric=True),
        _column("social", "社保功能", _word("社保功能", words.SOCIAL), "社保功能状态", "是否激活",
                "激活状态"),
        _column("bank_state", "金融功能", _word("金融功能", words.BANK), "金融功能状态",
                "银行状态", "账户状态"),
        _column("batch", "批次号", short(40, "批次号"), "批次", numeric=True),
        _column("bank", "所属银行", short(100, "所属银行"), "银行", "银行名称", "AAE008"),
        _column("bank_number", "银行卡号", read.bank_number, *read.ACCOUNT_TITLES, "AAE010"),
        _column("city", "所属城市", short(60, "所属城市"), "所属县区", "县区", "AAB301"),
    )  # fmt: skip


def _holder(today: date) -> tuple[Column, ...]:
    return (
        _column("number", "社会保障号码", read.document_number(today), "身份证号", "身份证号码",
                "公民身份号码", *read.NUMBER_TITLES, "社保号", "AAC002", "AAC147", required=True),
        _column("name", "姓名", read.name, *read.NAME_TITLES, "AAC003", required=True),
        _column("survival", "生存状态", _word("生存状态", words.SURVIVAL), "人员状态", "是否死亡",
                "AAC060", numeric=True),
        _column("died_on", "死亡日期", past_day(today, "死亡日期"), "去世日期", dated=True),
        _column("phone", "手机号码", read.phone, "联系手机", "手机", "联系电话", "AAE005",
                numeric=True),
        _column("address", "通讯地址", short(200, "通讯地址"), "联系地址", "地址", "AAE006"),
        _column("unit_code", "单位编号", short(40, "单位编号"), "AAB001", numeric=True),
        _column("unit_name", "单位名称", short(100, "单位名称"), "AAB004"),
        _column("group", "人群", read.group, "群体", "参保类型", "险种类型"),
        _column("town", "镇街", short(60, "镇街"), "乡镇街道", "乡镇", "镇（街道）"),
        _column("village", "村社区", short(60, "村社区"), "社区", "村", "村（社区）"),
    )  # fmt: skip


def _days(today: date) -> tuple[Column, ...]:
    def day(field: str, title: str, *aliases: str) -> Column:
        return _column(field, title, past_day(today, title), *aliases, dated=True)

    return (
        day("issued_on", "发放日期", "领卡日期", "领卡时间", "发卡日期", "领取日期"),
        day("activated_on", "激活日期", "启用日期", "启用时间", "激活时间"),
        day("stocked_on", "入库日期", "入库时间"),
        day("lost_on", "挂失日期", "挂失时间"),
        day("cancelled_on", "注销日期", "注销时间"),
        day("state_on", "状态日期", "状态时间", "登记日期", "日期"),
    )


def _word(title: str, known: Mapping[str, object]) -> Callable[[str], Reading]:
    def parse(text: str) -> Reading:
        word = "".join(text.split()).strip("。.")
        if word not in known:
            raise InputError(
                "unknown_word",
                f"{title}“{text[:20]}”不在约定的写法中；请改为：{words.allowed(known)}",
            )
        return Reading(known[word])

    return parse


def _slot(text: str) -> Reading:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 2000):
        raise InputError("slot", f"盒内位“{text[:20]}”不是位号；请写 1 到 2000 的数，不知道的留空")
    return Reading(int(text))
