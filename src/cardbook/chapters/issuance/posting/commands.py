"""Gives a card to the post; issued only when the signed receipt is back (Art. 7, 12).

One `perform()` each; what was posted under which number the ledger says.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from cardbook.cards.models import Card
from cardbook.chapters.collecting import collected_steps
from cardbook.chapters.issuance.posting.queries import InThePost, in_the_post
from cardbook.chapters.representatives import remembered
from cardbook.chapters.ways_open import objections_to_way
from cardbook.law.parameters import whole_number
from cardbook.lib.clock import full_years, local_day
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
    given, on = _tidy(parcel), local_day(at)
    came: list[PickUp] = []

    def step() -> Step:
        person = (
            remembered(number=guardian.number, name=guardian.name, today=on) if guardian else None
        )
        if guardian and person:
            came[:] = [_pick_up(card_id, person, guardian.relation, by=by, on=received_on)]
        facts = PostedCardReceived(
            parcel=given, received_on=received_on, signed_by=signed_by,
            guardian=person.pk if person else None,
            relation=guardian.relation if guardian else None,
            words=guardian.words if guardian else "",
        )  # fmt: skip

        def objections(cases: Sequence[Case]) -> Iterator[Refusal]:
            yield from _against_receipt(cases, parcel=given, received_on=received_on, by=by, on=on)
            if guardian and person:
                yield from _against_guardian(
                    person, named=guardian.name, card_id=card_id, on=received_on
                )

        return Step(
            act=act("card.issue_posted"), facts=facts, subject_ids=[card_id], papers=papers,
            told=told, objections=objections,
        )  # fmt: skip

    def also(done: Done) -> None:
        for one in came:
            one.batch = done.batch
        PickUp.objects.bulk_create(came)
        keep_images(images, by=by)

    return perform(
        step, *collected_steps([card_id], by=by, key=key), by=by, at=at, key=key, also=also
    )


def _pick_up(card_id: int, person: Person, relation: Relation, *, by: Actor, on: date) -> PickUp:
    card = Card.objects.get(pk=card_id)
    return PickUp(
        agent=person, holder_id=card.person_id, county_id=by.county_id or card.county_id,
        relation=str(relation), as_guardian=True, on=on,
    )  # fmt: skip


def _against_guardian(person: Person, *, named: str, card_id: int, on: date) -> Iterator[Refusal]:
    """Of age and alive on the day he signed, under the name the book knows (Art. 11)."""
    if holder_of(person).name != named:
        values = {"signer": Signer.GUARDIAN.label}
        yield Refusal(no.AGENT_NAME_DIFFERS, values, card_id)
    if person.died_on is not None and person.died_on <= on:
        yield Refusal(no.AGENT_DEAD, {"died_on": person.died_on}, card_id)
    age, adult = full_years(person.born_on, on=on), whole_number("minor_age", on=on)
    if age < adult:
        yield Refusal(no.GUARDIAN_IS_MINOR, {"age": age, "adult_age": adult}, card_id)


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
