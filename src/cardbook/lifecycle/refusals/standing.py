"""What stands against an act as a card, an application, its fee or a temporary card stands
(Art. 7, 22, 25 to 29, 31).

Each state has its way on; `guards/standing.py` says which reason goes with which state.
"""

from cardbook.law.articles import art
from cardbook.lifecycle.refusals.reasons import reason

_STANDS = "当前{region}为“{value}”，不能办理“{act}”。"
# Where a card is that nobody fetched, and one that nothing is wrong with (Art. 7, 28)
CARD_IN_CUSTODY = reason(
    "CARD_IN_CUSTODY",
    _STANDS,
    "卡还没有发放，在保管中：领了才能办的，先发放；退回、收回以后才能办的，先办退回、收回。",
    art(7),
)
CARD_NOT_STOPPED = reason(
    "CARD_NOT_STOPPED",
    _STANDS,
    "这张卡没有挂失，也没有登记信息错误、质量问题：要停用的办挂失，卡有问题的先登记。",
    art(28),
)
# Whether the social function can be used (Art. 22, 29, 31)
SOCIAL_SEALED = reason(
    "SOCIAL_SEALED", _STANDS, "社保功能还没有激活：要用的，领卡后先办“激活社保功能”。", art(22)
)
SOCIAL_ACTIVE = reason(
    "SOCIAL_ACTIVE",
    _STANDS,
    "社保功能在用，不用再激活、恢复；要停用的办挂失，不再用的办注销。",
    art(22),
)
SOCIAL_LOCKED = reason(
    "SOCIAL_LOCKED",
    _STANDS,
    "涉嫌冒用，已经暂停：查实以后由两人“恢复社保功能”，再办别的。",
    art(31),
)
SOCIAL_CANCELLED = reason(
    "SOCIAL_CANCELLED",
    _STANDS,
    "社保功能已经注销，不能恢复：换了新卡的用新卡，没有卡的重新申领。",
    art(29),
)
# How far an application has come (Art. 25)
APPLICATION_NOT_SIGNED = reason(
    "APPLICATION_NOT_SIGNED",
    _STANDS,
    "先请持卡人核对采集的内容并确认签字；还没有采集的，先用“修改采集信息”补齐。",
    art(25),
)
APPLICATION_SIGNED = reason(
    "APPLICATION_SIGNED",
    _STANDS,
    "持卡人已经签字，下一步提交制卡银行；还要改的先“修改采集信息”。",
    art(25),
)
APPLICATION_SENT_BACK = reason(
    "APPLICATION_SENT_BACK",
    _STANDS,
    "先照银行答复“修改采集信息”，改好请持卡人重新确认签字，再提交制卡银行。",
    art(25),
)
APPLICATION_AT_BANK = reason(
    "APPLICATION_AT_BANK",
    _STANDS,
    "申请在银行办理，等银行答复；要改动、撤回的，请银行先退回修改。",
    art(25),
)
NEW_CARD_MADE = reason("NEW_CARD_MADE", _STANDS, "新卡已经制成，到窗口后通知持卡人领取。", art(25))
NEW_CARD_FETCHED = reason(
    "NEW_CARD_FETCHED", _STANDS, "申请已经办完；新卡有问题的，按质量问题或信息错误办理。", art(25)
)
APPLICATION_WITHDRAWN = reason(
    "APPLICATION_WITHDRAWN", _STANDS, "申请已经了结；仍要办卡的，另行受理。", art(25)
)
# What became of its fee (Art. 26)
FEE_NOT_TAKEN = reason(
    "FEE_NOT_TAKEN",
    _STANDS,
    "这笔工本费应收、还没有收：先收取，符合减免条件的办减免；没有收过的不用退。",
    art(26),
)
FEE_WAIVED = reason("FEE_WAIVED", _STANDS, "已经减免，不用再收，也没有可退的。", art(26))
FEE_REFUNDED = reason("FEE_REFUNDED", _STANDS, "已经退还，不用再收、再退。", art(26))
# Where a temporary card is (Art. 27)
TEMPORARY_NOT_LENT = reason(
    "TEMPORARY_NOT_LENT",
    _STANDS,
    "这张卡在库，没有借出；要发放的，从持卡人的制卡申请进入。",
    art(27),
)
TEMPORARY_STILL_LENT = reason(
    "TEMPORARY_STILL_LENT", _STANDS, "这张卡在持卡人手中，先收回或登记遗失。", art(27)
)
TEMPORARY_BACK = reason(
    "TEMPORARY_BACK", _STANDS, "这张卡已经收回，不再借出；还在等新卡的另发一张。", art(27)
)
TEMPORARY_LOST = reason(
    "TEMPORARY_LOST", _STANDS, "这张卡已经停用；还在等新卡的另发一张。", art(27)
)
TEMPORARY_VOID = reason("TEMPORARY_VOID", _STANDS, "这张卡已经作废，请另取一张。", art(27))
