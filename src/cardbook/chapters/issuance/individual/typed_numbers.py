"""A document number that was typed, not read, is checked once more (Art. 8 para. 4).

How is a dated parameter: the four digits the screen hides are typed from the document, or another
clerk looks at it. `commands.py` asks this before anything is written; `desk_form.py` shows it.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from cardbook.law.parameters import value
from cardbook.law.roles import Role, roles_named
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.acts import Act, act
from cardbook.lifecycle.acts.rows import COUNTY_SECOND
from cardbook.lifecycle.cases import Case
from cardbook.lifecycle.facts import CardIssued, IdentityReading, Recheck
from cardbook.lifecycle.judge import refusals_of_actor
from cardbook.lifecycle.refusals import Refusal
from cardbook.orgs.actors import Actor
from cardbook.people.holders import holder_of
from cardbook.people.models import Person

# What `mask_number` hides of any number ends before its last four; the four before those are the
# month and day of birth on a citizen's document, which nothing else on the screen tells.
_SHOWN_TAIL = 4
ASKED_DIGITS = 4


def recheck_of(identity: str, *, on: date) -> Recheck | None:
    """This function will say which second check a number that came like this needs on a day."""
    rule = value("typed_number_check", on=on)
    if identity == IdentityReading.READER or rule == "none":
        return None
    return Recheck(str(rule))


def seen_by_another() -> Act:
    """This function will give the hand-over as a row that a second person signs."""
    row = act("card.issue")
    others = COUNTY_SECOND | {Role.WINDOW_CLERK, Role.BANK_TELLER}
    return replace(row, second=row.second | others)


def seconds_of(recheck: Recheck | None) -> str:
    """This function will name who looks at the document as well, where that is the check."""
    return roles_named(seen_by_another().second) if recheck is Recheck.SECOND else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What was typed a second time, and who else looked at the document."""

    again: str
    by: Actor
    second: Actor | None

    def objections(self, cases: Sequence[Case], facts: CardIssued) -> Iterator[Refusal]:
        """This function will yield why the number does not count as checked."""
        if facts.recheck is Recheck.AGAIN:
            for case in cases:
                yield from _typed_again(case, _plain(self.again))
        elif facts.recheck is Recheck.SECOND:
            row = seen_by_another()
            if self.second is None:
                yield Refusal(no.NUMBER_SEEN_BY_ONE, {"roles": roles_named(row.second)})
            else:
                yield from refusals_of_actor(act=row, by=self.by, second=self.second)


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split()).upper()


def _typed_again(case: Case, again: str) -> Iterator[Refusal]:
    if not again:
        yield Refusal(no.NUMBER_NOT_RECHECKED, subject_id=case.id)
        return
    number = holder_of(Person.objects.get(pk=case.person_id or 0)).number
    if again not in (number, number[-_SHOWN_TAIL - ASKED_DIGITS : -_SHOWN_TAIL]):
        yield Refusal(no.NUMBER_TYPED_DIFFERENTLY, subject_id=case.id)
