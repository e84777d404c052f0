"""What a first application begins with for somebody of a list of those who come (Art. 4, 30).

The list and the book know him already: nobody types again what they say.
"""

from cardbook.chapters.usage.captured import captured_of
from cardbook.chapters.usage.models import TransferIn
from cardbook.lib.ids import id_of
from cardbook.lifecycle.facts import ApplyReason
from cardbook.orgs.actors import Actor
from cardbook.people import vault
from cardbook.people.holders import find_by_number


def begin_with(incoming: str, *, by: Actor) -> dict[str, object]:
    """This function will say what the form begins with for a person of a list within reach.

    The number of the row leads here, never the person's own; without such a row it is empty.
    """
    row = TransferIn.objects.filter(
        pk=id_of(incoming) or 0, county__path__startswith=by.county_path
    ).first()
    if row is None:
        return {}
    number = vault.open_text(row.number_sealed, context=vault.NUMBER)
    person = find_by_number(number)
    known = captured_of(person) if person else None
    source = " ".join(part for part in ("转入名单", row.from_place, row.list_number) if part)
    return {
        "number": number,
        "name": known.name if known else vault.open_text(row.name_sealed, context=vault.NAME),
        "reason": str(ApplyReason.TRANSFER_IN),
        "ground_source": source[:100],
        "phone": known.phone if known else "",
        "address": known.address if known else "",
    }
