"""Registers a mandate before anybody comes, and revokes one (Art. 10; Civil Code art. 165, 173).

`commands.py` beside it registers one on the spot, when it is shown for the first time.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from cardbook.chapters.issuance.proxy.commands import Comer
from cardbook.chapters.representatives import MandateTerms, noted_mandate, remembered
from cardbook.law.roles import Role
from cardbook.lib.clock import LOCAL
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.judge import refuse_other_roles
from cardbook.lifecycle.refusals import Refusal, Refused
from cardbook.orgs.actors import Actor
from cardbook.papers.pictures import KeptImage
from cardbook.papers.storage import keep_images
from cardbook.people.models import Mandate, Person

MAY_REVOKE = frozenset({*act("card.issue_proxy").who, Role.COUNTY_MANAGER})


@transaction.atomic(durable=True)
def register_mandate(
    *,
    principal_id: int,
    comer: Comer,
    terms: MandateTerms,
    images: Sequence[KeptImage] = (),
    by: Actor,
    at: datetime,
) -> int:
    """This function will register a signed mandate and return its id; the same paper is one.

    :raises Refused: when the term is over or upside down, or holder and agent are one person.
    """
    refuse_other_roles(act("card.issue_proxy"), by=by)
    on = at.astimezone(LOCAL).date()
    principal = Person.objects.get(pk=principal_id)
    agent = remembered(number=comer.number, name=comer.name, phone=comer.phone, today=on)
    if agent.pk == principal.pk:
        raise Refused([Refusal(no.PROXY_IS_HOLDER)])
    if principal.died_on is not None:
        raise Refused([Refusal(no.HOLDER_DEAD, {"died_on": principal.died_on})])
    if agent.died_on is not None:
        raise Refused([Refusal(no.AGENT_DEAD, {"died_on": agent.died_on})])
    mandate = noted_mandate(
        principal_id=principal.pk, agent_id=agent.pk, terms=terms,
        county_id=by.county_id or by.org_id, by_id=by.user_id, at=at,
    )  # fmt: skip
    if mandate.revoked_on is not None:
        why = f"已于 {mandate.revoked_on} 撤销"
        raise Refused([Refusal(no.MANDATE_DOES_NOT_COVER, {"why": why})])
    keep_images(images, by=by)
    return mandate.pk


@transaction.atomic(durable=True)
def revoke_mandate(*, mandate_id: int, words: str, by: Actor, at: datetime) -> Mandate:
    """This function will revoke a mandate from today on; who did so and why stays written.

    :raises Refused: when it was revoked before, is another county's, or no reason is given.
    """
    _refuse_others(by=by)
    mandate = (
        Mandate.objects.select_for_update(no_key=True, of=("self",))
        .filter(pk=mandate_id, county__path__startswith=by.county_path)
        .first()
    )
    if mandate is None:
        raise Refused([Refusal(no.MANDATE_DOES_NOT_COVER, {"why": "没有登记这份委托书"})])
    if mandate.revoked_on is not None:
        why = f"已于 {mandate.revoked_on} 撤销"
        raise Refused([Refusal(no.MANDATE_DOES_NOT_COVER, {"why": why})])
    if not words.strip():
        raise Refused([Refusal(no.REASON_MISSING)])
    Mandate.objects.filter(pk=mandate.pk).update(
        revoked_on=at.astimezone(LOCAL).date(), revoked_words=words.strip()[:200],
        revoked_by_id=by.user_id,
    )  # fmt: skip
    mandate.refresh_from_db()
    return mandate


@transaction.atomic(durable=True)
def revoke_mandates_of(*, agent_id: int, words: str, by: Actor, at: datetime) -> int:
    """This function will revoke whatever still lets a person fetch for others in the county.

    :raises Refused: when there is none left, the post may not, or no reason is given.
    """
    _refuse_others(by=by)
    if not words.strip():
        raise Refused([Refusal(no.REASON_MISSING)])
    on = at.astimezone(LOCAL).date()
    held = Mandate.objects.select_for_update(no_key=True, of=("self",)).filter(
        agent_id=agent_id, county__path__startswith=by.county_path, revoked_on=None, until__gte=on
    )
    ids = [mandate.pk for mandate in held.order_by("pk")]
    if not ids:
        raise Refused([Refusal(no.MANDATE_DOES_NOT_COVER, {"why": "他没有还有效的委托书"})])
    return Mandate.objects.filter(pk__in=ids).update(
        revoked_on=on, revoked_words=words.strip()[:200], revoked_by_id=by.user_id
    )


def _refuse_others(*, by: Actor) -> None:
    if by.role not in MAY_REVOKE:
        roles = "、".join(role.label for role in MAY_REVOKE)
        values = {"role": by.role.label, "act": "撤销委托书", "roles": roles}
        raise Refused([Refusal(no.ROLE_MAY_NOT, values)])
