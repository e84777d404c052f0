"""The cards an opening balance brings into being, stage by stage (Art. 6).

`importer.py` beside it decides when; `lifecycle/births.py` writes events, rows and first places.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cached_property
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from cardbook.cards.states import Stage
from cardbook.chapters.intake.account_statements import filled
from cardbook.chapters.long_files import is_long
from cardbook.chapters.staged_files import lock_open
from cardbook.custody.places import Place
from cardbook.custody.postings import Destination, account_of
from cardbook.imports.models import ImportFile
from cardbook.lib.clock import LOCAL
from cardbook.lifecycle.acts import Act, act
from cardbook.orgs.models import Organization

_SQL = Path(__file__).parent / "sql"
USUAL_CAPACITY = 200
ACTS: Mapping[str, Act] = {
    Stage.IN_CUSTODY: act("opening.keep"),
    Stage.ISSUED: act("opening.issue"),
    Stage.RECALLED: act("opening.recall"),
    Stage.RETURNED: act("opening.return"),
    Stage.MISSING: act("opening.miss"),
    Stage.CANCELLED: act("opening.cancel"),
    Stage.DESTROYED: act("opening.destroy"),
}
_REGIONS = {
    "social": "now_social",
    "hold": "now_hold",
    "bank": "now_bank",
}


def sql_of(name: str, **parts: str) -> str:
    """This function will read a statement of this slice; `parts` fill its braces."""
    text = (_SQL / f"{name}.sql").read_text(encoding="utf-8")
    return filled(text, compared=(_SQL / "compared.sql").read_text("utf-8"), **parts)


def raw_sql(name: str) -> str:
    """This function will read a statement that has no braces to fill."""
    return (_SQL / f"{name}.sql").read_text(encoding="utf-8")


@contextmanager
def planned_for(rows: int) -> Iterator[Any]:
    """This function will give a cursor whose statements are planned for so many staged rows.

    Nobody has counted them for the planner, and the application may not ANALYZE a table that is
    not its own: it takes fifty thousand for a few and walks them in nested loops. A few really are
    looked up one by one, or each statement would read the whole city's book for them.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL enable_nestloop = {'off' if is_long(rows) else 'on'}")
        yield cursor
        cursor.execute("SET LOCAL enable_nestloop = on")


def beginning_of(day: date) -> datetime:
    """This function will give the first moment of a day in the city."""
    return datetime.combine(day, time(), tzinfo=LOCAL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What a source says of itself: its name, the day of the balance, its file, its county."""

    file: ImportFile
    county_id: int
    name: str
    as_of: date

    def values(self) -> dict[str, Any]:
        """What the statements of `sql/` ask for."""
        return {
            "file": self.file.pk, "county": self.county_id, "source": self.name,
            "as_of": self.as_of.isoformat(), "as_of_at": beginning_of(self.as_of),
            "digest": self.file.digest, "usual_capacity": USUAL_CAPACITY,
        }  # fmt: skip


@dataclass(frozen=True)
class OpeningBirths:
    """The new cards of one stage; the first stage also brings people, batches and places."""

    statement: Statement
    stage: str
    first: bool

    target = None

    @property
    def _regions(self) -> tuple[str, ...]:
        return tuple(region for region in _REGIONS if region in ACTS[self.stage].claims)

    @property
    def columns(self) -> tuple[str, ...]:
        """What a row of an old ledger can tell of a card, and the regions it claims."""
        return (
            "number", "person_id", "county_id", "batch_id", "bank_org_id", "bank_account_sealed",
            "bank_last4", '"group"', "unit_code", "unit_name", "town_id", "village", "hold_until",
            "bank_source", "bank_as_of", *self._regions,
        )  # fmt: skip

    @cached_property
    def source(self) -> Destination:
        """Outside: where the county's cards were before this book began."""
        return Destination(
            account_of(organization_id=self.statement.county_id, kind=Place.OUTSIDE).pk
        )

    def content(self) -> object:
        """The same bytes for the same county, from the same source and day: the same request."""
        said = self.statement
        return [said.file.digest, said.county_id, said.name, said.as_of.isoformat(), self.stage]

    def fill(self, cursor: Any) -> None:
        """Two people posting: the second waits at the county and finds the cards registered."""
        values = self.statement.values()
        if self.first:
            _lock(self.statement)
            cursor.execute("DROP TABLE IF EXISTS pg_temp.opening_birth")
            with planned_for(self.statement.file.rows) as planned:
                for name in ("post_people", "post_batches", "post_accounts", "prepare_births"):
                    planned.execute(raw_sql(name), values)
            # Without this the planner takes the new table for empty.
            cursor.execute("ANALYZE opening_birth")
        regions = self._regions
        cursor.execute(
            raw_sql("fill_births").format(
                regions=", ".join(regions), claimed=", ".join(_REGIONS[name] for name in regions)
            ),
            {**values, "stage": str(self.stage)},
        )


def _lock(statement: Statement) -> None:
    """One opening balance of a county at a time, and no file that is posted or dropped.

    :raises Refused: when the file was posted or dropped meanwhile.
    """
    Organization.objects.select_for_update(no_key=True).get(pk=statement.county_id)
    lock_open(statement.file)
