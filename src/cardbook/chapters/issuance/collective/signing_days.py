"""Which days a sheet can bear beside a signature: from its hand-over until today (Art. 8 para. 3).

Whatever way a day comes in - typed, ticked, in a workbook - it is asked the same, and once more
when the sheet is filed (`filing_plan.py`).
"""

from datetime import date

from cardbook.chapters.issuance.models import Bundle
from cardbook.lib.clock import local_day
from cardbook.lib.plain import InputError


def handed_on_of(bundle: Bundle, *, today: date) -> date:
    """This function will tell from which day on the cards of a sheet could be signed for."""
    return local_day(bundle.handed_at) if bundle.handed_at else today


def signing_day(on: date, *, since: date, today: date) -> date:
    """This function will return the day, when somebody could have signed on it.

    :raises InputError: `day`, when it is before the cards were handed over or still to come.
    """
    if not since <= on <= today:
        raise InputError(
            "day", f"领取日期 {on} 不在 {since}（交卡）至 {today}（今天）之间，请照明细表填写"
        )
    return on
