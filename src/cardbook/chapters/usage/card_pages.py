"""The page of one act on one card: whose card, what to say, what was refused (Art. 22 to 31).

Slices of this chapter whose act needs no screen of its own share it; commands are handed in. The
card may be a temporary one.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from cardbook.chapters.card_heads import CardHead, card_head
from cardbook.chapters.screens import status_of
from cardbook.chapters.telling import told_of
from cardbook.chapters.usage.asking import CardForm, Request
from cardbook.chapters.usage.unfetched import Unfetched
from cardbook.lib.clock import local_day
from cardbook.lifecycle.load import load_cases
from cardbook.lifecycle.openacts import open_act
from cardbook.lifecycle.pages import ActorRequest, new_key
from cardbook.lifecycle.perform import Done
from cardbook.lifecycle.refusals import Refusal, Refused
from cardbook.orgs.actors import Actor

F = TypeVar("F", bound=CardForm)


def address(name: str, card_id: int) -> str:
    """This function will return the address of a page about one card."""
    return reverse(name, args=[card_id])


@dataclass(frozen=True, slots=True, kw_only=True)
class CardPage(Generic[F]):
    """What a page of this kind says, and what it does when it is sent."""

    form: Callable[..., F]
    title: str
    lead: str
    button: str
    do: Callable[[Request[F], Any], Done]
    said: str
    numbered: str = "卡号"
    # What else the book knows to be open over the card, a line each.
    known: Callable[..., Sequence[str]] | None = None
    # Other cards of the holder that nobody fetched; asked where a card ends.
    unfetched: Callable[[int], Sequence[Unfetched]] = field(default=lambda card_id: ())
    # Whether the id of the page is that of what the act is done on: only then it is judged first,
    # and nothing is asked where it is not open.
    looks_first: bool = True
    blanks: Callable[[CardHead], Mapping[str, object]] = field(default=lambda card: {})
    prepare: Callable[[F, CardHead, Actor], None] = field(default=lambda form, card, by: None)
    head: Callable[[int, Actor], CardHead | None] = field(
        default=lambda card_id, by: card_head(card_id=card_id, by=by)
    )
    leads_to: Callable[[int], str] = field(default=lambda card_id: address("card.show", card_id))
    back: Callable[[int], str] = field(default=lambda card_id: address("card.show", card_id))
    template: str = "usage/one_card.html"


def show_or_do(
    request: ActorRequest,
    subject_id: int,
    page: CardPage[F],
    *,
    given: Mapping[str, object] | None = None,
) -> HttpResponse:
    """This function will show the page of an act on a card, or do the act when it is sent.

    `given` stands in the form as a list that led here says it; the clerk may change it.

    :raises Http404: when the card is out of the actor's reach.
    """
    card = page.head(subject_id, request.actor)
    if card is None:
        raise Http404
    now = timezone.now()
    form = page.form(
        request.POST or None, request.FILES or None, initial={**(given or {}), "key": new_key()}
    )
    page.prepare(form, card, request.actor)
    refusals = _standing(form, subject_id, request) if page.looks_first else ()
    if request.method == "POST" and form.is_valid():
        try:
            page.do(
                Request(
                    subject_id=subject_id, form=form, answered=form.answered(), by=request.actor,
                    second=form.second(request), key=form.cleaned_data["key"],
                ),
                now,
            )  # fmt: skip
        except Refused as refused:
            refusals = refused.refusals
        else:
            _say(request, page, form, card)
            return redirect(page.leads_to(subject_id))
    context = {"form": form, "refusals": refusals, **_shown(page, form, card, subject_id, now)}
    status = status_of(refusals=refusals if form.is_bound else (), mistakes=form.errors)
    return render(request, page.template, context, status=status)


def _say(request: ActorRequest, page: CardPage[Any], form: CardForm, card: CardHead) -> None:
    """What was done, and what of it wants a second look."""
    messages.success(request, page.said.format(number=card.number, name=card.name))
    for remark in form.remarks():
        messages.warning(request, remark)


def _standing(form: CardForm, subject_id: int, request: ActorRequest) -> tuple[Refusal, ...]:
    """Why the card as it stands does not allow the act, before anybody fills the form in."""
    if form.is_bound:
        return ()
    case = load_cases(subject=form.row.subject, ids=[subject_id], lock=False)[subject_id]
    return open_act(act=form.row, case=case, by=request.actor, at=timezone.now()).reasons


def _shown(
    page: CardPage[Any], form: CardForm, card: CardHead, subject_id: int, now: datetime
) -> dict[str, object]:
    """Whose card, what is open over it, and what is read out, every blank filled."""
    values = page.blanks(card)
    return {
        "back": page.back(subject_id), "card": card, "page": page,
        "known": page.known(card.id, at=now) if page.known else None,
        "unfetched": page.unfetched(card.id),
        "told": [
            told_of(one.code, on=local_day(now), values=values) for one in form.row.notices
        ],
    }  # fmt: skip
