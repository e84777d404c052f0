"""Takes a defective card back and opens the free replacement, in one transaction (Art. 9)."""

from collections.abc import Sequence
from datetime import datetime

from cardbook.cards.models import Card
from cardbook.chapters.applications import has_other_application
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.births import GivenRows
from cardbook.lifecycle.facts import DefectRecorded, FreeReplacementOpened
from cardbook.lifecycle.judge import Presented
from cardbook.lifecycle.perform import Done, Step, perform
from cardbook.orgs.actors import Actor
from cardbook.papers.pictures import KeptImage
from cardbook.papers.storage import keep_images

_COLUMNS = ("person_id", "county_id", "kind", "reason", "old_card_id", "fee_fen")


def record_defect(
    *,
    card_id: int,
    facts: DefectRecorded,
    told: Sequence[str],
    papers: Sequence[Presented] = (),
    images: Sequence[KeptImage] = (),
    by: Actor,
    second: Actor | None = None,
    at: datetime,
    key: str,
) -> Done:
    """This function will recall the card and open a replacement at 0 fen (Art. 9: free).

    Where the holder has an application open already, that one goes on and none is added.
    Pictures are kept in the same transaction.

    :raises Refused: when neither the office nor the holder has the card, or no defect is named.
    :raises Card.DoesNotExist: when there is no such card.
    """
    card = Card.objects.get(pk=card_id)
    recalled = Step(
        act=act("defect.record"), facts=facts, subject_ids=[card_id], papers=papers, told=told
    )
    steps = [recalled]
    if not has_other_application(card.person_id, card_id=card_id):
        steps.append(_free_replacement(card, facts))
    return perform(
        *steps,
        by=by,
        second=second,
        at=at,
        key=key,
        also=lambda done: keep_images(images, by=by),
    )


def _free_replacement(card: Card, facts: DefectRecorded) -> Step:
    row = (card.person_id, card.county_id, "replacement", "defect", card.pk, 0)
    return Step(
        act=act("replacement.open_free"),
        facts=FreeReplacementOpened(old_card=card.pk, defect=facts.defect),
        births=GivenRows(_COLUMNS, (row,)),
    )
