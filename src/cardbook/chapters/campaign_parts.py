"""An office's part of a campaign goes to another, by order or because the office went into it (5).

Parts are never deleted: one that was given away whole keeps no card and is not listed.
"""

from django.db.models import F

from cardbook.chapters.duties.models import CampaignTask
from cardbook.orgs.changes import Decree, record_change
from cardbook.orgs.models import Organization


def pass_on(task: CampaignTask, *, to_id: int, count: int, decree: Decree) -> CampaignTask:
    """This function will give so many cards of a part to an office, and return its part.

    The caller has locked the campaign.
    """
    there = CampaignTask.objects.filter(campaign=task.campaign_id, organization=to_id)
    CampaignTask.objects.filter(pk=task.pk).update(target=F("target") - count)
    if not there.update(target=F("target") + count):
        CampaignTask.objects.create(
            campaign=task.campaign, organization_id=to_id, target=count, due_on=task.due_on
        )
    issuer = Organization.objects.select_for_update(no_key=True).get(pk=task.campaign.issuer_id)
    record_change(
        "campaign.reassign", issuer, decree, campaign=task.campaign_id,
        source=task.organization_id, to=to_id, cards=count,
    )  # fmt: skip
    return there.get()


def carry_parts_on(source: Organization, successor: Organization, decree: Decree) -> None:
    """This function will give what an office still has to hand out to whoever carries on for it.

    Campaigns that are over keep their figures as they are.
    """
    parts = CampaignTask.objects.filter(
        organization=source, target__gt=0, campaign__closed_on=None
    ).order_by("pk")
    for task in parts.select_for_update(of=("self", "campaign")).select_related("campaign"):
        pass_on(task, to_id=successor.pk, count=task.target, decree=decree)
