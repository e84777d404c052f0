"""Decides which ways of issuing a group has, and takes a mistaken decision back (Art. 7)."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from cardbook.chapters.duties.models import WayRule
from cardbook.law.groups import group_label
from cardbook.law.roles import Role
from cardbook.law.ways import ALL, ways_label
from cardbook.lib.clock import local_day, to_the_second
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.refusals import Refusal, Refused
from cardbook.orgs.actors import Actor
from cardbook.orgs.changes import Decree, record_change
from cardbook.orgs.models import Kind, Organization

MANAGERS = frozenset({Role.CITY_MANAGER, Role.COUNTY_MANAGER})
_BASIS = "第七条"


@transaction.atomic
def decide_ways(
    *,
    organization_id: int,
    group: str,
    ways: Sequence[str],
    since: date,
    words: str,
    by: Actor,
    at: datetime,
) -> WayRule:
    """This function will decide which ways a group has in a city or county from a day on.

    The same decision again gives the first one.

    :raises Refused: when the office is not the actor's, nothing is left, or that day was decided
        otherwise.
    """
    office = _locked(organization_id, by=by)
    chosen = [code for code in ALL if code in ways]
    if not chosen:
        raise Refused([Refusal(no.WAYS_NONE_LEFT, {"group": group_label(group)})])
    if not words.strip():
        raise Refused([Refusal(no.REASON_MISSING)])
    rule, new = WayRule.objects.get_or_create(
        organization=office, group=group, since=since, withdrawn_at=None,
        defaults={"ways": chosen, "words": words.strip(), "recorded_by_id": by.user_id,
                  "recorded_at": at},
    )  # fmt: skip
    if rule.ways != chosen:
        values = {"group": group_label(group), "since": since, "ways": ways_label(rule.ways)}
        raise Refused([Refusal(no.WAYS_DECIDED, values)])
    if new:
        decree = Decree(by=by, at=at, on=since, words=rule.words, basis=_BASIS)
        record_change("ways.decide", office, decree, group=group, ways=chosen, rule=rule.pk)
    return rule


@transaction.atomic
def withdraw_ways(*, rule_id: int, words: str, by: Actor, at: datetime) -> WayRule:
    """This function will take a decision back: what held before holds again. It stays readable.

    :raises Refused: when it is another office's, taken back already, or no reason is given.
    """
    office_id = WayRule.objects.values_list("organization_id", flat=True).get(pk=rule_id)
    office = _locked(office_id, by=by)
    rule = WayRule.objects.get(pk=rule_id)
    if rule.withdrawn_at is not None:
        raise Refused([Refusal(no.WAYS_WITHDRAWN, {"at": to_the_second(rule.withdrawn_at)})])
    if not words.strip():
        raise Refused([Refusal(no.REASON_MISSING)])
    rule.withdrawn_at, rule.withdrawn_by_id = at, by.user_id
    rule.save(update_fields=["withdrawn_at", "withdrawn_by"])
    decree = Decree(by=by, at=at, on=local_day(at), words=words.strip(), basis=_BASIS)
    record_change("ways.withdraw", office, decree, group=rule.group, rule=rule.pk)
    return rule


def _locked(organization_id: int, *, by: Actor) -> Organization:
    office = Organization.objects.select_for_update(no_key=True).get(
        pk=organization_id, kind__in=(Kind.CITY, Kind.COUNTY)
    )
    if by.role not in MANAGERS or not office.path.startswith(by.county_path):
        raise Refused([Refusal(no.ORG_NOT_YOURS, {"name": office.name})])
    return office
