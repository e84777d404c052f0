"""Gives a card to the post; issued only when the signed receipt is back (Art. 7, 12).

One `perform()` each; what was posted under which number the ledger says.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from cardbook.cards.models import Card
from cardbook.chapters.collecting import collected_steps
from cardbook.chapters.issuance.posting.queries import InThePost, in_the_post
from cardbook.chapters.representatives import against_young_guardian, remembered
from cardbook.chapters.ways_open import objections_to_way
from cardbook.lib.clock import local_day
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.cases import Case
from cardbook.lifecycle.facts import (
    CardPosted,
    PostedCardBack,
    PostedCardReceived,
    Relation,
    Signer,
)
from cardbook.lifecycle.judge import Presented
from cardbook.lifecycle.perform import Done, Step, perform
from cardbook.lifecycle.refusals import Refusal
from cardbook.orgs.actors import Actor
from cardbook.papers.pictures import KeptImage
from cardbook.papers.storage import keep_images
from cardbook.people.holders import holder_of
from cardbook.people.models import Person, PickUp


@dataclass(frozen=True, slots=True, kw_only=True)
class Guardian:
    """Who signed the post's receipt for a minor; `words` say why no earlier one in the order."""

    name: str
    number: str
    relation: Relation
    words: str = ""


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
    guardian: Guardian | None = None,
    papers: Sequence[Presented],
    told: Sequence[str],
    images: Sequence[KeptImage] = (),
    by: Actor,
    at: datetime,
    key: str,
) -> Done:
    """This function will register the post's signed receipt: the holder has the card.

    A guardian the book does not know is entered in the same transaction (Art. 11).

    :raises Refused: when there is no receipt, it is another parcel's, its day cannot be, or a
        minor's guardian is not named, under age or dead.
    """
    receipt = _Receipt(
        card_id=card_id, parcel=_tidy(parcel), received_on=received_on, signed_by=signed_by,
        guardian=guardian, papers=papers, told=told, images=images, by=by, on=local_day(at),
    )  # fmt: skip
    return perform(
        receipt.step, *collected_steps([card_id], by=by, key=key), by=by, at=at, key=key,
        also=receipt.note,
    )  # fmt: skip


@dataclass(slots=True, kw_only=True)
class _Receipt:
    """A receipt that came back; who signed it for a child is entered in the transaction."""

    card_id: int
    parcel: str
    received_on: date
    signed_by: Signer
    guardian: Guardian | None
    papers: Sequence[Presented]
    told: Sequence[str]
    images: Sequence[KeptImage]
    by: Actor
    on: date
    person: Person | None = None

    def step(self) -> Step:
        """The card reached its holder."""
        given = self.guardian
        if given:
            self.person = remembered(number=given.number, name=given.name, today=self.on)
        facts = PostedCardReceived(
            parcel=self.parcel, received_on=self.received_on, signed_by=self.signed_by,
            guardian=self.person.pk if self.person else None,
            relation=given.relation if given else None, words=given.words if given else "",
        )  # fmt: skip
        return Step(
            act=act("card.issue_posted"), facts=facts, subject_ids=[self.card_id],
            papers=self.papers, told=self.told, objections=self._objections,
        )  # fmt: skip

    def _objections(self, cases: Sequence[Case]) -> Iterator[Refusal]:
        yield from _against_receipt(
            cases, parcel=self.parcel, received_on=self.received_on, by=self.by, on=self.on
        )
        if self.guardian and self.person:
            yield from _against_guardian(
                self.person, named=self.guardian.name, card_id=self.card_id, on=self.received_on
            )

    def note(self, done: Done) -> None:
        """Count what the guardian fetched, and keep the pictures."""
        if self.guardian and self.person:
            card = Card.objects.get(pk=self.card_id)
            PickUp.objects.create(
                agent=self.person, holder_id=card.person_id, as_guardian=True,
                county_id=self.by.county_id or card.county_id, on=self.received_on,
                relation=str(self.guardian.relation), batch=done.batch,
            )  # fmt: skip
        keep_images(self.images, by=self.by)


def _against_guardian(person: Person, *, named: str, card_id: int, on: date) -> Iterator[Refusal]:
    """Of age and alive on the day he signed, under the name the book knows (Art. 11)."""
    if holder_of(person).name != named:
        values = {"signer": Signer.GUARDIAN.label}
        yield Refusal(no.AGENT_NAME_DIFFERS, values, card_id)
    if person.died_on is not None and person.died_on <= on:
        yield Refusal(no.AGENT_DEAD, {"died_on": person.died_on}, card_id)
    yield from against_young_guardian(person, on=on, card_id=card_id)


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
