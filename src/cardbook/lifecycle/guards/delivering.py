"""Chapter 4: who is visited at home, why and when (Art. 7, 11)."""

from datetime import date, datetime

from cardbook.law.parameters import whole_number
from cardbook.lib.clock import full_years, local_day
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.cases import Case
from cardbook.lifecycle.facts import CardIssuedAtHome, CardTakenOut, VisitReason
from cardbook.lifecycle.refusals import Refusal


def child_is_not_visited(case: Case, at: datetime) -> Refusal | None:
    """Nobody takes a card to a child: the guardian fetches it with his proof (Art. 11)."""
    return _too_young(case, on=local_day(at), counts_from="self_supporting_age", when="今年")


def visited_holder_was_of_age(case: Case, facts: object) -> Refusal | None:
    """On the day of the visit he was of age, or from 16 on lived on his own work (Art. 11)."""
    assert isinstance(facts, CardIssuedAtHome)
    least = "self_supporting_age" if facts.self_supporting else "minor_age"
    return _too_young(case, on=facts.handed_on, counts_from=least, when="交卡时")


def _too_young(case: Case, *, on: date, counts_from: str, when: str) -> Refusal | None:
    if case.born_on is None:
        return None
    age = full_years(case.born_on, on=on)
    if age >= whole_number(counts_from, on=on):
        return None
    may_work = age >= whole_number("self_supporting_age", on=on)
    values = {
        "age": age, "adult_age": whole_number("minor_age", on=on), "when": when,
        "or_else": no.LIVES_ON_HIS_WORK if may_work else "",
    }  # fmt: skip
    return Refusal(no.CHILD_NOT_VISITED, values, case.id)


def visit_is_explained(case: Case, facts: object) -> Refusal | None:
    """Why the holder does not come is chosen, "other" is said in words (Art. 7)."""
    assert isinstance(facts, CardTakenOut)
    if facts.reason is not VisitReason.OTHER or facts.words.strip():
        return None
    return Refusal(no.VISIT_UNEXPLAINED, {}, case.id)


def visit_is_still_to_come(case: Case, facts: object) -> Refusal | None:
    """Cards leave the office for a visit that is today or later, not behind it (Art. 20)."""
    assert isinstance(facts, CardTakenOut) and case.at is not None
    if facts.planned_on >= local_day(case.at):
        return None
    return Refusal(no.VISIT_DAY_PAST, {"planned_on": facts.planned_on}, case.id)
