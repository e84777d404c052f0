"""Keeps a call about a card of another city: asked at once, or its loss sent to the province (28).

Whatever else is wanted is refused with where it can be done.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from cardbook.chapters.usage.loss.outside import ASKED, ELSEWHERE, LOST, SUBJECT
from cardbook.chapters.usage.models import OutsideCall
from cardbook.chapters.usage.province_asking import cards_in_words
from cardbook.law.roles import Role
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.facts import RequestChannel
from cardbook.lifecycle.judge import refuse_other_roles
from cardbook.lifecycle.refusals import Refusal, Refused
from cardbook.orgs.actors import Actor
from cardbook.outbox.noting import Note, owe_noted
from cardbook.people import vault
from cardbook.ports.messages import MessageKind


@dataclass(frozen=True, slots=True, kw_only=True)
class OutsideCard:
    """What was said of a card that is not in our book, and where the caller was sent."""

    matter: str
    number: str
    name: str
    place: str
    hotline: str
    reference: str = ""
    call: str = ""
    words: str = ""


def note_outside_call(*, said: OutsideCard, by: Actor, at: datetime, key: str) -> int:
    """This function will keep a call about another city's card and return its number.

    A loss is owed to the province in the same transaction; a question is answered at once, or it
    says that nobody answered. The same key is one call.

    :raises Refused: when the post does not take loss reports, or something else is wanted.
    """
    refuse_other_roles(act("loss.report"), by=by)
    if said.matter in ELSEWHERE:
        values = {"matter": ELSEWHERE[said.matter], "place": said.place}
        raise Refused([Refusal(no.CARD_OF_ANOTHER_CITY, values)])
    county_id = by.county_id or by.org_id
    answer = ""
    if said.matter == ASKED:
        answer = cards_in_words(name=said.name, number=said.number, county_id=county_id, at=at)
    try:
        with transaction.atomic(durable=True):
            made = OutsideCall.objects.create(**_row(said, by=by, at=at), key=key, answer=answer)
            if said.matter == LOST:
                facts = {"channel": _channel(by), "clerk": by.name, "place": said.place}
                owe_noted(
                    MessageKind.PROVINCE_ORAL_LOSS,
                    Note(subject=SUBJECT, id=made.pk, county_id=county_id, at=at, facts=facts),
                )
    except IntegrityError:
        return OutsideCall.objects.get(key=key, handled_by_id=by.user_id).pk
    return made.pk


def _channel(by: Actor) -> str:
    hotline = by.role is Role.HOTLINE_OPERATOR
    return str(RequestChannel.HOTLINE if hotline else RequestChannel.WINDOW)


def _row(said: OutsideCard, *, by: Actor, at: datetime) -> dict[str, object]:
    return {
        "matter": said.matter,
        "number_sealed": vault.seal_text(said.number, context=vault.NUMBER),
        "number_index": vault.number_index(said.number),
        "name_sealed": vault.seal_text(said.name, context=vault.NAME),
        "place": said.place,
        "hotline": said.hotline,
        "reference": said.reference,
        "call": said.call,
        "words": said.words,
        "office_id": by.org_id,
        "handled_by_id": by.user_id,
        "handled_at": at,
    }
