"""The cards a staged manifest brings into being, with their people and batches (Art. 6).

`importer.py` beside it decides when; `lifecycle/births.py` writes events, rows and first places.
"""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from cardbook.chapters.intake.account_statements import filled
from cardbook.chapters.staged_files import lock_open
from cardbook.custody.places import Place
from cardbook.custody.postings import Destination, account_of
from cardbook.imports.models import ImportFile
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.refusals import Refusal, Refused
from cardbook.orgs.models import Kind, Organization

_SQL = Path(__file__).parent / "sql"


def sql_of(name: str) -> str:
    """This function will read a statement of this slice."""
    return filled((_SQL / f"{name}.sql").read_text(encoding="utf-8"))


def lay_out_staged(cursor: Any, file: ImportFile) -> None:
    """This function will make the temporary table `staged`, for checks and for posting."""
    # Compiling a plan takes longer than it saves; a sort of a million keys should not go to disk.
    cursor.execute("SET LOCAL jit = off; SET LOCAL work_mem = '64MB'")
    # A killed client is noticed within seconds, not at the end of a long statement.
    cursor.execute("SET LOCAL client_connection_check_interval = '2s'")
    cursor.execute("DROP TABLE IF EXISTS pg_temp.staged, pg_temp.found")
    cursor.execute(sql_of("staged"), {"file": file.pk})
    cursor.execute("ANALYZE staged")


class Overtaken(Exception):
    """Another file brought some of the cards since the check; the check begins anew."""


def enter_accounts(cursor: Any) -> None:
    """This function will enter the accounts of the new cards, each on one living card only.

    Files of several counties come in side by side, and none sees what the others have not
    committed: so they are entered first and asked for in the whole book afterwards, by one file at
    a time until its commit. What comes as an old ledger meanwhile counts as coming after this.

    :raises Overtaken: when an account is on a living card of somebody else.
    """
    cursor.execute(sql_of("post_card_accounts"))
    if not cursor.rowcount:
        return
    cursor.execute("SELECT pg_advisory_xact_lock(hashtext('card accounts'))")
    cursor.execute(sql_of("accounts_taken"))
    (is_taken,) = cursor.fetchone()
    if is_taken:
        raise Overtaken


@dataclass(frozen=True)
class ManifestBirths:
    """The new cards of a staged file; people and batches come with them."""

    file: ImportFile
    county_id: int
    receiver_id: int

    columns = (
        "number", "person_id", "county_id", "batch_id", "bank_org_id", "bank_account_sealed",
        "bank_last4", '"group"', "unit_code", "unit_name", "town_id", "village", "packing",
    )  # fmt: skip

    @cached_property
    def source(self) -> Destination:
        """Outside: the maker's, or the province's where no maker is registered."""
        maker = (
            Organization.objects.filter(kind__in=(Kind.MAKER, Kind.PROVINCE))
            .order_by("kind", "id")
            .first()
        )
        if maker is None:
            raise Refused([Refusal(no.NO_MAKER)])
        return Destination(account_of(organization_id=maker.pk, kind=Place.OUTSIDE).pk)

    @cached_property
    def target(self) -> Destination:
        """On the way to the county's card body."""
        return Destination(account_of(organization_id=self.receiver_id, kind=Place.TRANSIT).pk)

    def content(self) -> object:
        """The same bytes for the same county are the same request."""
        return [self.file.digest, self.county_id]

    def fill(self, cursor: Any) -> None:
        """Two people posting one file: the second waits here and finds it posted.

        :raises Overtaken: when the book no longer says what it said at the check.
        """
        values = {"file": self.file.pk, "county": self.county_id}
        # Files of one county go in one after the other, so that two with the same cards or people
        # never wait for each other crosswise.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('manifest'), %s)", [self.county_id])
        lock_open(self.file)
        lay_out_staged(cursor, self.file)
        cursor.execute(sql_of("still_stands"), values)
        known, renamed = cursor.fetchone()
        cursor.execute(sql_of("post_batches"), values)
        cursor.execute(
            "ALTER TABLE birth ADD COLUMN row integer, ADD COLUMN person_is_new boolean, "
            "ADD COLUMN box_code text"
        )
        cursor.execute(sql_of("fill_births"), values)
        new = self.file.rows - known
        if renamed or known != self.file.known or cursor.rowcount != new:
            raise Overtaken
        self._post_people(cursor)

    def _post_people(self, cursor: Any) -> None:
        cursor.execute("SELECT count(*) FROM birth WHERE person_is_new")
        (expected,) = cursor.fetchone()
        cursor.execute(sql_of("post_people"), {"file": self.file.pk})
        if cursor.rowcount != expected:
            raise Overtaken
