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
FINDING_SETTLED = reason(
    "FINDING_SETTLED",
    "卡 {number} 的差异已由{name}说明。",
    "请刷新页面，只选还没有说明的。",
    art(20),
)
FINDING_OUTCOME_MISFIT = reason(
    "FINDING_OUTCOME_MISFIT",
    "卡 {number} 是“{kind}”，不能“{outcome}”。",
    "短缺的可以登记短缺，登记为下落不明的可以登记找到，放错盒的可以改登，其他的写明怎样处理。",
    art(20),
)
NOTHING_SCANNED = reason(
    "NOTHING_SCANNED",
    "盘点 {number} 还没有扫描一张卡。",
    "请先扫描；确实一张也没有的，勾选“确认一张卡也没有”再结束。",
    art(20),
)
PLACE_NOT_COUNTED = reason(
    "PLACE_NOT_COUNTED",
    "盘点 {number} 不包括这个存放处。",
    "请先扫描本次盘点范围内的盒标签，或选择存放处。",
    art(20),
)
STOCKTAKE_RUNNING = reason(
    "STOCKTAKE_RUNNING", "盘点 {number} 还在扫描。", "请先结束扫描，再说明差异。", art(20)
)
KEEPER_OF_ANOTHER = reason(
    "KEEPER_OF_ANOTHER",
    "这个人不在“{place}”所属机构任职，也不是该单位备案的经办人。",
    "请选择本机构的工作人员；单位存放处请先备案经办人。",
    art(20),
)
KEEPER_IS_DEPUTY = reason(
    "KEEPER_IS_DEPUTY",
    "{name}已经是“{place}”的{function}，保管人和代理保管人不能是同一人。",
    "请另选一人；要换人的，先指定新的{function}。",
    art(20),
)
PLACE_HOLDS_CARDS = reason(
    "PLACE_HOLDS_CARDS",
    "“{place}”还有 {count} 张卡，停用后无人保管。",
    "请先把卡移到别处，或先登记接着存放这些卡的地方，再停用。",
    art(20),
)
INCIDENT_TOLD = reason(
    "INCIDENT_TOLD", "事故报告 {number} 已经上报。", "请刷新页面查看上报情况。", art(20)
)
CARDS_NOT_NAMED = reason(
    "CARDS_NOT_NAMED",
    "没有这些卡号，或不在本县区：{numbers}。",
    "请对照卡面核对卡号，逐张扫描。",
    art(20),
)
ON_A_LIST = reason(
    "ON_A_LIST",
    "卡 {number} 已移交银行销毁，还在销毁清单上，不能直接登记短缺：清单少一张就销毁不了。",
    "请银行在销毁清单上选中它，办“待销毁的卡退回”，写明少收或丢失，双方签字；退回后再登记短缺。",
    art(19),
)
WAS_SET_ASIDE = reason(
    "WAS_SET_ASIDE",
    "卡 {number} 短缺前已经停用（质量问题、信息有误或退回），不能恢复待发。",
    "请按“停用的短缺卡找到”登记，再按退回的卡注销。",
    art(20),
)
FOUND_IN_USE = reason(
    "FOUND_IN_USE",
    "卡 {number} 的社保功能为“{social}”，已经是持卡人用过的卡，不能当作待发的卡入库。",
    "已交还持卡人的，选“在持卡人手中”；留在机构的，打开该卡，按“停用的短缺卡找到”登记为已退回，再统一注销。",
    art(20),
)
CARDS_NOT_HERE = reason(
    "CARDS_NOT_HERE",
    "没有这些卡号，或不由{office}保管：{numbers}。",
    "请对照卡面逐张扫描本机构保管的卡；别处的卡请告诉保管它的机构报告。",
    art(20),
)
HARM_PLACE_UNKNOWN = reason(
    "HARM_PLACE_UNKNOWN",
    "既没有卡号，也没有指明{office}有卡的存放处。",
    "卡面读得出的，逐张扫描卡号；读不出的，选存放处（盒），写明张数或“不清楚”。",
    art(20),
)
HARM_NOT_NAMED = reason(
    "HARM_NOT_NAMED",
    "报告 {number} 还没有点明是哪些卡，不能登记事故。",
    "请先打开报告，到存放处清点，点明受损、丢失的卡。",
    art(20),
)
HARM_NAMED = reason(
    "HARM_NAMED",
    "报告 {number} 的卡已经点明，不用再清点。",
    "请刷新页面，查实后登记事故，或写明查明的情况办结。",
    art(20),
)
HARM_NONE = reason(
    "HARM_NONE",
    "清点下来没有受损、丢失的卡：{place}账面 {book} 张，都完好或已在别的报告中。",
    "请核对扫描；确实没有的，在报告页写明查明的情况办结。",
    art(20),
)
HARM_REPORTED = reason(
    "HARM_REPORTED",
    "卡 {number} 已在报告 {report} 中，等待卡管员处理。",
    "不用重复报告；有新情况请直接告诉卡管员。",
    art(20),
)
HARM_SETTLED = reason(
    "HARM_SETTLED",
    "受损、丢失报告 {number} 已经由{name}处理。",
    "请刷新页面查看处理结果。",
    art(20),
)
