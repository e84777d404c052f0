"""What the new card costs, by whose doing the old one is wrong; said to the holder (Art. 15, 26).

The regulation leaves the fee open: both amounts are dated parameters.
"""

from collections.abc import Iterable
from datetime import date

from cardbook.chapters.corrections.wrong_cards.values import labels_of
from cardbook.law import notices
from cardbook.law.parameters import parameter, whole_number
from cardbook.lifecycle.facts import Fault, WrongField


def _key(fault: Fault) -> str:
    return "error_replacement_fee_fen" if fault.is_free else "personal_replacement_fee_fen"


def fee_of(fault: Fault, *, on: date) -> int:
    """This function will tell the fee in fen."""
    return whole_number(_key(fault), on=on)


def fee_is_confirmed(fault: Fault, *, on: date) -> bool:
    """This function will say whether the city bureau stands behind the amount."""
    return parameter(_key(fault)).on(on).confirmed


def fee_words(fault: Fault, *, on: date) -> str:
    """This function will say the fee as it is said to a holder."""
    fee_fen = fee_of(fault, on=on)
    if not fee_fen:
        return f"不收费（{fault.label}）"
    return f"工本费 {fee_fen / 100:.2f} 元（{fault.label}）"


def told_lines(fields: Iterable[WrongField | str], fault: Fault, *, on: date) -> tuple[str, ...]:
    """This function will fill the notice of a wrong card: what is wrong, and who pays."""
    notice = notices.notice(notices.WRONG_CARD.code, on=on)
    values = {"wrong_field": labels_of(fields) or "（待选）", "fee_words": fee_words(fault, on=on)}
    return notice.filled(values)
