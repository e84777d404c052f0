"""Port -> adapter: who speaks to which office or bank, as `exchange.toml` says (Art. 14, 25-30).

Adapters are made once and keep their connections; a change of the file is seen at the next round.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from django.conf import settings
from django.db import connection

from cardbook.adapters.bank_files import BankFolder
from cardbook.adapters.lines import (
    FILE,
    BadExchange,
    Exchange,
    Line,
    correspondent,
    read_exchange,
)
from cardbook.adapters.province_web import ProvinceWeb
from cardbook.orgs.models import Kind, Organization
from cardbook.ports.bank_sheets import BankInbox
from cardbook.ports.messages import Correspondent, Party
from cardbook.ports.province import ProvinceDesk

AT_ONCE_SECONDS = 3.0


def database_clock() -> datetime:
    """This function will tell the time by the database's clock, which is one for all workers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (now,) = cursor.fetchone()
    moment: datetime = now
    return moment


class Switchboard:
    """Finds the adapter of a recipient; None means that a person does it by hand."""

    def __init__(self, *, clock: Callable[[], datetime] = database_clock) -> None:
        """Read the settings when they are first needed."""
        self._clock = clock
        self._read: tuple[float, Exchange] | None = None
        self._made: dict[tuple[Party, int], Correspondent | None] = {}
        self._desks: dict[Line, ProvinceDesk | None] = {}

    def __call__(self, party: Party, recipient_id: int) -> Correspondent | None:
        """The adapter of one line.

        :raises BadExchange: when the settings cannot be used.
        """
        exchange = self._exchange()
        if (party, recipient_id) not in self._made:
            code = Organization.objects.values_list("code", flat=True).get(pk=recipient_id)
            line = exchange.line(party, code)
            made = correspondent(party, line, data=settings.ENVIRONMENT.data, clock=self._clock)
            self._made[party, recipient_id] = made
        return self._made[party, recipient_id]

    def banks(self) -> list[BankFolder]:
        """Every bank that answers by file."""
        ids = Organization.objects.filter(kind=Kind.BANK).values_list("pk", flat=True)
        found = [self(Party.BANK, pk) for pk in ids.order_by("pk")]
        return [one for one in found if isinstance(one, BankFolder)]

    def inbox(self, bank_id: int) -> BankInbox | None:
        """What a bank left for people; None where it takes no files, or settings are wrong."""
        try:
            found = self(Party.BANK, bank_id)
        except BadExchange:
            return None
        return found if isinstance(found, BankFolder) else None

    def province(self, county_id: int) -> ProvinceDesk | None:
        """The province's desk for an office; None without an interface, or settings are wrong.

        Somebody waits at a window: the line is given a shorter time than messages have.
        """
        try:
            exchange = self._exchange()
        except BadExchange:
            return None
        code = Organization.objects.values_list("code", flat=True).get(pk=county_id)
        line = exchange.line(Party.PROVINCE, code)
        line = replace(line, timeout_seconds=min(line.timeout_seconds, AT_ONCE_SECONDS))
        if line not in self._desks:
            data = settings.ENVIRONMENT.data
            made = correspondent(Party.PROVINCE, line, data=data, clock=self._clock)
            self._desks[line] = made if isinstance(made, ProvinceWeb) else None
        return self._desks[line]

    def _exchange(self) -> Exchange:
        path = settings.ENVIRONMENT.data / FILE
        changed = path.stat().st_mtime if path.exists() else 0.0
        if self._read is None or self._read[0] != changed:
            self._read = (changed, read_exchange(settings.ENVIRONMENT.data))
            self._made, self._desks = {}, {}
        return self._read[1]


_for_pages = Switchboard()


def inbox_of(bank_id: int) -> BankInbox | None:
    """This function will open what a bank left for people (setting `BANK_INBOX`)."""
    return _for_pages.inbox(bank_id)


def province_of(county_id: int) -> ProvinceDesk | None:
    """This function will open an office's line to the province (setting `PROVINCE_DESK`)."""
    return _for_pages.province(county_id)
