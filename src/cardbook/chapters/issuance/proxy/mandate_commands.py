"""Registers a mandate before anybody comes, and revokes one (Art. 10; Civil Code art. 165, 173).

`commands.py` beside it registers one on the spot, when it is shown for the first time.
"""

from collections.abc import Sequence
from datetime import date, datetime

from cardbook.cards.states import Standing
from cardbook.chapters.issuance.proxy.commands import Comer
from cardbook.chapters.mandates import mandate_step
from cardbook.chapters.representatives import (
    MandateTerms,
    mandate_with,
    remembered,
    revoked_words,
    too_young_to_act,
)
from cardbook.lib.clock import local_day
from cardbook.lifecycle import guards
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.facts import MandateRevoked
from cardbook.lifecycle.perform import Done, Step, perform
from cardbook.lifecycle.refusals import Refusal, Refused
from cardbook.orgs.actors import Actor
from cardbook.papers.pictures import KeptImage
from cardbook.papers.storage import keep_images
from cardbook.people.models import Mandate, Person


def register_mandate(
    *,
    principal_id: int,
    comer: Comer,
    terms: MandateTerms,
    images: Sequence[KeptImage] = (),
    by: Actor,
    at: datetime,
    key: str,
) -> int:
    """This function will register a signed mandate and return its number; the same paper is one.

    :raises Refused: when it was revoked, holder and agent are one person, one of them is dead, the
        holder is said to be, or the agent is too young to be charged.
    :raises django.db.IntegrityError: when it ends before it begins.
    """
    numbers: list[int] = []

    def step() -> Step:
        principal = Person.objects.get(pk=principal_id)
        agent = remembered(
            number=comer.number, name=comer.name, phone=comer.phone,
            today=local_day(at),
        )  # fmt: skip
        _refuse_parties(principal, agent, on=local_day(at))
        known = mandate_with(principal_id=principal.pk, agent_id=agent.pk, terms=terms)
        if known is not None and (why := revoked_words(known)):
            raise Refused([Refusal(no.MANDATE_DOES_NOT_COVER, {"why": why})])
        number, registered = mandate_step(
            principal_id=principal.pk, agent_id=agent.pk, terms=terms, by=by
        )
        numbers[:] = [number]
        return registered

    perform(step, by=by, at=at, key=key, also=lambda done: keep_images(images, by=by))
    return numbers[0]


def _refuse_parties(principal: Person, agent: Person, *, on: date) -> None:
    if agent.pk == principal.pk:
        raise Refused([Refusal(no.PROXY_IS_HOLDER)])
    if dead := guards.dead_or_said_dead(principal):
        raise Refused([dead])
    if agent.died_on is not None:
        raise Refused([Refusal(no.AGENT_DEAD, {"died_on": agent.died_on})])
    if why := too_young_to_act(agent, on=on):
        raise Refused([Refusal(no.MANDATE_DOES_NOT_COVER, {"why": why})])


def revoke_mandate(*, mandate_id: int, words: str, by: Actor, at: datetime, key: str) -> Done:
    """This function will revoke a mandate from now on.

    :raises Refused: when it was revoked before, is another county's, or no reason is given.
    """
    step = Step(
        act=act("mandate.revoke"),
        facts=MandateRevoked(words=words.strip()[:200]),
        subject_ids=[mandate_id],
    )
    return perform(step, by=by, at=at, key=key)


def revoke_mandates_of(*, agent_id: int, words: str, by: Actor, at: datetime, key: str) -> Done:
    """This function will revoke whatever still lets a person fetch for others in the county.

    :raises Refused: when there is none left, the post may not, or no reason is given.
    """
    on = local_day(at)
    held = Mandate.objects.filter(
        agent_id=agent_id, county__path__startswith=by.county_path, until__gte=on
    ).exclude(standing=Standing.REVOKED)
    ids = list(held.order_by("pk").values_list("pk", flat=True))
    if not ids:
        raise Refused([Refusal(no.MANDATE_DOES_NOT_COVER, {"why": "他没有还有效的委托书"})])
    step = Step(
        act=act("mandate.revoke"),
        facts=MandateRevoked(words=words.strip()[:200]),
        subject_ids=ids,
    )
    return perform(step, by=by, at=at, key=key)
