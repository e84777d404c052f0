"""Who is due to be reminded of what: one query a kind, over all counties that have a gateway.

Whoever gave no number, or died, is in none of them: the office's own lists name his card.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

from cardbook.cards.states import Progress, Subject
from cardbook.custody.places import Place
from cardbook.law.parameters import value, whole_number
from cardbook.lib.clock import LOCAL, local_day
from cardbook.outbox.reminding import Due
from cardbook.ports.messages import MessageKind

_SQL = Path(__file__).parent / "sql"
# Where cards lie that nobody fetched; errors, defects and returns have queues of their own.
_SHELVES = (Place.STORE, Place.BOX, Place.DRAWER, Place.UNIT)


def _due(kind: MessageKind, *, subject: Subject = Subject.CARD) -> Due:
    text = (_SQL / f"{kind.operation}.sql").read_text(encoding="utf-8")
    return Due(kind=kind, subject=subject, query=text)


def _applied(kind: MessageKind, *, act: str, progress: Progress) -> Due:
    """One query for every step of an application: the act that led there, where it stands."""
    text = (_SQL / "application_reached.sql").read_text(encoding="utf-8")
    return Due(
        kind=kind, subject=Subject.APPLICATION, query=text.format(act=act, progress=progress)
    )


# In the order of the articles; the file of each is named after its kind, but that what became of
# an application at the bank shares one.
REMINDERS: tuple[Due, ...] = (
    _due(MessageKind.SMS_STRANDED),
    _due(MessageKind.SMS_NOT_ACTIVATED),
    _due(MessageKind.SMS_BANK_NOT_ACTIVATED),
    _applied(
        MessageKind.SMS_APPLICATION_SUBMITTED,
        act="application.submit",
        progress=Progress.SUBMITTED,
    ),
    _applied(
        MessageKind.SMS_APPLICATION_ACCEPTED, act="application.accept", progress=Progress.ACCEPTED
    ),
    _due(MessageKind.SMS_APPLICATION_STOPPED, subject=Subject.APPLICATION),
    _due(MessageKind.SMS_READY_FOR_PICK_UP),
    _due(MessageKind.SMS_TEMPORARY_DUE, subject=Subject.TEMPORARY_CARD),
    _due(MessageKind.SMS_LOSS_LAPSING),
)


def values_at(at: datetime, *, counties: Sequence[int]) -> dict[str, object]:
    """This function will give what the queries ask for: the days before, by the rules of the day.

    A reminder whose day passed long ago is none: a city that begins today, or whose gateway was
    dead for a season, does not write to everybody at once.
    """
    today = local_day(at)
    unused = timedelta(days=whole_number("activation_reminder_days", on=today))
    bands = _bands(today)
    return {
        "counties": list(counties),
        "shelves": [str(place) for place in _SHELVES],
        "holder": str(Place.HOLDER),
        "today": today,
        "loss_until": at + timedelta(days=whole_number("loss_due_days", on=today)),
        "return_until": today + timedelta(days=whole_number("temporary_due_days", on=today)),
        "unused_from": at - 2 * unused,
        "unused_to": at - unused,
        "applied_from": at - timedelta(days=whole_number("application_text_days", on=today)),
        "bands": [first for first, _ in bands],
        "bands_from": [at - timedelta(days=last) for _, last in bands],
        "bands_to": [at - timedelta(days=first) for first, _ in bands],
    }


def _bands(on: date) -> list[tuple[int, int]]:
    """Each band of waiting with the day it ends; the last is as long as the first begins late."""
    days = value("stranded_bands", on=on)
    assert isinstance(days, tuple)
    return list(zip(days, (*days[1:], days[-1] + days[0]), strict=True))


def is_daytime(at: datetime) -> bool:
    """This function will say whether people may be written to at this hour."""
    here, today = at.astimezone(LOCAL), local_day(at)
    first = whole_number("reminder_first_hour", on=today)
    return first <= here.hour < whole_number("reminder_last_hour", on=today)
