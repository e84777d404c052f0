"""Keeps a check of a place (Art. 20, 21): each measure answered, or its remedy said; a photo."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from cardbook.chapters.safekeeping.models import CheckAnswer, KeepingCheck, KeepingPlace
from cardbook.chapters.safekeeping.places.commands import refuse_other_writers
from cardbook.chapters.safekeeping.places.queries import places_within
from cardbook.law.measures import MEASURES
from cardbook.law.papers import KEEPING_PHOTO
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.refusals import Refusal, Refused
from cardbook.orgs.actors import Actor
from cardbook.papers.pictures import KeptImage
from cardbook.papers.storage import keep_images


@dataclass(frozen=True, slots=True)
class Answer:
    """Of one measure: in order (True, False, or None when nobody said), and what is done."""

    in_order: bool | None
    remedy: str = ""


def record_check(
    *,
    place_id: int,
    answers: Mapping[str, Answer],
    words: str,
    photo: KeptImage | None,
    by: Actor,
    at: datetime,
    key: str,
) -> KeepingCheck:
    """This function will keep a check; the same key again gives the first.

    :raises Refused: when a measure is unanswered, one that is not in order has no remedy, the
        photo is missing, or the role may not.
    :raises KeepingPlace.DoesNotExist: when the place is beyond the actor's reach.
    """
    refuse_other_writers(by)
    place = places_within(by).get(pk=place_id)
    before = KeepingCheck.objects.filter(key=key, place=place, checked_by_id=by.user_id).first()
    if before is not None:
        return before
    refused = [
        Refusal(no.MEASURE_UNANSWERED, {"measure": measure.title})
        for measure in MEASURES
        if not _is_answered(answers.get(measure.code))
    ]
    if photo is None:
        refused.append(Refusal(no.IMAGE_MISSING, {"paper": KEEPING_PHOTO.title}))
    if refused or photo is None:
        raise Refused(refused)
    return _keep(place, answers, words=words, photo=photo, by=by, at=at, key=key)


def _is_answered(answer: Answer | None) -> bool:
    if answer is None or answer.in_order is None:
        return False
    return answer.in_order or bool(answer.remedy.strip())


def _keep(
    place: KeepingPlace,
    answers: Mapping[str, Answer],
    *,
    words: str,
    photo: KeptImage,
    by: Actor,
    at: datetime,
    key: str,
) -> KeepingCheck:
    with transaction.atomic():
        made, new = KeepingCheck.objects.get_or_create(
            key=key,
            defaults={
                "place": place,
                "checked_by_id": by.user_id,
                "at": at,
                "words": words,
                "photo": photo.digest,
            },
        )
        if not new:
            if made.place_id != place.pk or made.checked_by_id != by.user_id:
                raise Refused([Refusal(no.KEY_REUSED)])
            return made
        keep_images([photo], by=by)
        CheckAnswer.objects.bulk_create(
            CheckAnswer(
                visit=made,
                measure=measure.code,
                in_order=bool(answers[measure.code].in_order),
                remedy="" if answers[measure.code].in_order else answers[measure.code].remedy,
            )
            for measure in MEASURES
        )
    return made
