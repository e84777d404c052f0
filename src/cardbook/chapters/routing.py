"""Who hands out to a group of people in a county, by the rules in force on a day (Art. 8 para. 1).

Shared by the slices that send and that order; the rules are kept by `duties.campaigns`.
"""

from datetime import date

from cardbook.chapters.duties.models import RoutingRule
from cardbook.orgs.changes import Decree, record_change
from cardbook.orgs.models import Organization


def suggested_receiver(*, group: str, county_id: int, on: date) -> Organization | None:
    """This function will return the office a group's cards go to, or None where nothing is set."""
    rule = (
        RoutingRule.objects.filter(county_id=county_id, group=group, since__lte=on)
        .select_related("organization")
        .order_by("-since", "-id")
        .first()
    )
    return rule.organization if rule else None


def carry_routing_on(source: Organization, successor: Organization, decree: Decree) -> None:
    """This function will let whoever carries on for an office hand out to its groups as well.

    What the office was set to stays in the list, under its days; so does what was set for later.
    """
    rules = RoutingRule.objects.select_related("county").order_by(
        "county", "group", "-since", "-id"
    )
    seen: set[tuple[int, str]] = set()
    for rule in rules.filter(county__in=rules.filter(organization=source).values("county")):
        key = (rule.county_id, rule.group)
        in_force = rule.since <= decree.on and key not in seen
        seen |= {key} if in_force else set()
        if rule.organization_id != source.pk or not (in_force or rule.since > decree.on):
            continue
        since = max(rule.since, decree.on)
        RoutingRule.objects.update_or_create(
            county=rule.county, group=rule.group, since=since,
            defaults={
                "organization": successor, "words": decree.words,
                "recorded_by_id": decree.by.user_id, "recorded_at": decree.at,
            },
        )  # fmt: skip
        record_change(
            "routing.set", rule.county, decree, group=rule.group, office=successor.pk, since=since
        )
