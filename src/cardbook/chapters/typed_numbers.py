"""A document number that was typed, not read, is checked once more (Art. 8 para. 4, 10, 11).

How is a dated parameter: the four digits the screen hides are typed from the document, or another
clerk looks at it. It is the document of whoever stands at the window: the holder's own, a proxy's,
a guardian's. Commands ask this before anything is written; screens show it.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from cardbook.chapters.asked import AskedForm, second_fields
from cardbook.law.parameters import value
from cardbook.law.roles import Role, roles_named
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.acts import Act, act
from cardbook.lifecycle.acts.rows import COUNTY_SECOND
from cardbook.lifecycle.cases import Case
from cardbook.lifecycle.facts import CardIssued, IdentityReading, Recheck
from cardbook.lifecycle.judge import refusals_of_actor
from cardbook.lifecycle.pages import ActorRequest
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


def seen_by_another(code: str) -> Act:
    """This function will give a hand-over as a row that a second person signs."""
    row = act(code)
    others = COUNTY_SECOND | {Role.WINDOW_CLERK, Role.BANK_TELLER}
    return replace(row, second=row.second | others)


def seconds_of(recheck: Recheck | None, *, of: str) -> str:
    """This function will name who looks at the document as well, where that is the check."""
    return roles_named(seen_by_another(of).second) if recheck is Recheck.SECOND else ""


class SecondLook(AskedForm):
    """A hand-over at a window: a second person may sign for a number that was typed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Where the row itself asks for nobody; mostly nobody has to."""
        super().__init__(*args, **kwargs)
        if not self.asked.second_roles:
            self.fields.update(second_fields(seen_by_another(self.act_code)))
            self.fields["second_name"].required = self.fields["second_password"].required = False

    def second(self, request: ActorRequest) -> Actor | None:
        """The second person, where the row asks for one or a typed number does and he signed.

        :raises Refused: when name and password do not fit.
        """
        given = self.cleaned_data
        if self.asked.second_roles or not (given["second_name"] and given["second_password"]):
            return super().second(request)
        return self.signed_second(seen_by_another(self.act_code), request)


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What was typed a second time, and who else looked at the document.

    `of` is the code of the hand-over; `number` the document of whoever came for the holder, ""
    when it is the holder himself.
    """

    of: str
    again: str
    by: Actor
    second: Actor | None
    number: str = ""

    def objections(self, cases: Sequence[Case], facts: CardIssued) -> Iterator[Refusal]:
        """This function will yield why the number does not count as checked."""
        if facts.recheck is Recheck.AGAIN:
            for case in cases:
                yield from self._typed_again(case)
        elif facts.recheck is Recheck.SECOND:
            row = seen_by_another(self.of)
            if self.second is None:
                yield Refusal(no.NUMBER_SEEN_BY_ONE, {"roles": roles_named(row.second)})
            else:
                yield from refusals_of_actor(act=row, by=self.by, second=self.second)

    def _typed_again(self, case: Case) -> Iterator[Refusal]:
        again = _plain(self.again)
        if not again:
            yield Refusal(no.NUMBER_NOT_RECHECKED, subject_id=case.id)
            return
        whose = "来人" if self.number else "这位持卡人"
        number = self.number or holder_of(Person.objects.get(pk=case.person_id or 0)).number
        if again not in (number, number[-_SHOWN_TAIL - ASKED_DIGITS : -_SHOWN_TAIL]):
            yield Refusal(no.NUMBER_TYPED_DIFFERENTLY, {"whose": whose}, case.id)


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split()).upper()
