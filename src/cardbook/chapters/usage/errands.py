"""Somebody does something for a holder on a mandate that names the matter (Art. 22, 27, 28).

As for fetching a card (Art. 10): the paper is registered when it is first shown, it ends and can
be revoked (Civil Code art. 165, 173). How many one may do for others in a matter is counted here;
what is fetched is counted with what is fetched otherwise (`chapters/fetching.py`).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from cardbook.cards.states import Standing
from cardbook.chapters.fetching import lock_agents
from cardbook.chapters.mandates import SCOPES, Matter, mandate_step
from cardbook.chapters.representatives import (
    MandateTerms,
    remembered,
    revoked_words,
    why_mandate_fails,
)
from cardbook.chapters.usage.models import ProxyErrand
from cardbook.law.parameters import quoted, whole_number
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.perform import Step
from cardbook.lifecycle.refusals import Reason, Refusal, Refused
from cardbook.orgs.actors import Actor
from cardbook.people.models import Mandate, Person

_LIMITS = (("agent_max_cards_per_day", "今天"), ("agent_max_cards_per_year", "今年"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Who came and what his paper says, as a form has it."""

    number: str
    name: str
    relation: str
    reason: str
    signed_on: date
    until: date


@dataclass(slots=True, kw_only=True)
class Errand:
    """Who came for whom and on which paper; both are entered in the act's transaction."""

    matter: Matter
    holder_id: int
    said: Said
    by: Actor
    on: date
    subject_id: int | None = None
    mandate_id: int = 0

    def registered(self) -> Step:
        """The mandate he shows, registered or found.

        :raises Refused: when he is the holder himself.
        """
        agent = self.agent()
        if agent.pk == self.holder_id:
            raise Refused([Refusal(no.PROXY_IS_HOLDER, {}, self.subject_id)])
        self.mandate_id, step = mandate_step(
            principal_id=self.holder_id, agent_id=agent.pk, terms=self._terms(agent.pk),
            by=self.by,
        )  # fmt: skip
        return step

    def agent(self) -> Person:
        """Who came: found by his number, or entered."""
        return remembered(number=self.said.number, name=self.said.name, today=self.on)

    def facts(self) -> dict[str, Any]:
        """What an act records of him and of his paper."""
        return {
            "agent": self.agent().pk, "mandate": self.mandate_id,
            "mandate_signed_on": self.said.signed_on, "mandate_until": self.said.until,
        }  # fmt: skip

    def objections(self) -> Iterator[Refusal]:
        """Why he may not act for the holder, with him locked: two windows count one by one."""
        agent_id = self.agent().pk
        agent = lock_agents([agent_id])[agent_id]
        if agent.died_on is not None:
            yield Refusal(no.AGENT_DEAD, {"died_on": agent.died_on})
        if why := self._why_paper_fails(agent):
            yield Refusal(no.MANDATE_DOES_NOT_COVER, {"why": why}, self.subject_id)

    def beyond_limit(self, reason: Reason) -> Iterator[Refusal]:
        """As many as one may fetch for others, one may do for them in each matter (Art. 31).

        The agent is locked by `objections` before: of two at once the second counts the first.
        """
        his = ProxyErrand.objects.filter(agent=self.agent(), mandate__matter=self.matter)
        spans = (his.filter(on=self.on), his.filter(on__year=self.on.year))
        for (limit, this), counted in zip(_LIMITS, spans, strict=True):
            count = counted.count()
            if count >= whole_number(limit, on=self.on):
                values = {"span": this, "count": count, "limit": quoted(limit, on=self.on)}
                yield Refusal(reason, values, self.subject_id)
                return

    def count(self) -> None:
        """One more that he did for somebody, in the act's transaction."""
        ProxyErrand.objects.create(
            agent=self.agent(), mandate_id=self.mandate_id, on=self.on
        )  # fmt: skip

    def _terms(self, agent_id: int) -> MandateTerms:
        """What the paper says; one on file may begin on another day than it was signed."""
        signed_on, until = self.said.signed_on, self.said.until
        known = Mandate.objects.filter(
            principal=self.holder_id, agent=agent_id, matter=self.matter, signed_on=signed_on,
            until=until,
        ).order_by("-id")  # fmt: skip
        since = known.values_list("since", flat=True).first() or signed_on
        return MandateTerms(
            since=since, until=until, signed_on=signed_on, reason=self.said.reason,
            relation=self.said.relation, scope=SCOPES[self.matter], matter=self.matter,
        )  # fmt: skip

    def _why_paper_fails(self, agent: Person) -> str:
        # The same paper may charge him with another matter as well, and is revoked as one.
        revoked = Mandate.objects.filter(
            standing=Standing.REVOKED, agent=agent, principal=self.holder_id,
            signed_on=self.said.signed_on, until=self.said.until,
        ).first()  # fmt: skip
        if revoked is not None:
            return revoked_words(revoked)
        mandate = Mandate.objects.select_for_update(no_key=True).get(pk=self.mandate_id)
        return why_mandate_fails(
            mandate, agent=agent, holder_id=self.holder_id, on=self.on, matter=self.matter
        )
