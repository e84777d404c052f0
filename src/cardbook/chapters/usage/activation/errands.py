"""Somebody puts a card to use for its holder: one person does it for few (Art. 22, 31)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from cardbook.cards.models import Card
from cardbook.chapters.mandates import Matter
from cardbook.chapters.usage.activation.forms import ActivateForm
from cardbook.chapters.usage.asking import Request
from cardbook.chapters.usage.errands import Errand
from cardbook.chapters.usage.models import ProxyActivation
from cardbook.chapters.usage.steps import step_of
from cardbook.law.parameters import quoted, whole_number
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.cases import Case
from cardbook.lifecycle.perform import Done, Step
from cardbook.lifecycle.refusals import Refusal

_LIMITS = (("agent_max_cards_per_day", "今天"), ("agent_max_cards_per_year", "今年"))


@dataclass(slots=True, kw_only=True)
class Activating:
    """An errand to a window that puts a card to use."""

    given: Request[ActivateForm]
    errand: Errand

    def activated(self) -> Step:
        """The act itself, with who came and on which mandate."""
        facts = replace(self.given.form.facts(), **self.errand.facts())
        return replace(step_of(self.given), facts=facts, objections=self._objections)

    def count(self, done: Done) -> None:
        """One more card he put to use for somebody."""
        ProxyActivation.objects.create(
            agent=self.errand.agent(), mandate_id=self.errand.mandate_id, on=self.errand.on
        )

    def _objections(self, cases: Sequence[Case]) -> Iterator[Refusal]:
        yield from self.errand.objections()
        yield from self._beyond_limits(self.errand.agent().pk)

    def _beyond_limits(self, agent_id: int) -> Iterator[Refusal]:
        """As many as one may fetch for others, one may put to use for them (Art. 31)."""
        on, done = self.errand.on, ProxyActivation.objects.filter(agent=agent_id)
        for (limit, this), counted in zip(
            _LIMITS, (done.filter(on=on), done.filter(on__year=on.year)), strict=True
        ):
            count = counted.count()
            if count >= whole_number(limit, on=on):
                values = {"span": this, "count": count, "limit": quoted(limit, on=on)}
                yield Refusal(no.ACTIVATION_AGENT_LIMIT, values, self.given.subject_id)
                return


def activating(given: Request[ActivateForm], *, on: date) -> Activating:
    """This function will make the errand that a form tells of."""
    holder_id = Card.objects.values_list("person_id", flat=True).get(pk=given.subject_id)
    errand = Errand(
        matter=Matter.ACTIVATE, holder_id=holder_id, said=given.form.said(), by=given.by, on=on,
        subject_id=given.subject_id,
    )  # fmt: skip
    return Activating(given=given, errand=errand)
