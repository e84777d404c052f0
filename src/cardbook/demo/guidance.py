"""The city guides its offices; some have signed that they read it, some are late (Art. 5).

Through the same commands as the pages use; a key each, so that a second run skips.
"""

from datetime import timedelta

from cardbook.chapters.duties.guidance.commands import Letter, publish, sign_read
from cardbook.chapters.duties.models import Guidance
from cardbook.demo.staff import actor_named
from cardbook.demo.story import Story
from cardbook.law.roles import Role

COUNTY = "611002"
_READERS = ("chuangkou1", "kaguan", "fuzeren")
_WINDOWS = (Role.WINDOW_CLERK, Role.AGENCY_CLERK, Role.CARD_KEEPER, Role.COUNTY_MANAGER)
_LETTERS = (
    (
        "窗口核对证件和代领材料",
        "一、先看证件原件，再看卡面，逐项一致才签字。\n二、代领材料缺一样不办，写明缺什么。",
        2,
    ),
    (
        "集中领卡明细表按期交回",
        "一、交卡时说明备案期限。\n二、逾期的逐个催交，并登记怎样通知的。",
        -1,
    ),
)


def live_guidance(story: Story) -> None:
    """This function will let the city give guidance twice, and one county sign the second."""
    manager = actor_named("sl_guanli", on=story.today)
    for place, (title, body, days) in enumerate(_LETTERS):
        key = f"demo-guidance-{place}"
        if Guidance.objects.filter(key=key).exists():
            continue
        letter = Letter(
            title=title, document=f"商人社信发（演示）{place + 1}号", body=body, roles=_WINDOWS,
            read_by=story.today + timedelta(days=days),
        )  # fmt: skip
        made = publish(letter=letter, by=manager, at=story.at(2, 9), key=key)
        if place:
            readers = [story.actor(COUNTY, name) for name in _READERS]
            for reader in readers:
                sign_read(guidance_id=made.pk, by=reader, at=story.at(3, 10))
        story.say(f"{manager.org_name}：发布业务指导“{title}”")
