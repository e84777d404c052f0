"""A manifest from file to book, against COPY of the same final rows (Art. 6).

The floor takes the rows the import left behind and copies them into twins of the tables: the same
columns, indexes and rows that stood there before, without triggers and references.
"""

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import psycopg

from cardbook.chapters.intake.receive.importer import import_manifest
from cardbook.lib.clock import LOCAL
from tests.bench.actors import TODAY, keeper
from tests.bench.data import own_connection
from tests.bench.manifest_file import COUNTY, write_csv
from tests.bench.measure import Line, Together, against, timed

# What a manifest leaves behind, and by which column its new rows are told.
LEFT = {
    "people_person": "id", "cards_card": "id", "ledger_event": "id", "custody_movement": "id",
    "custody_posting": "id", "custody_position": "card_id", "intake_deliveryline": "id",
    "intake_deliverybox": "id", "intake_cardaccount": "card_id", "cards_searchkey": "person_id",
}  # fmt: skip
AT = datetime.combine(TODAY, datetime.min.time(), tzinfo=LOCAL)
SHORT, LONG = (10_000, 100_000), (10_000, 100_000, 1_000_000)
_MOST, _MEMORY, _GROWTH = 8, 600_000_000, 1.3


def into_empty() -> Iterator[Line]:
    """10 and 100 thousand rows into a book without cards."""
    yield from _imported("空库", SHORT)


def into_full() -> Iterator[Line]:
    """10 and 100 thousand rows into the whole book."""
    yield from _imported("满库", SHORT)


def million_into_empty() -> Iterator[Line]:
    """Up to a million rows into a book without cards."""
    yield from _imported("空库", LONG)


def million_into_full() -> Iterator[Line]:
    """Up to a million rows into the whole book."""
    yield from _imported("满库", LONG)


def _imported(book: str, counts: tuple[int, ...]) -> Iterator[Line]:
    by, first, each = keeper(COUNTY.code), 0, 0.0
    with tempfile.TemporaryDirectory() as folder, own_connection() as link, twins_of(link):
        for count in counts:
            path = write_csv(Path(folder) / f"{count}.csv", first=first, count=count)
            first += count
            before = _last(link)
            with Together() as held:
                seconds = timed(lambda path=path: import_manifest(path, by=by, at=AT))
            floor = copy_again(link, before, Path(folder))
            also = [("父子进程合计 ≤ 600 MB", held.peak <= _MEMORY)]
            if each:
                growth = seconds / count / each
                text = f"每行用时为 {counts[0]:,} 行的 {growth:.2f} 倍（≤ {_GROWTH}）"
                also.append((text, growth <= _GROWTH))
            each = each or seconds / count
            yield against(
                f"导入到货明细 {count:,} 行（{book}）", "同样的最终行 COPY 入同样大的库", floor,
                seconds, rows=count, size=path.stat().st_size, most=_MOST, also=also,
                memory=held.peak,
            )  # fmt: skip


def _last(link: psycopg.Connection[tuple[object, ...]]) -> dict[str, int]:
    link.rollback()
    found = {}
    for table, column in LEFT.items():
        row = link.execute(f"SELECT coalesce(max({column}), 0) FROM {table}").fetchone()
        assert row is not None
        found[table] = int(str(row[0]))
    link.rollback()  # a reader must not stand in the way of what the import locks
    return found


@contextmanager
def twins_of(link: psycopg.Connection[tuple[object, ...]]) -> Iterator[None]:
    """This function will keep a twin of each table, as full as the book; dropped afterwards."""
    for table in LEFT:
        link.execute(f"DROP TABLE IF EXISTS twin_{table}")
        link.execute(
            f"CREATE TABLE twin_{table} (LIKE {table} INCLUDING ALL EXCLUDING INDEXES) "
            "WITH (autovacuum_enabled = off)"  # it would sweep while the import is measured
        )
        link.execute(f"INSERT INTO twin_{table} SELECT * FROM {table}")
        found = link.execute("SELECT indexdef FROM pg_indexes WHERE tablename = %s", [table])
        for (definition,) in found.fetchall():
            twin = re.sub(r"INDEX \S+ ON \S+", f"INDEX ON twin_{table}", str(definition), count=1)
            link.execute(twin)
        link.commit()
    try:
        yield
    finally:
        link.rollback()
        for table in LEFT:
            link.execute(f"DROP TABLE twin_{table}")
        link.commit()


def copy_again(
    link: psycopg.Connection[tuple[object, ...]], before: dict[str, int], folder: Path
) -> float:
    """This function will copy all rows made since `before` into the twins; returns the seconds."""
    link.rollback()
    files: dict[str, Path] = {}
    for table, last in before.items():
        files[table] = folder / f"{table}.copy"
        column = LEFT[table]
        query = f"COPY (SELECT * FROM {table} WHERE {column} > {last}) TO STDOUT (FORMAT BINARY)"
        with link.cursor().copy(query) as rows, files[table].open("wb") as file:
            for block in rows:
                file.write(block)

    def copy() -> None:
        for table, path in files.items():
            with (
                link.cursor().copy(f"COPY twin_{table} FROM STDIN (FORMAT BINARY)") as rows,
                path.open("rb") as file,
            ):
                while block := file.read(1 << 20):
                    rows.write(block)
        link.commit()

    seconds = timed(copy)
    for path in files.values():
        path.unlink()
    return seconds
