"""What the new card costs, by whose doing the old one is wrong; said to the holder (Art. 15, 26).

The amounts are the tariff's (`law/fees.py`).
"""

from collections.abc import Iterable
from datetime import date

from cardbook.chapters.corrections.wrong_cards.values import labels_of
from cardbook.law import notices
from cardbook.law.fees import Charge, charge_for
from cardbook.lifecycle.facts import Fault, WrongField


def charge_of(fault: Fault, *, on: date) -> Charge:
    """This function will tell what the tariff asks for a card that is wrong by this fault."""
    return charge_for("error" if fault.is_free else "own_change", on=on)


def fee_words(fault: Fault, *, on: date) -> str:
    """This function will say the fee as it is said to a holder."""
    return charge_of(fault, on=on).words(fault.label)


def told_lines(fields: Iterable[WrongField | str], fault: Fault, *, on: date) -> tuple[str, ...]:
    """This function will fill the notice of a wrong card: what is wrong, and who pays."""
    notice = notices.notice(notices.WRONG_CARD.code, on=on)
    values = {"wrong_field": labels_of(fields) or "（待选）", "fee_words": fee_words(fault, on=on)}
    return notice.filled(values)
