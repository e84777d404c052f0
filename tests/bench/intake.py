"""A manifest from file to book, against COPY of the same final rows (Art. 6).

The floor takes the rows the import left behind and copies them into twins of the tables: the same
columns and indexes, without triggers and references.
"""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg

from cardbook.chapters.intake.receive.importer import import_manifest
from tests.bench.actors import TODAY, keeper
from tests.bench.data import own_connection
from tests.bench.manifest_file import COUNTY, write_csv
from tests.bench.measure import Line, against, timed

# What a manifest leaves behind, and by which column its new rows are told.
LEFT = {
    "people_person": "id", "cards_card": "id", "ledger_event": "id", "custody_movement": "id",
    "custody_posting": "id", "custody_position": "card_id", "intake_deliveryline": "id",
    "intake_deliverybox": "id",
}  # fmt: skip
_MOST, _MEMORY = 8, 600_000_000


def into_empty() -> Iterator[Line]:
    """10 and 100 thousand rows into a book without cards."""
    yield from _imported("空库", (10_000, 100_000))


def into_full() -> Iterator[Line]:
    """10 and 100 thousand rows into the whole book."""
    yield from _imported("满库", (10_000, 100_000))


def million() -> Iterator[Line]:
    """A million rows into the whole book."""
    yield from _imported("满库", (1_000_000,))


def _imported(book: str, counts: tuple[int, ...]) -> Iterator[Line]:
    from datetime import datetime

    from cardbook.lib.clock import LOCAL

    by, at = keeper(COUNTY.code), datetime.combine(TODAY, datetime.min.time(), tzinfo=LOCAL)
    first = 0
    with tempfile.TemporaryDirectory() as folder, own_connection() as link:
        for count in counts:
            path = write_csv(Path(folder) / f"{count}.csv", first=first, count=count)
            first += count
            before = _last(link)
            seconds = timed(lambda path=path: import_manifest(path, by=by, at=at))
            floor, size = copy_again(link, before, Path(folder))
            memory = ("峰值 ≤ 600 MB", _peak() <= _MEMORY)
            yield against(
                f"导入到货明细 {count:,} 行（{book}）", "同样的最终行 COPY 入库", floor, seconds,
                rows=count, size=path.stat().st_size, most=_MOST, also=[memory],
            )  # fmt: skip
            assert size > 0


def _peak() -> int:
    from tests.bench.measure import peak_memory

    return peak_memory()


def _last(link: psycopg.Connection[tuple[object, ...]]) -> dict[str, int]:
    link.rollback()
    found = {}
    for table, column in LEFT.items():
        row = link.execute(f"SELECT coalesce(max({column}), 0) FROM {table}").fetchone()
        assert row is not None
        found[table] = int(str(row[0]))
    link.rollback()  # a reader must not stand in the way of what the import locks
    return found


def copy_again(
    link: psycopg.Connection[tuple[object, ...]], before: dict[str, int], folder: Path
) -> tuple[float, int]:
    """This function will copy all rows made since `before` into twins; seconds and bytes."""
    link.rollback()
    files: dict[str, Path] = {}
    for table, last in before.items():
        files[table] = folder / f"{table}.copy"
        column = LEFT[table]
        query = f"COPY (SELECT * FROM {table} WHERE {column} > {last}) TO STDOUT (FORMAT BINARY)"
        with link.cursor().copy(query) as rows, files[table].open("wb") as file:
            for block in rows:
                file.write(block)
    for table in before:
        link.execute(f"DROP TABLE IF EXISTS twin_{table}")
        link.execute(f"CREATE TABLE twin_{table} (LIKE {table} INCLUDING ALL)")
    link.commit()

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
    for table in before:
        link.execute(f"DROP TABLE twin_{table}")
    link.commit()
    return seconds, sum(path.stat().st_size for path in files.values())
