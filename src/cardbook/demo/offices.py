"""How an office of the demo changes: a post handed on with its balance, a name planned (5, 20).

Through the same commands as the pages use; the sheet of the hand-over is printed and kept.
"""

from datetime import date

from cardbook.chapters.duties.models import HandOver
from cardbook.chapters.duties.organizations.commands import Order, rename
from cardbook.chapters.duties.organizations.post_commands import (
    Signatures,
    appoint_newcomer,
    hand_over,
)
from cardbook.chapters.duties.organizations.queries import stock_of
from cardbook.chapters.duties.organizations.register import freeze
from cardbook.demo.organizations import FOUNDED
from cardbook.demo.staff import PREFIXES
from cardbook.demo.story import Story
from cardbook.law.roles import Role
from cardbook.lib.clock import local_day
from cardbook.orgs.models import Organization, PlannedChange, Post, User
from cardbook.registers.typesetting import FontsMissing

COUNTY = "611002"
_TOWN, _NEW_NAME = "611002003", "陈塬新城街道"
_LEAVING = "sz_laokaguan"


def live_offices(story: Story, *, county: str = COUNTY) -> None:
    """This function will let a keeper retire and plan another name for a street, once each."""
    office = Organization.objects.get(pk=story.actor(county, "kuguan").org_id)
    if stock_of(office.pk) and not HandOver.objects.filter(organization=office).exists():
        _keeper_retires(story, county, office)
    street = Organization.objects.get(code=_TOWN)
    if not PlannedChange.objects.filter(organization=street).exists():
        on = date(story.today.year + 1, 1, 1)
        order = _order(story, county, on=on, words="演示：关于部分街道更名的批复", what="plan")
        rename(organization_id=street.pk, name=_NEW_NAME, order=order)
        story.say(f"{street.name}：已计划自 {on} 更名为{_NEW_NAME}")


def _order(story: Story, county: str, *, on: date, words: str, what: str) -> Order:
    return Order(
        by=story.actor(county, "fuzeren"), at=story.at(12, 9), on=on, words=words,
        key=f"demo-{county}-{what}",
    )  # fmt: skip


def _keeper_retires(story: Story, county: str, office: Organization) -> None:
    """Both count place by place and sign; what they found is printed."""
    today = local_day(story.at(12, 9))
    order = _order(story, county, on=today, words="演示：库管员退休，岗位交接", what="hand-over")
    if not User.objects.filter(username=_LEAVING).exists():
        appoint_newcomer(
            username=_LEAVING, name="周建设", organization_id=office.pk, role=Role.CARD_KEEPER,
            order=_order(story, county, on=FOUNDED, words="演示：任命", what="keeper"),
        )  # fmt: skip
    leaving = User.objects.get(username=_LEAVING)
    made = hand_over(
        post_id=Post.objects.get(user=leaving, until=None).pk,
        counted={line.account_id: line.cards for line in stock_of(office.pk)},
        signed=Signatures(
            outgoing=leaving,
            incoming=User.objects.get(username=f"{PREFIXES[county]}_kuguan"),
        ),
        order=order,
    )
    try:
        number = freeze(made, by=order.by, at=order.at).number
    except FontsMissing as problem:
        story.say(f"{office.name}：交接单没有出具：{problem}")
        return
    story.say(f"{office.name}：库管员交接完成，交接单 {number}")
