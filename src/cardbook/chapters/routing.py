"""Who hands out to a group of people in a county, by the rules in force on a day (Art. 8 para. 1).

Shared by the slices that send and that order; the rules are kept by `duties.campaigns`.
"""

from datetime import date

from cardbook.chapters.duties.models import RoutingRule
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
