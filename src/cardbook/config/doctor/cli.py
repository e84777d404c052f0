"""Runs every check and writes the table: `cardbook doctor [--json]`.

Exit codes: 0 nothing is wrong, 1 something is wrong (named), 2 the database could not be asked.
"""

import unicodedata
from collections.abc import Callable, Iterator, Sequence
from functools import partial

import click
import psycopg
from django.db import DatabaseError, InterfaceError, connection
from django.utils import timezone

from cardbook.config.doctor import database, ledger, machine, outbox, upkeep
from cardbook.config.doctor.answers import refused, unreachable
from cardbook.config.doctor.findings import Finding, Level
from cardbook.config.vault.night import last_look
from cardbook.lib.canonical import canonical_json

WRONG, NOT_DONE = 1, 2
_COLORS = {Level.WELL: "green", Level.NOTE: "yellow", Level.WRONG: "red"}
_REACH = "database"


def of_machine(*, missing_keys: tuple[str, ...]) -> Iterator[Finding]:
    """This function will yield what this computer alone can tell."""
    yield machine.python_version()
    yield machine.django_version()
    yield machine.data_disk()
    yield machine.database_disk()
    yield machine.papers_disk()
    yield machine.temp_disk()
    yield machine.key_files(missing_before=missing_keys)
    yield machine.printing()
    yield machine.static_files()
    yield machine.switches()
    yield machine.parameters()


def of_database() -> Iterator[Finding]:
    """This function will yield what the server tells, or the one line that it does not answer."""
    try:
        _knock()
    except psycopg.Error as problem:
        yield unreachable(str(problem))
        return
    now = timezone.now
    yield from _asked(
        database.server_version,
        database.durability,
        partial(database.clock, now=now),
        database.connections_left,
    )
    for first in (database.writable, database.entry, database.migrations):
        found = next(_asked(first))
        yield found
        if found.level is Level.WRONG and first is not database.writable:
            return  # the rest would only complain of tables that are not there yet
    yield from _asked(
        database.rights,
        database.triggers,
        *upkeep.CHECKS,
        ledger.keys_open_the_book,
        partial(ledger.sealing, now=now),
        ledger.worker,
        partial(ledger.jobs, now=now),
        partial(ledger.backup, now=now),
        lambda: last_look(now=now()),
        outbox.lines,
        partial(outbox.messages, now=now),
        partial(outbox.bank_files, now=now),
    )


def _knock() -> None:
    """Connect without the pool, which would try again in silence and not say why it failed."""
    here = connection.settings_dict
    psycopg.connect(
        host=here["HOST"] or None,
        port=here["PORT"] or None,
        dbname=here["NAME"],
        user=here["USER"],
        password=here["PASSWORD"],
        connect_timeout=5,
    ).close()


def _asked(*checks: Callable[[], Finding]) -> Iterator[Finding]:
    for check in checks:
        try:
            yield check()
        except (DatabaseError, InterfaceError) as problem:
            yield refused(problem)


def report(findings: Sequence[Finding], *, as_json: bool) -> None:
    """This function will write the findings and end with the code that says how it stands.

    :raises SystemExit: with 1 when something is wrong, with 2 when the database did not answer.
    """
    wrong = [one for one in findings if one.level is Level.WRONG]
    if as_json:
        click.echo(canonical_json({"ok": not wrong, "findings": list(findings)}))
    else:
        click.echo(table(findings))
    if any(one.code == _REACH for one in wrong):
        raise SystemExit(NOT_DONE)
    if wrong:
        raise SystemExit(WRONG)


def table(findings: Sequence[Finding]) -> str:
    """This function will write the findings as aligned lines, remedies below what is not well.

    Colours are taken off again by click when nobody looks at a terminal.
    """
    width = max(_width(one.title) for one in findings)
    lines = []
    for one in findings:
        mark = click.style(one.level.mark, fg=_COLORS[one.level], bold=True)
        lines.append(f"{mark} {one.title}{' ' * (width - _width(one.title))}  {one.said}")
        if one.remedy:
            lines.append(f"  {' ' * width}  → {one.remedy}")
    wrong = sum(one.level is Level.WRONG for one in findings)
    notes = sum(one.level is Level.NOTE for one in findings)
    lines.append("")
    lines.append(
        f"共 {len(findings)} 项：{wrong} 项须处理，{notes} 项请留意。"
        if wrong or notes
        else f"共 {len(findings)} 项，全部正常。"
    )
    return "\n".join(lines)


def _width(text: str) -> int:
    """Columns on a terminal: a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)
