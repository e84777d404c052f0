"""By when a new card is promised: working days from the day it is asked for (Art. 25, 26)."""

from dataclasses import dataclass
from datetime import date

from cardbook.law.parameters import parameter, whole_number
from cardbook.law.working_days import national_calendar
from cardbook.lifecycle.facts import ApplyKind

_RULES = {
    ApplyKind.FIRST: "statutory_card_limit_days",
    ApplyKind.REPLACEMENT: "replacement_promise_days",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """A day, by which rule; `doubts` warn of years whose holidays are not known."""

    on: date
    days: int
    confirmed: bool
    doubts: tuple[str, ...]


def soon_until(on: date) -> date:
    """This function will give the last promised day that counts as near, as seen on a day."""
    return national_calendar().add_working_days(on, whole_number("promise_soon_days", on=on))[0]


def promise_for(kind: ApplyKind, *, on: date) -> Promise:
    """This function will count the working days of the rule on from a day."""
    key = _RULES[kind]
    days = whole_number(key, on=on)
    promised, doubts = national_calendar().add_working_days(on, days)
    return Promise(
        on=promised, days=days, confirmed=parameter(key).on(on).confirmed, doubts=doubts
    )
