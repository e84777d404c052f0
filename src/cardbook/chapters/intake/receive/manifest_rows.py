"""Streams the rows of a manifest into the staging table, by way of helper processes (Art. 6).

`row_work.py` beside it is what the helpers do; here is the database's end of it.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from itertools import islice

from django.conf import settings
from django.db import connection

from cardbook.chapters.intake.receive.row_work import (
    COLUMNS,
    PlainRow,
    RowWork,
    Surroundings,
    Task,
    Worked,
    bare_town,
    spelled,
)
from cardbook.imports import copying
from cardbook.imports.columns import RowProblem
from cardbook.imports.engine import Findings
from cardbook.imports.headers import Body
from cardbook.imports.pool import in_order
from cardbook.orgs.models import Kind, Organization

CHUNK_ROWS = 500
_OFFICE_ENDINGS = re.compile("(人力资源和社会保障局|人社局|社会保障局)$")
_COPY = "COPY intake_manifestrow ({}) FROM STDIN (FORMAT BINARY)".format(
    ", ".join(f'"{column}"' for column in COLUMNS)
)


def surroundings_of(county: Organization) -> Surroundings:
    """This function will read the names around a county once for a whole file."""
    found = Organization.objects.filter(kind=Kind.COUNTY).values_list("id", "name", "county")
    counties = {id_: _OFFICE_ENDINGS.sub("", name) for id_, name, _ in found}
    towns: dict[str, str] = {}
    own = Organization.objects.filter(kind=Kind.TOWN, county=county).order_by("id")
    for name in own.values_list("name", flat=True):
        towns.setdefault(name, name)
        towns.setdefault(bare_town(name), name)
    banks: dict[str, str] = {}
    for name, code in (
        Organization.objects.filter(kind=Kind.BANK).order_by("id").values_list("name", "code")
    ):
        banks[spelled(name)] = name
        banks.setdefault(spelled(code), name)
    return Surroundings(
        county=counties[county.pk],
        # A county that went into this one is no other.
        other_counties=tuple(counties[id_] for id_, _, home in found if home != county.pk),
        towns=towns,
        banks=banks,
    )


def stage_rows(
    body: Body,
    *,
    findings: Findings,
    county: Organization,
    today: date,
    progress: Callable[[int], None],
) -> int:
    """This function will stream a file's rows into the staging table; returns how many it read.

    Rows with an error are only counted; every problem of every row goes to `findings`.

    :raises cardbook.imports.reading.FileRefused: when the file breaks off in the middle.
    """
    task = Task(
        file_id=findings.file.pk,
        today=today,
        mapping=dict(body.header.mapping),
        width=body.width,
        preamble=dict(body.header.preamble),
        around=surroundings_of(county),
        keys=settings.VAULT_KEYS,
        index_key=settings.INDEX_KEY,
    )
    batches: Counter[str] = Counter()
    count = 0
    with connection.cursor() as cursor, cursor.copy(_COPY) as copy:
        copy.write(copying.HEAD)
        for worked in in_order(RowWork, task, _chunks(body)):
            copy.write(worked.staged)
            count += worked.rows
            _collect(worked, findings, batches)
            progress(count)
        copy.write(copying.END)
    findings.note_body(body)
    findings.add([*_miscounted(body, batches), *body.miscounted(count)])
    return count


def _chunks(body: Body) -> Iterator[list[PlainRow]]:
    rows = iter(body.rows())
    while chunk := [
        (row.number, row.cells, row.hidden, row.doubt) for row in islice(rows, CHUNK_ROWS)
    ]:
        yield chunk


def _collect(worked: Worked, findings: Findings, batches: Counter[str]) -> None:
    batches.update(worked.batches)
    findings.notes.update(worked.notes)
    findings.error_rows += worked.error_rows
    findings.keep_some(worked.problems)


def _miscounted(body: Body, batches: Counter[str]) -> Iterator[RowProblem]:
    """A file that lost rows on its way says so itself: its head counts more (D6)."""
    for batch, declared in body.declared.items():
        if batches[batch] != declared:
            yield RowProblem(
                row=body.header.row,
                title="批次人数",
                code="declared_count",
                sentence=f"批次 {batch} 写明 {declared} 人，文件中有 {batches[batch]} 行",
                remedy="文件可能没有传完或被删行，请重新导出整份文件",
            )
