"""Old ledgers for tests: typed as CSV, taken over by the county's keeper; region 999999 only."""

import csv
import io
from collections.abc import Iterable, Mapping
from datetime import date

from cardbook.chapters.intake.opening import importer
from cardbook.chapters.intake.opening.importer import Posted
from cardbook.imports.models import ImportFile
from cardbook.orgs.actors import Actor
from cardbook.testing.factories import NOON, City, citizen_number

AS_OF = date(2026, 10, 31)
HEAD = ("社保卡号", "社会保障号码", "姓名", "状态", "存放地点")
Row = Mapping[str, str]


def row(number: str, **changes: str) -> dict[str, str]:
    """A line of a ledger: a card its holder has; `changes` are other columns."""
    return {
        "社保卡号": number,
        "社会保障号码": changes.pop("who", "") or citizen_number(),
        "姓名": "王小明",
        "状态": "已发放",
        "存放地点": "持卡人",
        **changes,
    }


def sheet(rows: Iterable[Row]) -> bytes:
    """The ledger as GB18030, with every column a row names."""
    listed = list(rows)
    columns = list(dict.fromkeys((*HEAD, *(name for one in listed for name in one))))
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, restval="")
    writer.writeheader()
    writer.writerows(listed)
    return out.getvalue().encode("gb18030")


def staged(
    city: City, rows: Iterable[Row], *, source: str = "纸质台账", by: Actor | None = None,
    as_of: date = AS_OF,
) -> ImportFile:  # fmt: skip
    """The ledger uploaded by the county's keeper and checked."""
    file = importer.upload(
        name="期初.csv", content=sheet(rows), source=source, as_of=as_of,
        card_body=city.here.card_body, by=by or city.here.keeper, at=NOON,
    )  # fmt: skip
    return importer.check(file=file, at=NOON)


def taken_over(city: City, rows: Iterable[Row], *, source: str = "纸质台账") -> Posted:
    """The ledger all the way into the book of 甲县."""
    return importer.post(file=staged(city, rows, source=source), by=city.here.keeper, at=NOON)


def said(file: ImportFile) -> set[tuple[int, str, bool]]:
    """Row, code and weight of everything a check found."""
    return set(file.problems.values_list("row", "code", "is_error"))
