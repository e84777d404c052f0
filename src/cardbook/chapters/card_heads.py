"""One card of the county as pages that act on it name it: whose it is, which it is (Art. 8, 9).

Which cards an office sees, and where an act on one is done, is said here once: a button on one
page and the page behind it agree.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.urls import NoReverseMatch, reverse

from cardbook.cards.models import Card, TemporaryCard
from cardbook.cards.states import TemporaryStage
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.refusals import Refusal
from cardbook.orgs.actors import Actor
from cardbook.people.holders import holder_of


@dataclass(frozen=True, slots=True, kw_only=True)
class CardHead:
    """A card with its holder, masked."""

    id: int
    number: str
    name: str
    masked_number: str
    bank: str
    batch: str


# Acts that are done on a page of another name, where several cards are handled together.
DONE_ELSEWHERE = {
    "delivery.receive": "delivery.list",
    "delivery.explain_found": "delivery.differences",
    "delivery.explain_missing": "delivery.differences",
    "handover.receive": "handover.list",
    "handover.note_difference": "handover.list",
    "handover.take_back": "handover.list",
    "bundle.give_back": "bundle.list",
    "opening.cancel": "opening.list",
    "recalled.receive_wrong": "recalled.shipments",
    "stranded.receive_back": "stranded.returns",
    "destruction.receive": "destruction.lots",
    "destruction.take_back": "destruction.lots",
    "destruction.carry_out": "destruction.lots",
    "harm.name": "harm.list",
}


def act_address(*, code: str, card_id: int) -> str:
    """This function will return the address where an act is done on a card, "" without one."""
    return page_for(DONE_ELSEWHERE.get(code, code), card_id=card_id)


def page_for(name: str, **subject: int) -> str:
    """This function will return where a page for a subject, or for several, is; "" without one.

    By the name of the argument: a page of that name may stand for a list, a lot or a report.
    """
    for arguments in (subject, {}):
        try:
            return reverse(name, kwargs=arguments)
        except NoReverseMatch:
            continue
    return ""


def lent_to(*, person_id: int, by: Actor) -> TemporaryCard | None:
    """This function will find the temporary card of the county that a person has, or None."""
    here = TemporaryCard.objects.filter(county__path__startswith=by.county_path)
    return here.filter(person=person_id, stage=TemporaryStage.LENT).first()


def way_to_take_back(refusals: Iterable[Refusal], *, person_id: int, by: Actor) -> str:
    """This function will return where the temporary card that is still out is taken back.

    "" when none stands in the way, or somebody else's post takes it back.
    """
    out = any(one.code == no.TEMPORARY_CARD_OUT.code for one in refusals)
    if not out or by.role not in act("temporary.take_back").who:
        return ""
    lent = lent_to(person_id=person_id, by=by)
    return reverse("temporary.show", args=[lent.pk]) if lent else ""


def cards_in_county(*, by: Actor) -> QuerySet[Card]:
    """This function will find the cards that belong to the actor's county or lie there."""
    return Card.objects.filter(
        Q(county__path__startswith=by.county_path)
        | Q(position__account__organization__path__startswith=by.county_path)
    )


def numbers_of(card_ids: Iterable[int], *, by: Actor) -> dict[int, str]:
    """This function will name the county's cards by their numbers, for a list of refusals."""
    found = cards_in_county(by=by).filter(pk__in=list(card_ids))
    return dict(found.values_list("pk", "number"))


def left_undone(refused: Mapping[int, Refusal], *, by: Actor) -> list[tuple[int, str, str]]:
    """This function will name each card that was left out of a selection, with why and the way."""
    numbers = numbers_of(refused, by=by)
    return [
        (id_, numbers.get(id_, "卡"), f"{one.sentence}{one.way_out}")
        for id_, one in refused.items()
    ]


def card_in_county(*, card_id: int, by: Actor) -> Card | None:
    """This function will return a card with its holder, or None when it is another county's."""
    return (
        cards_in_county(by=by)
        .filter(pk=card_id)
        .select_related("person", "batch", "bank_org")
        .first()
    )


def card_head(*, card_id: int, by: Actor) -> CardHead | None:
    """This function will name a card the actor's county has or owns, or return None."""
    return _head(card_in_county(card_id=card_id, by=by))


def card_head_of(*, number: str, by: Actor) -> CardHead | None:
    """This function will name a card by its printed number, or return None out of reach."""
    found = cards_in_county(by=by).filter(number=number)
    return _head(found.select_related("person", "batch", "bank_org").first())


def _head(card: Card | None) -> CardHead | None:
    if card is None:
        return None
    holder = holder_of(card.person)
    return CardHead(
        id=card.pk,
        number=card.number,
        name=holder.name,
        masked_number=holder.masked_number,
        bank=card.bank_org.name if card.bank_org else "",
        batch=card.batch.code,
    )
