"""Takes in a workbook that was filled in elsewhere: what was entered meanwhile wins (Art. 8 ¶3).

Row by row: taken, the same already, a conflict that is shown and not written, or a mistake.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from cardbook.chapters.issuance.collective.ages import minors_among, refusal_of_minors
from cardbook.chapters.issuance.collective.naming import COLUMNS, NOBODY, Named, named_in
from cardbook.chapters.issuance.collective.queries import bundles_of
from cardbook.chapters.issuance.collective.workbook import Entry
from cardbook.chapters.issuance.models import Bundle, Result
from cardbook.lib.rows import array_of
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.facts import Signer, Unclaimed
from cardbook.lifecycle.judge import refuse_other_roles
from cardbook.lifecycle.refusals import Refusal, Refused
from cardbook.orgs.actors import Actor

_TAKE = """
UPDATE issuance_bundlerow r
SET result = g.result, signer = g.signer, self_supporting = g.self_supporting,
    signed_on = g.signed_on, reason = g.reason,
    words = CASE WHEN g.words = '' THEN r.words ELSE g.words END,
    agent_name_sealed = g.agent_name, agent_number_sealed = g.agent_number,
    relation = g.relation, proof = g.proof
FROM unnest(%(rows)s::int[], %(results)s::text[], %(signers)s::text[], %(days)s::date[],
            %(reasons)s::text[], %(words)s::text[], %(own)s::bool[],
            %(agent_name_sealed)s::bytea[], %(agent_number_sealed)s::bytea[],
            %(relation)s::text[], %(proof)s::text[])
     AS g(row, result, signer, signed_on, reason, words, self_supporting,
          agent_name, agent_number, relation, proof)
WHERE r.bundle_id = %(bundle)s AND r.row = g.row
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """A row that says one thing in the book and another in the file; the book's stays."""

    row: int
    number: str
    here: str
    there: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What taking in a file led to."""

    count: int
    same: int
    conflicts: tuple[Conflict, ...]
    refusals: tuple[Refusal, ...]


_READ = (
    "row", "card__number", "result", "filed", "signed_on", "signer", "reason", "self_supporting",
    *COLUMNS,
)  # fmt: skip


def take_entries(*, bundle_id: int, entries: Sequence[Entry], by: Actor) -> Taken:
    """This function will write down the rows nobody has entered yet, in one statement.

    :raises Refused: when the sheet is not out.
    """
    refuse_other_roles(act("card.issue_collective"), by=by)
    taken: list[Entry] = []
    conflicts, refusals, same = [], [], 0
    with transaction.atomic():
        bundle = bundles_of(by).select_for_update(of=("self",)).get(pk=bundle_id)
        if bundle.batch is None:
            values = {"sheet": bundle.number, "state": "还没有交付，没有可登记的签收"}
            raise Refused([Refusal(no.SHEET_NOT_OUT, values)])
        rows = {row["row"]: row for row in bundle.rows.values(*_READ)}
        for entry in entries:
            row = rows.get(entry.row)
            if row is None or row["card__number"] != entry.number:
                values = {"number": entry.number, "sheet": bundle.number}
                refusals.append(Refusal(no.NOT_ON_SHEET, values))
            elif _says(row) == _says_file(entry):
                same += 1
            elif row["result"] and not row["result"] == row["filed"] == Result.OPEN:
                conflicts.append(
                    Conflict(row=entry.row, number=entry.number, here=_words(_says(row)),
                             there=_words(_says_file(entry)))
                )  # fmt: skip
            else:
                taken.append(entry)
        alone = _minors(bundle, taken)
        taken = [entry for entry in taken if entry.row not in alone]
        refusals += alone.values()
        _write(bundle.pk, taken)
    return Taken(count=len(taken), same=same, conflicts=tuple(conflicts), refusals=tuple(refusals))


def _minors(bundle: Bundle, taken: Sequence[Entry]) -> dict[int, Refusal]:
    """Rows the file says a minor or his proxy signed: those are the guardian's (Art. 11)."""
    found: dict[int, Refusal] = {}
    kinds = {(entry.signer, entry.self_supporting, entry.signed_on) for entry in taken}
    for signer, own, on in kinds:
        if on is None:
            continue
        rows = [
            entry.row
            for entry in taken
            if (entry.signer, entry.self_supporting, entry.signed_on) == (signer, own, on)
        ]
        ages = minors_among(bundle, rows, signer=signer, self_supporting=own, on=on)
        found |= {row: refusal_of_minors({row: age}, on=on) for row, age in ages.items()}
    return dict(sorted(found.items()))


_Said = tuple[str, str, Any, str, bool, Named]


def _says(row: Mapping[str, Any]) -> _Said:
    return (
        row["result"], row["signer"], row["signed_on"], row["reason"], row["self_supporting"],
        named_in(row),
    )  # fmt: skip


def _says_file(entry: Entry) -> _Said:
    return (
        entry.result, str(entry.signer), entry.signed_on, entry.reason, entry.self_supporting,
        entry.agent,
    )  # fmt: skip


def _words(said: _Said) -> str:
    result, signer, on, reason, self_supporting, agent = said
    parts = [Result(result).label]
    parts += [Signer(signer).label] if signer else []
    parts += [agent.words] if agent != NOBODY else []
    parts += ["自食其力"] if self_supporting else []
    parts += [str(on)] if on else []
    parts += [Unclaimed(reason).label] if reason else []
    return " ".join(parts)


def _write(bundle_id: int, taken: Sequence[Entry]) -> None:
    agents = [entry.agent.columns() for entry in taken]
    with connection.cursor() as cursor:
        cursor.execute(
            _TAKE,
            {
                "bundle": bundle_id,
                "rows": array_of(entry.row for entry in taken),
                "results": [str(entry.result) for entry in taken],
                "signers": [str(entry.signer) for entry in taken],
                "days": [entry.signed_on for entry in taken],
                "reasons": [entry.reason for entry in taken],
                "words": [entry.words for entry in taken],
                "own": [entry.self_supporting for entry in taken],
                **{name: [columns[name] for columns in agents] for name in COLUMNS},
            },
        )
