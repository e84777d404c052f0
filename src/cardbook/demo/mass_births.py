"""The cards of a lot with their people: sealed, indexed and copied into the book (Art. 6).

`mass_load.py` beside it hands them to the one door and tells what happened to them afterwards.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from cardbook.chapters.intake.account_keys import account_key
from cardbook.chapters.intake.receive.births import ManifestBirths
from cardbook.custody.places import Place
from cardbook.custody.postings import Destination
from cardbook.demo.mass_lots import BOX, MassLot
from cardbook.demo.mass_offices import Offices
from cardbook.demo.mass_people import MassPerson
from cardbook.demo.words import MAKER
from cardbook.lib.citizen_number import Kind
from cardbook.lib.identifiers import luhn_digit
from cardbook.lib.sm import sm3
from cardbook.people import vault
from cardbook.people.bulk import BulkVault

_BANK_PREFIX = "629998"
_PEOPLE = (
    "COPY people_person (id, number_kind, number_sealed, number_index, name_sealed, phone_sealed, "
    "phone_index, address_sealed, search_keys, sex, born_on, photo_digest) "
    "FROM STDIN (FORMAT BINARY)"
)
_ACCOUNTS = "COPY intake_cardaccount (account_key, card_id) FROM STDIN (FORMAT BINARY)"
_PEOPLE_TYPES = (
    "int8", "varchar", "bytea", "bytea", "bytea", "bytea", "bytea", "bytea", "int8[]", "varchar",
    "date", "varchar",
)  # fmt: skip
_BIRTH_TYPES = (
    "varchar", "int8", "int8", "int8", "int8", "bytea", "varchar", "varchar", "varchar", "varchar",
    "int8", "varchar", "varchar",
)  # fmt: skip


def note_of(lot: MassLot) -> bytes:
    """This function will write what is kept in the place of the file the lot never had."""
    return (
        f"演示城市 {lot.batch}：{lot.county.name} {lot.count} 张，{lot.bank}。\n"
        "本批由 make demo SIZE=city 成批建立，没有原始明细文件。\n"
    ).encode()


def ids_of(table: str, count: int) -> list[int]:
    """This function will take `count` new ids of a table."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [table, count],
        )
        return [row[0] for row in cursor.fetchall()]


def account_of_place(lot: MassLot, place: int) -> str:
    """This function will number the bank account of a card by its place in the lot."""
    digits = f"{_BANK_PREFIX}{lot.first + place + 1:012d}"
    return digits + luhn_digit(digits)


@dataclass(frozen=True)
class MassBirths:
    """The cards of a lot with their people, as `lifecycle.births` wants them."""

    lot: MassLot
    people: Sequence[MassPerson]
    offices: Offices
    vault: BulkVault

    columns = ManifestBirths.columns

    @property
    def source(self) -> Destination:
        """The maker's account."""
        return Destination(self.offices.outside_id)

    @property
    def target(self) -> Destination:
        """On the way to the county's card body."""
        return Destination(self.offices.account(Place.TRANSIT))

    def content(self) -> object:
        """As of a manifest: the bytes that are kept, and the county."""
        return [sm3(note_of(self.lot)).hex(), self.offices.county_id]

    def fill(self, cursor: Any) -> None:
        """People, the maker's batch, then one birth for each card."""
        # Flushing later costs at most the last lots after a crash; they are simply made again.
        cursor.execute("SET LOCAL synchronous_commit = off; SET LOCAL work_mem = '64MB'")
        ids = ids_of("people_person", self.lot.count)
        with cursor.copy(_PEOPLE) as copy:
            copy.set_types(_PEOPLE_TYPES)
            for id_, person in zip(ids, self.people, strict=True):
                copy.write_row((id_, *self._sealed(person)))
        cursor.execute(
            "INSERT INTO cards_batch (code, bank_id, maker) VALUES (%s, %s, %s) RETURNING id",
            [self.lot.batch, self.offices.banks[self.lot.bank], MAKER],
        )
        (batch_id,) = cursor.fetchone()
        names = ", ".join(self.columns)
        with cursor.copy(f"COPY birth ({names}) FROM STDIN (FORMAT BINARY)") as copy:
            copy.set_types(_BIRTH_TYPES)
            for place, (id_, person) in enumerate(zip(ids, self.people, strict=True)):
                copy.write_row(self._card(place, id_, person, batch_id))

    def keep_accounts(self, card_ids: Sequence[int]) -> None:
        """Under which key the account of each card is known, in the order of the index."""
        index = self.vault.number_index
        keys = sorted(
            (account_key(account_of_place(self.lot, place), index=index), id_)
            for place, id_ in enumerate(card_ids)
        )
        with connection.cursor() as cursor, cursor.copy(_ACCOUNTS) as copy:
            copy.set_types(("int8", "int8"))
            for key in keys:
                copy.write_row(key)

    def _sealed(self, person: MassPerson) -> tuple[Any, ...]:
        seal = self.vault.seal
        return (
            str(Kind.CITIZEN),
            seal(person.number, context=vault.NUMBER),
            self.vault.number_index(person.number),
            seal(person.name, context=vault.NAME),
            seal(person.phone, context=vault.PHONE),
            self.vault.phone_index(person.phone),
            seal(person.address, context=vault.ADDRESS),
            self.vault.search_keys(name=person.name, number=person.number),
            person.sex,
            person.born_on,
            "",
        )

    def _card(
        self, place: int, person_id: int, person: MassPerson, batch_id: int
    ) -> tuple[Any, ...]:
        lot, unit = self.lot, person.unit
        account = account_of_place(lot, place)
        box, slot = divmod(place, BOX)
        return (
            lot.card_number(place), person_id, self.offices.county_id, batch_id,
            self.offices.banks[lot.bank], self.vault.seal(account, context=vault.BANK),
            account[-4:], person.group, unit.code if unit else "", unit.name if unit else "",
            self.offices.towns[person.town.code], person.village,
            f"{lot.batch}-{box // 5 + 1}-{box % 5 + 1}-{slot + 1}",
        )  # fmt: skip
