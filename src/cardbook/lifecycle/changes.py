"""Writes the new state of subjects into their own rows, one statement for any number.

Used by `perform` only; the event is there already, and a trigger holds the two together.
"""

from collections.abc import Mapping, Sequence

from cardbook.ledger.plans import cursor_for
from cardbook.lib.rows import array_of
from cardbook.lifecycle.acts import Act
from cardbook.lifecycle.load import TABLES

# Columns that a fact of the same name fills, with their types; the act's row names its own.
CARRIED = {
    "hold_until": "timestamptz",
    "bank_source": "text",
    "bank_as_of": "timestamptz",
    "person_id": "bigint",
    "valid_until": "date",
    "excused": "boolean",
    "bank_id": "bigint",
}


def change_state(*, act: Act, facts: Mapping[int, object], ids: Sequence[int]) -> None:
    """This function will raise the version of the subjects and set what the act makes of them.

    :raises ValueError: when a source claims a value the act does not know, or several at once.
    """
    becomes = {**act.becomes, **_claimed(act, list(facts.values()))}
    values = [f", {region} = %({region})s" for region in becomes]
    if "hold" in becomes and "hold_until" not in act.carries:
        values.append(", hold_until = NULL")
    county: dict[str, int] = {}
    if act.resettles:
        county["county"] = getattr(next(iter(facts.values())), "successor")  # noqa: B009 - any facts
        values.append(", county_id = %(county)s")
    which = "WHERE s.id = ANY(%(ids)s::bigint[])"
    if act.carries:
        values += [f", {name} = given.{name}" for name in act.carries]
        arrays = ", ".join(f"%(each_{name})s::{CARRIED[name]}[]" for name in act.carries)
        names = ", ".join(act.carries)
        which = (
            f"FROM unnest(%(ids)s::bigint[], {arrays}) given(id, {names}) WHERE s.id = given.id"
        )
    carried = {f"each_{name}": [getattr(facts[id_], name) for id_ in ids] for name in act.carries}
    with cursor_for(len(ids)) as cursor:
        cursor.execute(
            f"UPDATE {TABLES[act.subject]} s SET version = version + 1{''.join(values)} {which}",  # noqa: S608 - own names only
            {
                **{name: str(value) for name, value in becomes.items()},
                **county,
                **carried,
                "ids": array_of(ids),
            },
        )


def _claimed(act: Act, given: Sequence[object]) -> dict[str, str]:
    """What a source claims of a region: one value for all subjects of the step."""
    claimed = {region: str(getattr(given[0], region)) for region in act.claims}
    alike = all(getattr(one, name) == value for one in given for name, value in claimed.items())
    if not alike or any(claimed[name] not in values for name, values in act.claims.items()):
        raise ValueError(f"{act.code} cannot claim {claimed}")
    return claimed
