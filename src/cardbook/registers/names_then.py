"""Offices under the names they had: a paper tells of its own day (Art. 5, 20).

What an office was called is in its states (`orgs.models.OrganizationState`); without any it was
always called as it is now.
"""

from collections.abc import Iterable, Mapping
from copy import copy
from datetime import date, datetime

from django.db import connection

from cardbook.lib.clock import local_day
from cardbook.orgs.models import Organization

Moment = date | datetime | None

_THEN = """
    SELECT asked.id, asked.day, was.name
    FROM unnest(%s::bigint[], %s::date[]) AS asked(id, day)
    JOIN orgs_organizationstate was ON was.organization_id = asked.id
         AND was.since <= asked.day AND (was.until IS NULL OR was.until > asked.day)
"""


def names_then(
    asked: Iterable[tuple[Organization, Moment]],
) -> Mapping[tuple[int, date | None], str]:
    """This function will name offices, each on its day, in one query; None is today."""
    wanted = {(one.pk, _day(at)): one.name for one, at in asked}
    dated = [(id_, day) for id_, day in wanted if day is not None]
    if dated:
        with connection.cursor() as cursor:
            cursor.execute(_THEN, [[id_ for id_, _ in dated], [day for _, day in dated]])
            wanted |= {(id_, day): name for id_, day, name in cursor.fetchall()}
    return wanted


def name_then(organization: Organization, at: Moment) -> str:
    """This function will say what an office was called on a day or at a moment."""
    return names_then([(organization, at)])[organization.pk, _day(at)]


def as_it_was(organization: Organization, at: Moment) -> Organization:
    """This function will give the office the name it had; what is kept of it does not change."""
    name = name_then(organization, at)
    if name == organization.name:
        return organization
    then = copy(organization)
    then.name = name
    return then


def _day(at: Moment) -> date | None:
    return local_day(at) if isinstance(at, datetime) else at
