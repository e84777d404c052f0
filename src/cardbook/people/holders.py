"""A holder as screens and forms see him: opened from the vault, masked unless asked otherwise.

Nothing here writes; people come in through imports and applications (Art. 4, 6, 25).
"""

from dataclasses import dataclass
from datetime import date

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


def holder_of(person: Person) -> Holder:
    """This function will open one person.

    :raises cardbook.lib.sm.Damaged: when a sealed field was altered.
    """
    return Holder(
        id=person.pk,
        name=vault.open_text(person.name_sealed, context=vault.NAME),
        number=vault.open_text(person.number_sealed, context=vault.NUMBER),
        phone=vault.open_text(person.phone_sealed, context=vault.PHONE)
        if person.phone_sealed
        else "",
        sex=person.sex,
        born_on=person.born_on,
        died_on=person.died_on,
        photo_digest=person.photo_digest,
    )


def find_by_number(number: str) -> Person | None:
    """This function will return the person with a canonical number, or None: one indexed read."""
    return Person.objects.filter(number_index=vault.number_index(number)).first()


def find_by_phone(phone: str) -> list[Person]:
    """This function will list at most 50 people who gave this phone number."""
    return list(Person.objects.filter(phone_index=vault.phone_index(phone)).order_by("id")[:50])
