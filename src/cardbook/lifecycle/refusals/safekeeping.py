"""Chapter 7: keeping stock safe and counting it (Art. 20, 21)."""

from cardbook.law.articles import art
from cardbook.lifecycle.refusals.reasons import reason

STOCKTAKE_ENDED = reason(
    "STOCKTAKE_ENDED", "盘点 {number} 已经结束。", "请查看结果，需要时重新盘点。", art(20)
)
FINDINGS_OPEN = reason(
    "FINDINGS_OPEN",
    "盘点 {number} 还有 {count} 项差异没有说明。",
    "请逐项写明原因并由第二人确认。",
    art(20),
)
MEASURE_UNANSWERED = reason(
    "MEASURE_UNANSWERED",
    "“{measure}”没有填写检查结果，或不合格而没有写明整改。",
    "请逐项填写；不合格的写明怎样整改。",
    art(20),
)
WAS_SET_ASIDE = reason(
    "WAS_SET_ASIDE",
    "卡 {number} 短缺前已经停用（质量问题、信息有误或退回），不能恢复待发。",
    "请按“停用的短缺卡找到”登记，再按退回的卡注销。",
    art(20),
)
