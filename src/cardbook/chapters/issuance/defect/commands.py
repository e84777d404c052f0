"""Takes a defective card back and opens the free replacement, in one transaction (Art. 9)."""

from collections.abc import Sequence
from datetime import datetime

from cardbook.cards.models import Card
from cardbook.chapters.applications import replacement_of, to_be_replaced
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.facts import DefectRecorded, FreeReplacementOpened
from cardbook.lifecycle.judge import Presented
from cardbook.lifecycle.perform import Done, Step, perform
from cardbook.orgs.actors import Actor
from cardbook.papers.pictures import KeptImage
from cardbook.papers.storage import keep_images


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
    steps = [recalled, *(_free_replacement(one, facts) for one in to_be_replaced([card]))]
    return perform(
        *steps,
        by=by,
        second=second,
        at=at,
        key=key,
        also=lambda done: keep_images(images, by=by),
    )


def _free_replacement(card: Card, facts: DefectRecorded) -> Step:
    return Step(
        act=act("replacement.open_free"),
        facts=FreeReplacementOpened(old_card=card.pk, defect=facts.defect),
        births=replacement_of(card, reason="defect"),
    )
