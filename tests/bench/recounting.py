"""`cardbook check` over the whole book, against reading every table it asks (N1-N6)."""

import re
from collections.abc import Iterator

from django.db import connection

from cardbook.insight.check import RULES, recount
from cardbook.insight.table_sql import pieces
from tests.bench.measure import Line, against, timed

_TABLE = re.compile(r"\b((?:cards|custody|ledger|intake|papers|registers|orgs|people)_[a-z]+)\b")


def whole_book() -> Iterator[Line]:
    """Every promise recounted from raw rows."""
    lists = pieces()
    asked = [sorted(set(_TABLE.findall(rule.query(lists)))) for rule in RULES]
    once = sorted({table for tables in asked for table in tables})
    per_rule = [table for tables in asked for table in tables]

    def count(tables: list[str]) -> None:
        with connection.cursor() as cursor:
            for table in tables:
                cursor.execute(f"SELECT count(*) FROM {table}")

    found = recount()
    assert found.holds, [finding.first for finding in found.findings if not finding.holds]
    seconds = timed(recount)
    floor_once, floor_each = timed(lambda: count(once)), timed(lambda: count(per_rule))
    rows = found.cards + found.events
    yield against(
        "核对全部账实规则",
        f"{len(once)} 个表 count(*) 各一次",
        floor_once,
        seconds,
        rows=rows,
        most=3,
    )
    yield against(
        "核对全部账实规则（逐条）", "每条规则所读的表 count(*) 各一次", floor_each, seconds,
        rows=rows, most=None,
    )  # fmt: skip
