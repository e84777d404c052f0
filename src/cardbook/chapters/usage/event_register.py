"""Registers of this chapter: what was done to cards by certain acts, in a span of days.

A slice declares its form and says what one event reads like; rows come from the ledger alone.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import connection

from cardbook.law.notices import Notice
from cardbook.law.papers import KINDS
from cardbook.lib.clock import to_the_minute
from cardbook.lib.masking import mask_number
from cardbook.lib.rows import named_rows
from cardbook.lifecycle.acts import act
from cardbook.orgs.models import Organization
from cardbook.people import vault
from cardbook.registers.choosing import office_of
from cardbook.registers.forms import Form, Sheet, refuse_too_many
from cardbook.registers.registry import FillSheet

_QUERY = (Path(__file__).parent / "sql" / "events.sql").read_text(encoding="utf-8")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One event of one card, its facts by name and its holder as the reader may see him.

    `papers` are titles; `other_cards` are what cards the holder has besides, as of now. `came` is
    whoever asked for the holder, where the event says who he is.
    """

    act: str
    at: str
    facts: Mapping[str, Any]
    told: tuple[str, ...]
    papers: tuple[str, ...]
    number: str
    other_cards: str
    name: str
    citizen: str
    bank: str
    bank_state: str
    office: str
    actor: str
    device: str
    second: str
    came_name: str = ""
    came_citizen: str = ""

    @property
    def title(self) -> str:
        """What was done, in the words of the table of acts."""
        return act(self.act).title

    def was_told(self, notice: Notice) -> bool:
        """Whether the holder was told so, in whichever edition."""
        return any(text.startswith(f"{notice.code}/") for text in self.told)


def sheet_of_events(
    form: Form,
    acts: tuple[str, ...],
    cells: Callable[[Line], tuple[str, ...]],
    *,
    fits: Callable[[Line, Mapping[str, Any]], bool] = lambda line, chosen: True,
) -> FillSheet:
    """This function will make what fills a register: one row for each event of the acts.

    `cells` gives the row without its running number; `fits` says of an event whether it belongs
    to what was chosen.
    """

    def fill(
        *,
        chosen: Mapping[str, Any],
        masked: bool,
        printed_by: str,
        printed_at: datetime,
        limit: int | None,
    ) -> Sheet:
        office: Organization = chosen["office"]
        found = _lines(acts, chosen=chosen, office=office, masked=masked, limit=limit)
        lines = [line for line in found if fits(line, chosen)]
        return Sheet(
            form=form,
            office=office_of(office),
            covers=f"办理日期 {chosen['start']} 至 {chosen['end']}",
            rows=tuple((str(place), *cells(line)) for place, line in enumerate(lines, 1)),
            totals=(("合计", f"{len(lines)} 件"),),
            printed_by=printed_by,
            printed_at=printed_at,
        )

    return fill


def _lines(
    acts: tuple[str, ...],
    *,
    chosen: Mapping[str, Any],
    office: Organization,
    masked: bool,
    limit: int | None,
) -> list[Line]:
    values = {
        "acts": list(acts), "office": office.path, "start": chosen["since"],
        "end": chosen["until"], "limit": None if limit is None else limit + 1,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_QUERY, values)
        found = named_rows(cursor)
    refuse_too_many(len(found), limit)
    return [_line(row, masked=masked) for row in found]


def _line(row: Mapping[str, Any], *, masked: bool) -> Line:
    citizen = vault.open_text(row["number_sealed"], context=vault.NUMBER)
    return Line(
        act=row["act"],
        at=to_the_minute(row["happened_at"]),
        facts=json.loads(row["facts"]),
        told=tuple(row["told"]),
        papers=_titles(row["papers"]),
        number=row["card_number"],
        other_cards=row["other_cards"] or "",
        name=vault.open_text(row["name_sealed"], context=vault.NAME),
        citizen=mask_number(citizen) if masked else citizen,
        bank=row["bank_name"],
        bank_state=row["bank"],
        office=row["office"],
        actor=row["actor"],
        device=row["device"],
        second=row["second"],
        **_came(row, masked=masked),
    )


def _came(row: Mapping[str, Any], *, masked: bool) -> dict[str, str]:
    """Name and number of whoever asked for the holder, if somebody did."""
    if row["came_name"] is None:
        return {}
    citizen = vault.open_text(row["came_number"], context=vault.NUMBER)
    return {
        "came_name": vault.open_text(row["came_name"], context=vault.NAME),
        "came_citizen": mask_number(citizen) if masked else citizen,
    }


def _titles(kept: Sequence[str]) -> tuple[str, ...]:
    """What papers were shown or kept, each kind once, in the order of the act."""
    codes = dict.fromkeys(text.partition(":")[0] for text in kept)
    return tuple(KINDS[code].title for code in codes if code in KINDS)
