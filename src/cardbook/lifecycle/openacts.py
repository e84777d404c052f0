"""What is open to an actor on a subject, and if not, why: buttons and work lists come from here.

Derived from the table of acts alone; `judge.py` gives the reasons.
"""

from dataclasses import dataclass
from datetime import datetime

from cardbook.lifecycle.acts import Act, acts_on
from cardbook.lifecycle.cases import Case
from cardbook.lifecycle.judge import refusals_of_actor, refusals_of_case
from cardbook.lifecycle.refusals import SECOND_PERSON_MISSING, Refusal
from cardbook.orgs.actors import Actor


@dataclass(frozen=True, slots=True)
class OpenAct:
    """One act with the standing reasons against it; none means its button works."""

    act: Act
    reasons: tuple[Refusal, ...]

    @property
    def title(self) -> str:
        """The words on the button."""
        return self.act.title

    @property
    def code(self) -> str:
        """The act code, which is also the URL's name."""
        return self.act.code

    @property
    def allowed(self) -> bool:
        """Whether the button works."""
        return not self.reasons


def open_act(*, act: Act, case: Case, by: Actor, at: datetime) -> OpenAct:
    """This function will judge one act; a second person still to come is not a reason yet."""
    reasons = [
        *(
            reason
            for reason in refusals_of_actor(act=act, by=by, second=None)
            if reason.reason is not SECOND_PERSON_MISSING
        ),
        *refusals_of_case(act=act, case=case, by=by, at=at),
    ]
    return OpenAct(act, tuple(reasons))


def open_acts(*, case: Case, by: Actor, at: datetime) -> tuple[OpenAct, ...]:
    """This function will judge every act of the subject that a person can do by hand.

    Acts of other roles are left out: a clerk is not shown a greyed button he can never press.
    """
    return tuple(
        open_act(act=act, case=case, by=by, at=at)
        for act in acts_on(case.subject)
        if by.role in act.who and not act.batch_only
    )
