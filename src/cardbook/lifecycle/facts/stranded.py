"""Chapter 6: holders looked for, cards sent back up, cancelled, destroyed."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from cardbook.law import papers
from cardbook.lifecycle.facts.issuing import Signer


class Channel(StrEnum):
    """By which way somebody was told to fetch his card (Art. 16: several ways)."""

    CALL = "call"
    SMS = "sms"
    WECHAT = "wechat"
    VISIT = "visit"
    NOTICE = "notice"
    BROADCAST = "broadcast"
    LETTER = "letter"

    @property
    def label(self) -> str:
        """The word on the list of contacts."""
        return {
            "call": "电话",
            "sms": "短信",
            "wechat": "微信",
            "visit": "入户",
            "notice": "张贴",
            "broadcast": "广播",
            "letter": "信函",
        }[self]


class ContactResult(StrEnum):
    """What came of it."""

    WILL_COME = "will_come"
    TOLD = "told"
    NO_ANSWER = "no_answer"
    WRONG_NUMBER = "wrong_number"
    AWAY = "away"
    MOVED = "moved"
    DEAD = "dead"
    REFUSES = "refuses"

    @property
    def label(self) -> str:
        """The word on the list of contacts."""
        return {
            "will_come": "答应来领",
            "told": "已告知",
            "no_answer": "无人接听",
            "wrong_number": "号码不对",
            "away": "外出未归",
            "moved": "已迁走",
            "dead": "称已去世",
            "refuses": "拒绝领取",
        }[self]


class AskedVia(StrEnum):
    """By which way a holder said that he wants to fetch his card elsewhere."""

    HOTLINE = "hotline"
    WINDOW = "window"
    CONTACT = "contact"
    UNIT = "unit"
    BANK = "bank"

    @property
    def label(self) -> str:
        """The word on the list of wishes."""
        return {
            "hotline": "12333 电话",
            "window": "到窗口",
            "contact": "催领时提出",
            "unit": "单位、村（社区）转告",
            "bank": "银行网点",
        }[self]


class Stranding(StrEnum):
    """Why a card could not be given out (Art. 16, 17; the codes of the form)."""

    DEAD = "dead"
    MISSING_PERSON = "missing_person"
    ABROAD = "abroad"
    DEREGISTERED = "deregistered"
    LEFT_UNIT = "left_unit"
    AWAY = "away"
    UNKNOWN_PERSON = "unknown_person"
    REFUSES = "refuses"
    SECOND_CARD = "second_card"
    WRONG_INFORMATION = "wrong_information"
    OTHER = "other"

    @property
    def label(self) -> str:
        """The word on 《滞留原因统计表》."""
        return {
            "dead": "死亡",
            "missing_person": "失踪",
            "abroad": "出国（境）定居",
            "deregistered": "户籍注销",
            "left_unit": "调离单位",
            "away": "外出未归",
            "unknown_person": "查无此人",
            "refuses": "拒领",
            "second_card": "重复制卡",
            "wrong_information": "信息有误",
            "other": "其他",
        }[self]

    @property
    def proofs(self) -> tuple[papers.PaperKind, ...]:
        """The papers any one of which shows it."""
        return papers.STRANDING_PROOFS.get(self.value, ())

    @property
    def needs_proof(self) -> bool:
        """Whether a paper must show it; such a holder need not be called again and again."""
        return bool(self.proofs)


@dataclass(frozen=True, slots=True, kw_only=True)
class HolderContacted:
    """Somebody tried to reach the holder: by which way, with what result, when to try again."""

    channel: Channel
    result: ContactResult
    words: str = ""
    again_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutletWished:
    """A holder wants to fetch his card at another office; `wished` is its id, the name as then."""

    wished: int
    wished_name: str
    asked_by: Signer
    via: AskedVia
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutletDeclined:
    """Why the card does not go where its holder wanted it; he was told."""

    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SentBack:
    """A stranded card went up the line: why, and which paper shows it.

    `proof` is the kind of paper, `proof_number` its number or who issued it, `proof_image` the
    digest of its picture.
    """

    reason: Stranding
    proof: str = ""
    proof_number: str = ""
    proof_on: date | None = None
    proof_image: str = ""
    words: str = ""

    @property
    def missing(self) -> tuple[str, ...]:
        """What the proof still lacks, each in the word of its field."""
        if not self.reason.needs_proof:
            return ()
        fits = self.proof in {kind.code for kind in self.reason.proofs}
        parts = {
            "种类": fits, "编号或出具机关": self.proof_number.strip(), "日期": self.proof_on,
            "影像": self.proof_image,
        }  # fmt: skip
        return tuple(title for title, given in parts.items() if not given)

    @property
    def unproved(self) -> dict[str, str]:
        """For a refusal: the reason, what its proof lacks, which papers would do."""
        return {
            "reason": self.reason.label,
            "missing": "、".join(self.missing),
            "kinds": "或".join(kind.title for kind in self.reason.proofs),
        }

    @property
    def proof_text(self) -> str:
        """The proof in one line, as the form prints it."""
        title = papers.KINDS[self.proof].title if self.proof in papers.KINDS else ""
        return " ".join(filter(None, (title, self.proof_number, f"{self.proof_on or ''}")))


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnAcknowledged:
    """The next office up counted a returned card in; `shipment` is the list it came with."""

    shipment: int
    scanned: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PassedOn:
    """A returned card went one office further up."""

    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PutBackForIssue:
    """The holder of a returned card turned up after all."""

    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnedCancelled:
    """A returned card was cancelled by the card body, on which ground (Art. 18)."""

    reason: Stranding
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenUpForDestruction:
    """A wrong or cancelled card was given to the bank that destroys it, in lot `lot`."""

    lot: int
    row: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DestructionAcknowledged:
    """The bank counted the card in."""

    lot: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DestructionTakenBack:
    """A card of a lot the bank did not find or did not take is back at the card body."""

    lot: int
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CardDestroyed:
    """Two people of the bank destroyed the card and a third from another office saw it.

    `witness` is that person's user id, `method` how it was done.
    """

    lot: int
    method: str
    witness: int
    place: str
