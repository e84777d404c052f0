"""Cards of holders who died that still live, and what ends each (Art. 17, 18, 29).

What becomes of them is done by acts of their own; here they are found.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from cardbook.cards.models import Card
from cardbook.cards.states import Bank, Social, Stage
from cardbook.chapters.searching import card_meant
from cardbook.custody.places import Place
from cardbook.lifecycle.acts import act
from cardbook.orgs.actors import Actor
from cardbook.people.holders import holder_of

# What is still about, and the act that ends it: its page begins with the card where it can.
_ENDS: Mapping[str, tuple[str, str]] = {
    Stage.ISSUED: ("card.cancel_by_office", "权益继承人申请注销，或由机构统一注销"),
    Stage.IN_CUSTODY: ("stranded.send_back", "凭死亡证明按滞留卡退回"),
    Stage.RETURNED: ("stranded.returned", "由卡管机构注销"),
}
_OPENERS = {"stranded.returned": "card.cancel_returned"}
STAGES: Mapping[str, str] = {"": "全部"} | {stage: Stage.of(stage).label for stage in _ENDS}
SORTS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "old": ("去世最久的在前", ("person__died_on", "pk")),
    "new": ("新去世的在前", ("-person__died_on", "-pk")),
    "number": ("按卡号", ("number",)),
    "office": ("按存放机构", ("position__account__organization__code", "pk")),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LivingRow:
    """One such card."""

    id: int
    number: str
    name: str
    masked_number: str
    died_on: date | None
    stage: str
    where: str
    social: str
    works: bool
    bank: str
    todo: str
    page: str
    page_is_cards: bool


def living_cards(*, by: Actor, stage: str, text: str, sort: str, today: date) -> QuerySet[Card]:
    """This function will find them in the actor's county, of one stage or those searched for."""
    stages = [stage] if stage in STAGES and stage else list(_ENDS)
    found = Card.objects.filter(
        county__path__startswith=by.county_path, person__died_on__isnull=False, stage__in=stages
    ).exclude(social=Social.CANCELLED)
    if text:
        found = found.filter(card_meant(text, by=by, today=today))
    found = found.select_related("person", "position__account__organization", "bank_org")
    return found.order_by(*SORTS[sort][1])


def living_rows(cards: Sequence[Card], *, by: Actor) -> list[LivingRow]:
    """This function will open cards for one page, each with what the actor may do next."""
    return [_row(card, by=by) for card in cards]


def _row(card: Card, *, by: Actor) -> LivingRow:
    holder, account, stage = holder_of(card.person), card.position.account, Stage.of(card.stage)
    page, todo = _ENDS[card.stage]
    place = Place(account.kind)
    return LivingRow(
        id=card.pk,
        number=card.number,
        name=holder.name,
        masked_number=holder.masked_number,
        died_on=holder.died_on,
        stage=stage.label,
        where=place.label if place is Place.HOLDER else f"{account.organization.name} {account}",
        social=Social.of(card.social).label,
        works=Social.of(card.social) in (Social.ACTIVE, Social.LOCKED),
        bank=Bank.of(card.bank).label if card.bank != Bank.UNKNOWN else "银行未反馈",
        todo=todo,
        page=page if by.role in act(_OPENERS.get(page, page)).who else "",
        page_is_cards=stage == Stage.ISSUED,
    )
