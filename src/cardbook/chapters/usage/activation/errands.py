"""Somebody puts a card to use for its holder, on a mandate that names this matter (Art. 22).

As for fetching a card (Art. 10): the paper is registered when it is first shown, it ends, it can
be revoked, and one person does it for few (Civil Code art. 165, 173).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from cardbook.cards.models import Card
from cardbook.cards.states import Standing
from cardbook.chapters.fetching import lock_agents
from cardbook.chapters.mandates import SCOPES, mandate_step
from cardbook.chapters.representatives import (
    MandateTerms,
    remembered,
    revoked_words,
    why_mandate_fails,
)
from cardbook.chapters.usage.activation.forms import ActivateForm
from cardbook.chapters.usage.asking import Request
from cardbook.chapters.usage.models import ProxyActivation
from cardbook.chapters.usage.steps import step_of
from cardbook.law.parameters import quoted, whole_number
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.cases import Case
from cardbook.lifecycle.perform import Done, Step
from cardbook.lifecycle.refusals import Refusal, Refused
from cardbook.people.models import Mandate, Person

MATTER = Mandate.Matter.ACTIVATE
_LIMITS = (("agent_max_cards_per_day", "今天"), ("agent_max_cards_per_year", "今年"))


@dataclass(slots=True, kw_only=True)
class Errand:
    """Who came and on which paper; both are entered in the transaction."""

    given: Request[ActivateForm]
    on: date
    mandate_id: int = 0

    def registered(self) -> Step:
        """The mandate he shows, registered or found.

        :raises Refused: when he is the holder himself.
        """
        holder_id = Card.objects.values_list("person_id", flat=True).get(pk=self.given.subject_id)
        agent = self._agent()
        if agent.pk == holder_id:
            raise Refused([Refusal(no.PROXY_IS_HOLDER, {}, self.given.subject_id)])
        self.mandate_id, step = mandate_step(
            principal_id=holder_id, agent_id=agent.pk,
            terms=self._terms(holder_id, agent.pk), by=self.given.by,
        )  # fmt: skip
        return step

    def activated(self) -> Step:
        """The act itself, with who came and on which mandate."""
        agent_id = self._agent().pk
        facts = replace(self.given.form.facts(), agent=agent_id, mandate=self.mandate_id)
        return replace(
            step_of(self.given), facts=facts,
            objections=lambda cases: self._objections(agent_id, cases),
        )  # fmt: skip

    def count(self, done: Done) -> None:
        """One more card he put to use for somebody."""
        ProxyActivation.objects.create(agent=self._agent(), mandate_id=self.mandate_id, on=self.on)

    def _agent(self) -> Person:
        said = self.given.form.cleaned_data
        return remembered(number=said["agent_number"], name=said["agent_name"], today=self.on)

    def _terms(self, holder_id: int, agent_id: int) -> MandateTerms:
        """What the paper says; one on file may begin on another day than it was signed."""
        said = self.given.form.cleaned_data
        signed_on, until = said["mandate_signed_on"], said["mandate_until"]
        known = Mandate.objects.filter(
            principal=holder_id, agent=agent_id, matter=MATTER, signed_on=signed_on, until=until
        ).order_by("-id")
        since = known.values_list("since", flat=True).first() or signed_on
        return MandateTerms(
            since=since, until=until, signed_on=signed_on, reason=said["mandate_reason"],
            relation=said["agent_relation"], scope=SCOPES[MATTER], matter=MATTER,
        )  # fmt: skip

    def _objections(self, agent_id: int, cases: Sequence[Case]) -> Iterator[Refusal]:
        """Why he may not act for the holder, with him locked: two windows count one by one."""
        agent = lock_agents([agent_id])[agent_id]
        if agent.died_on is not None:
            yield Refusal(no.AGENT_DEAD, {"died_on": agent.died_on})
        for case in cases:
            if why := self._why_paper_fails(agent, case.person_id or 0):
                yield Refusal(no.MANDATE_DOES_NOT_COVER, {"why": why}, case.id)
        yield from self._beyond_limits(agent_id)

    def _why_paper_fails(self, agent: Person, holder_id: int) -> str:
        said = self.given.form.cleaned_data
        # The same paper may charge him with fetching cards as well, and is revoked as one.
        revoked = Mandate.objects.filter(
            standing=Standing.REVOKED, agent=agent, principal=holder_id,
            signed_on=said["mandate_signed_on"], until=said["mandate_until"],
        ).first()  # fmt: skip
        if revoked is not None:
            return revoked_words(revoked)
        mandate = Mandate.objects.select_for_update(no_key=True).get(pk=self.mandate_id)
        return why_mandate_fails(
            mandate, agent=agent, holder_id=holder_id, on=self.on, matter=MATTER
        )

    def _beyond_limits(self, agent_id: int) -> Iterator[Refusal]:
        """As many as one may fetch for others, one may put to use for them (Art. 31)."""
        done = ProxyActivation.objects.filter(agent=agent_id)
        for (limit, this), counted in zip(
            _LIMITS, (done.filter(on=self.on), done.filter(on__year=self.on.year)), strict=True
        ):
            count = counted.count()
            if count >= whole_number(limit, on=self.on):
                values = {"span": this, "count": count, "limit": quoted(limit, on=self.on)}
                yield Refusal(no.ACTIVATION_AGENT_LIMIT, values, self.given.subject_id)
                return
