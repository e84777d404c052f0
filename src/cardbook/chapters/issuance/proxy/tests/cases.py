"""What tests of proxies and guardians share: who comes, and with what in his hands."""

from dataclasses import replace
from datetime import date

import pytest

from cardbook.cards.models import Card
from cardbook.chapters.issuance.proxy.commands import (
    Charge,
    Comer,
    HandOver,
    issue_to_guardian,
    issue_to_proxy,
)
from cardbook.chapters.representatives import MandateTerms
from cardbook.law.roles import Role
from cardbook.lifecycle.facts import IdentityReading, ProxyReason, Relation
from cardbook.lifecycle.judge import Presented
from cardbook.lifecycle.perform import Done
from cardbook.lifecycle.refusals import Refused
from cardbook.orgs.actors import Actor
from cardbook.people.models import Person
from cardbook.testing import factories as make
from cardbook.testing.factories import NOON, County

TODAY = date(2026, 11, 20)
TERMS = MandateTerms(
    since=date(2026, 11, 1), until=date(2026, 12, 31), signed_on=date(2026, 11, 1),
    reason="away", relation="child", scope="代为领取、签字",
)  # fmt: skip
PROXY_PAPERS = make.usual_papers("card.issue_proxy")
GUARDIAN_PAPERS = make.usual_papers("card.issue_guardian")


def comer(name: str = "李代领", **who: object) -> Comer:
    """Somebody the book does not know yet."""
    number = make.citizen_number(**who)  # type: ignore[arg-type]
    return Comer(number=number, name=name, identity=IdentityReading.READER)


def charge(**changes: object) -> Charge:
    """A child fetches for a parent who lives elsewhere."""
    return replace(
        Charge(mandate=TERMS, reason=ProxyReason.AWAY, relation=Relation.CHILD),
        **changes,  # type: ignore[arg-type]
    )


def to_proxy(
    card: Card,
    *,
    by: Actor,
    who: Comer | None = None,
    papers: tuple[Presented, ...] = PROXY_PAPERS,
    approver: Actor | None = None,
    key: str = "",
    **changes: object,
) -> Done:
    """A complete hand-over to a proxy; `changes` is the one thing a test makes different."""
    return issue_to_proxy(
        hand_over=HandOver(
            card_id=card.pk, given=make.issue_facts(card), papers=papers, told=("pick_up",)
        ),
        comer=who or comer(), charge=charge(**changes), by=by, approver=approver, at=NOON,
        key=key or make.key(),
    )  # fmt: skip


def to_guardian(
    card: Card,
    *,
    by: Actor,
    who: Comer | None = None,
    papers: tuple[Presented, ...] = GUARDIAN_PAPERS,
    relation: Relation = Relation.PARENT,
    incapacitated: bool = False,
    words: str = "",
    key: str = "",
) -> Done:
    """A complete hand-over to a guardian."""
    return issue_to_guardian(
        hand_over=HandOver(
            card_id=card.pk, given=make.issue_facts(card, copy_kept=""), papers=papers,
            told=("pick_up",),
        ),
        comer=who or comer("王母"), relation=relation, proof="household_book",
        incapacitated=incapacitated, words=words, by=by, at=NOON, key=key or make.key(),
    )  # fmt: skip


def child(**who: object) -> Person:
    """A holder of ten."""
    given: dict[str, object] = {"name": "王小宝", "born_on": date(2016, 3, 1)}
    return make.person(**(given | who))  # type: ignore[arg-type]


def manager(county: County) -> Actor:
    """The one who approves in a county."""
    return make.worker("县区负责人", Role.COUNTY_MANAGER, county.county)


def codes(refused: pytest.ExceptionInfo[Refused]) -> set[str]:
    """What was said no to."""
    return {refusal.code for refusal in refused.value.refusals}


def untouched(card: Card) -> bool:
    """Whether nothing happened to a card."""
    before = (card.stage, card.version)
    card.refresh_from_db()
    return before == (card.stage, card.version)
