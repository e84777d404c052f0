"""Writes the new state of subjects into their own rows, one statement for any number.

Used by `perform` only; the event is there already, and a trigger holds the two together.
"""

from collections.abc import Mapping, Sequence

from django.db import connection

from cardbook.lib.rows import array_of
from cardbook.lifecycle.acts import Act
from cardbook.lifecycle.load import TABLES


def change_state(*, act: Act, facts: Mapping[int, object], ids: Sequence[int]) -> None:
    """This function will raise the version of the subjects and set what the act makes of them.

    :raises ValueError: when a source claims a value the act does not know, or several at once.
    """
    becomes = {**act.becomes, **_claimed(act, list(facts.values()))}
    values = [f", {region} = %({region})s" for region in becomes]
    if "hold" in becomes:
        values.append(", hold_until = NULL")
    county: dict[str, int] = {}
    if act.resettles:
        county["county"] = getattr(next(iter(facts.values())), "successor")  # noqa: B009 - any facts
        values.append(", county_id = %(county)s")
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {TABLES[act.subject]} SET version = version + 1{''.join(values)} "  # noqa: S608 - own names only
            "WHERE id = ANY(%(ids)s::bigint[])",
            {
                **{name: str(value) for name, value in becomes.items()},
                **county,
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
