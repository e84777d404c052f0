"""What may be done on the page of one application, and why not (Art. 25 to 27)."""

from dataclasses import dataclass, replace
from datetime import datetime

from django.urls import reverse

from cardbook.cards.models import Application
from cardbook.cards.states import CLOSED_APPLICATIONS, Progress, Subject
from cardbook.chapters.card_heads import lent_to, page_for
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.load import load_cases
from cardbook.lifecycle.openacts import open_acts
from cardbook.lifecycle.refusals import Refusal
from cardbook.orgs.actors import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """One act on the application's page; with `reasons` it is grey."""

    title: str
    url: str
    basis: str
    reasons: tuple[Refusal, ...]
    # Whether the button above is grey for the very same reasons.
    same: bool = False


def buttons_for(application: Application, *, by: Actor, at: datetime) -> tuple[Button, ...]:
    """This function will list the acts on an application with the grey ones last."""
    return (*_buttons(application.pk, by=by, at=at), *_meanwhile(application, by=by))


def _buttons(application_id: int, *, by: Actor, at: datetime) -> tuple[Button, ...]:
    """What this post may do; a button without a page is left out."""
    cases = load_cases(subject=Subject.APPLICATION, ids=[application_id], lock=False)
    found = (
        Button(title=one.title, url=url, basis=one.act.basis_text, reasons=one.reasons)
        for one in open_acts(case=cases[application_id], by=by, at=at)
        if (url := page_for(one.code, application_id=application_id))
    )
    ordered = sorted(found, key=lambda button: bool(button.reasons))
    above: list[str] = []
    buttons = []
    for one in ordered:
        said = [reason.sentence + reason.way_out for reason in one.reasons]
        buttons.append(replace(one, same=bool(said) and said == above))
        above = said
    return tuple(buttons)


def _meanwhile(application: Application, *, by: Actor) -> tuple[Button, ...]:
    """A temporary card for whoever still waits: an act on another thing, so asked for here."""
    lending = act("temporary.lend")
    over = (*CLOSED_APPLICATIONS, Progress.PRODUCED)  # a card that is made is fetched (Art. 27)
    if by.role not in lending.who or application.progress in over:
        return ()
    lent = lent_to(person_id=application.person_id, by=by)
    if lent is not None:
        title, url = f"临时卡 {lent.number}", reverse("temporary.show", args=[lent.pk])
        return (Button(title=title, url=url, basis=lending.basis_text, reasons=()),)
    url = reverse(lending.code, args=[application.pk])
    return (Button(title=lending.title, url=url, basis=lending.basis_text, reasons=()),)
