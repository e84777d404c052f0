"""The city's clock: moments are kept with their zone and said in the time of the window.

Serves every article that names a day or a time.
"""

from calendar import monthrange
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

LOCAL = ZoneInfo("Asia/Shanghai")


def local_day(at: datetime) -> date:
    """This function will say which day a moment falls on in the city."""
    return at.astimezone(LOCAL).date()


def full_years(born_on: date, *, on: date) -> int:
    """This function will say how old somebody is on a day; a birthday counts from midnight."""
    birthday_to_come = (on.month, on.day) < (born_on.month, born_on.day)
    return on.year - born_on.year - birthday_to_come


def months_away(day: date, months: int) -> date:
    """This function will go so many months on, or back; a month's last day stays one."""
    year, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + year, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def to_the_minute(at: datetime | None) -> str:
    """This function will say a moment as lists and papers do; "" when there is none."""
    return f"{at.astimezone(LOCAL):%Y-%m-%d %H:%M}" if at else ""


def to_the_second(at: datetime | None) -> str:
    """This function will say a moment as a refusal does; "" when there is none.

    What was entered as a day (an opening balance, a paper list) was kept as its midnight, and is
    said as a day.
    """
    if at is None:
        return ""
    if at.astimezone(LOCAL).time() == time():
        return f"{local_day(at)}"
    return f"{at.astimezone(LOCAL):%Y-%m-%d %H:%M:%S}"
