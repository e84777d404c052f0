"""Takes a defective card back and opens the free replacement, in one transaction (Art. 9)."""

from collections.abc import Sequence
from datetime import datetime

from cardbook.cards.models import Card
from cardbook.chapters.applications import replacement_of, to_be_replaced
from cardbook.law.roles import Role
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
    # At a bank's outlet the application is its own bank's customer's from the beginning.
    bank_id = card.bank_org_id if by.role is Role.BANK_TELLER else None
    opened = (_free_replacement(one, facts, bank_id=bank_id) for one in to_be_replaced([card]))
    steps = [recalled, *opened]
    return perform(
        *steps,
        by=by,
        second=second,
        at=at,
        key=key,
        also=lambda done: keep_images(images, by=by),
    )


def _free_replacement(card: Card, facts: DefectRecorded, *, bank_id: int | None) -> Step:
    return Step(
        act=act("replacement.open_free"),
        facts=FreeReplacementOpened(old_card=card.pk, defect=facts.defect),
        births=replacement_of(card, reason="defect", bank_id=bank_id),
    )
