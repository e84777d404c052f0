"""What an act on one card is asked with: its form, and the form as handed to a command."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, TypeVar

from django import forms

from cardbook.chapters.asked import Answered, AskedForm
from cardbook.lib.citizen_number import parse
from cardbook.lib.names import parse_name
from cardbook.lib.plain import InputError
from cardbook.orgs.actors import Actor


class CardForm(AskedForm):
    """What an act on one card asks; a subclass names its act and makes its facts."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def facts(self) -> Any:
        """This function will make what the act records, from a valid form."""
        raise NotImplementedError


def words_field(label: str, *, missing: str = "") -> forms.CharField:
    """This function will ask for words in one line; without `missing` they may stay away."""
    return forms.CharField(
        label=label, max_length=200, required=bool(missing),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": missing},
    )  # fmt: skip


def unreadable(*, number: str, name: str, today: date) -> str:
    """This function will say why number or name of whoever comes for a holder is none, or ""."""
    try:
        parse(number, today=today)
        parse_name(name)
    except InputError as problem:
        return problem.sentence
    return ""


F_co = TypeVar("F_co", bound=CardForm, covariant=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request(Generic[F_co]):
    """A filled-in form with who asks: all that a command of this chapter is given."""

    subject_id: int
    form: F_co
    answered: Answered
    by: Actor
    second: Actor | None
    key: str
