"""Orders campaigns and sets who hands out to whom; both are on the record (Art. 5, 8 para. 1)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from cardbook.chapters.campaign_parts import pass_on
from cardbook.chapters.duties.campaigns.queries import ROUTED, assignable
from cardbook.chapters.duties.models import Campaign, CampaignTask, RoutingRule
from cardbook.chapters.succession import carrier_of
from cardbook.law.groups import group_label
from cardbook.law.roles import Role
from cardbook.lib.clock import local_day
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.refusals import Refusal, Refused
from cardbook.orgs.actors import Actor
from cardbook.orgs.changes import Decree, record_change
from cardbook.orgs.models import Kind, Organization

MANAGERS = frozenset({Role.CITY_MANAGER, Role.COUNTY_MANAGER})


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is ordered: to whom cards are handed out, by when, how many by each office's id."""

    title: str
    document: str
    group: str
    since: date
    due_on: date
    words: str
    targets: Mapping[int, int]


@transaction.atomic
def order_campaign(*, order: Order, by: Actor, at: datetime, key: str) -> Campaign:
    """This function will order a campaign; the same key again gives the first one.

    :raises Refused: when the role may not, no office has a part, or one is not the actor's.
    """
    issuer = Organization.objects.select_for_update(no_key=True).get(pk=by.org_id)
    if by.role not in MANAGERS:
        raise Refused([Refusal(no.ORG_NOT_YOURS, {"name": issuer.name})])
    before = Campaign.objects.filter(key=key, ordered_by_id=by.user_id).first()
    if before is not None:
        return before
    own = {office.id for office in assignable(by)}
    strange = sorted(set(order.targets) - own)
    if strange:
        names = Organization.objects.filter(pk__in=strange).values_list("name", flat=True)
        raise Refused([Refusal(no.ORG_NOT_YOURS, {"name": name}) for name in names])
    if not order.targets:
        raise Refused([Refusal(no.REASON_MISSING)])
    campaign = Campaign.objects.create(
        title=order.title, document=order.document, issuer=issuer, group=order.group,
        since=order.since, due_on=order.due_on, words=order.words, ordered_by_id=by.user_id,
        ordered_at=at, key=key,
    )  # fmt: skip
    CampaignTask.objects.bulk_create(
        CampaignTask(campaign=campaign, organization_id=office, target=target, due_on=order.due_on)
        for office, target in sorted(order.targets.items())
    )
    decree = Decree(by=by, at=at, on=order.since, words=order.document, basis="第五条第一款")
    record_change(
        "campaign.order", issuer, decree, campaign=campaign.pk, due=order.due_on,
        offices=len(order.targets),
    )  # fmt: skip
    return campaign


def is_own(campaign: Campaign, *, by: Actor) -> bool:
    """This function will say whether the actor's office ordered it, or carries on for who did."""
    carrier = carrier_of(campaign.issuer)
    return by.role in MANAGERS and carrier is not None and carrier.pk == by.org_id


def _own_open(campaign_id: int, *, by: Actor) -> Campaign:
    """A campaign the actor's office ordered, or one it carries on for; locked and going on.

    :raises Refused: when it is another office's, or over already.
    """
    campaign = (
        Campaign.objects.select_for_update(of=("self",))
        .select_related("issuer")
        .get(pk=campaign_id)
    )
    if not is_own(campaign, by=by):
        raise Refused([Refusal(no.ORG_NOT_YOURS, {"name": campaign.issuer.name})])
    if campaign.closed_on is not None:
        values = {"title": campaign.title, "on": campaign.closed_on}
        raise Refused([Refusal(no.CAMPAIGN_OVER, values)])
    return campaign


@transaction.atomic
def reassign_part(
    *, campaign_id: int, task_id: int, to_id: int, count: int, words: str, by: Actor, at: datetime
) -> CampaignTask:
    """This function will give some cards of one office's target to another, and return his part.

    The day stays what it was.

    :raises Refused: when the campaign is another office's or over, the receiver is not the
        actor's, no reason is given, or more is given than the office has.
    """
    campaign = _own_open(campaign_id, by=by)
    parts = CampaignTask.objects.select_for_update(of=("self",)).filter(campaign=campaign)
    task = parts.select_related("campaign").filter(pk=task_id).first()
    had = task.target if task else 0
    if task is None or not 0 < count <= had or task.organization_id == to_id:
        raise Refused([Refusal(no.CAMPAIGN_PART_UNFIT, {"title": campaign.title, "had": had})])
    if to_id not in {office.id for office in assignable(by)}:
        name = Organization.objects.get(pk=to_id).name
        raise Refused([Refusal(no.ORG_NOT_YOURS, {"name": name})])
    if not words.strip():
        raise Refused([Refusal(no.REASON_MISSING)])
    decree = Decree(by=by, at=at, on=local_day(at), words=words, basis="第五条第一款")
    return pass_on(task, to_id=to_id, count=count, decree=decree)


@transaction.atomic
def close_campaign(*, campaign_id: int, words: str, by: Actor, at: datetime) -> Campaign:
    """This function will end a campaign; its figures stay readable.

    :raises Refused: when it is another office's, over already, or no reason was given.
    """
    campaign = _own_open(campaign_id, by=by)
    if not words.strip():
        raise Refused([Refusal(no.REASON_MISSING)])
    Organization.objects.select_for_update(no_key=True).get(pk=campaign.issuer_id)
    campaign.closed_on = local_day(at)
    Campaign.objects.filter(pk=campaign_id).update(closed_on=campaign.closed_on)
    decree = Decree(by=by, at=at, on=campaign.closed_on, words=words, basis="第五条第一款")
    record_change("campaign.close", campaign.issuer, decree, campaign=campaign.pk)
    return campaign


@transaction.atomic
def set_rule(
    *,
    county_id: int,
    group: str,
    organization_id: int,
    since: date,
    words: str,
    by: Actor,
    at: datetime,
) -> RoutingRule:
    """This function will set which office hands out to a group in a county from a day on.

    :raises Refused: when the county is not the actor's, the office is unfit for it, or another
        office was set for that day.
    """
    county = Organization.objects.select_for_update(no_key=True).get(
        pk=county_id, kind=Kind.COUNTY
    )
    if by.role not in MANAGERS or not county.path.startswith(by.county_path):
        raise Refused([Refusal(no.ORG_NOT_YOURS, {"name": county.name})])
    office = Organization.objects.get(pk=organization_id)
    _refuse_office(office, county)
    if not words.strip():
        raise Refused([Refusal(no.REASON_MISSING)])
    rule, new = RoutingRule.objects.select_related("organization").get_or_create(
        county=county, group=group, since=since,
        defaults={"organization": office, "words": words, "recorded_by_id": by.user_id,
                  "recorded_at": at},
    )  # fmt: skip
    if rule.organization_id != office.pk:
        values = {"group": group_label(group), "since": since, "office": rule.organization.name}
        raise Refused([Refusal(no.ROUTING_SET, values)])
    if new:
        decree = Decree(by=by, at=at, on=since, words=words, basis="第八条第一款")
        record_change("routing.set", county, decree, group=group, office=office.pk)
    return rule


def _refuse_office(office: Organization, county: Organization) -> None:
    of_city = office.kind == Kind.AGENCY and office.county_id is None
    of_county = office.kind in ROUTED and office.path.startswith(county.path)
    if not office.in_force or not (of_city or of_county):
        values = {"office": office.name, "county": county.name}
        raise Refused([Refusal(no.ROUTING_UNFIT, values)])
