"""Chapter 3: files, counting, sorting (Art. 6, 20)."""

from cardbook.law.articles import art
from cardbook.lifecycle.refusals.reasons import reason

CARD_NUMBER_TAKEN = reason(
    "CARD_NUMBER_TAKEN", "卡号已登记。", "请核对明细，同一张卡只登记一次。", art(6)
)
NO_CARD_BODY = reason(
    "NO_CARD_BODY",
    "“{organization}”所在县区没有登记社保卡综合管理机构。",
    "请系统管理员先登记该机构。",
    art(5, 2),
)
NO_MAKER = reason(
    "NO_MAKER",
    "没有登记制卡机构或省级发卡机构。",
    "请系统管理员先登记，卡从哪里来才有据可查。",
    art(6),
)
FILE_BUSY = reason("FILE_BUSY", "这份文件正在检查或入账。", "请等它完成，或先取消。", art(6))
FILE_NOT_CHECKED = reason(
    "FILE_NOT_CHECKED",
    "这份文件已经入账、已经作废，或还没有检查。",
    "请刷新页面查看它现在的情况。",
    art(6),
)
ALREADY_COUNTED = reason(
    "ALREADY_COUNTED", "盒 {box} 的这次清点已经结束。", "请刷新页面查看结果。", art(6)
)
COUNT_GOES_ON = reason(
    "COUNT_GOES_ON", "盒 {box} 还有人在扫描。", "请等扫描停下，再结束清点。", art(6)
)
COUNT_HAS_SCANS = reason(
    "COUNT_HAS_SCANS",
    "盒 {box} 已扫描 {count} 张，不能放弃这次清点。",
    "请继续清点，或先删除误扫的卡号。",
    art(6),
)
BOX_NOT_CALLED_EMPTY = reason(
    "BOX_NOT_CALLED_EMPTY",
    "盒 {box} 一张卡也没有扫描。",
    "请先扫描；确是空盒的，勾选“确认是空盒”后再结束。",
    art(6),
)
SEAL_REFUSED = reason(
    "SEAL_REFUSED",
    "封签破损的盒按现行规定整盒拒收，不开箱清点。",
    "请原样封存，联系发卡的市局信息中心退回或到场查验。",
    art(6),
)
PILE_CHANGED = reason(
    "PILE_CHANGED",
    "这一堆里有 {count} 张刚由别人入柜。",
    "请刷新页面，把剩下的卡入柜。",
    art(6),
)
ALREADY_RECEIVED = reason(
    "ALREADY_RECEIVED",
    "该卡已由{last_org}于 {last_at} 清点接收。",
    "重复接收不改变任何登记。",
    art(6),
)
SLOT_TAKEN = reason("SLOT_TAKEN", "盒 {box} 中第 {slots} 位已有卡。", "请改放其他空位。", art(20))
BOX_TOO_SMALL = reason(
    "BOX_TOO_SMALL",
    "盒 {box} 只有 {free} 个空位，放不下 {count} 张。",
    "请分放到其他盒。",
    art(20),
)
SLOTS_EMPTY = reason(
    "SLOTS_EMPTY",
    "盒 {box} 第 {slots} 位现在没有卡。",
    "请刷新页面，按现有的卡重新选择。",
    art(20),
)
ALREADY_THERE = reason(
    "ALREADY_THERE", "卡 {number} 已在 {place}。", "不用再放；请扫下一张。", art(20)
)
OTHER_WAY_OF_ARRIVAL = reason(
    "OTHER_WAY_OF_ARRIVAL",
    "卡 {number} 不是这样到的：到货批次须两人清点接收，机构之间交接的凭交接单点收。",
    "请在它所属的到货批次或交接单里办理。",
    art(6),
)
RECEIVER_UNFIT = reason(
    "RECEIVER_UNFIT",
    "“{receiver}”不能作为接收机构。",
    "请选择本县区的机构、上级机构或合作银行，不能交给自己。",
    art(6),
)
NOTHING_CHOSEN = reason("NOTHING_CHOSEN", "没有选择卡。", "请扫描或勾选要办理的卡。", art(6))
UNIT_TAKES_BY_SHEET = reason(
    "UNIT_TAKES_BY_SHEET",
    "“{receiver}”是集中领卡单位，卡不能只凭交接单下发。",
    "请办理集中领卡：核对经办人，连同《发放签字明细表》一起交付。",
    art(8, 3),
)
OTHER_BANKS_CARD = reason(
    "OTHER_BANKS_CARD",
    "卡 {number} 是{bank}的卡，不能交给{receiver}。",
    "请交给该行的网点，或交给经办机构、窗口发放。",
    art(5, 3),
)
LIST_NOT_YOURS = reason(
    "LIST_NOT_YOURS",
    "交接单 {list} 由{office}办理，不能由本机构代办。",
    "请该机构的人员登录办理：交出和点收各自签名。",
    art(20),
)
LIST_RECEIVED = reason(
    "LIST_RECEIVED",
    "交接单 {list} 已于 {at} 点收完毕。",
    "重复点收不改变任何登记；又收到卡的，请查明属于哪张交接单。",
    art(6),
)
BOX_NOT_OF_LIST = reason(
    "BOX_NOT_OF_LIST",
    "盒 {box} 不在交接单 {list} 上，或盒中的卡已经点收。",
    "请放在一边，查明属于哪张交接单；封签破损的盒请逐张扫描。",
    art(6),
)
ARRIVAL_CLOSED = reason(
    "ARRIVAL_CLOSED",
    "交接单 {list} 的这次点收已经结束。",
    "请查看结果；又找到的卡请再次点收。",
    art(6),
)
