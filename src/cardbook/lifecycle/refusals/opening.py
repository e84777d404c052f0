"""The opening balance (Art. 6)."""

from cardbook.law.articles import art
from cardbook.lifecycle.refusals.reasons import reason

SOURCE_UNNAMED = reason(
    "SOURCE_UNNAMED",
    "没有写明来源。",
    "请写明这份期初来自哪里，如“省平台导出”“城关镇纸质台账”。",
    art(6),
)
BALANCE_DAY_AHEAD = reason(
    "BALANCE_DAY_AHEAD",
    "期初截止日 {as_of} 还没有到。",
    "请填写来源实际导出或抄录的日期。",
    art(6),
)
BALANCE_AFTER_START = reason(
    "BALANCE_AFTER_START",
    "期初截止日 {as_of} 晚于本县区启用日 {live_on}。",
    "启用日之后的卡请按业务登记，不作期初。",
    art(6),
)
CLAIMS_GONE = reason(
    "CLAIMS_GONE",
    "所选的 {count} 条来源说法已由别人处理，或不在您的管辖范围。",
    "请刷新页面后重新选择。",
    art(5),
)
