"""A holder as screens and forms see him: opened from the vault, masked unless asked otherwise.

Nothing here writes; people come in through imports and applications (Art. 4, 6, 25).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from cardbook.lib.clock import full_years
from cardbook.lib.masking import mask_number, mask_phone
from cardbook.people import vault
from cardbook.people.models import Person


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """One person in clear, for the length of one request."""

    id: int
    name: str
    number: str
    phone: str
    sex: str
    born_on: date
    died_on: date | None
    photo_digest: str

    @property
    def masked_number(self) -> str:
        """The number as screens show it: first six and last four."""
        return mask_number(self.number)

    @property
    def masked_phone(self) -> str:
        """The phone as screens show it: first three and last four."""
        return mask_phone(self.phone) if self.phone else ""

    def age(self, *, on: date) -> int:
        """Full years on a day; a birthday counts from midnight (Civil Code art. 17)."""
        return full_years(self.born_on, on=on)


# The columns of a person that `opened` takes, in its order: a long list reads these alone, without
# making a row of `Person` for each line.
SEALED = (
    "id", "name_sealed", "number_sealed", "phone_sealed", "sex", "born_on", "died_on",
    "photo_digest",
)  # fmt: skip


def holder_of(person: Person) -> Holder:
    """This function will open one person.

    :raises cardbook.lib.sm.Damaged: when a sealed field was altered.
    """
    return opened([getattr(person, field) for field in SEALED])


def opened(row: Sequence[Any]) -> Holder:
    """This function will open one person whose columns were read as `SEALED` names them.

    :raises cardbook.lib.sm.Damaged: when a sealed field was altered.
    """
    id_, name, number, phone, sex, born_on, died_on, photo_digest = row
    return Holder(
        id=id_,
        name=vault.open_text(name, context=vault.NAME),
        number=vault.open_text(number, context=vault.NUMBER),
        phone=vault.open_text(phone, context=vault.PHONE) if phone else "",
        sex=sex,
        born_on=born_on,
        died_on=died_on,
        photo_digest=photo_digest,
    )


def find_by_number(number: str) -> Person | None:
    """This function will return the person with a canonical number, or None: one indexed read."""
    return Person.objects.filter(number_index=vault.number_index(number)).first()


def find_by_phone(phone: str) -> list[Person]:
    """This function will list at most 50 people who gave this phone number."""
    return list(Person.objects.filter(phone_index=vault.phone_index(phone)).order_by("id")[:50])
