"""The regions of state of the five subjects, and the mixtures that cannot be (Art. 6 to 30).

Pure data without Django: models build CHECK constraints from it, the table of acts names it.
"""

from datetime import datetime
from enum import StrEnum


class Subject(StrEnum):
    """What an act is done to; five subjects share one table of acts, one ledger, one door."""

    CARD = "card"
    APPLICATION = "application"
    TEMPORARY_CARD = "temporary_card"
    CORRECTION = "correction"
    MANDATE = "mandate"

    @property
    def label(self) -> str:
        """The official word."""
        return {
            "card": "社保卡",
            "application": "制卡申请",
            "temporary_card": "临时卡",
            "correction": "错卡处理",
            "mandate": "委托",
        }[self]


class _Labelled(StrEnum):
    label: str

    def __new__(cls, value: str, label: str) -> "_Labelled":
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member

    @classmethod
    def of(cls, value: str) -> "_Labelled":
        """The member stored as `value`."""
        return cls(value)  # type: ignore[call-arg] # an Enum's call looks its member up

    @classmethod
    def choices(cls) -> list[tuple[str, str]]:
        """Value and Chinese label of every member, for forms and models."""
        return [(str(member), member.label) for member in cls]


class Stage(_Labelled):
    """The card as a thing; we are right about it."""

    IN_CUSTODY = "in_custody", "在管"
    ISSUED = "issued", "已发放"
    RECALLED = "recalled", "已收回"
    RETURNED = "returned", "已退回"
    MISSING = "missing", "下落不明"
    CANCELLED = "cancelled", "已注销（待销毁）"
    DESTROYED = "destroyed", "已销毁"


class Social(_Labelled):
    """The social security function; we and the province are right about it.

    Unknown are only cards of an opening balance, until somebody finds out.
    """

    SEALED = "sealed", "封存（未激活）"
    ACTIVE = "active", "正常"
    LOCKED = "locked", "应用锁定"
    CANCELLED = "cancelled", "注销"
    UNKNOWN = "unknown", "未知"


class Hold(_Labelled):
    """What stops the card; lifting a hold restores whatever was before.

    A defect is never lifted: a card found bad is not given to anybody again (Art. 9).
    """

    NONE = "none", "无"
    ORAL_LOSS = "oral_loss", "口头挂失"
    FORMAL_LOSS = "formal_loss", "正式挂失"
    ERROR = "error", "信息有误"
    DEFECT = "defect", "质量问题"


def hold_at(hold: str, *, until: datetime | None, at: datetime) -> Hold:
    """This function will say what stops a card at a moment: an oral loss lapses by time alone.

    Its row keeps what was registered until the next act; whoever shows or asks it asks here.
    """
    lapsed = until is not None and until <= at
    return Hold(Hold.NONE if lapsed else hold)  # type: ignore[call-arg] # a member's look-up


class Bank(_Labelled):
    """The bank function as last reported by the bank; the bank is right, we mirror."""

    UNKNOWN = "unknown", "未知"
    INACTIVE = "inactive", "未激活"
    ACTIVE = "active", "正常"
    LOSS_REPORTED = "loss_reported", "已挂失"
    CLOSED = "closed", "已注销"


class Progress(_Labelled):
    """How far an application for a card has come (Art. 25)."""

    CAPTURED = "captured", "已采集"
    CONFIRMED = "confirmed", "已确认"
    SUBMITTED = "submitted", "已提交"
    REFUSED = "refused", "退回修改"
    ACCEPTED = "accepted", "银行已受理"
    IN_PRODUCTION = "in_production", "制卡中"
    PRODUCED = "produced", "已制成"
    COLLECTED = "collected", "已领取"
    WITHDRAWN = "withdrawn", "已撤回"


class Fee(_Labelled):
    """What became of the fee of an application; the amount is computed, never typed (Art. 26)."""

    FREE = "free", "不收费"
    DUE = "due", "应收未收"
    PAID = "paid", "已收"
    WAIVED = "waived", "已减免"
    REFUNDED = "refunded", "已退"


class TemporaryStage(_Labelled):
    """A temporary card (Art. 27); overdue is computed from time, never stored."""

    IN_STOCK = "in_stock", "在库"
    LENT = "lent", "已发放"
    RETURNED = "returned", "已收回"
    LOST = "lost", "遗失注销"
    VOID = "void", "损坏作废"


class CorrectionProgress(_Labelled):
    """How far the handling of a wrong card has come (Art. 13 to 15)."""

    RECORDED = "recorded", "已登记收回"
    RECHECKED = "rechecked", "已再次核查"
    ENTERED = "entered", "省系统已登记"
    CONFIRMED = "confirmed", "省系统已确认"
    RESUMED = "resumed", "已转补换卡"
    DROPPED = "dropped", "误登撤销"


class Standing(_Labelled):
    """A mandate (Art. 10); that its term is over is computed from time, never stored."""

    REGISTERED = "registered", "已登记"
    REVOKED = "revoked", "已撤销"


REGIONS: dict[Subject, dict[str, type[_Labelled]]] = {
    Subject.CARD: {"stage": Stage, "social": Social, "hold": Hold, "bank": Bank},
    Subject.APPLICATION: {"progress": Progress, "fee": Fee},
    Subject.TEMPORARY_CARD: {"stage": TemporaryStage},
    Subject.CORRECTION: {"progress": CorrectionProgress},
    Subject.MANDATE: {"standing": Standing},
}

# How screens, refusals and the generated pages call the regions.
REGION_TITLES: dict[str, str] = {
    "stage": "卡片状态",
    "social": "社保功能",
    "hold": "挂失/停用状态",
    "bank": "金融功能",
    "progress": "进度",
    "fee": "工本费",
    "standing": "委托状态",
}

CLOSED_APPLICATIONS = (Progress.COLLECTED, Progress.WITHDRAWN)
CLOSED_CORRECTIONS = (CorrectionProgress.RESUMED, CorrectionProgress.DROPPED)

# A card that has left the living: nothing may hold it, and its social function is cancelled.
_DEAD = (Stage.CANCELLED, Stage.DESTROYED)
_USABLE = (Social.ACTIVE, Social.LOCKED)

# (name, region values that cannot meet, why). CHECK constraints are built from this list.
IMPOSSIBLE: tuple[tuple[str, dict[str, tuple[str, ...]], str], ...] = (
    (
        "dead_card_works",
        {"stage": _DEAD, "social": (Social.SEALED, Social.UNKNOWN, *_USABLE)},
        "已注销或已销毁的卡，社保功能必须是注销状态",
    ),
    (
        "unissued_card_works",
        {"stage": (Stage.IN_CUSTODY,), "social": (*_USABLE, Social.CANCELLED)},
        "尚未发放的卡，社保功能必须是封存状态（第二十二条：领取后激活）",
    ),
    (
        "destroyed_card_held",
        {
            "stage": (Stage.DESTROYED,),
            "hold": (Hold.ORAL_LOSS, Hold.FORMAL_LOSS, Hold.ERROR, Hold.DEFECT),
        },
        "已销毁的卡不能再挂失或登记错误",
    ),
    (
        "defective_card_given",
        {"stage": (Stage.IN_CUSTODY, Stage.ISSUED), "hold": (Hold.DEFECT,)},
        "登记过质量问题的卡不能再待发或发放（第九条）",
    ),
)

# Few cards among all that a list looks for by their states: the index, its order, and mixtures any
# of which will do. Cards on loss (Art. 28), those of a person that ended (Art. 29), those with two
# sides that may not agree, those in use of whom the bank never spoke, and those it enabled before
# anybody was handed them (Art. 22, 28 to 30).
Mixture = dict[str, str | tuple[str, ...]]
LOOKED_FOR: tuple[tuple[str, tuple[str, ...], tuple[Mixture, ...]], ...] = (
    ("on_loss", ("hold_until",), ({"hold": (Hold.ORAL_LOSS, Hold.FORMAL_LOSS)},)),
    ("cancelled_of", ("person", "id"), ({"social": Social.CANCELLED},)),
    (
        "sides_differ", ("county", "id"),
        (
            {
                "social": Social.CANCELLED,
                "bank": (Bank.UNKNOWN, Bank.INACTIVE, Bank.ACTIVE, Bank.LOSS_REPORTED),
            },
            {"bank": Bank.LOSS_REPORTED},
            {"social": Social.ACTIVE, "bank": Bank.INACTIVE},
        ),
    ),
    ("bank_silent", ("county", "id"), ({"social": Social.ACTIVE, "bank": Bank.UNKNOWN},)),
    (
        "bank_early", ("county", "id"),
        ({"bank": Bank.ACTIVE, "stage": (Stage.IN_CUSTODY, Stage.MISSING)},),
    ),
)  # fmt: skip
