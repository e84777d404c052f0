"""Settling what the sources left open: found, confirmed, or given to one of two people (Art. 6).

Every settling is an act with two signatures; a claim is never erased, it is answered.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Q

from cardbook.cards.models import Card
from cardbook.cards.states import Social, Stage
from cardbook.chapters.intake.models import OpeningClaim
from cardbook.chapters.row_by_row import Outcome, row_by_row
from cardbook.custody.places import Place
from cardbook.custody.postings import Destination, account_of
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.acts import Act, act
from cardbook.lifecycle.cases import Case
from cardbook.lifecycle.facts import FunctionFound, OpeningSettled
from cardbook.lifecycle.perform import Done, Step, perform
from cardbook.lifecycle.refusals import Refusal, Refused
from cardbook.orgs.actors import Actor
from cardbook.orgs.models import Kind, Organization
from cardbook.people.models import Person

# What finding out about the social function answers.
_OF_FUNCTION = ("social", "valid")
_CONFIRM, _FUNCTION = act("opening.confirm"), act("opening.find_function")
_KEPT, _HELD = act("opening.find_kept"), act("opening.find_held")


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """Who settles, with whom, when, and in which words it is explained."""

    by: Actor
    second: Actor | None
    at: datetime
    words: str
    key: str


def confirm_cards(*, card_ids: Sequence[int], signed: Signed) -> Done:
    """This function will keep the book's entry of cards against sources that say otherwise.

    :raises Refused: when a person is missing or no reason is given; nothing was changed.
    """
    claims = _open_claims(card_ids)
    step = Step(act=_CONFIRM, facts=_settled(claims, signed), subject_ids=sorted(set(card_ids)))
    return _settle(step, claims=claims, signed=signed)


def confirm_living(*, card_ids: Sequence[int], signed: Signed) -> Done:
    """This function will write down that holders whom a source calls dead were found alive.

    :raises Refused: when a holder is not said to be dead any more, a person is missing, or no
        reason is given.
    """
    people = Person.objects.filter(cards__in=card_ids)
    said = OpeningClaim.objects.filter(person__in=people, holder_dead=True).order_by("id")

    def objections(cases: Sequence[Case]) -> Iterator[Refusal]:
        answered = [case.id for case in cases if not case.said_dead_by]
        if answered:
            yield Refusal(no.CLAIMS_GONE, {"count": len(answered)})

    step = Step(
        act=_CONFIRM, facts=_settled(list(said), signed), subject_ids=sorted(set(card_ids)),
        objections=objections,
    )  # fmt: skip
    return perform(
        step, by=signed.by, second=signed.second, at=signed.at, key=signed.key,
        also=lambda done: _living(done.subject_ids),
    )  # fmt: skip


def _living(card_ids: Sequence[int]) -> None:
    Person.objects.filter(cards__in=card_ids).update(said_dead_by="")


def find_function(*, card_ids: Sequence[int], social: Social, signed: Signed) -> Done:
    """This function will write down how the social function of cards stands, which was unknown.

    :raises Refused: when a card's function is known, its holder uses another card, a person is
        missing, or no reason is given.
    """
    claims = _open_claims(card_ids, only=_OF_FUNCTION)
    facts = FunctionFound(
        social=str(social), claims=tuple(claim.pk for claim in claims), words=signed.words
    )
    step = Step(act=_FUNCTION, facts=facts, subject_ids=sorted(set(card_ids)))
    return _settle(step, claims=claims, signed=signed)


def find_cards(*, card_ids: Sequence[int], held: bool, signed: Signed) -> Done:
    """This function will write down where missing cards are: with their holders, or in stock.

    What is found in stock goes into its county's store, to be sorted like any other.

    :raises Refused: when a card is not missing, a person is missing, or no reason is given.
    """
    if not held:
        _refuse_used(card_ids)
    claims = _open_claims(card_ids, only=("stage",))
    steps = [
        Step(
            act=_HELD if held else _KEPT,
            facts=_settled(claims, signed),
            subject_ids=ids,
            destination=_place(county_id, held=held),
        )
        for county_id, ids in _by_county(card_ids).items()
    ]
    return _settle(*steps, claims=claims, signed=signed)


def _refuse_used(card_ids: Sequence[int]) -> None:
    """A card its holder has used does not go back among those to be given out (Art. 22)."""
    used = Card.objects.filter(
        pk__in=card_ids, stage=Stage.MISSING, social__in=(Social.ACTIVE, Social.LOCKED)
    ).order_by("pk")
    if refusals := [
        Refusal(
            no.FOUND_IN_USE, {"number": one.number, "social": Social.of(one.social).label}, one.pk,
            remedy="stock.find_stopped",
        )
        for one in used
    ]:  # fmt: skip
        raise Refused(refusals)


def settle_those_that_may(
    *, action: str, card_ids: Sequence[int], signed: Signed
) -> Outcome:  # fmt: skip
    """This function will do what was found out to cards, and leave out those it does not fit.

    `action` is confirm, living, kept, held, or function- and the state.

    :raises Refused: when a reason is about no single card, such as a person missing.
    """
    name, _, value = action.partition("-")

    def work(ids: Sequence[int], key: str) -> Done:
        once = replace(signed, key=key)
        if name == "confirm":
            return confirm_cards(card_ids=ids, signed=once)
        if name == "living":
            return confirm_living(card_ids=ids, signed=once)
        if name == "function":
            return find_function(
                card_ids=ids, social=next(one for one in Social if one == value), signed=once
            )
        return find_cards(card_ids=ids, held=name == "held", signed=once)

    return row_by_row(card_ids, key=signed.key, work=work)


def _by_county(card_ids: Sequence[int]) -> dict[int, list[int]]:
    """The cards of each county; a card that is not there is left to `perform` to refuse."""
    found: dict[int, list[int]] = {}
    counties = dict(Card.objects.filter(pk__in=card_ids).values_list("pk", "county_id"))
    if len(counties) < len(set(card_ids)):
        raise Refused([Refusal(no.CLAIMS_GONE, {"count": len(set(card_ids)) - len(counties)})])
    for card_id in sorted(counties):
        found.setdefault(counties[card_id], []).append(card_id)
    return found


def _place(county_id: int, *, held: bool) -> Destination:
    if held:
        return Destination(account_of(organization_id=county_id, kind=Place.HOLDER).pk)
    body = (
        Organization.objects.filter(kind=Kind.CARD_BODY, county=county_id, in_force=True)
        .order_by("id")
        .first()
    )
    if body is None:
        name = Organization.objects.get(pk=county_id).name
        raise Refused([Refusal(no.NO_CARD_BODY, {"organization": name})])
    return Destination(account_of(organization_id=body.pk, kind=Place.STORE).pk)


def _open_claims(card_ids: Sequence[int], *, only: Sequence[str] = ()) -> list[OpeningClaim]:
    """What is still open about cards, and what was said of their numbers before they came in."""
    numbers = Card.objects.filter(pk__in=card_ids).values("number")
    found = OpeningClaim.objects.filter(card_number__in=numbers, settled_at=None)
    found = found.filter(Q(card=None) | ~Q(differs=[]))
    if only:
        found = found.filter(differs__overlap=list(only))
    return list(found.order_by("id"))


def _settled(claims: Sequence[OpeningClaim], signed: Signed) -> OpeningSettled:
    return OpeningSettled(claims=tuple(claim.pk for claim in claims), words=signed.words)


def _settle(*steps: Step, claims: Sequence[OpeningClaim], signed: Signed) -> Done:
    """Do the act; the claims it answers leave the list in the same transaction."""
    row = steps[0].act

    def close(done: Done) -> None:
        for claim in claims:
            _answer(claim, row, signed.at)

    return perform(
        *steps, by=signed.by, second=signed.second, at=signed.at, key=signed.key, also=close
    )


def _answer(claim: OpeningClaim, row: Act, at: datetime) -> None:
    """What was found out answers its part of the claim; what else it says stays open."""
    answered = {_FUNCTION.code: set(_OF_FUNCTION), _CONFIRM.code: set(claim.differs)}.get(
        row.code, {"stage", "place"}
    )
    rest = [name for name in claim.differs if name not in answered]
    OpeningClaim.objects.filter(pk=claim.pk).update(
        differs=rest or claim.differs, settled_at=None if rest else at
    )
