"""How a mandate comes into being: once, however often it is shown (Art. 10, 22, 27, 28).

Whoever is shown one for the first time registers it on the spot, in the act it is shown for.
"""

from dataclasses import dataclass
from typing import Any

from django.db import connection

from cardbook.chapters.representatives import MandateTerms, mandate_with
from cardbook.law import papers
from cardbook.lib.rows import next_id
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.facts import MandateRegistered, ProxyReason, Relation, Signing
from cardbook.lifecycle.judge import Presented
from cardbook.lifecycle.perform import Step
from cardbook.lifecycle.refusals import Refusal, Refused
from cardbook.orgs.actors import Actor
from cardbook.people import vault
from cardbook.people.holders import holder_of
from cardbook.people.models import Mandate, Person

_COLUMNS = (
    "principal_id", "agent_id", "county_id", "matter", "scope", "reason", "relation", "since",
    "until", "signed_on", "paper_digest", "witness_sealed",
)  # fmt: skip
# What pages call it: they never touch models.
Matter = Mandate.Matter
SCOPES = {
    Matter.PICK_UP: "代为领取社保卡，代为签字、核对卡面、听取告知",
    Matter.ACTIVATE: "代为激活社保功能，代为签字、听取告知",
    Matter.BORROW: "代为领取临时卡，代为签字、听取告知",
    Matter.LIFT: "代为解除口头挂失，代为签字、听取告知",
}
# As which paper each is kept.
_PAPERS = {
    Matter.PICK_UP: papers.MANDATE,
    Matter.ACTIVATE: papers.ACTIVATION_MANDATE,
    Matter.BORROW: papers.LENDING_MANDATE,
    Matter.LIFT: papers.LIFTING_MANDATE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class MandateBirth:
    """One signed paper; shown again, it is found and nothing comes into being."""

    id: int
    row: tuple[object, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """What is written of a mandate besides its standing."""
        return _COLUMNS

    @property
    def source(self) -> None:
        """A mandate lies in no account."""

    @property
    def target(self) -> None:
        """A mandate lies in no account."""

    def content(self) -> object:
        """What the paper says: neither its number, nor a name that is sealed anew each time."""
        return [str(value) for value in self.row[:-1]]

    def fill(self, cursor: Any) -> None:
        """One row, unless the paper was registered before."""
        names, marks = ", ".join(("id", *_COLUMNS)), ", ".join(["%s"] * (len(_COLUMNS) + 1))
        cursor.execute(
            f"INSERT INTO birth ({names}) SELECT {marks} "  # noqa: S608 - own names only
            "WHERE NOT EXISTS (SELECT FROM people_mandate WHERE id = %s)",
            [self.id, *self.row, self.id],
        )


def birth_of(
    *, principal_id: int, agent_id: int, terms: MandateTerms, county_id: int
) -> MandateBirth:
    """This function will number a mandate: as before when the same paper was registered."""
    known = mandate_with(principal_id=principal_id, agent_id=agent_id, terms=terms)
    return MandateBirth(
        id=known.pk if known else _next_number(),
        row=(
            principal_id, agent_id, county_id, str(terms.matter), terms.scope,
            terms.reason, terms.relation, terms.since, terms.until, terms.signed_on,
            terms.paper_digest, _sealed(terms.witness),
        ),
    )  # fmt: skip


def _sealed(witness: str) -> bytes | None:
    return vault.seal_text(witness, context=vault.NAME) if witness else None


def _next_number() -> int:
    with connection.cursor() as cursor:
        return next_id(cursor, "people_mandate")


def mandate_step(
    *, principal_id: int, agent_id: int, terms: MandateTerms, by: Actor
) -> tuple[int, Step]:
    """This function will number a mandate and make the step that registers it, or finds it.

    :raises Refused: when it bears a thumb print that nobody but the agent saw made.
    """
    _refuse_unwitnessed(terms, agent_id=agent_id)
    birth = birth_of(
        principal_id=principal_id, agent_id=agent_id, terms=terms,
        county_id=by.county_id or by.org_id,
    )  # fmt: skip
    facts = MandateRegistered(
        agent=agent_id, reason=ProxyReason(terms.reason), relation=Relation(terms.relation),
        since=terms.since, until=terms.until, given_on=terms.signed_on,
        matter=str(terms.matter), scope=terms.scope, holder_signing=terms.signing,
        witnessed=bool(terms.witness),
    )  # fmt: skip
    shown = Presented(kind=_PAPERS[terms.matter].code, digest=terms.paper_digest)
    step = Step(act=act("mandate.register"), facts=facts, births=birth, papers=(shown,))
    return birth.id, step


def _refuse_unwitnessed(terms: MandateTerms, *, agent_id: int) -> None:
    """A thumb print is seen by somebody who is not the one it empowers (X8)."""
    if terms.signing is not Signing.THUMB:
        return
    agent = holder_of(Person.objects.get(pk=agent_id))
    if terms.witness in ("", agent.name):
        raise Refused([Refusal(no.MANDATE_NOT_WITNESSED)])
