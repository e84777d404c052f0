"""How a mandate comes into being: once, however often the same paper is shown (Art. 10).

`commands.py` registers one on the spot, `mandate_commands.py` one that came before its agent.
"""

from dataclasses import dataclass
from typing import Any

from django.db import connection

from cardbook.chapters.representatives import MandateTerms, mandate_with
from cardbook.people import vault
from cardbook.people.models import Mandate

_COLUMNS = (
    "principal_id", "agent_id", "county_id", "matter", "scope", "reason", "relation", "since",
    "until", "signed_on", "paper_digest", "witness_sealed",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class MandateBirth:
    """One signed paper; shown again, it is found and nothing comes into being."""

    id: int
    row: tuple[object, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """What is written of a mandate besides its standing."""
        return _COLUMNS

    @property
    def source(self) -> None:
        """A mandate lies in no account."""

    @property
    def target(self) -> None:
        """A mandate lies in no account."""

    def content(self) -> object:
        """What the paper says: neither its number, nor a name that is sealed anew each time."""
        return [str(value) for value in self.row[:-1]]

    def fill(self, cursor: Any) -> None:
        """One row, unless the paper was registered before."""
        names, marks = ", ".join(("id", *_COLUMNS)), ", ".join(["%s"] * (len(_COLUMNS) + 1))
        cursor.execute(
            f"INSERT INTO birth ({names}) SELECT {marks} "  # noqa: S608 - own names only
            "WHERE NOT EXISTS (SELECT FROM people_mandate WHERE id = %s)",
            [self.id, *self.row, self.id],
        )


def birth_of(
    *, principal_id: int, agent_id: int, terms: MandateTerms, county_id: int
) -> MandateBirth:
    """This function will number a mandate: as before when the same paper was registered."""
    known = mandate_with(principal_id=principal_id, agent_id=agent_id, terms=terms)
    return MandateBirth(
        id=known.pk if known else _next_number(),
        row=(
            principal_id, agent_id, county_id, str(Mandate.Matter.PICK_UP), terms.scope,
            terms.reason, terms.relation, terms.since, terms.until, terms.signed_on,
            terms.paper_digest, _sealed(terms.witness),
        ),
    )  # fmt: skip


def _sealed(witness: str) -> bytes | None:
    return vault.seal_text(witness, context=vault.NAME) if witness else None


def _next_number() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('people_mandate', 'id'))")
        return int(cursor.fetchone()[0])
