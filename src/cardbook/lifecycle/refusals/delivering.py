"""Chapter 4: parcels and visits (Art. 7)."""

from cardbook.law.articles import art
from cardbook.lifecycle.refusals.reasons import reason

PARCEL_MISSING = reason("PARCEL_MISSING", "没有填写邮件号码。", "请照邮政回执填写。", art(7))
PARCEL_IS_ANOTHER = reason(
    "PARCEL_IS_ANOTHER",
    "邮件号码 {given} 不是寄出时登记的 {sent}。",
    "请核对回执或退回的邮件；寄出时登错号码的，照登记的号码先登记邮件退回，再重新寄出。",
    art(7),
)
RECEIVED_OUT_OF_TIME = reason(
    "RECEIVED_OUT_OF_TIME",
    "签收日期 {received_on} 不在寄出之日 {posted_on} 与今天之间。",
    "请照邮政回执上的日期填写。",
    art(7),
)
RECEIVED_BY_ANOTHER = reason(
    "RECEIVED_BY_ANOTHER",
    "回执由代领人签收，没有持卡人的委托。",
    "请联系持卡人核实卡已收到，由本人或监护人在回执上签名；没有收到的，按邮件退回或下落不明办理。",
    art(7),
)
# From sixteen on, who lives on his own work (Art. 11): said only where it can be true.
LIVES_ON_HIS_WORK = "；满十六周岁、以自己的劳动收入为主要生活来源的，查验后勾选"
CHILD_NOT_VISITED = reason(
    "CHILD_NOT_VISITED",
    "持卡人{when} {age} 周岁，未满 {adult_age} 周岁，不上门发放给本人。",
    "请监护人持户口簿等证明到窗口代为领取{or_else}。",
    art(11),
)
VISIT_UNEXPLAINED = reason(
    "VISIT_UNEXPLAINED",
    "选了“其他原因”，没有写明持卡人为什么不能到窗口。",
    "请一句话写明（例如：独居，无人陪同）。",
    art(7),
)
VISIT_DAY_PAST = reason(
    "VISIT_DAY_PAST",
    "上门日期 {planned_on} 已经过去。",
    "请填今天或以后的日期。",
    art(7),
)
HANDED_ON_OUT_OF_TIME = reason(
    "HANDED_ON_OUT_OF_TIME",
    "交卡日期 {handed_on} 不在带出之日 {out_on} 与今天之间。",
    "请照持卡人签字的登记表填写。",
    art(7),
)
VISITED_BY_OTHERS = reason(
    "VISITED_BY_OTHERS",
    "卡 {number} 由{carriers}带出，登记的两人都没有上门。",
    "请由带出的人登记；换了人上门的，先登记带回，再由上门的两人带出。",
    art(20),
)
