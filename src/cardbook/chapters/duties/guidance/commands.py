"""Gives guidance, withdraws it, signs that it was read; all is on the record (Art. 5 para. 1)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from cardbook.chapters.duties.guidance.queries import GUIDED
from cardbook.chapters.duties.models import Guidance, GuidanceReading
from cardbook.law.roles import Role
from cardbook.lib.clock import local_day
from cardbook.lib.masking import mask_in
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.refusals import Refusal, Refused
from cardbook.orgs.actors import Actor
from cardbook.orgs.changes import Decree, record_change
from cardbook.orgs.models import Organization

GUIDES = frozenset({Role.CITY_MANAGER, Role.COUNTY_MANAGER})
_BASIS = "第五条第一款"


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What is said, on which paper, to which posts, to be read by which day."""

    title: str
    document: str
    body: str
    roles: Sequence[str]
    read_by: date


@transaction.atomic
def publish(*, letter: Letter, by: Actor, at: datetime, key: str) -> Guidance:
    """This function will give guidance to the actor's whole reach; the same key gives the first.

    :raises Refused: when the role does not guide, or it is for nobody.
    """
    issuer = Organization.objects.select_for_update(no_key=True).get(pk=by.org_id)
    if by.role not in GUIDES:
        raise Refused([Refusal(no.ORG_NOT_YOURS, {"name": issuer.name})])
    before = Guidance.objects.filter(key=key, published_by_id=by.user_id).first()
    if before is not None:
        return before
    roles = sorted(set(letter.roles) & {str(role) for role in GUIDED})
    if not roles:
        raise Refused([Refusal(no.NOTHING_CHOSEN)])
    guidance = Guidance.objects.create(
        title=letter.title, document=letter.document, body=mask_in(letter.body), issuer=issuer,
        covers=Organization.objects.get(path=by.county_path), roles=roles,
        read_by=letter.read_by, published_by_id=by.user_id, published_at=at, key=key,
    )  # fmt: skip
    decree = Decree(by=by, at=at, on=local_day(at), words=letter.document, basis=_BASIS)
    record_change("guidance.publish", issuer, decree, guidance=guidance.pk, read_by=letter.read_by)
    return guidance


@transaction.atomic
def withdraw(*, guidance_id: int, words: str, by: Actor, at: datetime) -> Guidance:
    """This function will end guidance; who has read it stays readable.

    :raises Refused: when it is another office's, withdrawn already, or no reason was given.
    """
    guidance = Guidance.objects.select_for_update(of=("self",)).select_related("issuer").get(
        pk=guidance_id
    )  # fmt: skip
    if by.role not in GUIDES or guidance.issuer_id != by.org_id:
        raise Refused([Refusal(no.ORG_NOT_YOURS, {"name": guidance.issuer.name})])
    _refuse_withdrawn(guidance)
    if not words.strip():
        raise Refused([Refusal(no.REASON_MISSING)])
    issuer = Organization.objects.select_for_update(no_key=True).get(pk=by.org_id)
    guidance.withdrawn_on = local_day(at)
    guidance.save(update_fields=["withdrawn_on"])
    decree = Decree(by=by, at=at, on=guidance.withdrawn_on, words=words.strip(), basis=_BASIS)
    record_change("guidance.withdraw", issuer, decree, guidance=guidance.pk)
    return guidance


@transaction.atomic
def sign_read(*, guidance_id: int, by: Actor, at: datetime) -> GuidanceReading:
    """This function will record that the actor has read guidance; once is enough.

    :raises Refused: when it is not for his post, or withdrawn.
    """
    guidance = Guidance.objects.select_for_update(of=("self",)).select_related("covers").get(
        pk=guidance_id
    )  # fmt: skip
    is_his = str(by.role) in guidance.roles and by.org_path.startswith(guidance.covers.path)
    if not is_his:
        raise Refused([Refusal(no.GUIDANCE_NOT_FOR_YOU, {"title": guidance.title})])
    _refuse_withdrawn(guidance)
    reading, _ = GuidanceReading.objects.get_or_create(
        guidance=guidance, reader_id=by.user_id,
        defaults={"organization_id": by.org_id, "read_at": at},
    )  # fmt: skip
    return reading


def _refuse_withdrawn(guidance: Guidance) -> None:
    if guidance.withdrawn_on is not None:
        values = {"title": guidance.title, "on": guidance.withdrawn_on}
        raise Refused([Refusal(no.GUIDANCE_WITHDRAWN, values)])
