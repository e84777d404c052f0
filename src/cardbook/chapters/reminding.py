"""Tells an office or a unit what it owes, once a day, and reads who told it when (Art. 5, 8, 20).

A reminder is an event of the office, naming the row it is about; slices say what is due.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django import forms

from cardbook.ledger.models import Event
from cardbook.lib.clock import local_day
from cardbook.lib.masking import mask_in
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.refusals import Reason, Refusal, Refused
from cardbook.orgs.actors import Actor
from cardbook.orgs.changes import SUBJECT, Decree, record_change
from cardbook.orgs.models import Organization, User


class RemindForm(forms.Form):
    """How those who owe something were told."""

    words = forms.CharField(
        label="怎样通知的", max_length=200,
        error_messages={"required": "请写明怎样通知的。"},
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "placeholder": "例如：电话通知经办人，三日内办好"}
        ),
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminder:
    """One time an office was told: when, by whom, in which words."""

    at: datetime
    by: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """Which row a reminder is about: the event's act, the fact that names it, its id."""

    act: str
    fact: str
    row: int


def reminders(act: str, *, of: Iterable[int], fact: str) -> dict[int, list[Reminder]]:
    """This function will list by row, the newest first, what offices were told; two queries."""
    told = Event.objects.filter(subject_kind=SUBJECT, subject_id__in=list(of), act=act)
    found = [(event, json.loads(event.facts)) for event in told.order_by("-happened_at", "-id")]
    users = User.objects.filter(pk__in={event.actor_id for event, _ in found})
    names = dict(users.values_list("pk", "name")) if found else {}
    by_row: dict[int, list[Reminder]] = {}
    for event, facts in found:
        one = Reminder(
            at=event.happened_at, by=names.get(event.actor_id, ""), words=facts["words"]
        )
        by_row.setdefault(facts[fact], []).append(one)
    return by_row


def newest_since(told: Mapping[int, list[Reminder]], row: int, *, since: datetime) -> (
    Reminder | None
):  # fmt: skip
    """This function will return a row's newest reminder, unless what it was about is over."""
    first = next(iter(told.get(row, ())), None)
    return first if first is not None and first.at >= since else None


def refuse_silence(words: str) -> None:
    """This function will refuse a reminder that does not say how somebody was told.

    :raises Refused: without words.
    """
    if not words.strip():
        raise Refused([Refusal(no.REASON_MISSING)])


def remind(
    about: About,
    office: Organization,
    decree: Decree,
    *,
    twice: Reason = no.REMINDED_TODAY,
    values: Mapping[str, object],
    **facts: object,
) -> None:
    """This function will append one reminder to the locked office it is for, once a day.

    :raises Refused: with `twice`, when somebody told it of the same row that day.
    """
    told = reminders(about.act, of=[office.pk], fact=about.fact)
    for one in told.get(about.row, [])[:1]:
        if local_day(one.at) == local_day(decree.at):
            raise Refused([Refusal(twice, {**values, "name": one.by})])
    record_change(about.act, office, decree, **{about.fact: about.row}, **facts)


def remind_of_own(
    about: About, office: Organization, *, what: str, words: str, basis: str, by: Actor,
    at: datetime,
) -> None:  # fmt: skip
    """This function will remind another office of what is due there; nobody reminds himself.

    :raises Refused: when it is the actor's own office, or somebody told it that day.
    """
    if office.pk == by.org_id:
        raise Refused([Refusal(no.REMIND_OWN, {"what": what})])
    decree = Decree(by=by, at=at, on=local_day(at), words=mask_in(words.strip()), basis=basis)
    remind(about, office, decree, values={"what": what})


def each_reminded(
    rows: Iterable[tuple[str, int]], *, remind_one: Callable[[int], None]
) -> list[tuple[str, str]]:
    """This function will remind of chosen rows, (what, id), and say what became of each."""
    results = []
    for what, row in rows:
        try:
            remind_one(row)
        except Refused as refused:
            first = refused.refusals[0]
            results.append((what, f"没有登记：{first.sentence}{first.way_out}"))
        else:
            results.append((what, "已登记催办，该机构首页可以看到。"))
    return results or [("", "没有登记催办：请先勾选逾期的，并写明怎样通知的。")]
