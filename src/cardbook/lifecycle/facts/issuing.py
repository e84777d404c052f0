"""Chapter 4: handed over, taken back, replaced."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class IdentityReading(StrEnum):
    """How the identity document was read at the window."""

    READER = "reader"
    TYPED = "typed"

    @property
    def label(self) -> str:
        """The word on the form."""
        return {"reader": "读卡器", "typed": "手工输入"}[self]


class Recheck(StrEnum):
    """How a number that was typed, not read, was checked a second time (Art. 8 para. 4)."""

    AGAIN = "again"
    SECOND = "second"

    @property
    def label(self) -> str:
        """The words of the history."""
        return {"again": "再次录入，一致", "second": "另一人查验证件"}[self]


class Signing(StrEnum):
    """How the receiver signed the 领卡登记表 (Art. 8 para. 4; thumb print with witness, X8)."""

    SCREEN = "screen"
    PAPER = "paper"
    THUMB = "thumb"
    NONE = "none"

    @property
    def label(self) -> str:
        """The word on the form."""
        return {"screen": "屏幕签字", "paper": "纸质签字", "thumb": "按手印", "none": "未签字"}[
            self
        ]


class Defect(StrEnum):
    """The quality problems Article 9 names, and the rest."""

    SOILED = "soiled"
    INCOMPLETE = "incomplete"
    UNREADABLE = "unreadable"
    OTHER = "other"

    @property
    def label(self) -> str:
        """The words of the article."""
        return {
            "soiled": "卡面污损",
            "incomplete": "残缺不能辨认",
            "unreadable": "不能在读卡设备上读写",
            "other": "其他质量问题",
        }[self]


class Reading(StrEnum):
    """How a defective card was tested: by eye, or what the reader answered (Art. 9)."""

    EYE = "eye"
    SILENT = "silent"
    UNREADABLE = "unreadable"
    SOUND = "sound"

    @property
    def label(self) -> str:
        """The words on the 鉴定单."""
        return {
            "eye": "目测，未上机",
            "silent": "上机：芯片无应答（没有 ATR）",
            "unreadable": "上机：有应答，读不出卡内信息（EF05）",
            "sound": "上机：能读写",
        }[self]


class Verdict(StrEnum):
    """What whoever examined the card found; the replacement is free either way (Art. 9)."""

    MADE = "made"
    KEPT = "kept"

    @property
    def label(self) -> str:
        """The words on the 鉴定单."""
        return {"made": "制卡质量问题，免费补换", "kept": "运输、保管中损坏，免费补换"}[self]


@dataclass(frozen=True, slots=True, kw_only=True)
class CardIssued:
    """A card was given to its holder at a window, after the checks of Articles 8 and 9."""

    way: str
    identity: IdentityReading
    original_seen: bool
    face_matches: bool
    reads: bool
    scanned: str
    signing: Signing
    signature: str = ""
    copy_kept: str = ""
    self_supporting: bool = False
    recheck: Recheck | None = None


class ProxyReason(StrEnum):
    """Why the holder does not come himself (Art. 10)."""

    HEALTH = "health"
    AWAY = "away"
    OTHER = "other"

    @property
    def label(self) -> str:
        """The words of the article."""
        return {"health": "身体原因", "away": "久居外地", "other": "其他原因"}[self]


class Relation(StrEnum):
    """What the one who comes is to the holder (Art. 10, 11; Civil Code art. 27, 28)."""

    SPOUSE = "spouse"
    PARENT = "parent"
    CHILD = "child"
    GRANDPARENT = "grandparent"
    GRANDCHILD = "grandchild"
    SIBLING = "sibling"
    UNIT = "unit"
    COMMITTEE = "committee"
    OTHER = "other"

    @property
    def label(self) -> str:
        """The word on the form, seen from the holder."""
        return {
            "spouse": "配偶",
            "parent": "父母",
            "child": "子女",
            "grandparent": "祖父母（外祖父母）",
            "grandchild": "孙子女（外孙子女）",
            "sibling": "兄弟姐妹",
            "unit": "原单位",
            "committee": "村（居）委会、民政部门",
            "other": "其他",
        }[self]


@dataclass(frozen=True, slots=True, kw_only=True)
class CardIssuedToProxy(CardIssued):
    """A card was given to whom its holder had charged with it; `agent` is that person's id."""

    agent: int
    mandate: int
    reason: ProxyReason
    relation: Relation
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CardIssuedToGuardian(CardIssued):
    """A card was given to the guardian of a minor or of an adult without capacity.

    `guardian` is that person's id, `proof` the kind of paper that shows the relation.
    """

    guardian: int
    relation: Relation
    proof: str
    incapacitated: bool = False
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MandateRegistered:
    """A holder's mandate was seen and entered: for what, for whom, how long, how signed.

    `holder_signing` is how the holder put his name to it; a thumb print has a witness, whose name
    lies sealed with the mandate (X8; Civil Code art. 165).
    """

    agent: int
    reason: ProxyReason
    relation: Relation
    since: date
    until: date
    given_on: date
    matter: str = "pick_up"
    scope: str = ""
    holder_signing: Signing = Signing.PAPER
    witnessed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MandateRevoked:
    """A holder took his mandate back: nobody comes on it from now on."""

    words: str


class Signer(StrEnum):
    """Who signed a row of the sheet (Art. 8 para. 3)."""

    HOLDER = "holder"
    PROXY = "proxy"
    GUARDIAN = "guardian"

    @property
    def label(self) -> str:
        """The word beside the row."""
        return {"holder": "本人", "proxy": "代领人", "guardian": "监护人"}[self]


class Unclaimed(StrEnum):
    """Why a row of the sheet has no signature."""

    AWAY = "away"
    UNREACHED = "unreached"
    DEAD = "dead"
    MOVED = "moved"
    REFUSES = "refuses"
    NO_CARD = "no_card"
    OTHER = "other"

    @property
    def label(self) -> str:
        """The word on the sheet."""
        return {
            "away": "外出未归",
            "unreached": "联系不上",
            "dead": "死亡",
            "moved": "已迁走、调离",
            "refuses": "拒领",
            "no_card": "有名无卡",
            "other": "其他",
        }[self]


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleHandedOut:
    """A unit or village took cards for its people: not issued yet, a sheet went along (Art. 8).

    `handlers` are the people's ids on its letter of authority, `letter` and `plan` the ids of what
    was on file of the unit that day. `photo` is the digest of the picture of whoever came.
    """

    unit: int
    handlers: tuple[int, ...]
    signing: Signing
    original_seen: bool
    signature: str = ""
    letter: int | None = None
    plan: int | None = None
    photo: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CardIssuedCollectively:
    """The holder signed the sheet; it was read back row by row. `sheet` is the bundle's id.

    `self_supporting` is the unit's word that a holder of 16 or 17 lives on his own work (Art. 11).
    Of a proxy or guardian `agent` is the person's id, `proof` the kind of paper that entitles him,
    `mandate` the registered one it is, where there is one (Art. 10, 11).
    """

    sheet: int
    row: int
    signed_on: date
    signer: Signer
    words: str = ""
    self_supporting: bool = False
    agent: int | None = None
    relation: Relation | None = None
    proof: str = ""
    mandate: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleRowOpen:
    """A row without signature: why; the card stays with the unit."""

    sheet: int
    row: int
    reason: Unclaimed
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleRowReturned:
    """A row without signature: why; the card came back to the office."""

    sheet: int
    row: int
    reason: Unclaimed
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleRowUndone:
    """A row was ticked by mistake: the card is with the unit still."""

    event: int
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueUndone:
    """A hand-over was registered by mistake and the card is back in the office's hands."""

    event: int
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DefectRecorded:
    """A card failed inspection: which problem, how it was tested, what was concluded."""

    defect: Defect
    reader_tried: bool
    words: str = ""
    reading: Reading = Reading.EYE
    verdict: Verdict = Verdict.MADE


@dataclass(frozen=True, slots=True, kw_only=True)
class FreeReplacementOpened:
    """A free replacement was opened for a card found defective, or spoilt in our keeping.

    `incident` is the id of the report in which the latter stands.
    """

    old_card: int
    defect: Defect
    incident: int | None = None
