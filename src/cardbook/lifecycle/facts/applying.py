"""Chapter 8, applications: captured, confirmed, submitted, answered, collected; their fee."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from cardbook.lifecycle.facts.issuing import Defect, Reading, Relation, Signer, Signing, Verdict


class ApplyKind(StrEnum):
    """A first card or one in place of another (Art. 4, 25, 26)."""

    FIRST = "first"
    REPLACEMENT = "replacement"

    @property
    def label(self) -> str:
        """The word on the form."""
        return {"first": "首次申领", "replacement": "补换卡"}[self]


class ApplyReason(StrEnum):
    """Why a card is asked for; decides the papers, the fee and the old card's fate (Art. 26)."""

    FIRST = "first"
    TRANSFER_IN = "transfer_in"
    LOST = "lost"
    DAMAGED = "damaged"
    EXPIRED = "expired"
    DATA_CHANGED = "data_changed"
    BANK_CHANGED = "bank_changed"
    DEFECT = "defect"
    ERROR = "error"

    @property
    def label(self) -> str:
        """The word on the form."""
        return {
            "first": "首次申领",
            "transfer_in": "社保关系转入",
            "lost": "丢失",
            "damaged": "损坏",
            "expired": "到期",
            "data_changed": "关键信息变更",
            "bank_changed": "更换服务银行",
            "defect": "质量问题",
            "error": "卡面信息有误",
        }[self]

    @property
    def kind(self) -> ApplyKind:
        """Whether a card with this reason takes another one's place."""
        return ApplyKind.FIRST if self in (self.FIRST, self.TRANSFER_IN) else ApplyKind.REPLACEMENT

    @property
    def old_card_dies_first(self) -> bool:
        """A lost card dies before the new one; any other when the new one is handed over."""
        return self is ApplyReason.LOST


class EntryPoint(StrEnum):
    """Where the request was taken: both entry points make one case (Art. 25, 26)."""

    OFFICE = "office"
    BANK = "bank"

    @property
    def label(self) -> str:
        """The word on the form."""
        return {"office": "社保卡综合服务窗口", "bank": "合作银行窗口"}[self]


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationCaptured:
    """A request for a card was taken: why, on what ground, from which bank, by when promised.

    `ground` is the code of what entitles (Art. 4) and `ground_source` where that was seen; of a
    replacement `old_card` is the card it stands for. `fee_rule` names the parameter that gave
    `fee_fen`; `photo` is the digest of the photo as kept, `photo_compared` says that a new one was
    held against the frame of the rule. Of a card with a quality problem it says
    which, how it was tested and what was concluded (Art. 9).
    """

    kind: ApplyKind
    reason: ApplyReason
    entry: EntryPoint
    bank: int
    promised_on: date
    ground: str = ""
    ground_source: str = ""
    old_card: int | None = None
    fee_fen: int = 0
    fee_rule: str = ""
    photo: str = ""
    words: str = ""
    defect: Defect | None = None
    reading: Reading | None = None
    verdict: Verdict | None = None
    photo_compared: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationCorrected:
    """What was captured was mended or completed: which fields, at which bank now, and why."""

    fields: tuple[str, ...]
    bank_id: int
    words: str = ""
    photo_compared: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationConfirmed:
    """The holder read what was captured and signed for it; `digest` is of what he read.

    `relation` is what a guardian who signed for him is to him.
    """

    signer: Signer
    signing: Signing
    digest: str
    signature: str = ""
    self_supporting: bool = False
    relation: Relation | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationSubmitted:
    """An application went to the producing bank, its texts found fit for the bank's encoding.

    `reason` goes along: the province takes another card in place of an old one by another door.
    """

    bank: int
    encoded_bytes: int
    reason: ApplyReason
    by_post: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class BankAnswered:
    """What the producing bank said of one application: by file, by API or typed from a letter.

    `new_card` is the number of the card that was made, where the maker's return names it.
    """

    source: str
    answered_on: date
    code: str = ""
    words: str = ""
    reference: str = ""
    new_card: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationCollected:
    """The card that was asked for is in its holder's hands."""

    card: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectingUndone:
    """The hand-over of the card that was asked for was registered by mistake and taken back."""

    card: int
    words: str


class PayWay(StrEnum):
    """How a fee was paid."""

    CASH = "cash"
    CARD = "card"
    SCAN = "scan"
    ACCOUNT = "account"

    @property
    def label(self) -> str:
        """The word on the receipt."""
        return {"cash": "现金", "card": "刷卡", "scan": "扫码", "account": "账户扣款"}[self]


@dataclass(frozen=True, slots=True, kw_only=True)
class FeeTaken:
    """The fee was paid, once; the receipt's number is the bank's or the office's own."""

    fee_fen: int
    receipt: str
    way: PayWay


@dataclass(frozen=True, slots=True, kw_only=True)
class FeeWaived:
    """A second person let the holder off the fee."""

    fee_fen: int
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FeeRefunded:
    """The fee was given back."""

    fee_fen: int
    receipt: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeRefused:
    """Somebody was to pay what is not owed; it was refused and is on record (Art. 4, 9, 32).

    `asked_fen` is 0 where nobody said how much.
    """

    asked_fen: int
    words: str
