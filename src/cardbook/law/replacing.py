"""Why a card is replaced, and all that the reason decides: one row a reason (Art. 9, 15, 25, 26).

Who may ask, which window takes it, what must be so before, what becomes of the old card; the fee
is `fees.py`'s. The screen, its refusals and docs/generated/replacing.md read this table.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from cardbook.law.articles import Basis, art
from cardbook.law.parameters import parameter
from cardbook.law.roles import Role

OFFICE = frozenset({Role.WINDOW_CLERK, Role.AGENCY_CLERK})
BOTH = OFFICE | {Role.BANK_TELLER}
# A wrong face is taken back first; its replacement is opened from there (Art. 13 to 15).
ELSEWHERE: frozenset[Role] = frozenset()

_OPEN = "exchange_window"
_APPLICANTS = "本人；未成年人由监护人"
_ART_26 = "第二十六条只写银行窗口受理个人原因的丢失、损坏；其余按第二十五条由综合服务窗口受理"


class Condition(StrEnum):
    """What must be so before a card is replaced for a reason."""

    ON_LOSS = "on_loss"
    IN_HAND = "in_hand"
    NEAR_END = "near_end"
    CHANGE_SAID = "change_said"
    OTHER_BANK = "other_bank"
    TESTED = "tested"
    CORRECTED = "corrected"

    @property
    def label(self) -> str:
        """The words on the screen."""
        return {
            "on_loss": "已正式挂失（可一并办）",
            "in_hand": "卡在手，没有挂失",
            "near_end": "已到期或临近到期",
            "change_said": "写明改了哪一项",
            "other_bank": "另选一家银行",
            "tested": "当面检测、有鉴定",
            "corrected": "错卡已收回、省系统已确认、公安已更正",
        }[self]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonRule:
    """One row; `reason` is that of the application and of the tariff, `rates` all it may cost.

    Which window takes what the articles leave open is the city's to say: `by_parameter`.
    """

    reason: str
    basis: tuple[Basis, ...]
    takers: frozenset[Role]
    condition: Condition
    papers: str
    old_card: str = "领新卡时交回"
    applicants: str = _APPLICANTS
    rates: tuple[str, ...] = ()
    assumed: str = ""
    by_parameter: str = ""

    def takers_on(self, on: date) -> frozenset[Role]:
        """This function will say who takes it on a day."""
        if self.by_parameter and parameter(self.by_parameter).on(on).value == "both":
            return BOTH
        return self.takers

    def window_on(self, on: date) -> str:
        """This function will say where it is taken on a day, in words."""
        takers = self.takers_on(on)
        if not takers:
            return "错卡处理"
        return "综合服务窗口、银行窗口" if takers == BOTH else "综合服务窗口"


RULES: Mapping[str, ReasonRule] = {
    rule.reason: rule
    for rule in (
        ReasonRule(
            reason="lost", basis=(art(26), art(28)), takers=BOTH, condition=Condition.ON_LOSS,
            papers="身份证", old_card="提交时注销",
        ),
        ReasonRule(
            reason="damaged", basis=(art(26),), takers=BOTH, condition=Condition.IN_HAND,
            papers="身份证、旧卡",
        ),
        ReasonRule(
            reason="expired", basis=(art(25),), takers=OFFICE, condition=Condition.NEAR_END,
            papers="身份证、旧卡", assumed=_ART_26, by_parameter=_OPEN,
        ),
        ReasonRule(
            reason="data_changed", basis=(art(25), art(15)), takers=OFFICE,
            condition=Condition.CHANGE_SAID, papers="更正后的身份证、旧卡", assumed=_ART_26,
            by_parameter=_OPEN,
        ),
        ReasonRule(
            reason="bank_changed", basis=(art(25),), takers=OFFICE,
            condition=Condition.OTHER_BANK, papers="身份证、旧卡",
            assumed=f"{_ART_26}；更换银行牵涉两家银行，银行窗口不能代他行受理",
        ),
        ReasonRule(
            reason="defect", basis=(art(9),), takers=OFFICE, condition=Condition.TESTED,
            papers="身份证、旧卡", old_card="领新卡时交回；制卡质量问题的退制卡银行",
        ),
        ReasonRule(
            reason="error", basis=(art(15),), takers=ELSEWHERE, condition=Condition.CORRECTED,
            papers="更正后的身份证", old_card="发现时已收回",
            # By whose doing the face is wrong (Art. 15).
            rates=("error", "own_change"),
        ),
    )
}  # fmt: skip


def rule_of(reason: str) -> ReasonRule:
    """This function will find the row of a reason.

    :raises KeyError: when it is none for which a card is replaced.
    """
    return RULES[reason]
