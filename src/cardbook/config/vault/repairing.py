"""Fetches a value that does not open back from a backup, as it lay there: sealed (P7, Art. 20)."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.db import connections
from psycopg import sql

from cardbook.config.backup import DUMP, PAPERS, programs, read_manifest, run_tool
from cardbook.config.drill import scratch_database, url_of
from cardbook.config.vault import walking
from cardbook.config.vault.walking import CONTEXTS, Columns, Place, sealed_columns
from cardbook.lib.sm import Damaged, open_sealed
from cardbook.papers.storage import PaperMissing, put_back


def repair(places: Sequence[Place], *, folder: Path) -> list[Place]:
    """This function will put back what opens in the backup `folder`; returns what did not.

    A value is put back only where the damaged one still lies. What was changed since the backup
    comes back as it was then: the caller says so.

    :raises cardbook.config.backup.BackupFailed: when the backup cannot be read or restored.
    """
    manifest = read_manifest(folder)
    tables = {one.table: one for one in sealed_columns()}
    rows = [one for one in places if one.table in tables]
    left = [
        one for one in places
        if one.table not in tables and not _file_is_back(one, folder.parent / PAPERS)
    ]  # fmt: skip
    if not rows:
        return left
    named = [f"--table={table}" for table in sorted({one.table for one in rows})]
    with scratch_database() as name:
        run_tool(
            programs(manifest.server), "pg_restore", "--no-owner", "--no-privileges",
            "--exit-on-error", *named, f"--dbname={name}", folder / DUMP, database=name,
        )  # fmt: skip
        with psycopg.connect(url_of(name)) as link:
            return left + [one for one in rows if not _value_is_back(one, tables[one.table], link)]


def _file_is_back(place: Place, papers: Path) -> bool:
    """A paper's; a second factor is not fetched back but set up anew (docs/operate/keys.md)."""
    if place.table != walking.PAPERS:
        return False
    (digest,) = place.key
    try:
        put_back(digest, sealed=papers / digest[:2] / digest)
    except (Damaged, PaperMissing):
        return False
    return True


def _value_is_back(place: Place, columns: Columns, link: "psycopg.Connection[Any]") -> bool:
    table, column = sql.Identifier(place.table), sql.Identifier(place.column)
    here = sql.SQL(" AND ").join(
        sql.SQL("{} = %s").format(sql.Identifier(one)) for one in columns.key
    )
    question = sql.SQL("SELECT {} FROM {} WHERE {}").format(column, table, here)
    kept = link.execute(question, place.key).fetchone()
    if kept is None or kept[0] is None or not _opens(bytes(kept[0]), place.column):
        return False
    with connections["owner"].cursor() as cursor:
        cursor.execute(question.as_string(link), place.key)
        now = cursor.fetchone()
        if now is None or now[0] is None or _opens(bytes(now[0]), place.column):
            return now is not None  # written anew meanwhile
        put = sql.SQL("UPDATE {} SET {} = %s WHERE {} AND {} = %s")
        cursor.execute(
            put.format(table, column, here, column).as_string(link), [kept[0], *place.key, now[0]]
        )
        return bool(cursor.rowcount)


def _opens(sealed: bytes, column: str) -> bool:
    try:
        open_sealed(settings.VAULT_KEYS, sealed, context=CONTEXTS[column])
    except Damaged:
        return False
    return True
