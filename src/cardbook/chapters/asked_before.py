"""What an earlier request did: the same key asked again must find it without reading the ledger.

Events carry their request as a batch, and the ledger keeps no index of batches: every insert would
pay for what is asked so seldom. It is read by subject, of which it has one.
"""

import uuid
from collections.abc import Iterable

from django.db.models import Exists, OuterRef, QuerySet

from cardbook.cards.states import Subject
from cardbook.ledger.models import Event, Request
from cardbook.lifecycle.perform import batch_of


def was_asked(key: str) -> bool:
    """This function will say whether a request of this key was carried out before."""
    return Request.objects.filter(key=key).exists()


def events_of(key: str, *, subject: Subject, ids: Iterable[int]) -> QuerySet[Event]:
    """This function will find what the request of a key did to these subjects."""
    return Event.objects.filter(subject_kind=subject, subject_id__in=ids, batch=batch_of(key))


def done_in(batch: uuid.UUID, *, act: str, subject: Subject) -> Exists:
    """This function will make the condition that a subject's row was acted on in a batch."""
    return Exists(_acted_on(act, subject).filter(batch=batch))


def done_with(events: QuerySet[Event], *, act: str, subject: Subject) -> Exists:
    """This function will make the condition that a row was acted on together with events."""
    return Exists(_acted_on(act, subject).filter(batch__in=events.values("batch")))


def _acted_on(act: str, subject: Subject) -> QuerySet[Event]:
    return Event.objects.filter(subject_kind=subject, subject_id=OuterRef("pk"), act=act)
