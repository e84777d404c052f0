"""Chapter 5: wrong cards (Art. 13 to 15)."""

from cardbook.law.articles import art
from cardbook.lifecycle.refusals.reasons import reason

ERROR_NOT_NAMED = reason(
    "ERROR_NOT_NAMED",
    "没有写明哪一项信息有误，或只选了“其他”而没有说明。",
    "请逐项对照身份证（户口簿），选出不一致的项目。",
    art(13),
)
EXPLANATION_MISSING = reason(
    "EXPLANATION_MISSING",
    "没有写明向谁、以什么方式、怎样说明的。",
    "请写明向持卡人或代理人说明的内容。",
    art(13),
)
EXPECTED_DAY_PAST = reason(
    "EXPECTED_DAY_PAST",
    "预计公安更正的日期 {day} 已经过去。",
    "请问明持卡人预计何时更正完毕，填今天或以后的日期；不清楚的可以不填。",
    art(15),
)
RECHECK_INCOMPLETE = reason(
    "RECHECK_INCOMPLETE",
    "再次核查没有确认各项信息完整准确。",
    "请逐项核对，补全或更正后再确认。",
    art(13),
)
SAME_PERSON_AGAIN = reason(
    "SAME_PERSON_AGAIN",
    "“{act}”不能由登记人本人办理。",
    "请由另一名工作人员办理。",
    art(13),
)
REFERENCE_MISSING = reason(
    "REFERENCE_MISSING",
    "没有填写省系统的登记号，或日期晚于今天。",
    "请照省系统画面抄录登记号和日期。",
    art(14),
)
REFERENCE_TOO_EARLY = reason(
    "REFERENCE_TOO_EARLY",
    "省系统日期 {day} 早于{before}（{since}）。",
    "请照省系统画面核对日期。",
    art(14),
)
VALUE_UNKNOWN = reason(
    "VALUE_UNKNOWN",
    "“{fields}”没有填写正确的内容。",
    "请照身份证（户口簿）补全，再确认核查无误。",
    art(13),
)
POLICE_NOT_CORRECTED = reason(
    "POLICE_NOT_CORRECTED",
    "责任属于“{fault}”，没有填写公安更正日期。",
    "请查验更正后的身份证（户口簿），填写更正日期。",
    art(15),
)
ERROR_NOT_EXPLAINED = reason(
    "ERROR_NOT_EXPLAINED",
    "还没有登记向持卡人或代领人说明卡为什么收回。",
    "请先在本页“登记说明”：向谁、怎样说的、说了什么；到窗口来的当面说明即可。",
    art(13),
)
CORRECTION_DAY_AHEAD = reason(
    "CORRECTION_DAY_AHEAD", "公安更正日期 {day} 晚于今天。", "请核对日期。", art(15)
)
CORRECTION_OPEN = reason(
    "CORRECTION_OPEN", "该卡已有一件办理中的错卡处理。", "请继续办理原来的一件。", art(13)
)
CORRECTION_NOT_CONFIRMED = reason(
    "CORRECTION_NOT_CONFIRMED",
    "卡 {number} 的错卡登记尚未在省系统确认，不能移交销毁。",
    "请先完成省系统登记和确认。",
    art(14),
)
NOT_ITS_COUNTY = reason(
    "NOT_ITS_COUNTY",
    "卡 {number} 不是{receiver}所在县区的卡，不能送到那里。",
    "请取消勾选，另交一次，送到卡所属县区的卡管机构。",
    art(13),
)
GIVER_RECEIVES = reason(
    "GIVER_RECEIVES",
    "交接单 {list} 的卡是您本人交出的，不能又由您点收。",
    "请由卡管机构的另一名卡管员点收。",
    art(20),
)
