"""Who may do what, to a card in which state and place: read off the regulation, not off the acts.

Tables of letters in `tables/`, checked against the judge by `test_truth_table.py` and, with a bent
table of acts, by `test_table_mutants.py`. `y` the regulation orders or allows it, `n` it excludes
it, `?` it does not say, so the office decides and no test holds it. Lines with `#` tell the reading.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from cardbook.cards.states import (
    CorrectionProgress,
    Fee,
    Hold,
    Progress,
    Social,
    Stage,
    Standing,
    TemporaryStage,
)
from cardbook.custody.places import Place
from cardbook.law.roles import Role

ROLES = {
    "city": Role.CITY_MANAGER,
    "county": Role.COUNTY_MANAGER,
    "keeper": Role.CARD_KEEPER,
    "clerk": Role.WINDOW_CLERK,
    "review": Role.REVIEWER,
    "agency": Role.AGENCY_CLERK,
    "bank": Role.BANK_TELLER,
    "village": Role.VILLAGE_HELPER,
    "unit": Role.UNIT_HANDLER,
    "12333": Role.HOTLINE_OPERATOR,
    "audit": Role.AUDITOR,
    "system": Role.SYSTEM_ADMIN,
    "secure": Role.SECURITY_ADMIN,
}

# The columns every table must have, so that a new state or post cannot be forgotten.
COLUMNS: dict[str, list[str]] = {
    "WHO": list(ROLES),
    "STAGE": [str(value) for value in Stage],
    "HOLD": [str(value) for value in Hold],
    "SOCIAL": [str(value) for value in Social],
    "PROGRESS": [str(value) for value in Progress],
    "FEE": [str(value) for value in Fee],
    "TEMPORARY": [str(value) for value in TemporaryStage],
    "CORRECTION": [str(value) for value in CorrectionProgress],
    "MANDATE": [str(value) for value in Standing],
    "PLACE": [str(value) for value in Place],
    "REACH": ["own", "county", "other"],
    "BANK": ["own_bank", "other_bank"],
    "BEYOND": ["above", "home"],
    "SECOND": ["alone_refused"],
    "TOLD": ["told"],
    "PAPERS": ["outcome"],
    "FOUND": ["outcome"],
}
TABLES = {
    name: (Path(__file__).parent / "tables" / f"{name.lower()}.txt").read_text(encoding="utf-8")
    for name in COLUMNS
}


@dataclass(frozen=True, slots=True)
class Cell:
    """One letter: in this table, for this act (and circumstance), under this column."""

    table: str
    row: str
    article: int
    column: str
    letter: str

    def __str__(self) -> str:
        return f"{self.table}-{self.row}-{self.column}-{self.letter}"

    @property
    def act(self) -> str:
        """The code of the act it speaks of."""
        return self.row.partition("/")[0]

    @property
    def circumstance(self) -> str:
        """What is missing or found, in PAPERS and FOUND."""
        return self.row.partition("/")[2]


@cache
def cells_of(table: str) -> tuple[Cell, ...]:
    """This function will read the letters of a table, `?` included.

    :raises ValueError: when a row is not as long as its head or stands there twice, a column is
        unknown, or a letter wrong.
    """
    lines = [line for line in TABLES[table].splitlines() if line and not line.startswith("#")]
    head, *rows = [line.split() for line in lines]
    columns = head[2:]
    if columns != COLUMNS[table]:
        raise ValueError(f"{table}: the head names {columns}")
    found: dict[tuple[str, str], Cell] = {}
    for row, article, *letters in rows:
        if len(letters) != len(columns) or not set(letters) <= set("yn?"):
            raise ValueError(f"{table}: {row} reads {letters}")
        if (row, columns[0]) in found:
            raise ValueError(f"{table}: {row} stands there twice")
        for column, letter in zip(columns, letters, strict=True):
            found[row, column] = Cell(table, row, int(article), column, letter)
    return tuple(found.values())


def held_cells() -> list[Cell]:
    """This function will list every letter that the regulation settles."""
    return [cell for table in TABLES for cell in cells_of(table) if cell.letter != "?"]
