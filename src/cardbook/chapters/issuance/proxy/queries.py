"""Whom a card is fetched for, by whom, on what mandate; nothing here writes (Art. 10, 11).

`list_queries.py` beside it has the lists of mandates and agents.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q

from cardbook.cards.states import Subject
from cardbook.chapters.card_heads import cards_in_county, way_to_take_back
from cardbook.chapters.collecting import OldCardOut, old_card_out, settled_here
from cardbook.chapters.fetching import picked_up_by
from cardbook.chapters.issuance.proxy.commands import Comer
from cardbook.chapters.representatives import mandate_in_force
from cardbook.custody.places import Place
from cardbook.law.parameters import quoted, whole_number
from cardbook.lib.citizen_number import Sex
from cardbook.lib.clock import full_years
from cardbook.lib.masking import mask_number
from cardbook.lifecycle.acts import Act
from cardbook.lifecycle.load import load_cases
from cardbook.lifecycle.openacts import open_act
from cardbook.lifecycle.refusals import Refusal
from cardbook.orgs.actors import Actor
from cardbook.people.holders import find_by_number, holder_of
from cardbook.people.models import Mandate, Person, PickUp

KIN = frozenset({"spouse", "parent", "child", "grandparent", "grandchild", "sibling"})


@dataclass(frozen=True, slots=True, kw_only=True)
class HolderShown:
    """The holder and his card as the screen shows them."""

    card_id: int
    person_id: int
    name: str
    masked_number: str
    sex: str
    age: int
    number: str
    slot: str
    place: str
    state: str
    custodian: str
    reasons: tuple[Refusal, ...]
    is_minor: bool
    is_under_14: bool
    is_16_or_17: bool
    take_back: str = ""
    old_card: OldCardOut | None = None

    @property
    def may_issue(self) -> bool:
        """Whether nothing stands in the way."""
        return not self.reasons


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentShown:
    """Who came, as far as the book may say it here, and what to mind about him."""

    masked_number: str
    name: str
    is_known: bool
    age: int
    warnings: tuple[str, ...] = ()
    needs_approval: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MandateShown:
    """A mandate on file between the two."""

    id: int
    since: date
    until: date
    reason: str
    relation: str


def card_of(*, number: str, act: Act, by: Actor, at: datetime) -> int | None:
    """This function will find the card to fetch for a document number: one that can be, or any."""
    person = find_by_number(number)
    if person is None:
        return None
    return card_to_fetch(holder_id=person.pk, act=act, by=by, at=at)


def card_to_fetch(*, holder_id: int, act: Act, by: Actor, at: datetime) -> int | None:
    """This function will find the card of a holder to fetch: one that can be, or any."""
    here = cards_in_county(by=by).filter(person=holder_id)
    ids = list(here.order_by("-id").values_list("id", flat=True))
    cases = load_cases(subject=Subject.CARD, ids=ids, lock=False)
    fit = (
        id_
        for id_ in ids
        if settled_here(open_act(act=act, case=cases[id_], by=by, at=at)).allowed
    )
    return next(fit, ids[0] if ids else None)


def is_holders(*, card_id: int, number: str, by: Actor) -> bool:
    """This function will say whether a document is that of the card's holder."""
    person = find_by_number(number)
    return person is not None and cards_in_county(by=by).filter(pk=card_id, person=person).exists()


def shown_holder(
    *, card_id: int, act: Act, by: Actor, at: datetime, today: date
) -> HolderShown | None:
    """This function will show a card of the county with its holder, or return None."""
    card = (
        cards_in_county(by=by)
        .filter(pk=card_id)
        .select_related("person", "position__account")
        .first()
    )
    if card is None:
        return None
    case = load_cases(subject=Subject.CARD, ids=[card_id], lock=False)[card_id]
    reasons = settled_here(open_act(act=act, case=case, by=by, at=at)).reasons
    holder, account = holder_of(card.person), card.position.account
    age = holder.age(on=today)
    adult = whole_number("minor_age", on=today)
    parts = (account.cabinet, account.shelf, account.box, str(card.position.slot or ""))
    return HolderShown(
        card_id=card.pk,
        person_id=card.person_id,
        name=holder.name,
        masked_number=holder.masked_number,
        sex=Sex(holder.sex).label,
        age=age,
        number=card.number,
        slot="-".join(part for part in parts if part) if account.kind == Place.BOX else "",
        place=Place(account.kind).label,
        state=card.get_stage_display(),
        custodian=case.custodian_name,
        reasons=reasons,
        take_back=way_to_take_back(reasons, person_id=card.person_id, by=by),
        old_card=old_card_out(card.pk) if case.old_card_out else None,
        is_minor=age < adult,
        is_under_14=age < whole_number("sensitive_age", on=today),
        is_16_or_17=whole_number("self_supporting_age", on=today) <= age < adult,
    )


def shown_agent(*, comer: Comer, as_guardian: bool, by: Actor, today: date) -> AgentShown:
    """This function will show who came; his name only where this county knows him already."""
    person = find_by_number(comer.number)
    name = comer.name or (_name_here(person, by=by) if person else "")
    born = date(int(comer.number[6:10]), int(comer.number[10:12]), int(comer.number[12:14]))
    age = full_years(born, on=today)
    warnings = (
        *_of_age(age, as_guardian=as_guardian, today=today),
        *(_warnings(person, as_guardian=as_guardian, today=today) if person else ()),
    )
    most = whole_number("agent_max_cards_per_year", on=today)
    year = picked_up_by(person.pk, since=date(today.year, 1, 1), until=today) if person else 0
    return AgentShown(
        masked_number=mask_number(comer.number),
        name=name,
        is_known=bool(person and name and not comer.name),
        age=age,
        warnings=warnings,
        needs_approval=not as_guardian and year >= most,
    )


def _name_here(person: Person, *, by: Actor) -> str:
    """A number typed by somebody curious gives no stranger's name (Art. 32 item 3)."""
    here = cards_in_county(by=by).filter(person=person).exists() or (
        PickUp.objects.filter(agent=person, county__path__startswith=by.county_path).exists()
        or Mandate.objects.filter(agent=person, county__path__startswith=by.county_path).exists()
    )
    return holder_of(person).name if here else ""


def _of_age(age: int, *, as_guardian: bool, today: date) -> Iterator[str]:
    """Who comes is too young: said when his document is read, before all the rest is filled in."""
    least = "minor_age" if as_guardian else "self_supporting_age"
    if age < whole_number(least, on=today):
        what, years = "担任监护人" if as_guardian else "受托代领", quoted(least, on=today)
        yield f"来人 {age} 周岁，未满 {years}，不能{what}。证件扫反了的，按 Esc 重新开始。"


def _warnings(person: Person, *, as_guardian: bool, today: date) -> Iterator[str]:
    """What the clerk should mind: nothing here refuses (Art. 10, 31)."""
    if person.died_on is not None:
        yield f"登记显示此人已于 {person.died_on} 去世，请核对证件。"
    month = PickUp.objects.filter(agent=person, on__gte=today.replace(day=1), on__lte=today)
    if as_guardian:
        children = month.filter(as_guardian=True).values("holder_id").distinct().count()
        if children >= whole_number("guardian_wards_alert", on=today):
            yield f"本月已为 {children} 名被监护人领卡，请核对户口簿。"
        return
    fetched = picked_up_by(person.pk, since=today, until=today)
    if fetched:
        most = quoted("agent_max_cards_per_day", on=today)
        yield f"今天已代领 {fetched} 张，一天最多 {most}。"
    strangers = (
        month.filter(as_guardian=False)
        .exclude(relation__in=KIN)
        .values("holder_id")
        .distinct()
        .count()
    )
    if strangers >= whole_number("agent_unrelated_alert", on=today):
        yield f"本月已为 {strangers} 名非亲属领卡。请问明缘由；仍可办理，已列入“代领人一览”。"


def mandate_between(*, holder_id: int, comer: Comer, today: date) -> MandateShown | None:
    """This function will find a mandate on file from the holder to who came, in force today."""
    agent = find_by_number(comer.number)
    if agent is None:
        return None
    found = mandate_in_force(principal_id=holder_id, agent_id=agent.pk, on=today)
    if found is None:
        return None
    return MandateShown(
        id=found.pk, since=found.since, until=found.until, reason=found.reason,
        relation=found.relation,
    )  # fmt: skip


def person_in_county(*, number: str, by: Actor) -> Person | None:
    """This function will find a person who has a card in the county, by document number."""
    person = find_by_number(number)
    here = Q(county__path__startswith=by.county_path) | Q(
        position__account__organization__path__startswith=by.county_path
    )
    return person if person and person.cards.filter(here).exists() else None
