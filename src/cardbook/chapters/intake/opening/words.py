"""The words of old ledgers, and what each says of a card (domain.md 2.2; Art. 20, 22).

A total map: a word that is not here is an error of its row. Words that mean two things (遗失:
by the office or the holder?) and bare numbers, which collide between provinces, are not here.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from cardbook.cards.states import Bank, Hold, Social, Stage
from cardbook.custody.places import Place


@dataclass(frozen=True, slots=True)
class Said:
    """What a word says; "" where it is silent. `dead` is said of the holder."""

    stage: str = ""
    social: str = ""
    hold: str = ""
    dead: bool = False


def _map(*groups: tuple[Said, str]) -> Mapping[str, Said]:
    return {word: said for said, words in groups for word in words.split()}


STATES: Mapping[str, Said] = _map(
    (Said(social=Social.SEALED), "封存 未激活 未启用"),
    (Said(stage=Stage.IN_CUSTODY), "在库 在管 库存 待发放 待领取 未发放 未领取 未领 滞留"),
    (Said(social=Social.ACTIVE, hold=Hold.NONE), "正常"),
    (Said(social=Social.ACTIVE), "已启用 启用 已激活 激活"),
    (Said(stage=Stage.ISSUED), "已发放 已发 已发卡 已领取 已领 已领卡"),
    (Said(hold=Hold.FORMAL_LOSS), "挂失 正式挂失 书面挂失"),
    (Said(hold=Hold.ORAL_LOSS), "口头挂失 临时挂失 预挂失"),
    (Said(hold=Hold.ERROR), "信息有误 错卡 卡面有误"),
    (Said(social=Social.LOCKED), "应用锁定 锁定"),
    (Said(social=Social.CANCELLED), "注销 已注销"),
    (Said(stage=Stage.CANCELLED), "待销毁 已注销待销毁 注销待销毁"),
    (Said(stage=Stage.DESTROYED), "销毁 已销毁"),
    (Said(stage=Stage.RECALLED), "收回 已收回 回收 废卡"),
    (Said(stage=Stage.RECALLED, hold=Hold.DEFECT), "质量问题 坏卡"),
    (Said(stage=Stage.RETURNED), "退回 已退回 退卡"),
    (Said(stage=Stage.MISSING), "下落不明 查无下落 查无此卡 找不到"),
    (Said(), "不明 未知"),
    (Said(dead=True), "死亡 已死亡 已故 去世 持卡人死亡"),
)
# The ministry's own indicator AAZ502: its numbers mean one thing only.
AAZ502: Mapping[str, Said] = {
    "0": Said(social=Social.SEALED),
    "1": Said(social=Social.ACTIVE, hold=Hold.NONE),
    "2": Said(hold=Hold.FORMAL_LOSS),
    "3": Said(social=Social.LOCKED),
    "4": Said(hold=Hold.ORAL_LOSS),
    "9": Said(social=Social.CANCELLED),
}
SOCIAL: Mapping[str, str] = {
    **dict.fromkeys(["封存", "未激活", "未启用", "否"], Social.SEALED),
    **dict.fromkeys(["正常", "已激活", "激活", "已启用", "启用", "是"], Social.ACTIVE),
    **dict.fromkeys(["应用锁定", "锁定"], Social.LOCKED),
    **dict.fromkeys(["注销", "已注销"], Social.CANCELLED),
    **dict.fromkeys(["不明", "未知"], ""),
}
BANK: Mapping[str, str] = {
    **dict.fromkeys(["未激活", "未启用", "未开通"], Bank.INACTIVE),
    **dict.fromkeys(["正常", "已激活", "已启用", "已开通"], Bank.ACTIVE),
    **dict.fromkeys(["挂失", "已挂失", "口头挂失", "书面挂失"], Bank.LOSS_REPORTED),
    **dict.fromkeys(["销户", "已销户", "注销", "已注销"], Bank.CLOSED),
    **dict.fromkeys(["不明", "未知"], ""),
}
PLACES: Mapping[str, Place] = {
    **dict.fromkeys(
        ["持卡人", "本人", "持卡人手中", "个人", "已领走", "已领取", "已发放", "已发"],
        Place.HOLDER,
    ),
    **dict.fromkeys(["在库", "库房", "卡库", "卡管机构", "卡管中心", "县库"], Place.STORE),
    **dict.fromkeys(["不明", "未知", "下落不明", "查无下落", "找不到"], Place.MISSING),
}
# AAC060, survival: the ministry's numbers and their words.
SURVIVAL: Mapping[str, bool] = {
    **dict.fromkeys(
        ["1", "生存", "健在", "正常", "3", "监禁", "4", "失踪", "不明", "未知", "否"], False
    ),
    **dict.fromkeys(["2", "死亡", "已死亡", "已故", "去世", "是"], True),
}


def allowed(words: Mapping[str, object]) -> str:
    """This function will list a map's words for whoever used another."""
    return "、".join(words)
