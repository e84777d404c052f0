"""Kinds of place a card can be in; pure data, named by the table of acts (Art. 6 to 20)."""

from enum import StrEnum


class Place(StrEnum):
    """Who or what answers for the cards of an account."""

    OUTSIDE = "outside"
    TRANSIT = "transit"
    STORE = "store"
    BOX = "box"
    DRAWER = "drawer"
    DEFECT = "defect"
    UNIT = "unit"
    POST = "post"
    VISIT = "visit"
    ERROR = "error"
    RETURNED = "returned"
    SCRAP = "scrap"
    HOLDER = "holder"
    MISSING = "missing"
    DESTROYED = "destroyed"

    @property
    def label(self) -> str:
        """What a clerk calls it."""
        return {
            "outside": "系统之外（制卡机构、期初）",
            "transit": "在途",
            "store": "待分类库",
            "box": "柜内盒位",
            "drawer": "窗口抽屉",
            "defect": "质量问题卡存放处",
            "unit": "集中领卡单位（村、社区）",
            "post": "邮寄途中",
            "visit": "上门途中（工作人员随身）",
            "error": "错卡存放处",
            "returned": "退回卡存放处",
            "scrap": "待销毁卡存放处",
            "holder": "持卡人",
            "missing": "下落不明",
            "destroyed": "已销毁",
        }[self]

    @property
    def is_store(self) -> bool:
        """Cards an office keeps on its own shelves and can hand out."""
        return self in (Place.STORE, Place.BOX, Place.DRAWER)
