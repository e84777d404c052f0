"""What is owed to whom: the kinds of message and their articles (Art. 8, 14, 16, 22, 25 to 30).

A row of the table of acts names kinds in `tells`; `outbox/` owes them, `adapters/` deliver them.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from cardbook.law.articles import Basis, art


class Party(StrEnum):
    """The systems on the other side. Values are stored: never rename or reuse one."""

    label: str

    def __new__(cls, value: str, label: str) -> "Party":
        """Make a member that is its value and carries its Chinese name."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member

    PROVINCE = "province", "省社会保障卡管理信息系统"
    BANK = "bank", "合作银行"
    SMS = "sms", "短信平台"


class MessageKind(StrEnum):
    """One thing another system must hear of. Values are stored: never rename or reuse one."""

    party: Party
    label: str
    basis: tuple[Basis, ...]

    def __new__(cls, value: str, label: str, *basis: Basis) -> "MessageKind":
        """Make a member that is its value; the party is the part before the dot."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.party = Party(value.partition(".")[0])  # type: ignore[call-arg] # looks it up
        member.label = label
        member.basis = basis
        return member

    @property
    def basis_text(self) -> str:
        """Every article that orders it, as printed beside it."""
        return "、".join(one.label for one in self.basis)

    @property
    def operation(self) -> str:
        """The part after the dot."""
        return self.value.partition(".")[2]

    @property
    def is_urgent(self) -> bool:
        """Whether it passes what waits before it on the same card: a stop is never held up."""
        return self.operation in _URGENT

    @property
    def passes_stuck(self) -> bool:
        """Whether nothing that is stuck before it on the same card holds it.

        A stop leaves at once, also after an earlier stop the other side refused (Art. 28); a text
        says nothing about the one before it.
        """
        return self.operation in _STOPS or self.party is Party.SMS

    @property
    def needs_interface(self) -> bool:
        """Whether it is owed only where an adapter carries it: nobody types it in by hand.

        The province knows by its own means what these say; whoever has an interface saves it the
        wait (domain.md 9.2).
        """
        return self.value in _NEEDS_INTERFACE

    @property
    def is_owed_once(self) -> bool:
        """Whether a subject that owed it already owes it no more."""
        return self.value in _ONCE

    @property
    def owed_if(self) -> tuple[str, str]:
        """The fact an event must have for it to be owed, and its value; "" is any, or no fact."""
        return _OWED_IF.get(self.value, ("", ""))

    @property
    def names_account(self) -> bool:
        """Whether it names the card by its bank account, which the book must have then."""
        return self.value == "province.financial"

    @property
    def electronic(self) -> str:
        """What becomes of the e-card: it follows the card, no message of ours speaks of it."""
        fate = _E_CARD.get(self.value, "")
        return f"只报卡的社保功能；电子社保卡{fate}" if fate else ""

    PROVINCE_ISSUED = "province.issued", "登记领卡", art(8, 4), art(10), art(11)
    PROVINCE_ISSUE_UNDONE = "province.issue_undone", "撤销领卡登记", art(8, 4), art(7)
    PROVINCE_ERROR_REGISTERED = "province.error_registered", "错卡登记", art(14), art(13)
    PROVINCE_ERROR_CONFIRMED = "province.error_confirmed", "错卡确认", art(14)
    PROVINCE_ERROR_DROPPED = "province.error_dropped", "撤销错卡登记", art(14), art(13)
    PROVINCE_ACTIVATE = "province.activate", "激活社保功能", art(22)
    PROVINCE_FINANCIAL = "province.financial", "登记金融功能已启用", art(22)
    PROVINCE_PRODUCTION = "province.production", "提交制卡、补换卡申请", art(25)
    PROVINCE_PRODUCTION_UNDONE = (
        "province.production_undone", "撤销制卡、补换卡申请",
        art(25), art(29), art(30), art(17),
    )  # fmt: skip
    PROVINCE_NUMBER = "province.number", "预开户取卡号", art(25)
    PROVINCE_COMPLETED = "province.completed", "登记制卡完成", art(25)
    PROVINCE_REPLACE = "province.replace", "旧卡作废（补换卡）", art(26)
    PROVINCE_ORAL_LOSS = "province.oral_loss", "临时挂失", art(28)
    PROVINCE_FORMAL_LOSS = "province.formal_loss", "正式挂失", art(28)
    PROVINCE_RELEASE_LOSS = "province.release_loss", "解除挂失", art(28)
    PROVINCE_CANCEL = "province.cancel", "注销社保卡", art(29), art(18)
    PROVINCE_TRANSFER_OUT = "province.transfer_out", "社保关系转出", art(30)
    PROVINCE_TRANSFER_IN = "province.transfer_in", "社保关系转入", art(30), art(25)
    PROVINCE_TRANSFER_UNDONE = (
        "province.transfer_undone", "撤销关系转入登记",
        art(30), art(25), art(29), art(17),
    )  # fmt: skip

    BANK_ACTIVATION_REQUEST = "bank.activation_request", "请启用金融功能", art(22)
    BANK_PRODUCTION_ORDER = "bank.production_order", "开户、制卡数据", art(25)
    BANK_PRODUCTION_STOP = "bank.production_stop", "停止制卡", art(29), art(30), art(17)
    BANK_LOSS_NOTICE = "bank.loss_notice", "社保功能已挂失", art(28)
    BANK_RELEASE_NOTICE = "bank.release_notice", "社保功能已解挂", art(28)
    BANK_CANCEL_NOTICE = "bank.cancel_notice", "社保功能已注销", art(29), art(18), art(26)
    BANK_TRANSFER_NOTICE = "bank.transfer_notice", "社保关系已转移", art(30)

    SMS_WRONG_CARD = "sms.wrong_card", "错卡已收回，请来核对更正", art(13)
    SMS_WRONG_CARD_DROPPED = "sms.wrong_card_dropped", "错卡通知作废", art(13)
    SMS_READY_FOR_PICK_UP = "sms.ready_for_pick_up", "通知领卡", art(16)
    SMS_STRANDED = "sms.stranded", "催领滞留卡", art(16)
    SMS_NOT_ACTIVATED = "sms.not_activated", "提醒激活社保功能", art(22)
    SMS_BANK_NOT_ACTIVATED = "sms.bank_not_activated", "提醒到银行启用金融功能", art(22)
    SMS_APPLICATION_SUBMITTED = "sms.application_submitted", "制卡申请已提交", art(25)
    SMS_APPLICATION_ACCEPTED = "sms.application_accepted", "制卡申请银行已受理", art(25)
    SMS_APPLICATION_REFUSED = "sms.application_refused", "制卡申请被银行退回", art(25)
    SMS_APPLICATION_STOPPED = "sms.application_stopped", "制卡申请省系统不受理", art(25)
    SMS_CARD_MADE = "sms.card_made", "新卡已制成", art(25)
    SMS_TEMPORARY_DUE = "sms.temporary_due", "临时卡到期提醒", art(27)
    SMS_LOSS_RECORDED = "sms.loss_recorded", "挂失已办理", art(28)
    SMS_LOSS_LAPSING = "sms.loss_lapsing", "口头挂失即将失效", art(28)


_NEEDS_INTERFACE = frozenset({"province.number", "province.completed", "province.financial"})
_OWED_IF = {
    "province.completed": ("new_card", ""),
    "province.financial": ("bank", "active"),
    "province.transfer_in": ("reason", "transfer_in"),
}
# One to one with the card, of the same state; a new card needs no new one (domain.md 1.6, 1.13).
_E_CARD = {
    "province.activate": "由省系统随卡启用",
    "province.replace": "不用重新申领",
    "province.oral_loss": "由省系统随卡停用",
    "province.formal_loss": "由省系统随卡停用",
    "province.release_loss": "由省系统随卡恢复",
    "province.cancel": "由省系统随卡注销",
    "province.transfer_out": "由省系统随卡办理",
}
# One subject owes it once, however often the act is done again.
_ONCE = frozenset({"province.transfer_in"})
_STOPS = frozenset({"oral_loss", "formal_loss", "loss_notice"})
# Loss and its end keep their own order among themselves (Art. 28).
_URGENT = frozenset(
    {
        "oral_loss",
        "formal_loss",
        "release_loss",
        "loss_notice",
        "release_notice",
        "loss_recorded",
        "loss_lapsing",
    }
)


class Outcome(StrEnum):
    """What came of telling: the four answers, and `taken` when the answer comes later by file."""

    DONE = "done"
    ALREADY_SO = "already_so"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    TAKEN = "taken"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer. `words` are the other side's own, kept as they came; `reference` its number.

    `unknown` marks an `unreachable` that broke off after the letter had left: it may have arrived.
    """

    outcome: Outcome
    code: str = ""
    words: str = ""
    reference: str = ""
    unknown: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressee:
    """Whom a letter is about, in clear; never printed, so that no log can hold it.

    `bank_name` is how the bank's file writes a name it has no characters for, empty as a rule;
    `outlet` is where the new card is fetched, `nation` a code of GB/T 3304; `guardian_relation`,
    a code of `Relation`, is what the guardian is to the holder.
    """

    name: str = field(repr=False)
    number: str = field(repr=False)
    number_kind: str = field(repr=False)
    sex: str = field(default="0", repr=False)
    born_on: date | None = field(default=None, repr=False)
    phone: str = field(default="", repr=False)
    address: str = field(default="", repr=False)
    bank_name: str = field(default="", repr=False)
    guardian_name: str = field(default="", repr=False)
    guardian_number: str = field(default="", repr=False)
    guardian_relation: str = field(default="", repr=False)
    nation: str = field(default="", repr=False)
    unit_code: str = field(default="", repr=False)
    unit: str = field(default="", repr=False)
    town: str = field(default="", repr=False)
    village: str = field(default="", repr=False)
    outlet: str = field(default="", repr=False)
    outlet_name: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeCard:
    """A new card as its maker returned it: number, account, what its chip answers (F4).

    `number` is the social security card's, `chip_code` its 卡识别码, `reset` its 卡复位信息.
    """

    number: str
    account: str = field(default="", repr=False)
    chip_code: str = field(default="", repr=False)
    reset: str = field(default="", repr=False)
    voucher: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class LiesAt:
    """The office that has a card ready for its holder now; what it never said is empty."""

    name: str
    address: str = ""
    hours: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A message as it leaves: who and which card in clear, one `reference` for all attempts.

    `again` says that an earlier attempt may have arrived: ask first where the other side can be
    asked. `facts` hold what the act recorded, by name and without personal data; `made` is the new
    card a letter about an application speaks of, `photo` opens the one it was captured with.
    `lies_at` is where the card is fetched as the letter leaves, if it lies with an office;
    `never_used` says that nobody put its function to use and no word of that is on its way;
    `told_before` that the other side took an earlier letter like it about the same application.
    """

    kind: MessageKind
    reference: str
    happened_at: datetime
    about: Addressee = field(repr=False)
    card_number: str = ""
    bank_account: str = field(default="", repr=False)
    bank: str = ""
    office: str = ""
    office_name: str = ""
    clerk: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)
    made: MadeCard | None = field(default=None, repr=False)
    photo: Callable[[], bytes | None] | None = field(default=None, repr=False)
    lies_at: LiesAt | None = None
    never_used: bool = False
    told_before: bool = False
    again: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """The answer to the letter of that reference."""

    reference: str
    answer: Answer


@dataclass(frozen=True, slots=True)
class Returned:
    """A file of answers; `keep` puts it away once they are written down, and not before.

    `refuse` gives the whole file back with a sentence: it says the contrary of an earlier one.
    """

    told: tuple[Told, ...]
    keep: Callable[[], None]
    refuse: Callable[[str], None]


class Correspondent(Protocol):
    """Whoever carries letters to one system; what the outbox asks of every adapter.

    :meth:`tell` yields an answer for each letter as it is known, in order, and stops after the
    first `unreachable`: what was not yielded did not leave. `carries` are the kinds it knows how
    to say; the rest waits for a person with the other side's own screen.
    """

    @property
    def carries(self) -> frozenset[MessageKind]:
        """The kinds it can say."""
        ...

    def tell(self, letters: Sequence[Letter]) -> Iterator[Told]:
        """Carry the letters over, one answer for each."""
        ...


class BankFiles(Correspondent, Protocol):
    """A bank that takes files and answers by file (domain.md 3.2)."""

    def answers(self) -> Iterable[Returned]:
        """The files that came back since the last time; each is read in effect once."""
        ...


class Sms(Correspondent, Protocol):
    """A gateway for text messages: one letter, one text to the addressee's phone."""


class Unreachable(Exception):
    """The other side gave no answer; whoever asked may ask again later."""
