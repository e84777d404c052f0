"""Gives a card to the post; issued only when the signed receipt is back (Art. 7, 12).

One `perform()` each; what was posted under which number the ledger says.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from cardbook.chapters.collecting import collected_steps
from cardbook.chapters.issuance.posting.queries import InThePost, in_the_post
from cardbook.chapters.ways_open import objections_to_way
from cardbook.lib.clock import local_day
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.cases import Case
from cardbook.lifecycle.facts import CardPosted, PostedCardBack, PostedCardReceived, Signer
from cardbook.lifecycle.judge import Presented
from cardbook.lifecycle.perform import Done, Step, perform
from cardbook.lifecycle.refusals import Refusal
from cardbook.orgs.actors import Actor
from cardbook.papers.pictures import KeptImage
from cardbook.papers.storage import keep_images


def post_card(
    *,
    card_id: int,
    parcel: str,
    papers: Sequence[Presented],
    images: Sequence[KeptImage] = (),
    by: Actor,
    at: datetime,
    key: str,
) -> Done:
    """This function will give a card to the post, as its holder asked; it is not issued by that.

    :raises Refused: when nobody asked for it, the holder is dead or no parcel is named.
    """
    step = Step(
        act=act("card.post"), facts=CardPosted(parcel=_tidy(parcel)), subject_ids=[card_id],
        papers=papers,
        objections=lambda cases: objections_to_way(cases, way="post", on=local_day(at)),
    )  # fmt: skip
    return perform(step, by=by, at=at, key=key, also=lambda done: keep_images(images, by=by))


def receive_receipt(
    *,
    card_id: int,
    parcel: str,
    received_on: date,
    signed_by: Signer,
    papers: Sequence[Presented],
    told: Sequence[str],
    images: Sequence[KeptImage] = (),
    by: Actor,
    at: datetime,
    key: str,
) -> Done:
    """This function will register the post's signed receipt: the holder has the card.

    :raises Refused: when there is no receipt, it is another parcel's, or its day cannot be.
    """
    given = _tidy(parcel)
    step = Step(
        act=act("card.issue_posted"),
        facts=PostedCardReceived(parcel=given, received_on=received_on, signed_by=signed_by),
        subject_ids=[card_id], papers=papers, told=told,
        objections=lambda cases: _against_receipt(
            cases, parcel=given, received_on=received_on, by=by, on=local_day(at)
        ),
    )  # fmt: skip
    return perform(
        step, *collected_steps([card_id], by=by, key=key), by=by, at=at, key=key,
        also=lambda done: keep_images(images, by=by),
    )  # fmt: skip


def take_parcel_back(
    *, card_id: int, parcel: str, words: str, by: Actor, at: datetime, key: str
) -> Done:
    """This function will take a parcel that came back into the office's store.

    :raises Refused: when it is another parcel, or nobody says why it came back.
    """
    given = _tidy(parcel)
    step = Step(
        act=act("card.post_back"), facts=PostedCardBack(parcel=given, words=words.strip()),
        subject_ids=[card_id],
        objections=lambda cases: _against_parcel(
            cases, _posted(cases, by=by, on=local_day(at)), given
        ),
    )  # fmt: skip
    return perform(step, by=by, at=at, key=key)


def _tidy(parcel: str) -> str:
    return "".join(parcel.split()).upper()


def _posted(cases: Sequence[Case], *, by: Actor, on: date) -> dict[int, InThePost]:
    found = in_the_post(by=by, today=on, card_ids=[case.id for case in cases])
    return {one.card_id: one for one in found}


def _against_parcel(
    cases: Sequence[Case], posted: dict[int, InThePost], parcel: str
) -> Iterator[Refusal]:
    for case in cases:
        sent = posted.get(case.id)
        if sent is not None and sent.parcel != parcel:
            values = {"given": parcel or "（空）", "sent": sent.parcel}
            yield Refusal(no.PARCEL_IS_ANOTHER, values, case.id)


def _against_receipt(
    cases: Sequence[Case], *, parcel: str, received_on: date, by: Actor, on: date
) -> Iterator[Refusal]:
    """The receipt names this parcel and a day between the posting and today (Art. 7)."""
    posted = _posted(cases, by=by, on=on)
    yield from _against_parcel(cases, posted, parcel)
    for one in posted.values():
        if not one.posted_on <= received_on <= on:
            values = {"received_on": received_on, "posted_on": one.posted_on}
            yield Refusal(no.RECEIVED_OUT_OF_TIME, values, one.card_id)
