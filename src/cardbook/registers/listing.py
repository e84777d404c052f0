"""What a screen lists, as a workbook to take along: what is seen, no more (Art. 32; I8).

Unlike a register it is never issued: it has no number, and nobody signs it.
"""

import io
from collections.abc import Iterable, Sequence
from datetime import datetime

import xlsxwriter

from cardbook.orgs.actors import Actor
from cardbook.registers.forms import Form, Office, Sheet
from cardbook.registers.xlsx import TEXT_ONLY, render_xlsx


def list_as_xlsx(
    form: Form,
    rows: Iterable[tuple[str, ...]],
    *,
    covers: str,
    totals: tuple[tuple[str, str], ...] = (),
    by: Actor,
    at: datetime,
) -> bytes:
    """This function will write a list under the columns of a form, for the actor's office."""
    sheet = Sheet(
        form=form,
        office=Office(id=by.org_id, code="", name=by.org_name, path=by.org_path),
        covers=covers,
        rows=tuple(rows),
        totals=totals,
        printed_by=f"{by.org_name} {by.name}",
        printed_at=at,
    )
    return render_xlsx(sheet, number="")


def table_as_xlsx(title: str, heads: Sequence[str], rows: Iterable[Sequence[str | int]]) -> bytes:
    """This function will write a bare table, heads in the first row; text never is a formula."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, TEXT_ONLY) as book:
        page = book.add_worksheet(title)
        for line, row in enumerate((heads, *rows)):
            for column, value in enumerate(row):
                page.write(line, column, value)
    return out.getvalue()
