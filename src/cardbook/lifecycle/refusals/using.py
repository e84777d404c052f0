"""Chapter 8: applications and temporary cards (Art. 25, 27)."""

from cardbook.law.articles import art
from cardbook.lifecycle.refusals.reasons import reason

TEMPORARY_CARD_OUT = reason(
    "TEMPORARY_CARD_OUT", "持卡人的临时卡 {number} 尚未收回。", "请先收回临时卡。", art(27)
)
APPLICATION_OPEN = reason(
    "APPLICATION_OPEN",
    "该持卡人已有一件办理中的制卡申请。",
    "请继续办理原申请，或先撤回。",
    art(25),
)
