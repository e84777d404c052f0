"""Whether a holder was told often enough before his card goes back (Art. 16, 17).

Who died, left or has another card already need not be called to fetch this one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef

from cardbook.cards.models import Card
from cardbook.cards.states import Stage
from cardbook.chapters.stranded.contacts import Contacts
from cardbook.chapters.stranded.models import ReturnLine
from cardbook.law.parameters import quoted, whole_number
from cardbook.lifecycle.facts import Stranding


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """How often a holder must have been told before his card goes back (Art. 16)."""

    attempts: int
    channels: int
    words: str
    spares: frozenset[int] = frozenset()

    def met_by(self, line: ReturnLine, contacts: Contacts) -> bool:
        """Whether that was done, or need not be."""
        if Stranding(line.reason).needs_proof or line.card_id in self.spares:
            return True
        return contacts.attempts >= self.attempts and len(contacts.channels) >= self.channels


def contact_rule(lines: Sequence[ReturnLine], *, on: date) -> Rule:
    """This function will read how often and by how many ways the holders must have been told."""
    return Rule(
        attempts=whole_number("min_contact_attempts", on=on),
        channels=whole_number("min_contact_channels", on=on),
        words=f"至少通知 {quoted('min_contact_attempts', on=on)}，"
        f"方式不少于 {quoted('min_contact_channels', on=on)}",
        spares=_made_twice(lines),
    )


def _made_twice(lines: Sequence[ReturnLine]) -> frozenset[int]:
    """Cards returned as made twice whose holders have another that is issued or kept for them."""
    said = [line.card_id for line in lines if line.reason == Stranding.SECOND_CARD]
    if not said:
        return frozenset()
    another = Card.objects.filter(
        person=OuterRef("person"), stage__in=(Stage.ISSUED, Stage.IN_CUSTODY)
    ).exclude(pk=OuterRef("pk"))
    found = Card.objects.filter(Exists(another), pk__in=said)
    return frozenset(found.values_list("pk", flat=True))
