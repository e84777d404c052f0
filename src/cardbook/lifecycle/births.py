"""How subjects come into being: events, rows and first movement from one prepared table.

Used by `perform` only; an import brings a million cards with the same three statements as one.
"""

from dataclasses import dataclass
from typing import Any, Protocol

from django.db import connection

from cardbook.custody.postings import Destination
from cardbook.ledger.append import Entry, append_first_events
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.acts import Act
from cardbook.lifecycle.load import BANK_OF, TABLES
from cardbook.lifecycle.refusals import Refusal, Refused
from cardbook.orgs.actors import Actor
from cardbook.orgs.reach import Reach, bank_of


class Births(Protocol):
    """What an act brings into being; `fill` inserts into the temporary table `birth`."""

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the subject's table that are given (not its regions nor version)."""
        ...

    @property
    def source(self) -> Destination | None:
        """For cards: the account they come from (kind `outside`)."""
        ...

    @property
    def target(self) -> Destination | None:
        """For cards: the account they go to first; None when `fill` says one for each card."""
        ...

    def content(self) -> object:
        """What makes two requests the same, as canonical JSON can write it."""
        ...

    def fill(self, cursor: Any) -> None:
        """Insert one row for each subject into `birth`; its id column fills itself.

        Of an act with `claims`, `columns` name the claimed regions, and each row also says what
        was claimed: `claimed_at`, `claimed_facts` (canonical JSON), `target_id` and `slot`.
        """
        ...


@dataclass(frozen=True, slots=True)
class GivenRows:
    """A handful of applications or temporary cards, given as rows."""

    columns: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]
    source: Destination | None = None
    target: Destination | None = None

    def content(self) -> object:
        """The rows themselves."""
        return [[str(value) for value in row] for row in self.rows]

    def fill(self, cursor: Any) -> None:
        """One INSERT for each row."""
        marks = ", ".join(["%s"] * len(self.columns))
        cursor.executemany(
            f"INSERT INTO birth ({', '.join(self.columns)}) VALUES ({marks})",  # noqa: S608
            self.rows,
        )


_CLAIMED = """
ALTER TABLE birth ADD claimed_at timestamptz, ADD claimed_facts text, ADD target_id bigint,
    ADD slot int
"""


def bring_into_being(
    *, act: Act, births: Births, entry: Entry, facts: str, by: Actor
) -> list[int]:
    """This function will create the subjects with event 1, state and place; returns their ids.

    The table `birth` stays for whoever writes more about them in the same transaction.

    :raises Refused: when one that has no place is out of the actor's reach: another county's, or
        another bank's.
    :raises django.db.IntegrityError: when a number is taken or a promise of the schema is broken.
    """
    table, columns = TABLES[act.subject], ", ".join(births.columns)
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.birth")
        cursor.execute(
            f"CREATE TEMPORARY TABLE birth ON COMMIT DROP AS "  # noqa: S608 - own names only
            f"SELECT id, {columns} FROM {table} WITH NO DATA"
        )
        cursor.execute("SELECT pg_get_serial_sequence(%s, 'id')", [table])
        (sequence,) = cursor.fetchone()
        cursor.execute(f"ALTER TABLE birth ALTER id SET DEFAULT nextval('{sequence}')")
        if act.claims:
            cursor.execute(_CLAIMED)
        births.fill(cursor)
        if births.target is None:
            # A card may be another county's and arrive here by mistake; its target was judged.
            _refuse_out_of_reach(cursor, act=act, by=by)
        # Without it the planner takes a million rows for a handful.
        cursor.execute("ANALYZE birth")
        append_first_events(entry=entry, kind=act.subject, facts=None if act.claims else facts)
        _insert(cursor, act=act, table=table, columns=columns)
        if births.source:
            _post(cursor, act=act, entry=entry, source=births.source, target=births.target)
        # One value: a million rows of one number each would weigh ten times as much.
        cursor.execute("SELECT coalesce(array_agg(id ORDER BY id), '{}') FROM birth")
        (ids,) = cursor.fetchone()
    return list(ids)


def _refuse_out_of_reach(cursor: Any, *, act: Act, by: Actor) -> None:
    """A county's office opens what is its county's, a bank what its own customers ask for."""
    owner, path = "b.county_id", by.county_path
    if act.who.get(by.role) is Reach.BANK:
        owner, path = BANK_OF[act.subject].format("b"), bank_of(by.org_path)
    cursor.execute(
        f"SELECT FROM birth b LEFT JOIN orgs_organization o ON o.id = {owner} "
        "WHERE NOT starts_with(coalesce(o.path, ''), %s) LIMIT 1",
        [path],
    )
    if cursor.fetchone() is not None:
        raise Refused([Refusal(no.DESTINATION_OUT_OF_REACH)])


def _insert(cursor: Any, *, act: Act, table: str, columns: str) -> None:
    regions = list(act.becomes)
    values = ", ".join(f"%({region})s" for region in regions)
    cursor.execute(
        f"INSERT INTO {table} (id, {columns}, {', '.join(regions)}, version) "  # noqa: S608
        f"SELECT id, {columns}, {values}, 1 FROM birth ORDER BY id",
        {region: str(value) for region, value in act.becomes.items()},
    )


def _post(
    cursor: Any, *, act: Act, entry: Entry, source: Destination, target: Destination | None
) -> None:
    """One movement for all, or one for each claimed day; a card leaves outside and arrives."""
    at = "birth.claimed_at" if act.claims else "%(at)s::timestamptz"
    account = "%(target)s::bigint" if target else "birth.target_id"
    slot = "birth.slot" if act.claims else "NULL::int"
    cursor.execute(
        f"""
        WITH movement AS (
            INSERT INTO custody_movement (act, batch, happened_at)
            SELECT DISTINCT %(act)s, %(batch)s::uuid, {at} FROM birth RETURNING id, happened_at
        )
        INSERT INTO custody_posting (movement_id, account_id, card_id, amount, slot)
        SELECT movement.id, side.account_id, birth.id, side.amount, side.slot
        FROM birth JOIN movement ON movement.happened_at = {at}
        CROSS JOIN LATERAL (VALUES (%(source)s::bigint, -1, NULL::int), ({account}, 1, {slot}))
            AS side(account_id, amount, slot)
        """,  # noqa: S608 - own names only
        {
            "act": act.code,
            "batch": entry.batch,
            "at": entry.happened_at,
            "source": source.account_id,
            "target": target.account_id if target else None,
        },
    )
