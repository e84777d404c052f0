"""Chapter 6: looked for, sent back, cancelled, destroyed (Art. 16 to 19)."""

from cardbook.law.articles import art
from cardbook.lifecycle.refusals.reasons import reason

TOO_FEW_CONTACTS = reason(
    "TOO_FEW_CONTACTS",
    "卡 {number} 只通知过 {attempts} 次、{channels} 种方式，"
    "退回前至少 {least_attempts} 次、{least_channels} 种。",
    "请继续通知并登记；持卡人死亡、失踪、出国定居或户籍注销的，凭证明退回。",
    art(16),
)
STRANDING_UNPROVED = reason(
    "STRANDING_UNPROVED",
    "滞留原因“{reason}”没有写明证明材料。",
    "请写明证明的种类、编号和日期。",
    art(17),
)
NOT_OF_THIS_LIST = reason(
    "NOT_OF_THIS_LIST",
    "卡 {number} 不在交接单 {list} 上，或已经点收。",
    "请放在一边，查明属于哪张交接单。",
    art(6),
)
LOT_COUNT_DIFFERS = reason(
    "LOT_COUNT_DIFFERS",
    "销毁清单 {list} 列 {listed} 张，实际清点 {counted} 张，不能销毁。",
    "请重新清点；多出或短少的，先查明并办理退回，再销毁。",
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
