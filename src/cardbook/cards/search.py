"""Finds holders by the blind keys of names and last digits, within the actor's reach (Art. 5, 8).

`SearchKey` beside it is what is read; `people.vault` makes the keys; nothing here knows a name.
"""

from collections.abc import Sequence
from typing import Any

from django.db import connection

# One county after the other, so that each gives its first few from one place of the index.
_FOUND = """
SELECT found.person_id
FROM orgs_organization county CROSS JOIN LATERAL (
    SELECT s.person_id FROM cards_searchkey s
    WHERE s.county_id = county.id AND s.key = %(first)s {others}
    ORDER BY s.person_id LIMIT %(limit)s) AS found
WHERE county.kind = 'county' AND county.path LIKE %(within)s
ORDER BY found.person_id LIMIT %(limit)s
"""
_OTHER = """AND EXISTS (
        SELECT FROM cards_searchkey x
        WHERE x.county_id = s.county_id AND x.key = %(key{place})s AND x.person_id = s.person_id)
"""


def holders_found(*, keys: Sequence[int], within: str, limit: int) -> list[int]:
    """This function will list people who carry all keys and have a card in a county of `within`.

    At most `limit`, oldest entry first; the first key should be the most telling.
    """
    if not keys:
        return []
    first, *others = keys
    values: dict[str, Any] = {f"key{place}": key for place, key in enumerate(others)}
    clauses = "".join(_OTHER.format(place=place) for place in range(len(others)))
    with connection.cursor() as cursor:
        cursor.execute(
            _FOUND.format(others=clauses),
            values | {"first": first, "limit": limit, "within": f"{within}%"},
        )
        return [row[0] for row in cursor.fetchall()]
