"""Chapter 8: temporary cards (Art. 27)."""

from cardbook.law.articles import art
from cardbook.lifecycle.refusals.reasons import reason

TEMPORARY_CARD_OUT = reason(
    "TEMPORARY_CARD_OUT",
    "持卡人的临时卡 {number} 尚未收回。",
    "请先收回临时卡；丢了的先登记遗失，确有困难的由两人办理“免予先还临时卡”。",
    art(27),
)
TEMPORARY_LENT_ALREADY = reason(
    "TEMPORARY_LENT_ALREADY",
    "该持卡人已有一张未收回的临时卡。",
    "请先收回或登记遗失，再发另一张。",
    art(27),
)
TEMPORARY_NOT_DUE = reason(
    "TEMPORARY_NOT_DUE",
    "该持卡人没有办理中的补换卡或零星制卡申请。",
    "临时卡只在等待新卡期间发放；请先受理申请。",
    art(27),
)
TEMPORARY_CARD_MADE = reason(
    "TEMPORARY_CARD_MADE",
    "新卡已经制成（申请 {application}），不再发临时卡。",
    "请直接领取新卡；新卡还没有到本处的，请查询在哪里并安排领取。",
    art(27),
)
TEMPORARY_UNKNOWN = reason(
    "TEMPORARY_UNKNOWN",
    "没有临时卡 {number}，或它不是本县区的。",
    "请核对卡号；新到的临时卡先入库。",
    art(27),
)
TEMPORARY_NUMBER_TAKEN = reason(
    "TEMPORARY_NUMBER_TAKEN",
    "临时卡 {numbers} 已经登记过。",
    "请取出这些卡核对，其余的重新入库。",
    art(27),
)
TEMPORARY_TERM_MISFIT = reason(
    "TEMPORARY_TERM_MISFIT",
    "临时卡最长可用到 {latest}，登记的是 {given}。",
    "请按规定的期限填写；仍未领到新卡的，请查制卡进度。",
    art(27),
)
TEMPORARY_NOT_LONGER = reason(
    "TEMPORARY_NOT_LONGER",
    "延期到 {given}，早于今天，或不晚于原来的到期日 {until}。",
    "请填写更晚的日期，最晚 {latest}；不再延期的，请收回临时卡。",
    art(27),
)
TEMPORARY_EXCUSED = reason(
    "TEMPORARY_EXCUSED",
    "临时卡 {number} 已由两人同意免予先还。",
    "持卡人可以先领新卡，不用再办；临时卡仍要收回。",
    art(27),
)
