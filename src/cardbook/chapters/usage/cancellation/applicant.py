"""Who asks in the place of a holder that a card dies: a guardian or a successor (Art. 29)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms

from cardbook.chapters.representatives import against_young_guardian, remembered
from cardbook.chapters.usage.asking import unreadable
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.cases import Case
from cardbook.lifecycle.facts import Asker, Relation
from cardbook.lifecycle.refusals import Refusal
from cardbook.people.models import Person

_PLAIN = {"autocomplete": "off"}
FOR_ANOTHER = (Asker.GUARDIAN, Asker.SUCCESSOR)
OF_APPLICANT = ("asker_name", "asker_number", "asker_relation")


class ApplicantFields(forms.Form):
    """Name, number and relation of whoever asks for another, as his document says."""

    asker_name = forms.CharField(
        label="申请人姓名", max_length=50, required=False, widget=forms.TextInput(attrs=_PLAIN)
    )
    asker_number = forms.CharField(
        label="申请人证件号码", max_length=30, required=False, widget=forms.TextInput(attrs=_PLAIN)
    )
    asker_relation = forms.ChoiceField(
        label="申请人是持卡人的", required=False,
        choices=[("", "请选择"), *((str(one), one.label) for one in Relation)],
    )  # fmt: skip

    def clean_applicant(self, given: dict[str, Any], *, today: date) -> None:
        """This function will say what is missing or wrong of whoever asks for another."""
        if given.get("asker") not in FOR_ANOTHER:
            return
        for name in OF_APPLICANT:
            if not given.get(name) and name not in self.errors:
                self.add_error(name, f"由他人申请的，请填写{self.fields[name].label}。")
        if (number := given.get("asker_number")) and (
            why := unreadable(number=number, name=given.get("asker_name") or "无名", today=today)
        ):
            self.add_error("asker_number", why)


@dataclass(frozen=True, slots=True, kw_only=True)
class Applicant:
    """A guardian or successor, found in the book or entered with the act."""

    person: Person
    asker: Asker
    relation: Relation

    def facts(self) -> dict[str, Any]:
        """What the event records of him: a reference, never the name."""
        return {"applicant": self.person.pk, "relation": self.relation}


def applicant_of(given: dict[str, Any], *, on: date) -> Applicant | None:
    """This function will find or enter who asks for another, in the act's transaction.

    None when the holder or an office asks.
    """
    if given.get("asker") not in FOR_ANOTHER:
        return None
    person = remembered(number=given["asker_number"], name=given["asker_name"], today=on)
    return Applicant(
        person=person, asker=Asker(given["asker"]), relation=Relation(given["asker_relation"])
    )


def against_applicant(came: Applicant, cases: Sequence[Case], *, on: date) -> Iterator[Refusal]:
    """This function will yield why he may not ask, whatever his papers are."""
    if came.person.died_on is not None:
        yield Refusal(no.ASKER_DEAD, {"died_on": came.person.died_on})
    yield from (
        Refusal(no.ASKER_IS_HOLDER, {"asker": came.asker.label}, case.id)
        for case in cases if case.person_id == came.person.pk
    )  # fmt: skip
    if came.asker is Asker.GUARDIAN:
        yield from against_young_guardian(came.person, on=on)
