"""What other agencies are told of a card: five answers and nothing about its holder (Art. 2, 23).

Pure data and one function without Django, so that the table is read and tested by itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Literal

from cardbook.cards.states import Hold, Social, Stage, TemporaryStage

BANK_NOTE = "银行一侧以银行为准"


class State(StrEnum):
    """What is answered; values are part of the API and never change."""

    VALID = "valid"
    STOPPED = "stopped"
    NOT_ACTIVATED = "not_activated"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: the state, why when it is stopped, and the sentence for a screen."""

    state: State
    reason: Literal["", "loss", "other"]
    words: str


VALID = Answer(State.VALID, "", "社保功能正常，可以使用。")
LOST = Answer(State.STOPPED, "loss", "已挂失，不能使用。请持卡人到社保卡综合服务窗口办理。")
STOPPED = Answer(State.STOPPED, "other", "已停用，不能使用。请持卡人到社保卡综合服务窗口办理。")
NOT_ACTIVATED = Answer(
    State.NOT_ACTIVATED, "", "社保功能尚未激活，请持卡人到社保卡综合服务窗口激活。"
)
CANCELLED = Answer(State.CANCELLED, "", "已注销，不能使用。")
UNKNOWN = Answer(State.UNKNOWN, "", "没有这个号码的社保卡，请核对号码。")
_DEAD = (Stage.CANCELLED, Stage.DESTROYED)
UNCERTAIN = Answer(State.UNKNOWN, "", "社保功能状态未核实，请持卡人到社保卡综合服务窗口核对。")


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What one read says of a card."""

    stage: str
    social: str
    hold: str
    hold_until: datetime | None
    died_on: date | None
    said_dead: bool = False


def state_of(card: Known | None, *, at: datetime) -> Answer:
    """This function will say what is answered of a card at an instant.

    An oral loss whose time is over counts as none (Art. 28); a dead holder's card is stopped. Of
    one whom an opening balance calls dead without a day nobody says that his card is good.
    """
    if card is None:
        return UNKNOWN
    held = card.hold not in (Hold.NONE, Hold.ORAL_LOSS)
    answers = (
        (card.social == Social.CANCELLED or card.stage in _DEAD, CANCELLED),
        (card.hold == Hold.FORMAL_LOSS or _speaks_still(card, at), LOST),
        (card.stage == Stage.IN_CUSTODY, NOT_ACTIVATED),
        (held or card.stage != Stage.ISSUED or card.died_on is not None, STOPPED),
        (card.social == Social.LOCKED, STOPPED),
        (card.social == Social.ACTIVE and not card.said_dead, VALID),
        (card.social == Social.SEALED, NOT_ACTIVATED),
    )
    return next((answer for holds, answer in answers if holds), UNCERTAIN)


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownTemporary:
    """What one read says of a temporary card and whoever has it; `waits` for a new card still."""

    stage: str
    valid_until: date | None
    died_on: date | None
    waits: bool


TEMPORARY_UNKNOWN = Answer(State.UNKNOWN, "", "没有这个号码的临时卡，请核对号码。")
TEMPORARY_VALID = Answer(State.VALID, "", "临时卡有效，只能办理社保业务，不能作银行卡。")
TEMPORARY_LATE = Answer(
    State.STOPPED, "other", "临时卡已到期，不能使用。请持卡人到社保卡综合服务窗口办理。"
)
TEMPORARY_OVER = Answer(
    State.STOPPED, "other", "所等的新卡已领取或不再制作，临时卡停用。请持卡人交回窗口。"
)
TEMPORARY_LOST = Answer(State.STOPPED, "loss", "临时卡已登记遗失，不能使用。")
TEMPORARY_IN_STOCK = Answer(State.NOT_ACTIVATED, "", "临时卡没有发给任何人，不能使用。")
TEMPORARY_ENDED = Answer(State.CANCELLED, "", "临时卡已收回或作废，不能使用。")
_TEMPORARY: Mapping[str, Answer] = {
    TemporaryStage.IN_STOCK: TEMPORARY_IN_STOCK,
    TemporaryStage.LENT: TEMPORARY_VALID,
    TemporaryStage.RETURNED: TEMPORARY_ENDED,
    TemporaryStage.LOST: TEMPORARY_LOST,
    TemporaryStage.VOID: TEMPORARY_ENDED,
}


def state_of_temporary(card: KnownTemporary | None, *, today: date) -> Answer:
    """This function will say what is answered of a temporary card on a day (Art. 27).

    Its last day is counted in; after it, after the death of who has it, and once no new card is
    being made for him any more, it is stopped without anybody doing anything.
    """
    if card is None:
        return TEMPORARY_UNKNOWN
    answer = _TEMPORARY[card.stage]
    if answer is not TEMPORARY_VALID:
        return answer
    if card.died_on is not None:
        return STOPPED
    if not card.waits:
        return TEMPORARY_OVER
    return answer if card.valid_until and today <= card.valid_until else TEMPORARY_LATE


def _speaks_still(card: Known, at: datetime) -> bool:
    return card.hold == Hold.ORAL_LOSS and card.hold_until is not None and card.hold_until > at
