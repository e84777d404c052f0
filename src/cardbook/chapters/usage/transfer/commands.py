"""Ends or keeps a card when the insurance relation moves; stops a misused one (Art. 30, 31)."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from cardbook.cards.models import Card
from cardbook.cards.states import Subject
from cardbook.chapters.asked_before import events_of, was_asked
from cardbook.chapters.usage.asking import CardForm, Request
from cardbook.chapters.usage.ending import with_what_ends
from cardbook.chapters.usage.models import TransferIn, TransferOut
from cardbook.chapters.usage.plastic import came_back
from cardbook.chapters.usage.province_asking import ask_province
from cardbook.chapters.usage.province_checks import AGAIN_AFTER
from cardbook.chapters.usage.steps import do, step_of
from cardbook.chapters.usage.transfer.forms import EndForm
from cardbook.chapters.usage.transfer.queries import SUBJECT
from cardbook.chapters.usage.unfetched import Unfetched, unfetched_of
from cardbook.chapters.usage.values import Decision
from cardbook.ledger.models import Event
from cardbook.lib.clock import to_the_minute
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.facts import Plastic
from cardbook.lifecycle.perform import Done, Step
from cardbook.lifecycle.refusals import Refusal, Refused
from cardbook.orgs.actors import Actor
from cardbook.orgs.models import User
from cardbook.outbox.noting import Note, owe_noted, take_back_noted
from cardbook.people import vault
from cardbook.ports.messages import MessageKind

# About how many the province is asked in one go: each takes an answer of the other side.
MOST_ASKED = 50
_UNISSUED = "relation.end_unissued"
_TOLD = (Decision.KEEP, Decision.HERE)


def end_relation(given: Request[EndForm], at: datetime) -> Done:
    """This function will end the social function with the relation, and what ends with it.

    A card that was brought is taken in; one on the shelf that he did not fetch yet ends too; one
    that is being made for him is made no more.

    :raises Refused: when there is no proof of the transfer, or the holder was not told; when the
        card was not handed over and lies with others.
    """
    facts = given.form.facts()
    own = given.form.act_code == _UNISSUED
    ended, *rest = with_what_ends(
        step_of(given), reason=facts.reason, key=given.key,
        came_back=None if own else came_back(given.form.cleaned_data),
    )  # fmt: skip
    also = () if own else _unfetched(given)
    return do(given, at, steps=(ended, *also, *rest))


def _unfetched(given: Request[EndForm]) -> tuple[Step, ...]:
    """The holder's cards on the shelf, where they were taken out; asked again, those of then.

    :raises Refused: when what was taken out is on no shelf any more.
    """
    plastic, ids = given.form.taken_out(), [one.id for one in _on_shelf(given)]
    before = _ended_then(given)
    if before:
        ids = [one.subject_id for one in before]
        plastic = Plastic(json.loads(before[0].facts)["plastic"])
    if plastic is Plastic.NONE:
        return ()
    if not ids:
        raise Refused([Refusal(no.UNFETCHED_GONE, {}, given.subject_id)])
    facts = replace(given.form.facts(), plastic=plastic)
    return (replace(step_of(given), act=act(_UNISSUED), facts=facts, subject_ids=ids),)


def _on_shelf(given: Request[EndForm]) -> list[Unfetched]:
    if was_asked(given.key):
        return []
    return [one for one in unfetched_of(given.subject_id) if one.at_hand]


def _ended_then(given: Request[EndForm]) -> list[Event]:
    """What the same request ended along when it was carried out."""
    if not was_asked(given.key):
        return []
    holder = Card.objects.filter(pk=given.subject_id).values("person")
    ids = Card.objects.filter(person__in=holder).values_list("pk", flat=True)
    found = events_of(given.key, subject=Subject.CARD, ids=list(ids))
    return list(found.filter(act=_UNISSUED).order_by("subject_id"))


def record(given: Request[CardForm], at: datetime) -> Done:
    """This function will do the act of the form alone: keep, freeze, unfreeze.

    :raises Refused: with every reason; nothing was changed.
    """
    return do(given, at)


def settle_incoming(
    *, incoming: int, decision: Decision, words: str, by: Actor, at: datetime
) -> bool:
    """This function will note what was decided of somebody who came; False when it was already.

    The cards themselves change by acts of their own: kept, ended, applied for. Whose relation
    comes without a new card, the province hears of it here.
    """
    with transaction.atomic():
        found = _within(by).filter(pk=incoming, settled_at=None)
        row = found.select_for_update(of=("self",)).first()
        if row is None:
            return False
        row.settled_at, row.settled_by_id = at, by.user_id
        row.decision, row.words = decision, words
        row.save(update_fields=["settled_at", "settled_by", "decision", "words"])
        if decision in _TOLD:
            owe_noted(MessageKind.PROVINCE_TRANSFER_IN, _note(row))
    return True


def reopen_incoming(*, row: int, words: str, by: Actor, at: datetime) -> bool:
    """This function will open a decision that was wrong again; False when none is there.

    What the province did not hear of is withdrawn; where it did, the opposite is owed.
    """
    with transaction.atomic():
        found = _within(by).filter(pk=row, settled_at__isnull=False)
        kept = found.select_for_update(of=("self",)).first()
        if kept is None:
            return False
        if kept.decision in _TOLD:
            take_back_noted(
                MessageKind.PROVINCE_TRANSFER_IN, MessageKind.PROVINCE_TRANSFER_UNDONE, _note(kept)
            )
        kept.settled_at = kept.settled_by = None
        kept.decision = kept.words = ""
        kept.undone_at, kept.undone_by_id, kept.undone_words = at, by.user_id, words
        kept.save()
    return True


def settle_leaving(
    *, rows: Sequence[int], words: str, by: Actor, at: datetime
) -> dict[int, str]:  # fmt: skip
    """This function will close rows of a list of those who leave that need no act.

    It says of each what became of it: nothing when it was closed, else why it stays as it is.
    """
    with transaction.atomic():
        found = _leaving_within(by).filter(pk__in=rows).order_by("pk")
        locked = {one.pk: one for one in found.select_for_update(no_key=True, of=("self",))}
        names = dict(
            User.objects.filter(pk__in=[one.settled_by_id for one in locked.values()])
            .values_list("pk", "name")
        )  # fmt: skip
        open_ = [pk for pk, one in locked.items() if one.settled_at is None]
        TransferOut.objects.filter(pk__in=open_).update(
            settled_at=at, settled_by=by.user_id, words=words
        )
    return {row: _why_left(locked.get(row), names) for row in dict.fromkeys(rows)}


def _why_left(row: TransferOut | None, names: Mapping[int, str]) -> str:
    """Why a row was not closed just now; nothing when it was."""
    if row is None:
        return "没有办结：不在本县区的转出名单上，请刷新页面。"
    if row.settled_at is None:
        return ""
    who = names.get(row.settled_by_id or 0, "")
    return f"没有办结：{to_the_minute(row.settled_at)} 已由{who}办结（{row.words}）。"


def reopen_leaving(*, row: int, words: str, by: Actor, at: datetime) -> bool:
    """This function will open a row that was closed in error again; False when none is closed."""
    found = _leaving_within(by).filter(pk=row, settled_at__isnull=False)
    return bool(
        found.update(
            settled_at=None, settled_by=None, words="", undone_at=at, undone_by=by.user_id,
            undone_words=words,
        )
    )  # fmt: skip


def ask_about_incoming(*, rows: Sequence[int], by: Actor, at: datetime) -> int:
    """This function will ask the province which cards people of a list have; of how many."""
    found = _within(by).filter(pk__in=rows, settled_at=None).order_by("pk")
    return _asked(found[:MOST_ASKED], at=at)


def ask_about_whoever_came(*, at: datetime) -> int:
    """This function will ask about those nobody asked about, or the province was silent on."""
    silent = Q(asked=TransferIn.Asked.SILENT, asked_at__lte=at - AGAIN_AFTER)
    found = TransferIn.objects.filter(Q(asked="") | silent, settled_at=None)
    return _asked(found.order_by("asked_at", "pk")[:MOST_ASKED], at=at)


def _asked(found: QuerySet[TransferIn], *, at: datetime) -> int:
    """Outside any transaction: the other side may take its time."""
    rows = list(found)
    for row in rows:
        said = ask_province(
            name=vault.open_text(row.name_sealed, context=vault.NAME),
            number=vault.open_text(row.number_sealed, context=vault.NUMBER),
            county_id=row.county_id, at=at,
        )  # fmt: skip
        others = [one for one in said.cards if one.number != row.old_card]
        row.asked = TransferIn.Asked.CLEAR
        if said.silence or others:
            row.asked = TransferIn.Asked.FOUND if others else TransferIn.Asked.SILENT
        row.asked_at, row.asked_words = at, said.words
        row.save(update_fields=["asked", "asked_at", "asked_words"])
    return len(rows)


def _within(by: Actor) -> QuerySet[TransferIn]:
    return TransferIn.objects.filter(county__path__startswith=by.county_path)


def _leaving_within(by: Actor) -> QuerySet[TransferOut]:
    return TransferOut.objects.filter(county__path__startswith=by.county_path)


def _note(row: TransferIn) -> Note:
    assert row.settled_at is not None
    facts = {
        "from_place": row.from_place, "moved_on": f"{row.moved_on}", "old_card": row.old_card,
        "list_number": row.list_number, "decision": row.decision,
    }  # fmt: skip
    return Note(
        subject=SUBJECT, id=row.pk, county_id=row.county_id, at=row.settled_at, facts=facts
    )
