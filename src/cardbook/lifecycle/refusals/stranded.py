"""Chapter 6: looked for, sent back, cancelled, destroyed (Art. 16 to 19)."""

from cardbook.law.articles import art
from cardbook.lifecycle.refusals.reasons import reason

TOO_FEW_CONTACTS = reason(
    "TOO_FEW_CONTACTS",
    "卡 {number} 只通知过 {attempts} 次、{channels} 种方式，退回前{rule}。",
    "请继续通知并登记；持卡人死亡、失踪、出国定居或户籍注销的，凭证明退回；本人另有一张卡的，原因选“重复制卡”。",
    art(16),
)
STRANDING_UNPROVED = reason(
    "STRANDING_UNPROVED",
    "卡 {number} 滞留原因“{reason}”的证明缺{missing}。",
    "请补全证明（{kinds}）的种类、编号或出具机关、日期和影像。",
    art(17),
)
PROOF_FROM_LATER = reason(
    "PROOF_FROM_LATER",
    "卡 {number} 的证明日期 {given} 晚于退回当日。",
    "请核对证明上的日期后改正。",
    art(17),
)
STRANDED_WRONG_INFORMATION = reason(
    "STRANDED_WRONG_INFORMATION",
    "卡 {number} 信息有误，不按滞留退回。",
    "请按错卡处理：登记信息错误并收回。",
    art(13),
)
STRANDED_FORM_MISSING = reason(
    "STRANDED_FORM_MISSING",
    "退回须附《商洛市社会保障卡滞留原因统计表》，所附的不是本次退回的统计表。",
    "请由系统按本次退回的卡重新出具统计表后提交。",
    art(17),
)
OTHER_OFFICE = reason(
    "OTHER_OFFICE",
    "卡 {number} 由{custodian}保管，本次名单是{sender}的卡。",
    "一份名单只列一个机构的卡：办完这一份，再另开一份。",
    art(17),
)
REASON_TO_CHOOSE = reason(
    "REASON_TO_CHOOSE", "卡 {number} 没有选滞留原因。", "请按数字键选择原因。", art(17)
)
NOTHING_TO_ACKNOWLEDGE = reason(
    "NOTHING_TO_ACKNOWLEDGE",
    "交接单 {list} 没有可点收的卡：还没有扫描，或已经点收过。",
    "请扫描卡片；已点收的不用重复点收。",
    art(6),
)
BANK_DIFFERS = reason(
    "BANK_DIFFERS",
    "卡 {number} 由{bank}制作，不能交给{receiver}销毁。",
    "请按制卡银行分开移交。",
    art(19),
)
NOTICE_ALREADY_SENT = reason(
    "NOTICE_ALREADY_SENT", "这份告知函已经登记送出或回执。", "请刷新页面查看。", art(18)
)
NOT_OF_THIS_LIST = reason(
    "NOT_OF_THIS_LIST",
    "卡 {number} 不在交接单 {list} 上，或已经点收。",
    "请放在一边，查明属于哪张交接单。",
    art(6),
)
LOT_DESTROYED = reason(
    "LOT_DESTROYED",
    "销毁清单 {list} 已于 {at} 由{name}登记销毁。",
    "不再登记；请打印销毁证明。",
    art(19),
)
LOT_COUNT_DIFFERS = reason(
    "LOT_COUNT_DIFFERS",
    "销毁清单 {list} 列 {listed} 张，实际清点 {counted} 张，不能销毁。",
    "请重新清点；多出或短少的，先查明并办理退回，再销毁。",
    art(19),
)
PHOTOS_TOO_FEW = reason(
    "PHOTOS_TOO_FEW",
    "销毁清单 {list} 的现场照片只有 {given} 张（相同的算一张），至少 {least}。",
    "请上传销毁前的全部卡片和销毁后的残片，各不相同。",
    art(19),
)
WITNESS_MISSING = reason(
    "WITNESS_MISSING", "“{act}”须有监销人在场签名。", "请由{roles}监销。", art(19)
)
WITNESS_MAY_NOT = reason(
    "WITNESS_MAY_NOT",
    "{name}（{role}）不能监销：监销人须是另一机构的{roles}，不能是销毁人。",
    "请另一机构派人监销。",
    art(19),
)
CARD_IS_THERE = reason(
    "CARD_IS_THERE",
    "卡就在{office}，或正在送往那里。",
    "请告知持卡人到那里领取，不用登记。",
    art(16),
)
OUTLET_UNFIT = reason(
    "OUTLET_UNFIT",
    "这张卡不能在“{office}”领取。",
    "请选择卡所属县区的窗口、经办机构、镇（街道）、卡管机构，或者本行在该县区的网点。",
    art(16),
)
NO_WISH_OPEN = reason(
    "NO_WISH_OPEN",
    "这张卡没有等待办理的换地点领取要求。",
    "请刷新页面；可能已经分拨、领取，或由别人办结。",
    art(16),
)
