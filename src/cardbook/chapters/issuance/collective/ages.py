"""Whose row cannot be signed as it is about to be written down (Art. 11).

Filing judges again, by `lifecycle/guards/issuing.py`; here a clerk hears of it at the row.
"""

from collections.abc import Collection
from datetime import date

from cardbook.chapters.fetching import rows_named
from cardbook.chapters.issuance.models import Bundle
from cardbook.law.parameters import is_on, whole_number
from cardbook.lib.clock import full_years
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.facts import Signer
from cardbook.lifecycle.refusals import Refusal


def minors_among(
    bundle: Bundle, rows: Collection[int], *, signer: str, self_supporting: bool, on: date
) -> dict[int, int]:
    """This function will return rows that nobody but a guardian signs, with the holder's age."""
    if signer in ("", Signer.GUARDIAN):
        return {}
    if signer == Signer.HOLDER and is_on("minor_may_collect", on=on):
        return {}
    least = whole_number("self_supporting_age" if self_supporting else "minor_age", on=on)
    births = bundle.rows.filter(row__in=rows).order_by("row")
    ages = {
        row: full_years(born_on, on=on)
        for row, born_on in births.values_list("row", "card__person__born_on")
    }
    return {row: age for row, age in ages.items() if age < least}


def refusal_of_minors(ages: dict[int, int], *, on: date) -> Refusal:
    """This function will say of some rows together that their holders are minors."""
    youngest, oldest = min(ages.values()), max(ages.values())
    span = str(oldest) if youngest == oldest else f"{youngest}—{oldest}"
    values = {"age": span, "adult_age": whole_number("minor_age", on=on)}
    return Refusal(no.HOLDER_IS_MINOR, values, where=f"第 {rows_named(list(ages))} 行：")
