"""What was ordered for a day to come is taken back before it comes (Art. 5).

`commands.py` beside it plans; `orgs.actors` lets it come into force.
"""

from django.db import transaction
from django.db.models import Q

from cardbook.chapters.duties.organizations import changes
from cardbook.chapters.duties.organizations.commands import Order, refuse_foreign
from cardbook.chapters.duties.organizations.queries import waiting
from cardbook.lib.clock import local_day
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.refusals import Refusal, Refused
from cardbook.orgs.models import Organization, PlannedChange, Post


@transaction.atomic
def take_back(*, plan_id: int, order: Order) -> PlannedChange:
    """This function will take a planned change back; everything is again as if never ordered.

    :raises Refused: when its day has come, it was taken back, the office is not the actor's, or
        something was planned on top of it.
    """
    found = waiting().filter(pk=plan_id, on__gt=local_day(order.at)).first()
    if found is None:
        raise Refused([Refusal(no.PLAN_GONE)])
    organization = changes.locked(found.organization_id)
    refuse_foreign(organization, by=order.by)
    plan = waiting().select_for_update().filter(pk=plan_id).first()
    if plan is None:
        raise Refused([Refusal(no.PLAN_GONE)])
    _refuse_followed(plan, organization)
    plan.organization = organization
    changes.take_back(plan, order.decree)
    return plan


def _refuse_followed(plan: PlannedChange, organization: Organization) -> None:
    later = waiting().filter(organization=organization, on__gt=plan.on).order_by("on").first()
    if later is not None:
        values = {"name": organization.name, "what": f"{later.on} {later.title}"}
        raise Refused([Refusal(no.PLAN_FOLLOWED, values)])
    if plan.act != "org.found":
        return
    posts = Post.objects.filter(Q(until=None) | Q(until__gt=plan.on), organization=organization)
    parts = Organization.objects.filter(parent=organization, valid_to=None)
    moving = organization.arriving.filter(until=None)
    if posts.exists() or parts.exists() or moving.exists():
        what = "已任命人员或已安排下级机构"
        raise Refused([Refusal(no.PLAN_FOLLOWED, {"name": organization.name, "what": what})])
