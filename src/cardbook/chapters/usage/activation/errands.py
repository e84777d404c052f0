"""Somebody puts a card to use for its holder: one person does it for few (Art. 22, 31)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from cardbook.cards.models import Card
from cardbook.chapters.mandates import Matter
from cardbook.chapters.usage.activation.forms import ActivateForm
from cardbook.chapters.usage.asking import Request
from cardbook.chapters.usage.errands import Errand
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.cases import Case
from cardbook.lifecycle.facts import SocialActivated
from cardbook.lifecycle.perform import Done, Step
from cardbook.lifecycle.refusals import Refusal


@dataclass(slots=True, kw_only=True)
class Activating:
    """An errand to a window that puts a card to use."""

    step: Step
    errand: Errand

    def activated(self) -> Step:
        """The act itself, with who came and on which mandate."""
        said: SocialActivated = self.step.facts  # type: ignore[assignment] # the form's own
        facts = replace(said, **self.errand.facts())
        return replace(self.step, facts=facts, objections=self._objections)

    def count(self, done: Done) -> None:
        """One more card he put to use for somebody."""
        self.errand.count()

    def _objections(self, cases: Sequence[Case]) -> Iterator[Refusal]:
        if self.step.objections is not None:
            yield from self.step.objections(cases)
        yield from self.errand.objections()
        yield from self.errand.beyond_limit(no.ACTIVATION_AGENT_LIMIT)


def activating(given: Request[ActivateForm], step: Step, *, on: date) -> Activating:
    """This function will make the errand that a form tells of; `step` is the act itself."""
    holder_id = Card.objects.values_list("person_id", flat=True).get(pk=given.subject_id)
    errand = Errand(
        matter=Matter.ACTIVATE, holder_id=holder_id, said=given.form.said(), by=given.by, on=on,
        subject_id=given.subject_id,
    )  # fmt: skip
    return Activating(step=step, errand=errand)
