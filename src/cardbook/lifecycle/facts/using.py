"""Chapter 8: the card in use - activated, lost and found, stopped, cancelled, moved."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from cardbook.lifecycle.facts.chips import ChipRead
from cardbook.lifecycle.facts.issuing import Relation, Signer


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationWithdrawn:
    """An application was taken back, and why."""

    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SocialActivated:
    """The social function was put to use, asked for by whom (Art. 22).

    Who came for the holder is `agent`, charged by `mandate`, a paper signed on a day and good
    until another. `chip` says whether the chip was read; `chip_odd` what on it is not as the
    standard has it, never what it says of the holder.
    """

    asked_by: Signer
    card_seen: bool
    self_supporting: bool = False
    agent: int | None = None
    mandate_signed_on: date | None = None
    mandate_until: date | None = None
    mandate: int | None = None
    words: str = ""
    chip: ChipRead = ChipRead.NOT_READ
    chip_version: str = ""
    chip_odd: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectedToBank:
    """The holder was sent to an outlet of his bank for the bank's half; a slip went along."""

    outlet: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BankReported:
    """What the bank says of its half of the card, and when it was so (Art. 22, 28, 29)."""

    bank: str
    bank_source: str
    bank_as_of: datetime
    reference: str = ""
    words: str = ""


class RequestChannel(StrEnum):
    """How a request reached us; the province asks for it (domain.md 9.2)."""

    HOTLINE = "hotline"
    WINDOW = "window"
    BANK = "bank"
    WEB = "web"
    APP = "app"
    UNIT = "unit"

    @property
    def label(self) -> str:
        """The word in the register."""
        return {
            "hotline": "12333 电话",
            "window": "综合服务窗口",
            "bank": "银行窗口",
            "web": "网站",
            "app": "手机",
            "unit": "单位",
        }[self]


@dataclass(frozen=True, slots=True, kw_only=True)
class LossReported:
    """A loss was reported by word of mouth; the social function stops until `hold_until`.

    `questions` are the codes of those the caller answered rightly; `document_seen` when he stood
    at a window. `caller` is who spoke, `call` the number of the call.
    """

    channel: RequestChannel
    caller: Signer
    hold_until: datetime
    questions: tuple[str, ...] = ()
    document_seen: bool = False
    call: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LossTold:
    """What had to be said of a loss was said later (Art. 28)."""

    channel: RequestChannel
    call: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LossMadeFormal:
    """A loss was reported in writing with the document shown; it does not lapse.

    Who came for the holder is `agent`, by the document he showed of himself.
    """

    channel: RequestChannel
    asked_by: Signer
    words: str = ""
    agent: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LossLifted:
    """The card was found; what it was before is restored.

    Who came for the holder is `agent`, charged by `mandate`, as when a card is put to use.
    """

    channel: RequestChannel
    asked_by: Signer
    card_seen: bool
    questions: tuple[str, ...] = ()
    document_seen: bool = False
    agent: int | None = None
    mandate_signed_on: date | None = None
    mandate_until: date | None = None
    mandate: int | None = None
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CardFrozen:
    """The social function was stopped while a misuse is looked into (Art. 31)."""

    words: str
    case_number: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CardUnfrozen:
    """The stop was taken off, and why."""

    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PinReset:
    """The social password was set anew at a terminal; what it is nobody records (Art. 22)."""

    terminal: str
    result: str


class DeathSource(StrEnum):
    """By whom or by what the office learned of a death (Art. 17, 29; domain.md R17.4)."""

    CERTIFICATE = "certificate"
    HOUSEHOLD = "household"
    POLICE = "police"
    CIVIL_AFFAIRS = "civil_affairs"
    FAMILY = "family"

    @property
    def label(self) -> str:
        """The word on the form."""
        return {
            "certificate": "死亡证明",
            "household": "户籍注销",
            "police": "公安",
            "civil_affairs": "民政",
            "family": "家属或村（社区）反映",
        }[self]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeathNoted:
    """The holder died; `reference` is the number of the paper, or where it can be looked up."""

    died_on: date
    source: DeathSource
    reference: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeathUndone:
    """A death was recorded by mistake, and how that was found out."""

    words: str


class Asker(StrEnum):
    """Who asks for a cancellation (Art. 29): the holder, his right successor, or an office."""

    HOLDER = "holder"
    GUARDIAN = "guardian"
    SUCCESSOR = "successor"
    OFFICE = "office"

    @property
    def label(self) -> str:
        """The word on the form."""
        return {
            "holder": "本人",
            "guardian": "监护人",
            "successor": "权益继承人",
            "office": "机构统一办理",
        }[self]


class EndReason(StrEnum):
    """Why the social function ends (Art. 29, 30; codes seen in live systems, domain.md 1.11)."""

    WISH = "wish"
    DEATH = "death"
    EMIGRATION = "emigration"
    DUPLICATE = "duplicate"
    TRANSFER = "transfer"
    TERMINATION = "termination"
    OTHER = "other"

    @property
    def label(self) -> str:
        """The word in the register."""
        return {
            "wish": "本人不再使用",
            "death": "死亡",
            "emigration": "出国（境）定居",
            "duplicate": "一人多卡",
            "transfer": "社保关系转出",
            "termination": "社保关系解除",
            "other": "其他",
        }[self]


class Plastic(StrEnum):
    """In what condition the card itself came back, if it did."""

    GOOD = "good"
    BROKEN = "broken"
    NONE = "none"

    @property
    def label(self) -> str:
        """The word in the register."""
        return {"good": "好卡", "broken": "坏卡", "none": "无卡"}[self]


class OpenMatter(StrEnum):
    """What may still run over a card when it dies (Art. 29; domain.md R29.4)."""

    BENEFITS = "benefits"
    DEPOSIT = "deposit"
    SUBSIDY = "subsidy"
    TEMPORARY = "temporary"
    APPLICATION = "application"
    LOSS = "loss"
    CORRECTION = "correction"
    FEE = "fee"

    @property
    def label(self) -> str:
        """The word in the register."""
        return {
            "benefits": "社保待遇发到这张卡",
            "deposit": "银行账户余额",
            "subsidy": "惠民惠农补贴发到这张卡",
            "temporary": "未还的临时卡",
            "application": "办理中的制卡申请",
            "loss": "未了的挂失",
            "correction": "未了的错卡处理",
            "fee": "未交、未退的工本费",
        }[self]


class Found(StrEnum):
    """What came of asking whether a matter is open."""

    NONE = "none"
    OPEN = "open"
    UNKNOWN = "unknown"

    @property
    def label(self) -> str:
        """The word in the register."""
        return {"none": "没有", "open": "有，已提示", "unknown": "问过，不清楚"}[self]


class Informant(StrEnum):
    """Whose word it is."""

    ASKER = "asker"
    BANK = "bank"
    AGENCY = "agency"
    SYSTEM = "system"
    BOOK = "book"

    @property
    def label(self) -> str:
        """The word in the register."""
        return {
            "asker": "申请人",
            "bank": "银行",
            "agency": "待遇发放机构",
            "system": "业务系统查询",
            "book": "本台账",
        }[self]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenItem:
    """One matter that was asked about before a card died: what came of it, whose word it is."""

    item: OpenMatter
    state: Found
    said_by: Informant
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelledOnRequest:
    """The social function was cancelled because somebody with the right to it asked (Art. 29).

    `open_items` are all that were asked about, also what was not open. `died_on` says that the
    death was recorded in the same breath; `other_card` is the card a duplicate is one to, and
    `other_source` who says so, or what was said when nobody named one. `applicant` is the person
    who asked for another and `relation` what he is to the holder.
    """

    asker: Asker
    reason: EndReason
    plastic: Plastic
    open_items: tuple[OpenItem, ...] = ()
    died_on: date | None = None
    other_card: str = ""
    other_source: str = ""
    words: str = ""
    applicant: int | None = None
    relation: Relation | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationStopped:
    """A new card is made no more: the card, the relation or the life it was for has ended."""

    reason: EndReason


@dataclass(frozen=True, slots=True, kw_only=True)
class RelationEnded:
    """The insurance relation moved or ended, and the social function with it (Art. 30)."""

    reason: EndReason
    to_place: str
    plastic: Plastic
    list_number: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RelationKept:
    """The relation moved but the card stays in use here: decided and told (Art. 30)."""

    to_place: str
    list_number: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OldCardHandedIn:
    """A card whose time is over came back as plastic, in what condition (Art. 26, 29, 30).

    `box` is the number written on the box of old cards it was laid into, `slot` where in it.
    """

    plastic: Plastic
    application: int | None = None
    words: str = ""
    box: str = ""
    slot: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OldCardVoided:
    """A lost card died because a new one was ordered in its place (Art. 26)."""

    application: int | None = None
    words: str = ""
