"""Reminds holders by text, every ten minutes, as a job of the worker (Art. 16, 22, 25, 27, 28).

Only where a gateway carries the text: an office without one has its lists and the radar.
"""

import logging

from cardbook.adapters.lines import BadExchange
from cardbook.chapters.exchange.reminders.commands import remind_holders
from cardbook.chapters.exchange.reminders.queries import REMINDERS
from cardbook.config.switchboard import Switchboard, database_clock
from cardbook.jobs.queue import periodic_job
from cardbook.orgs.models import Kind, Organization
from cardbook.outbox.deliver import Clock
from cardbook.outbox.reminding import Reminded
from cardbook.ports.messages import MessageKind, Party

EVERY_TEN_MINUTES = "*/10 * * * *"
_switchboard = Switchboard()
_log = logging.getLogger(__name__)


def remind(
    switchboard: Switchboard | None = None, *, clock: Clock = database_clock
) -> dict[MessageKind, Reminded]:
    """This function will remind whoever is due, in every county whose gateway carries it.

    Settings that cannot be used remind nobody; `cardbook doctor` says why.
    """
    board = switchboard or _switchboard
    try:
        counties = _carried(board)
    except BadExchange as problem:
        _log.error("%s", problem)
        return {}
    return remind_holders(at=clock(), counties=counties)


def _carried(board: Switchboard) -> dict[MessageKind, list[int]]:
    carried: dict[MessageKind, list[int]] = {due.kind: [] for due in REMINDERS}
    counties = Organization.objects.filter(kind=Kind.COUNTY, valid_to=None).order_by("pk")
    for county in counties.values_list("pk", flat=True):
        gateway = board(Party.SMS, county)
        for kind, found in carried.items():
            if gateway is not None and kind in gateway.carries:
                found.append(county)
    return carried


@periodic_job("outbox.reminders", cron=EVERY_TEN_MINUTES)
def remind_of_what_is_due() -> None:
    """The turn of days to come."""
    remind()
