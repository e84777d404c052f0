"""Carries over what is owed, every few seconds, as a job of the worker; one line a party.

What leaves is committed already: the job looks, nobody has to tell it (docs/operate/exchange.md).
"""

import logging

from cardbook.adapters.lines import BadExchange
from cardbook.config.switchboard import Switchboard, database_clock
from cardbook.jobs.queue import periodic_job
from cardbook.outbox.deliver import Tally, deliver_all, take_in
from cardbook.ports.messages import Party

EVERY_FEW_SECONDS = "* * * * * */3"
_switchboard = Switchboard()
_log = logging.getLogger(__name__)


def carry(party: Party, switchboard: Switchboard | None = None) -> Tally:
    """This function will carry what is due to a party, and take in what came back.

    Settings that cannot be used stop everything that would leave; `cardbook doctor` says why.
    """
    board = switchboard or _switchboard
    try:
        return _carry(party, board)
    except BadExchange as problem:
        _log.error("%s", problem)
        return Tally()


def _carry(party: Party, board: Switchboard) -> Tally:
    tally = deliver_all(party=party, switchboard=board, clock=database_clock)
    if party is Party.BANK:
        for bank in board.banks():
            tally.answered += take_in(bank, clock=database_clock)
    return tally


@periodic_job("outbox.province", cron=EVERY_FEW_SECONDS)
def to_province() -> None:
    """The province's turn."""
    carry(Party.PROVINCE)


@periodic_job("outbox.bank", cron=EVERY_FEW_SECONDS)
def to_banks() -> None:
    """The banks' turn."""
    carry(Party.BANK)


@periodic_job("outbox.sms", cron=EVERY_FEW_SECONDS)
def to_holders() -> None:
    """The turn of texts."""
    carry(Party.SMS)
